"""Reports of no standard, and machines that answer for somebody: read by their words.

A message that has none of the known phrases is no report; one that begins like a report but names
nobody is kept for somebody to look at.
"""

import re
from email.message import Message

from khachquen.activate.channels.email.reports.judging import classify, find_status, plain
from khachquen.activate.channels.email.reports.opening import Opened, headers
from khachquen.activate.channels.email.reports.phrases import (
    AWAY,
    COPY,
    NOT_AT_ALL,
    NOT_YET,
    ROBOTS,
)
from khachquen.activate.channels.email.reports.report import Report

_ADDRESS = re.compile(r"[^\s<>()\[\],;:\"'@\\]{1,64}@[^\s<>()\[\],;:\"'@\\]{3,190}")
_ANGLED = re.compile(r"<([^\s<>()\[\],;:\"@\\]{1,64}@[^\s<>()\[\],;:\"@\\]{3,190})>")
_WORDS = 500
_OURS = ("To", "From", "Delivered-To", "X-Original-To", "Cc", "Sender", "Reply-To")
_KEEPERS = re.compile(
    r"^(postmaster|mailer-daemon|abuse|admin|hostmaster|support|hotro|quantri)@", re.IGNORECASE
)


def is_automatic(head: Message, subject: str) -> bool:
    """Whether a machine answered for somebody (RFC 3834, and the headers from before it).

    A report of failure is made by a machine too; so this is asked only of what reports nothing.
    """
    told = [value.casefold() for value in headers(head, "Auto-Submitted")]
    if any(
        value.split(";")[0].split("(")[0].strip() in ("auto-replied", "auto-generated")
        for value in told
    ):
        return True
    if headers(head, "X-Autoreply", "X-Autorespond", "X-AutoReply-From", "X-Mail-Autoreply"):
        return True
    if any(value.casefold() in ("auto_reply", "junk") for value in headers(head, "Precedence")):
        return True
    return bool(AWAY.search(plain(subject)))


def read_words(opened: Opened, subject: str) -> list[Report]:
    """Who a report of no standard speaks of, and why; nothing when it is no report at all."""
    text = _flat_lines(opened.text)
    said, title = plain(text), plain(subject)
    failed = headers(opened.head, "X-Failed-Recipients")
    is_late = bool(NOT_YET.search(said) or NOT_YET.search(title))
    is_report = is_late or bool(NOT_AT_ALL.search(said) or NOT_AT_ALL.search(title))
    from_robot = any(
        ROBOTS.search(one) for one in headers(opened.head, "From", "Return-Path", "Sender")
    )
    is_empty = any(value.strip() in ("<>", "") for value in headers(opened.head, "Return-Path"))
    if not failed and not (is_report and (from_robot or is_empty)):
        return []
    upper = COPY.split(text)[0] if COPY.search(text) else text
    people = [one for value in failed for one in _ADDRESS.findall(value)] or _people(upper, opened)
    if not people:
        return [Report("unreadable", words=upper.strip()[:_WORDS])]
    return [_report(address, upper, is_late=is_late) for address in people[:50]]


def words_about(address: str, opened: Opened) -> str:
    """What the words above the copy of the letter say of one address; nothing when it is not
    named there."""
    upper = COPY.split(_flat_lines(opened.text))[0]
    return _about(address, upper)[:_WORDS] if address and address in upper else ""


def _report(address: str, text: str, *, is_late: bool) -> Report:
    words = _about(address, text)
    status = find_status(words)
    return Report(
        "delayed" if is_late else classify(status, words), address, status, words[:_WORDS]
    )


def _people(text: str, opened: Opened) -> list[str]:
    """The addresses a report names above the copy of the letter, but for those that are ours."""
    ours = {one.casefold() for one in _ADDRESS.findall(" ".join(headers(opened.head, *_OURS)))}
    for pattern in (_ANGLED, _ADDRESS):
        found = [one.rstrip(".") for one in pattern.findall(text)]
        kept = [
            one
            for one in dict.fromkeys(found)
            if one.casefold() not in ours and not _KEEPERS.match(one)
        ]
        if kept:
            return kept
    return []


def _about(address: str, text: str) -> str:
    """The lines that speak of one address: from where it stands to the next that names another."""
    place = text.find(address)
    if place < 0:
        return text.strip()[:1_000]
    rest = text[place + len(address) :]
    other = next(
        (
            m.start()
            for m in _ADDRESS.finditer(rest)
            if m[0].rstrip(".").casefold() != address.casefold()
        ),
        len(rest),
    )
    told = rest[:other].strip(" :>\t\r\n")
    # Where nothing follows, the reason stood before the address.
    return " ".join((told if len(told) > 12 else text[:place] + " " + told).split())[:1_000]


def _flat_lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
