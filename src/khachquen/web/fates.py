"""The end a message met, in words and a colour that is never alone."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from khachquen.collect.event import REASONS
from khachquen.web.measuring import in_language

OUTCOME_WORDS: tuple[tuple[str, Promise], ...] = (
    ("stored", _("Đã nhận")),
    ("duplicate", _("Trùng lặp")),
    ("quarantined", _("Cách ly")),
    ("dropped", _("Bỏ qua")),
)
_STATE_WORDS = {"waiting": _("Đang chờ xử lý"), "redriven": _("Đã xử lý lại")}
_LOOKS = {
    "waiting": ("accent", "waiting"),
    "redriven": ("", "refresh"),
    "stored": ("good", "check"),
    "duplicate": ("", "duplicate"),
    "quarantined": ("danger", "refused"),
    "dropped": ("warning", "cancelled"),
}


@dataclass(frozen=True, slots=True)
class Fate:
    """What a badge shows of an outcome, and the reason in a sentence."""

    words: str
    tone: str
    icon: str
    reason: str


def fate_of(outcome: str, reason: str) -> Fate:
    """The words and looks of an outcome, or of a state before or after one."""
    tone, icon = _LOOKS.get(outcome, ("", "info"))
    words = str({**dict(OUTCOME_WORDS), **_STATE_WORDS}.get(outcome, outcome))
    return Fate(words, tone, icon, reason_words(reason))


def reason_words(reason: str) -> str:
    """A reason in a sentence; one nobody knows as it is."""
    known = {str(value): words for value, words in REASONS.items()}
    return in_language(known[reason]) if reason in known else reason
