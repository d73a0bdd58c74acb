"""The language of an answer: the caller's Accept-Language, else the installation's."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation.trans_real import parse_accept_lang_header


def language_of(request: HttpRequest) -> str:
    """``vi`` or ``en``. Cookies and accounts are for pages; a program says what it wants."""
    for code, _ in parse_accept_lang_header(request.headers.get("Accept-Language", "")):
        if code[:2] in ("vi", "en"):
            return code[:2]
    return "en" if settings.CONFIG.shop.language.startswith("en") else "vi"
