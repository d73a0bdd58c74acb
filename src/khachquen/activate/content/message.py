"""What goes into a rendering and what comes out of it: plain, frozen, picklable."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from khachquen.base import Text

PurposeKind = Literal["advertising", "transactional"]


@dataclass(frozen=True, slots=True)
class TemplateVersion:
    """One wording of an e-mail as it is sent, for ever: Liquid inside, MJML already made HTML.

    ``fields`` are the facts and traits of a person it asks for, ``needs_order`` whether it asks
    for the latest order: ``read_readers`` reads just those. ``shop`` is who sends it, in words.
    ``digest`` names the wording: equal digests render equally. ``template_id`` is 0 for a wording
    nobody saved yet.
    """

    id: int
    template_id: int
    number: int
    name: str
    purpose_kind: PurposeKind
    subject: str
    preheader: str
    html: str
    text: str
    fields: tuple[str, ...]
    needs_order: bool
    shop: Mapping[str, str]
    currency: str
    timezone: str
    digest: str


@dataclass(frozen=True, slots=True)
class Reader:
    """Whom one message is for: what the template may say of them.

    ``values`` are by the names of the catalogue: amounts in minor units, days and instants as ISO
    text on the shop's clock; what is not known is left out. ``order`` is the latest order, empty
    without one. ``links`` are the
    addresses only the sender can make: ``unsubscribe``, ``preferences``; ``confirm`` in the letter
    that asks whether a sign-up was meant. ``data`` is what a program told of this letter: text of
    strangers, never run.
    """

    id: int
    values: Mapping[str, Any] = field(default_factory=dict)
    order: Mapping[str, Any] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a message should not go out as it is; ``line`` is 0 where no line is to blame."""

    code: str
    message: Text
    line: int = 0


@dataclass(frozen=True, slots=True)
class Rendered:
    """One message for one person. With ``problems`` the rest is empty, and nothing may be sent.

    ``subject`` and ``preheader`` are one line each, without control characters.
    """

    reader_id: int
    subject: str = ""
    preheader: str = ""
    html: str = ""
    text: str = ""
    problems: tuple[Problem, ...] = ()
