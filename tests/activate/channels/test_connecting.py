"""Letters handed to mail servers of every temper, over real sockets."""

import datetime as dt
import ipaddress
import ssl
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from khachquen.activate.channels.email import (
    Connection,
    Envelope,
    Login,
    LostError,
    RefusedError,
    Reply,
    judge,
    read_envelope,
)
from tests.activate.channels.servers import Box, Talk, mail_server, scripted
from tests.served import free_port

LETTER = b"Subject: [QC] Gom\r\n\r\nChao\r\n.\r\n..het\r\n"
HOA = Envelope("hoa@example.vn", "example.vn")
NAM = Envelope("nam@example.vn", "example.vn")
SHOP = "tin@gom-moc.example"


def plain(port: int, **more: object) -> Connection:
    return Connection(Login("127.0.0.1", port, "none", timeout_s=10, **more))  # type: ignore[arg-type]


@pytest.fixture
def box() -> Box:
    return Box()


def test_letters_arrive_as_they_were_over_one_line(box: Box) -> None:
    with mail_server(box, port=free_port()) as port:
        line = plain(port)
        line.open()
        for to in (HOA, NAM, HOA):
            assert judge(line.send(SHOP, to, LETTER)) == "sent"
        line.close()
    assert [(sender, to) for sender, to, _ in box.letters] == [
        (SHOP, [one.address]) for one in (HOA, NAM, HOA)
    ]
    assert {letter for _, _, letter in box.letters} == {LETTER}


def test_a_refused_recipient_does_not_keep_the_next_from_theirs(box: Box) -> None:
    box.refuses[HOA.address] = "550 5.1.1 no such user"
    box.answers[NAM.address] = "451 4.7.1 greylisted, come back"
    with mail_server(box, port=free_port()) as port:
        line = plain(port)
        line.open()
        said = [line.send(SHOP, to, LETTER) for to in (HOA, NAM)]
        box.answers.clear()
        said.append(line.send(SHOP, NAM, LETTER))
        line.close()
    assert [judge(one) for one in said] == ["bad_address", "later", "sent"]
    assert [to for _, to, _ in box.letters] == [[NAM.address]]


def test_with_pipelining_a_recipient_refused_after_data_was_granted_gets_nothing() -> None:
    """The server takes DATA though it has nobody: our empty letter goes to nobody (RFC 2920)."""
    heard: list[bytes] = []

    def script(talk: Talk) -> None:
        talk.greet("PIPELINING")
        for answer in ("250 ok", "550 5.1.1 nobody", "354 go on"):
            heard.append(talk.hear())
            talk.say(answer)
        heard.append(talk.hear(b".\r\n"))
        talk.say("554 no valid recipients")
        talk.take_envelope()
        heard.append(talk.hear(b"\r\n.\r\n"))
        talk.say("250 2.0.0 taken")
        talk.hear()

    with scripted(script) as port:
        line = plain(port)
        line.open()
        assert judge(line.send(SHOP, HOA, LETTER)) == "bad_address"
        assert judge(line.send(SHOP, NAM, b"Subject: Gom\r\n\r\nChao\r\n")) == "sent"
        line.close()
    assert heard[3] == b""
    assert heard[4] == b"Subject: Gom\r\n\r\nChao"


def test_a_line_that_breaks_before_the_final_dot_leaves_the_letter_here() -> None:
    def script(talk: Talk) -> None:
        talk.greet("PIPELINING")
        talk.hear()
        talk.say("250 ok")

    with scripted(script) as port:
        line = plain(port)
        line.open()
        with pytest.raises(LostError) as lost:
            line.send(SHOP, HOA, LETTER)
    assert not lost.value.may_have_arrived
    assert not line.is_open


@pytest.mark.parametrize("answer", ["", "nonsense", "25"])
def test_a_line_that_breaks_after_it_leaves_nobody_knowing(answer: str) -> None:
    def script(talk: Talk) -> None:
        talk.greet("PIPELINING")
        talk.take_envelope()
        talk.hear(b"\r\n.\r\n")
        if answer:
            talk.say(answer)

    with scripted(script) as port:
        line = plain(port)
        line.open()
        with pytest.raises(LostError) as lost:
            line.send(SHOP, HOA, LETTER)
    assert lost.value.may_have_arrived


def test_a_server_that_says_nothing_is_not_waited_for_for_ever() -> None:
    def script(talk: Talk) -> None:
        talk.greet()
        talk.take_envelope()
        talk.hear(b"\r\n.\r\n")
        talk.hear()

    with scripted(script) as port:
        line = Connection(Login("127.0.0.1", port, "none", timeout_s=0.3))
        line.open()
        with pytest.raises(LostError, match="timed out") as lost:
            line.send(SHOP, HOA, LETTER)
    assert lost.value.may_have_arrived


def test_nobody_there_is_said_in_words() -> None:
    with pytest.raises(LostError, match="refused"):
        plain(free_port()).open()


def test_an_address_in_other_letters_needs_a_server_that_takes_them(box: Box) -> None:
    hoa = read_envelope("hòa@example.vn")
    assert hoa == Envelope("hòa@example.vn", "example.vn", needs_utf8=True)
    with mail_server(box, port=free_port(), smtputf8=False) as port:
        line = plain(port)
        line.open()
        reply = line.send(SHOP, hoa, LETTER)
        assert judge(line.send(SHOP, NAM, LETTER)) == "sent"
        line.close()
    assert (judge(reply), reply.enhanced) == ("refused", (5, 6, 7))
    with mail_server(box, port=free_port()) as port:
        line = plain(port)
        line.open()
        assert judge(line.send(SHOP, hoa, LETTER)) == "sent"
        line.close()
    assert [to for _, to, _ in box.letters] == [["nam@example.vn"], ["hòa@example.vn"]]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail.example")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]),
            critical=False,
        )
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "mail.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    return path


def context(certificate: Path) -> ssl.SSLContext:
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(certificate)
    return made


def test_the_line_is_private_before_the_password_is_said(box: Box, certificate: Path) -> None:
    server = {"tls": context(certificate), "login": ("gom-moc", "men-ran")}
    with mail_server(box, port=free_port(), **server) as port:  # type: ignore[arg-type]
        login = Login("127.0.0.1", port, "starttls", "gom-moc", "men-ran")
        trusting = Login(
            login.host, port, "starttls", login.user, login.password, authority=str(certificate)
        )
        line = Connection(trusting)
        line.open()
        assert judge(line.send(SHOP, HOA, LETTER)) == "sent"
        line.close()

        with pytest.raises(LostError, match="CERTIFICATE_VERIFY_FAILED"):
            Connection(login).open()

        wrong = Login(login.host, port, "starttls", login.user, "sai", authority=str(certificate))
        with pytest.raises(RefusedError) as refused:
            Connection(wrong).open()
    assert refused.value.reply.code == 535
    assert judge(refused.value.reply) == "account"
    assert len(box.letters) == 1


def test_words_slipped_in_before_the_line_is_private_end_it() -> None:
    def script(talk: Talk) -> None:
        talk.greet("STARTTLS")
        talk.hear()
        talk.say("220 go ahead\r\n250 AUTH PLAIN")
        talk.hear()

    with scripted(script) as port, pytest.raises(LostError, match="slipped in"):
        Connection(Login("127.0.0.1", port, "starttls", timeout_s=10)).open()


def test_a_server_without_starttls_gets_no_password(box: Box) -> None:
    with mail_server(box, port=free_port()) as port, pytest.raises(RefusedError):
        Connection(Login("127.0.0.1", port, "starttls", "gom-moc", "men-ran")).open()


@pytest.mark.parametrize(
    ("code", "words", "stage", "verdict"),
    [
        (421, "4.3.2 too busy", "recipient", "account"),
        (452, "4.2.2 over quota", "recipient", "later"),
        (550, "no such user", "recipient", "bad_address"),
        (550, "5.7.26 unauthenticated mail", "content", "refused"),
        (550, "5.1.2 no such host", "recipient", "bad_address"),
        (550, "requested action not taken", "recipient", "refused"),
        (550, "5.1.1 blocked using zen.spamhaus.example", "recipient", "refused"),
        (550, "sender domain does not exist", "recipient", "refused"),
        (550, "5.1.8 sender address rejected: domain not found", "recipient", "refused"),
        (554, "5.7.1 relay access denied", "recipient", "refused"),
        (450, "4.1.1 no such user, yet", "recipient", "later"),
        (552, "mailbox is full", "recipient", "later"),
        (554, "no such user was ever spammed", "content", "refused"),
        (550, "5.1.1 không tìm thấy người nhận", "content", "bad_address"),
        (554, "rejected", "content", "refused"),
        (535, "5.7.8 wrong password", "connect", "account"),
        (550, "5.7.1 not allowed to send as", "sender", "account"),
        (552, "5.2.2 mailbox full", "recipient", "later"),
    ],
)
def test_what_an_answer_means(code: int, words: str, stage: str, verdict: str) -> None:
    assert judge(Reply(code, words, stage)) == verdict  # type: ignore[arg-type]
