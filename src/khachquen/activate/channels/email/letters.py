"""A letter as it travels: headers nobody can add to, text and HTML every mail program reads.

Written by hand, not with the standard library's ``EmailMessage``: that one writes a long
``List-Unsubscribe`` as encoded words, which no mail program follows, and takes three milliseconds a
letter. Here a header is one of few kinds, each with its own way of writing, and everything a
customer or an editor typed passes ``_clean`` first: a header can never begin inside a value.
"""

import base64
import binascii
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from functools import lru_cache

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_HIDDEN = re.compile("[^!-;=?-~]+")
_ATOM = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ .\-]*", re.ASCII)
_WORD_BYTES = 45  # 60 characters of base64 and 12 of wrapping: within 75
_LINE = 76
_SHARED = 2_000  # characters; a longer line is not kept to be written again


@dataclass(frozen=True, slots=True)
class Sender:
    """Who writes: the name people see, the address, where answers go."""

    address: str
    name: str = ""
    reply_to: str = ""


@dataclass(frozen=True, slots=True)
class Letter:
    """Everything one letter says. ``key`` names it for ever: the Message-ID is made of it.

    ``unsubscribe`` is the one HTTPS address of RFC 8058; ``list_id`` and ``feedback_id`` tell mail
    programs which stream this is; ``is_automatic`` is for letters that advertise nothing.
    """

    key: str
    to: str
    subject: str
    html: str
    text: str
    at: datetime
    unsubscribe: str = ""
    list_id: str = ""
    feedback_id: str = ""
    is_automatic: bool = False
    to_name: str = ""
    more: Sequence[tuple[str, str]] = field(default=())


def write_letter(letter: Letter, sender: Sender) -> bytes:
    """The letter, unsigned, with CRLF lines of at most 998 bytes."""
    boundary = f"=_{letter.key}"
    parts = b"".join(
        b"--%b\r\nContent-Type: %b; charset=utf-8\r\n"
        b"Content-Transfer-Encoding: quoted-printable\r\n\r\n%b\r\n"
        % (boundary.encode(), kind, _quoted(body))
        for kind, body in ((b"text/plain", letter.text), (b"text/html", letter.html))
    )
    head = "".join(f"{name}: {value}\r\n" for name, value in _headers(letter, sender, boundary))
    return head.encode() + b"\r\n" + parts + b"--%b--\r\n" % boundary.encode()


def message_id(key: str, sender: Sender) -> str:
    """What the letter of this key is called, whenever and however often it is tried."""
    return f"<{key}@{_clean(sender.address).rpartition('@')[2]}>"


def _headers(letter: Letter, sender: Sender, boundary: str) -> Iterator[tuple[str, str]]:
    yield "From", _mailbox(sender.name, sender.address)
    yield "To", _mailbox(letter.to_name, letter.to)
    if sender.reply_to:
        yield "Reply-To", _mailbox("", sender.reply_to)
    yield "Subject", _words(letter.subject, used=9)
    yield "Date", format_datetime(letter.at)
    yield "Message-ID", message_id(letter.key, sender)
    if letter.unsubscribe:
        # One line, whatever its length: folded or encoded it is no address any more.
        yield "List-Unsubscribe", f"<{_token(letter.unsubscribe)}>"
        yield "List-Unsubscribe-Post", "List-Unsubscribe=One-Click"
    if letter.list_id:
        yield "List-ID", f"<{_token(letter.list_id)}>"
    if letter.feedback_id:
        yield "Feedback-ID", _token(letter.feedback_id)
    if letter.is_automatic:
        yield "Auto-Submitted", "auto-generated"
    for name, value in letter.more:
        yield re.sub("[^A-Za-z0-9-]", "", name), _words(value, used=len(name) + 2)
    yield "MIME-Version", "1.0"
    yield "Content-Type", f'multipart/alternative;\r\n boundary="{boundary}"'


def _clean(text: str) -> str:
    """One line without control characters, its marks composed: ệ is one character."""
    whole = text.encode("utf-8", "replace").decode()  # half a surrogate is no letter
    return unicodedata.normalize("NFC", _CONTROL.sub(" ", whole)).strip()


def _token(text: str) -> str:
    """An address or name written as it is: nothing but visible ASCII survives."""
    return _HIDDEN.sub("", text)


def _mailbox(name: str, address: str) -> str:
    plain, where = _clean(name), re.sub(r"[\s<>,;\"]+", "", _clean(address))
    if not plain:
        return where
    if _ATOM.fullmatch(plain) and len(plain) + len(where) < _LINE - 20:
        quoted = plain if re.fullmatch(r"[\w ]+", plain, re.ASCII) else f'"{plain}"'
        return f"{quoted} <{where}>"
    return f"{_encoded(plain)}\r\n <{where}>"


def _words(text: str, *, used: int) -> str:
    """Free text: as it is when it is short and ASCII, else as encoded words."""
    plain = _clean(text)
    if plain.isascii() and len(plain) + used <= _LINE and "=?" not in plain:
        return plain
    return _encoded(plain, used=used)


def _encoded(text: str, *, used: int = len("Reply-To: ")) -> str:
    """Encoded words (RFC 2047), none of which ends inside a letter; ``used`` is what stands on the
    first line already."""
    raw, pieces, begin = text.encode(), [], 0
    most = (_LINE - used - len("=?utf-8?b??=")) // 4 * 3
    while begin < len(raw):
        end = begin + most
        while end < len(raw) and raw[end] & 0xC0 == 0x80:  # inside a letter
            end -= 1
        pieces.append(raw[begin:end])
        begin, most = end, _WORD_BYTES
    return "\r\n ".join(f"=?utf-8?b?{base64.b64encode(one).decode()}?=" for one in pieces)


def _quoted(text: str) -> bytes:
    """Quoted-printable, lines of at most 76 characters, CRLF."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return b"\r\n".join(
        [_same_line(one) if len(one) < _SHARED else _quoted_line(one) for one in text.split("\n")]
    )


def _quoted_line(line: str) -> bytes:
    """Spaces that stand beside others are written out: nothing on the way, nor DKIM's own reading
    of the letter (RFC 6376, 3.4.4), finds any to take away."""
    whole = unicodedata.normalize("NFC", line).encode("utf-8", "replace")
    is_spaced = b"  " in whole or b"\t" in whole
    encoded = binascii.b2a_qp(whole, quotetabs=is_spaced, istext=True)
    return encoded.replace(b"\n", b"\r\n")


# Most lines of a letter are those of every other letter of its run.
_same_line = lru_cache(maxsize=2_048)(_quoted_line)
