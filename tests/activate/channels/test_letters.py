"""What a letter looks like on the wire, read back by the standard library and a DKIM verifier."""

import base64
import contextlib
import email
import email.policy
from dataclasses import replace
from datetime import datetime
from email.message import EmailMessage
from types import SimpleNamespace
from typing import Any

import dkim
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ed25519
from hypothesis import given, settings
from hypothesis import strategies as st

from khachquen.activate.channels.email import Letter, Sender, write_letter
from khachquen.activate.channels.email.signing import DkimKey, make_key, sign

SHOP = Sender("tin@gom-moc.example", "Gốm Mộc Bát Tràng", "hoi@gom-moc.example")
RSA = make_key("gom-moc.example", "kq1")
ED = make_key("gom-moc.example", "kq2", is_rsa=False)
LONG = "https://gom-moc.example/u/" + "a" * 300


@pytest.fixture
def letter(now: datetime) -> Letter:
    return Letter(
        key="0123456789abcdef",
        to="hoa@example.vn",
        to_name="Nguyễn Thị Hoa",
        subject="[QC] Bát đĩa men rạn mới về, giảm 20% cho khách quen đến hết Chủ nhật này",
        html='<p style="color:red">Chào chị Hoa,</p>\n<p>Gốm mới về.</p>\n.\n..hết\n',
        text="Chào chị Hoa,\n\nGốm mới về.\n.\nHẹn gặp chị.",
        at=now,
        unsubscribe=LONG,
        list_id="campaign-1.gom-moc.example",
        feedback_id="1:2:bulk:khachquen",
    )


def read(message: bytes) -> EmailMessage:
    found = email.message_from_bytes(message, policy=email.policy.default)
    assert isinstance(found, EmailMessage)
    return found


def dns(*keys: DkimKey) -> Any:
    records = {f"{key.record_name}.".encode(): key.record.encode() for key in keys}
    return lambda name, timeout=5: records.get(name)


def verify(message: bytes, *keys: DkimKey, which: int = 0) -> bool:
    return bool(dkim.DKIM(message).verify(which, dnsfunc=dns(*keys)))


def test_a_letter_says_what_was_meant_in_both_its_parts(letter: Letter) -> None:
    found = read(write_letter(letter, SHOP))
    assert found["Subject"] == letter.subject
    assert found["From"] == "Gốm Mộc Bát Tràng <tin@gom-moc.example>"
    assert found["To"] == "Nguyễn Thị Hoa <hoa@example.vn>"
    assert found["Message-ID"] == "<0123456789abcdef@gom-moc.example>"
    text, html = found.iter_parts()
    assert (text.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    assert text.get_content().splitlines() == letter.text.splitlines()
    assert html.get_content().splitlines() == letter.html.splitlines()


def test_every_line_keeps_to_the_limits_and_ends_as_it_must(letter: Letter) -> None:
    message = write_letter(letter, SHOP)
    lines = message.split(b"\r\n")
    assert b"\n" not in b"".join(lines)
    assert b"\r" not in b"".join(lines)
    long = [line for line in lines if len(line) > 76]
    assert [line.partition(b":")[0] for line in long] == [b"List-Unsubscribe"]
    words = [word for line in lines for word in line.split() if word.startswith(b"=?")]
    assert words
    assert max(len(word) for word in words) <= 75
    for word in words:  # none ends inside a letter of several bytes
        email.header.decode_header(word.decode())[0][0].decode("utf-8")


def test_the_address_to_unsubscribe_at_stays_an_address_however_long(letter: Letter) -> None:
    head = write_letter(letter, SHOP).partition(b"\r\n\r\n")[0]
    assert b"\r\nList-Unsubscribe: <" + LONG.encode() + b">\r\n" in head
    assert b"\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in head


HOSTILE = [
    "Hoa\r\nBcc: ca-xom@example.vn",
    "Hoa\nSubject: khác",
    "Hoa\r\n\r\n<script>",
    "Hoa\x00\x0b\x85\u2028Bcc: x",
    '"Hoa" <evil@example.net>,',
]


@pytest.mark.parametrize("name", HOSTILE)
def test_nothing_typed_by_anybody_begins_a_header(letter: Letter, name: str) -> None:
    plain = read(write_letter(letter, SHOP)).keys()
    hostile = replace(
        letter, to_name=name, subject=name, list_id=name, unsubscribe=f"https://x/{name}"
    )
    sender = Sender(SHOP.address, name, SHOP.reply_to)
    found = read(write_letter(hostile, sender))
    assert found.keys() == plain
    assert found["To"].addresses[0].addr_spec == "hoa@example.vn"
    assert len(found["To"].addresses) == len(found["From"].addresses) == 1


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200), st.text(max_size=200))
def test_whatever_is_typed_the_headers_are_those_there_are(name: str, subject: str) -> None:
    moment = datetime.fromisoformat("2026-11-20T09:00:00+07:00")
    made = Letter("k", "hoa@example.vn", subject, "<p>x</p>", "x", moment, to_name=name)
    found = read(write_letter(made, SHOP))
    expected = ["From", "To", "Reply-To", "Subject", "Date", "Message-ID"]
    assert found.keys() == [*expected, "MIME-Version", "Content-Type"]


def test_the_signature_holds_and_covers_both_list_headers(letter: Letter, now: datetime) -> None:
    message = sign(write_letter(letter, SHOP), [RSA], at=now)
    assert verify(message, RSA)
    value = read(message)["DKIM-Signature"].replace(" ", "")
    signed = value.partition("h=")[2].partition(";")[0].split(":")
    for name in ("from", "subject", "to", "list-unsubscribe", "list-unsubscribe-post"):
        assert signed.count(name) == 2, name  # once more than it occurs


spaced = st.text(st.sampled_from(list("  \t\n\r.=ốđ\x0b\x85x")), max_size=120)


@settings(max_examples=60, deadline=None)
@given(spaced, spaced)
def test_whatever_is_typed_no_letter_has_spaces_to_be_tidied(html: str, text: str) -> None:
    moment = datetime.fromisoformat("2026-11-20T09:00:00+07:00")
    made = write_letter(Letter("k", "hoa@example.vn", "Gốm", html, text, moment), SHOP)
    message = sign(made, [ED], at=moment, is_tidy=True)
    assert message == sign(made, [ED], at=moment)
    assert verify(sign(made, [RSA], at=moment, is_tidy=True), RSA)


class Ed25519Key:
    """What the verifier would ask PyNaCl for."""

    def __init__(self, key: bytes, encoder: object):
        self.key = ed25519.Ed25519PublicKey.from_public_bytes(base64.b64decode(key))

    def verify(self, message: bytes, signature: bytes) -> None:
        self.key.verify(signature, message)


def test_two_keys_sign_beside_each_other(
    letter: Letter, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    nacl = SimpleNamespace(
        signing=SimpleNamespace(VerifyKey=Ed25519Key),
        encoding=SimpleNamespace(Base64Encoder=None),
        exceptions=SimpleNamespace(ValueError=KeyError, BadSignatureError=InvalidSignature),
    )
    monkeypatch.setattr(dkim, "nacl", nacl, raising=False)
    message = sign(write_letter(letter, SHOP), [RSA, ED], at=now)
    assert verify(message, RSA, ED, which=0)
    assert verify(message, RSA, ED, which=1)


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        (b"Subject: ", b"Subject: Re: "),
        (b"List-Unsubscribe: <https://gom", b"List-Unsubscribe: <https://bom"),
        (b"One-Click\r\n", b"One-Click \r\nList-Unsubscribe-Post: no\r\n"),
        (b"\r\nFrom: ", b"\r\nFrom: Somebody <x@example.net>\r\nFrom: "),
        (b"G=E1=BB=91m", b"Gom"),
    ],
)
def test_a_letter_changed_on_the_way_is_not_the_shops(
    letter: Letter, now: datetime, was: bytes, becomes: bytes
) -> None:
    message = sign(write_letter(letter, SHOP), [RSA], at=now)
    assert was in message
    changed = message.replace(was, becomes, 1)
    with contextlib.suppress(dkim.MessageFormatError, dkim.ValidationError):
        assert not verify(changed, RSA)
    assert verify(message, RSA)


def test_an_empty_letter_is_signed_too(now: datetime) -> None:
    letter = Letter("k", "hoa@example.vn", "", "", "", now)
    assert verify(sign(write_letter(letter, SHOP), [RSA], at=now), RSA)
