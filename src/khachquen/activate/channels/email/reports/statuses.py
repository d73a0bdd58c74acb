"""Delivery reports of RFC 3464 and 6533, and complaints of RFC 5965: what has a form."""

import re

from khachquen.activate.channels.email.reports.judging import classify, find_status
from khachquen.activate.channels.email.reports.opening import blocks_of
from khachquen.activate.channels.email.reports.report import Kind, Report

_MOST_RECIPIENTS = 200
_XTEXT = re.compile(r"\\x\{([0-9A-Fa-f]{1,6})\}")
_WORDS = 500
_DONE = {"delivered": "delivered", "relayed": "delivered", "expanded": "delivered"}


def read_statuses(bodies: list[str]) -> list[Report]:
    """One report a recipient, by what was done about each: only ``failed`` is a bounce."""
    found = []
    for body in bodies:
        for block in blocks_of(body):
            if "final-recipient" not in block and "original-recipient" not in block:
                continue
            found.append(_read_block(block))
    return found[:_MOST_RECIPIENTS]


def read_feedback(bodies: list[str]) -> list[Report]:
    """What somebody's mail program told of our letter; the address may be blacked out."""
    found = []
    for body in bodies:
        block = {name: value for one in reversed(blocks_of(body)) for name, value in one.items()}
        told = block.get("feedback-type", "").strip().casefold()
        kind: Kind = "complaint" if told == "abuse" else "unreadable"
        if told == "not-spam":
            kind = "not_spam"
        address = clean_address(
            block.get("original-rcpt-to", "") or block.get("removal-recipient", "")
        )
        found.append(Report(kind, address, words=told[:40]))
    return found


def feedback_senders(bodies: list[str]) -> list[str]:
    """Where the letter complained of said that it came from: our own token may stand there."""
    return [
        clean_address(block["original-mail-from"])
        for body in bodies
        for block in blocks_of(body)
        if "original-mail-from" in block
    ]


def clean_address(told: str) -> str:
    """The address of ``rfc822; <hoa@example.vn>`` or ``utf-8; h\\x{F2}a@example.vn``.

    >>> clean_address("rfc822; <hoa@example.vn>"), clean_address(r"utf-8; h\\x{F2}a@example.vn")
    ('hoa@example.vn', 'hòa@example.vn')
    """
    kind, semicolon, rest = told.partition(";")
    text = (rest if semicolon else kind).strip()
    text = _XTEXT.sub(lambda found: _letter(found[1]), text)
    text = text.strip().strip("<>").strip().removeprefix("mailto:").strip("'\"")
    return text[:320] if "@" in text and not re.search(r"\s", text) else ""


def _letter(digits: str) -> str:
    number = int(digits, 16)
    is_letter = number < 0x110000 and not 0xD800 <= number <= 0xDFFF
    return chr(number) if is_letter else "?"


def _read_block(block: dict[str, str]) -> Report:
    action = block.get("action", "").split("(")[0].strip().casefold()
    words = block.get("diagnostic-code", "").partition(";")[2].strip() or block.get(
        "diagnostic-code", ""
    )
    status = find_status(block.get("status", ""))
    if status in ("", "5.0.0", "4.0.0"):
        status = find_status(words) or status
    final = clean_address(block.get("final-recipient", ""))
    original = clean_address(block.get("original-recipient", ""))
    kind: Kind = "unreadable"
    if action == "failed":
        kind = classify(status, words)
    elif action == "delayed":
        kind = "delayed"
    elif action in _DONE:
        kind = "delivered"
    return Report(kind, final or original, status, words[:_WORDS], original)
