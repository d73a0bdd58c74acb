"""The shop's classes as a form: each field is named by its place in the definitions."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from khachquen.base import InputError, Text
from khachquen.understand.classes.data import read_classes
from khachquen.understand.query.classes import Classes, RfmClass, Tier
from khachquen.unify.normalise import fold
from khachquen.web.forms import WordsForm
from khachquen.web.measuring import in_language

_SPARE = 2
_SCORES = ("recency", "frequency", "money")
_DAYS = (
    ("new_days", _("Mới: trong bao nhiêu ngày từ đơn đầu tiên")),
    ("active_days", _("Đang mua: trong bao nhiêu ngày từ đơn gần nhất")),
    ("lost_days", _("Đã rời bỏ: sau bao nhiêu ngày không mua")),
)


class ClassesForm(WordsForm):
    """All definitions, filled with those that hold; a class without a name goes."""

    def __init__(self, *args: Any, classes: Classes, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._base = classes
        for name, label in _DAYS:
            self._number(name, label, getattr(classes, name))
        for key, words in classes.stages.items():
            self._name(f"stages.{key}", gettext("Tên giai đoạn “%(name)s”"), words)
        for place, tier in enumerate((*classes.tiers, *[None] * _SPARE)):
            self._tier(f"tiers[{place}]", tier)
        for place, box in enumerate((*classes.rfm, *[None] * _SPARE)):
            self._box(f"rfm[{place}]", box)
        self._number(
            "least_orders", _("Từ bao nhiêu đơn thì thành thói quen"), classes.least_orders
        )
        self.fields["note"] = forms.CharField(label=_("Vì sao đổi"), max_length=300, required=False)
        self.told: dict[str, Any] | None = None

    def days(self) -> list[BoundField]:
        return [self[name] for name, _label in _DAYS]

    def stages(self) -> list[BoundField]:
        return [self[name] for name in self.fields if name.startswith("stages.")]

    def tiers(self) -> Iterator[tuple[BoundField, BoundField]]:
        """Each tier: what it is called, and from which amount on."""
        for place in self._places("tiers"):
            yield self[f"{place}.label"], self[f"{place}.least"]

    def boxes(self) -> Iterator[list[BoundField]]:
        """Each RFM class: its name and three ranges of scores."""
        for place in self._places("rfm"):
            yield [self[f"{place}.{name}"] for name in ("label", *_SCORES)]

    def clean(self) -> dict[str, Any]:
        """Definitions out of the fields; what is wrong with them, beside its field."""
        cleaned = self.cleaned_data
        if self.errors:
            return cleaned
        told = {name: cleaned[name] for name in (*dict(_DAYS), "least_orders")}
        told["stages"] = {
            key: self._words(cleaned[f"stages.{key}"], words)
            for key, words in self._base.stages.items()
        }
        kept = {kind: self._kept(kind) for kind in ("tiers", "rfm")}
        told["tiers"] = [self._as_tier(place) for place in kept["tiers"]]
        told["rfm"] = [self._as_box(place) for place in kept["rfm"]]
        try:
            read_classes(told)
            self.told = told
        except InputError as error:
            self._refuse_at(error, kept)
        return cleaned

    def _kept(self, kind: str) -> list[str]:
        return [one for one in self._places(kind) if self.cleaned_data.get(f"{one}.label")]

    def _refuse_at(self, error: InputError, kept: dict[str, list[str]]) -> None:
        """Places are counted among those with a name; the form counts all of them."""
        if found := re.fullmatch(r"(tiers|rfm)\[(\d+)\](.*)", error.path or ""):
            kind, place, rest = found.groups()
            error.path = f"{kept[kind][int(place)]}{rest}"
        self.refuse(error)

    def _as_tier(self, place: str) -> dict[str, Any]:
        known = _known(place, self._base.tiers)
        label = self._words(self.cleaned_data[f"{place}.label"], known.label if known else None)
        key = known.key if known else _key_of(label["vi"])
        return {"key": key, "label": label, "least": self.cleaned_data[f"{place}.least"]}

    def _as_box(self, place: str) -> dict[str, Any]:
        known = _known(place, self._base.rfm)
        label = self._words(self.cleaned_data[f"{place}.label"], known.label if known else None)
        scores = {name: _range(self.cleaned_data[f"{place}.{name}"]) for name in _SCORES}
        return {"key": known.key if known else _key_of(label["vi"]), "label": label, **scores}

    def _words(self, told: str, known: Text | None) -> dict[str, str]:
        """A name somebody wrote is the name in both languages; one they left is as it was."""
        told = " ".join(told.split())
        if known and told == in_language(known):
            return {"vi": known.vi, "en": known.en}
        return {"vi": told, "en": told}

    def _places(self, kind: str) -> list[str]:
        found = (name for name in self.fields if name.startswith(f"{kind}["))
        return list(dict.fromkeys(name.partition(".")[0] for name in found))

    def _number(self, name: str, label: Any, value: int) -> None:
        wrong = gettext("Nhập một số, ví dụ 60.")
        self.fields[name] = forms.IntegerField(
            label=label, initial=value, error_messages={"invalid": wrong}
        )

    def _name(self, name: str, label: str, words: Text) -> None:
        said = in_language(words)
        self.fields[name] = forms.CharField(
            label=label % {"name": said}, initial=said, max_length=60
        )

    def _tier(self, place: str, tier: Tier | None) -> None:
        label = gettext("Tên hạng") if tier else gettext("Hạng mới")
        self._optional(f"{place}.label", label, in_language(tier.label) if tier else "")
        self.fields[f"{place}.least"] = forms.IntegerField(
            label=_("Chi từ"), initial=tier.least if tier else None, required=False
        )

    def _box(self, place: str, box: RfmClass | None) -> None:
        label = gettext("Tên nhóm") if box else gettext("Nhóm mới")
        self._optional(f"{place}.label", label, in_language(box.label) if box else "")
        words = (_("R: gần đây"), _("F: nhiều lần"), _("M: chi tiêu"))
        for name, what in zip(_SCORES, words, strict=True):
            self._optional(f"{place}.{name}", what, _spelled(getattr(box, name)) if box else "")

    def _optional(self, name: str, label: Any, value: str) -> None:
        self.fields[name] = forms.CharField(
            label=label, initial=value, max_length=60, required=False
        )


def _known(place: str, of: Sequence[Tier | RfmClass]) -> Tier | RfmClass | None:
    """The class that stands at a place of the form already."""
    number = int(place.partition("[")[2].rstrip("]"))
    return of[number] if number < len(of) else None


def _spelled(scores: tuple[int, int]) -> str:
    low, high = scores
    return str(low) if low == high else f"{low}-{high}"


def _range(told: str) -> list[int]:
    """The scores written as "3-5" or "5"; anything else is no range."""
    parts = re.fullmatch(r"\s*(\d)\s*(?:[-–]\s*(\d)\s*)?", told)
    return [int(parts[1]), int(parts[2] or parts[1])] if parts else []


def _key_of(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", fold(name)).strip("_")[:40] or "khac"
