"""Rows of a list of consents → one message each: who said what of which purpose, when and how."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime

from khachquen.collect.importing.mapping import Plan
from khachquen.collect.importing.messages import Message, Numbering, encode
from khachquen.collect.importing.moments import Calendar
from khachquen.collect.importing.sheets import Sheet
from khachquen.collect.importing.summary import Problem, Tally
from khachquen.collect.importing.values import clean_cell, fold, parse_id

MAX_ID = 200
_EVENT_OF = {
    "Consent Granted": ("co", "dong y", "yes", "y", "1", "true", "x", "granted", "opt-in",
                        "opted in", "subscribed", "da dong y"),
    "Consent Refused": ("khong", "khong dong y", "tu choi", "no", "n", "0", "false", "refused",
                        "denied"),
    "Consent Withdrawn": ("rut", "rut lai", "da rut", "huy", "huy dang ky", "withdrawn", "opt-out",
                          "opted out", "unsubscribed"),
    "Consent Requested": ("cho xac nhan", "pending", "requested", "unconfirmed"),
}  # fmt: skip
_PURPOSES = {
    "ads": ("quang cao", "khuyen mai", "marketing", "nhan tin quang cao", "advertising"),
    "care": ("cham soc", "cham soc khach hang", "customer care"),
}
_CHANNELS = {
    "email": ("email", "e-mail", "thu dien tu", "mail"),
    "sms": ("sms", "tin nhan", "nhan tin"),
    "zalo": ("zalo",),
    "call": ("goi", "goi dien", "dien thoai", "call", "phone"),
    "push": ("push", "thong bao"),
    "web": ("web", "website", "app", "ung dung"),
    "any": ("any", "all", "moi kenh", "tat ca"),
}
_METHODS = {
    "web_form": ("web_form", "web", "website", "bieu mau web", "online"),
    "app_form": ("app_form", "app", "ung dung"),
    "paper": ("paper", "giay", "phieu", "phieu giay", "tai quay"),
    "call": ("call", "goi dien", "cuoc goi"),
    "sms": ("sms", "tin nhan"),
    "email": ("email", "thu"),
    "chat": ("chat", "zalo", "messenger"),
}
_TIMES = ("said_at", "expires_at")
_SEPARATORS = re.compile(r"[,;/|+]")


class ConsentReader:
    """Turns rows into messages, and counts what became of each row.

    An empty answer is no answer: silence is no consent, so such a row is refused.
    """

    def __init__(
        self, sheet: Sheet, plan: Plan, calendar: Calendar, numbering: Numbering, tally: Tally
    ):
        self._sheet, self._plan, self._calendar = sheet, plan, calendar
        self._numbering, self._tally = numbering, tally

    def messages(self) -> Iterator[bytes]:
        """One encoded message a row that says who says what."""
        columns = list(self._plan.fields.values())
        for number, cells in self._sheet.rows(columns, self._tally.unread):
            self._tally.rows += 1
            told = {
                field: clean_cell(cell)
                for field, cell in zip(self._plan.fields, cells, strict=True)
                if cell and not cell.isspace()
            }
            message = self._read(number, told)
            if message is not None:
                yield encode(message)

    def _read(self, number: int, told: dict[str, str]) -> Message | None:
        if not told:
            self._tally.fates["blank"] += 1
            return None
        named = {name: parse_id(told.get(name, "")) for name in ("customer_id", "phone", "email")}
        event = _meant(told.get("answer", ""), _EVENT_OF)
        moments = {name: self._calendar.moment(told[name]) for name in _TIMES if name in told}
        if trouble := _trouble(named, event, moments):
            field, code = trouble
            place = self._plan.fields.get(field)
            column = "" if place is None else self._sheet.header[place]
            self._tally.report(Problem(number, column, told.get(field, ""), code))
            return None
        self._tally.fates["consent"] += 1
        self._tally.events[event] += 1
        said_at, expires_at = moments.get("said_at"), moments.get("expires_at")
        customer_id = named.pop("customer_id")
        properties = _said(told) | {name: value for name, value in named.items() if value}
        if expires_at:
            properties["expires_at"] = expires_at.isoformat()
        return Message(
            type="track",
            messageId=self._numbering.id_of_place(str(number)),
            event=event,
            userId=customer_id,
            timestamp=said_at.isoformat() if said_at else "",
            properties=properties,
            context={"import": {"id": self._numbering.scope[:16], "row": number}},
        )


def _trouble(
    named: Mapping[str, str], event: str, moments: Mapping[str, datetime | None]
) -> tuple[str, str] | None:
    """Why a row is of no use: its field and the reason."""
    if not any(named.values()):
        return "", "no_identifier"
    if len(named["customer_id"]) > MAX_ID:
        return "customer_id", "too_long"
    if event not in _EVENT_OF:
        return "answer", "bad_answer"
    return next(((name, "bad_date") for name, at in moments.items() if at is None), None)


def _said(told: Mapping[str, str]) -> dict[str, object]:
    said: dict[str, object] = {
        "purpose": _meant(told.get("purpose", "ads"), _PURPOSES),
        "channels": [
            _meant(one, _CHANNELS) for one in _SEPARATORS.split(told.get("channels", "any"))
        ],
        "method": _meant(told.get("method", "import"), _METHODS),
    }
    if "evidence" in told:
        said["evidence"] = told["evidence"]
    return said


def _meant(text: str, words: Mapping[str, tuple[str, ...]]) -> str:
    """The name some words stand for; as they are when they stand for none, for the door to judge.

    >>> _meant("Đồng ý", _EVENT_OF), _meant("Gọi điện", _CHANNELS), _meant("ban_tin", _PURPOSES)
    ('Consent Granted', 'call', 'ban_tin')
    """
    folded = fold(text.strip())
    return next((name for name, known in words.items() if folded in known), text.strip())
