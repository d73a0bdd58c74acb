"""One message that came back, read in the order of how much its form can be relied on."""

import re
from dataclasses import replace

from khachquen.activate.channels.email.reports.judging import classify, find_status
from khachquen.activate.channels.email.reports.opening import (
    Opened,
    addresses,
    headers,
    open_message,
)
from khachquen.activate.channels.email.reports.report import Mail, Report
from khachquen.activate.channels.email.reports.statuses import (
    feedback_senders,
    read_feedback,
    read_statuses,
)
from khachquen.activate.channels.email.reports.wordings import is_automatic, read_words, words_about

_ARRIVED_AT = (
    "Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "X-Delivered-To", "To", "Cc",
    "Resent-To",
)  # fmt: skip
_ID = re.compile(r"<([^<>\s@]{1,200}@[^<>\s@]{1,253})>")
_IN_TEXT = re.compile(r"(?im)^[>|\s]*message-id:\s*<([^<>\s@]{1,200}@[^<>\s@]{1,253})>")
_UNSUBSCRIBE = re.compile(r"<(https?://[^<>\s]{1,600})>")
_UNSUBSCRIBE_IN_TEXT = re.compile(r"(?im)^[>|\s]*list-unsubscribe:\s*<(https?://[^<>\s]{1,600})>")
_FROM_IN_TEXT = re.compile(r"(?im)^[>|\s]*return-path:\s*<([^<>\s]{3,320})>")


def read_reports(raw: bytes) -> Mail:
    """What a message says of letters we sent; never raises, whatever the bytes are.

    A message of none of the known shapes has one report, ``unreadable``: somebody looks at it.
    """
    opened = open_message(raw)
    if opened is None:
        return Mail("other", (Report("unreadable"),))
    subject = next(iter(headers(opened.head, "Subject")), "")
    shape, reports = _reports(opened, subject)
    return Mail(
        shape,
        tuple(reports),
        returned_to=tuple(_returned_to(opened)),
        message_ids=tuple(_message_ids(opened, shape)),
        unsubscribes=tuple(_unsubscribes(opened)),
        subject=subject[:300],
    )


def _reports(opened: Opened, subject: str) -> tuple[str, list[Report]]:
    if opened.feedback:
        told = read_feedback(opened.feedback)
        if told and not told[0].address:
            told[0] = _with_address(told[0], opened)
        return "arf", told
    if opened.reports and (told := read_statuses(opened.reports)):
        return "dsn", [_explained(one, opened) for one in told]
    if told := read_words(opened, subject):
        return "text", told
    if is_automatic(opened.head, subject):
        who = addresses(headers(opened.head, "From"))
        return "auto", [Report("auto", who[0] if who else "")]
    return "other", [Report("unreadable", words=subject[:200])]


def _explained(report: Report, opened: Opened) -> Report:
    """A report whose block gives no words of the server takes those above it."""
    if report.kind not in ("hard", "soft", "policy") or report.words:
        return report
    words = words_about(report.address, opened)
    is_vague = report.status[2:] in ("", "0.0")
    status = (find_status(words) or report.status) if is_vague else report.status
    return replace(report, kind=classify(status, words), status=status, words=words)


def _with_address(report: Report, opened: Opened) -> Report:
    """The recipient of a complaint that does not name them stands in the letter, or is hidden."""
    who = [one for letter in opened.letters for one in addresses(headers(letter, "To"))]
    address = who[0] if who and not re.match(r"(?i)redacted|undisclosed|hidden", who[0]) else ""
    return Report(report.kind, address, report.status, report.words)


def _returned_to(opened: Opened) -> list[str]:
    own = addresses(headers(opened.head, *_ARRIVED_AT))
    letters = [one for each in opened.letters for one in addresses(headers(each, "Return-Path"))]
    told = [one for one in feedback_senders(opened.feedback) if one]
    in_text = _FROM_IN_TEXT.findall(opened.text)[:5]
    return list(dict.fromkeys([*own, *told, *letters, *in_text]))[:40]


def _message_ids(opened: Opened, shape: str) -> list[str]:
    told = [one for each in opened.letters for one in headers(each, "Message-ID", "Message-Id")]
    if shape in ("auto", "text", "dsn"):
        told += headers(opened.head, "In-Reply-To", "References")
    found = [one for value in told for one in _ID.findall(value)]
    return list(dict.fromkeys([*found, *_IN_TEXT.findall(opened.text)]))[:20]


def _unsubscribes(opened: Opened) -> list[str]:
    told = [one for each in opened.letters for one in headers(each, "List-Unsubscribe")]
    found = [one for value in told for one in _UNSUBSCRIBE.findall(value)]
    return list(dict.fromkeys([*found, *_UNSUBSCRIBE_IN_TEXT.findall(opened.text)]))[:10]
