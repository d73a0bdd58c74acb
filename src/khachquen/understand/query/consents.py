"""Consent as things to ask about: may a message go, what was said, why somebody is left alone.

The answers stand in three lists of a person's row (``unify.mirror``), kept as words are said; a
message is asked about once more when it is sent.
"""

from collections.abc import Iterable, Mapping

from khachquen.base import Text
from khachquen.govern.consent.standing import CHANNELS, SAYS
from khachquen.understand.query.expressions import Call, Expression, Value, When, holds
from khachquen.understand.query.fields import Field
from khachquen.understand.query.plan import Plan
from khachquen.understand.query.wording import lower
from khachquen.unify.traits.definition import Choice

__all__ = ["consent_fields", "consent_of", "is_consent", "say_state"]

_MAY, _SAID = "may_send", "consent"
_STATES = tuple(Choice(state, lower(label)) for state, label in SAYS.items())
_STATED = {
    "granted": Text(vi="đồng ý", en="agreed to"),
    "asked": Text(vi="chưa xác nhận đồng ý", en="have yet to confirm"),
    "refused": Text(vi="không đồng ý", en="refused"),
    "withdrawn": Text(vi="đã rút lại sự đồng ý", en="withdrew consent to"),
    "expired": Text(vi="đã hết hạn đồng ý", en="agreed, which has run out, to"),
    "unknown": Text(vi="chưa được hỏi về", en="were never asked about"),
}
SUPPRESSED = Field(
    "suppressed",
    Text(vi="Lý do không liên hệ", en="Reasons not to contact"),
    "list",
    "consent",
    "suppressed",
    pii="linkable",
    moved_by="consent",
)


def consent_fields(
    asked: Iterable[tuple[str, Text, str, bool]], reasons: Mapping[str, Text]
) -> Mapping[str, Field]:
    """Of each (purpose, its name, channel, whether messages are sent for it) what can be asked.

    ``reasons`` are those somebody can be left alone for.
    """
    told = [
        Field(
            SUPPRESSED.key,
            SUPPRESSED.label,
            "list",
            "consent",
            SUPPRESSED.column,
            choices=tuple(Choice(key, lower(label)) for key, label in reasons.items()),
            pii="linkable",
            moved_by="consent",
        )
    ]
    for purpose, name, channel, is_sent in asked:
        on = CHANNELS[channel] if is_sent else Text(vi="mọi kênh", en="any channel")
        if is_sent:
            told.append(_may(purpose, name, channel, on))
        told.append(_said(purpose, name, channel, on))
    return {field.key: field for field in told}


def is_consent(key: str) -> bool:
    """Whether a key is one of these."""
    return key == SUPPRESSED.key or key.startswith((f"{_MAY}:", f"{_SAID}:"))


def consent_of(plan: Plan, field: Field) -> Expression:
    """The value: yes or no, one of the states, or the reasons."""
    if field.key == SUPPRESSED.key:
        return plan.person(SUPPRESSED.column)
    name = field.key.partition(":")[2].replace(":", "/")
    if field.key.startswith(f"{_MAY}:"):
        return holds(Call("has_item", (plan.person("may_send"), Value(name))))
    said = plan.person("consents")
    steps = (
        (holds(Call("has_item", (said, Value(f"{name}/{state}")))), Value(state))
        for state in SAYS
        if state != "unknown"
    )
    return When(tuple(steps), Value("unknown"))


def say_state(field: Field, state: str) -> Text | None:
    """Who is in a state of consent, as a sentence says it; None for what is no such field."""
    if state not in _STATED or not field.key.startswith(f"{_SAID}:"):
        return None
    vi, en = (label.partition("“")[2] for label in (field.label.vi, field.label.en))
    said = _STATED[state]
    return Text(vi=f"{said.vi} “{vi}", en=f"who {said.en} “{en}")


def _may(purpose: str, name: Text, channel: str, on: Text) -> Field:
    label = Text(vi=f"Được gửi “{name.vi}” qua {on.vi}", en=f"May be sent “{name.en}” by {on.en}")
    key = f"{_MAY}:{purpose}:{channel}"
    return Field(key, label, "yes_no", "consent", "may_send", pii="linkable", moved_by="consent")


def _said(purpose: str, name: Text, channel: str, on: Text) -> Field:
    label = Text(vi=f"Sự đồng ý “{name.vi}” qua {on.vi}", en=f"Consent to “{name.en}” by {on.en}")
    key = f"{_SAID}:{purpose}:{channel}"
    return Field(
        key,
        label,
        "choice",
        "consent",
        "consents",
        choices=_STATES,
        pii="linkable",
        moved_by="consent",
    )
