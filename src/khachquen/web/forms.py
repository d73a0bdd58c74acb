"""What the pages' forms share: errors of the rooms beside the field they are about."""

from typing import Any

from django import forms
from django.utils.translation import get_language

from khachquen.base import KhachQuenError


class WordsForm(forms.Form):
    """A form without the colon after labels, whose problems can come from the rooms."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)

    def refuse(self, error: KhachQuenError) -> None:
        """Show ``error`` beside the field it names, or above the form when it names none."""
        language = get_language() or "vi"
        words = [error.message, error.hint] if error.hint else [error.message]
        place = error.path if error.path in self.fields else None
        self.add_error(place, " ".join(text.in_language(language) for text in words))
