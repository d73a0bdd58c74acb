"""Calling out: never inside, never for long, never much, and never where a redirect points."""

import asyncio
import datetime as dt
import gzip
import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from khachquen.activate.egress import (
    Answer,
    Call,
    Caller,
    Rules,
    dial,
    find_host,
    read_url,
    refuse_reason,
)
from khachquen.base import InputError
from tests.receiver import receiving

SLOWLY = threading.Event()  # never set: a receiver that takes its time
HOUSE = Rules(("127.0.0.0/8",))
INSIDE = (
    "127.0.0.1",
    "127.9.9.9",
    "::1",
    "10.0.0.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "100.64.0.1",
    "0.0.0.0",
    "255.255.255.255",
    "224.0.0.1",
    "192.0.2.1",
    "fc00::1",
    "fd00::8",
    "fec0::1",
    "ff02::1",
    "::",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::10.0.0.1",
    "64:ff9b:1::1",
    "2002:7f00:1::",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "no address",
)
METADATA = (
    "169.254.169.254",
    "169.254.1.1",
    "::ffff:169.254.169.254",
    "64:ff9b::169.254.169.254",
    "fe80::1",
    "fe80::1%eth0",
    "fd00:ec2::254",
    "100.100.100.200",
)
OUTSIDE = (
    "93.184.216.34",
    "1.1.1.1",
    "2606:4700::1111",
    "::ffff:93.184.216.34",
    "64:ff9b::808:808",
)


@pytest.mark.parametrize("address", INSIDE)
def test_what_is_inside_the_house_is_not_called(address: str) -> None:
    assert refuse_reason(address, Rules()) == "inside"


@pytest.mark.parametrize("address", METADATA)
def test_where_clouds_keep_their_secrets_is_never_called_even_when_named(address: str) -> None:
    everything = Rules(("0.0.0.0/0", "::/0"))
    assert refuse_reason(address, Rules()) == refuse_reason(address, everything) == "metadata"


@pytest.mark.parametrize("address", OUTSIDE)
def test_the_internet_may_be_called(address: str) -> None:
    assert refuse_reason(address, Rules()) == ""


def test_a_network_the_operator_named_may_be_called_and_no_other() -> None:
    rules = Rules(("192.168.10.0/24", "fd12:3456::/32"))
    assert refuse_reason("192.168.10.7", rules) == ""
    assert refuse_reason("::ffff:192.168.10.7", rules) == ""
    assert refuse_reason("fd12:3456::7", rules) == ""
    assert refuse_reason("192.168.11.7", rules) == "inside"
    with pytest.raises(InputError, match="'nhà' is no network"):
        Rules(("nhà",))


def resolved(*addresses: str) -> Callable[[str, int], list[str]]:
    return lambda host, port: list(addresses)


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://kho.example/", "egress.no_https"),
        ("ftp://kho.example/", "egress.no_https"),
        ("file:///etc/passwd", "egress.no_https"),
        ("gopher://kho.example/", "egress.no_https"),
        ("https://", "egress.no_https"),
        ("kho.example", "egress.no_https"),
        ("", "egress.unreadable"),
        ("https://kho.example/ a", "egress.unreadable"),
        ("https://kho.example/\r\nHost: x", "egress.unreadable"),
        ("https://hoa:mật@kho.example/", "egress.unreadable"),
        ("https://kho.example@evil.example/", "egress.unreadable"),
        ("https://kho.example\\@evil.example/", "egress.unreadable"),
        ("https://kho.example/#a", "egress.unreadable"),
        ("https://kho.example:99999/", "egress.unreadable"),
        ("https://[::1/", "egress.unreadable"),
        ("https://kho.example/" + "a" * 500, "egress.unreadable"),
    ],
)
def test_an_address_that_is_none_is_refused_with_the_place(url: str, code: str) -> None:
    with pytest.raises(InputError) as refused:
        read_url(url, Rules(), resolve=resolved("93.184.216.34"))
    assert (refused.value.code, refused.value.path) == (code, "url")


def test_a_name_is_refused_when_any_of_its_addresses_is_inside() -> None:
    url = "https://kho.example/nhan?a=1"
    assert read_url(f" {url} ", Rules(), resolve=resolved("93.184.216.34")) == url
    for addresses in (("10.0.0.1",), ("93.184.216.34", "127.0.0.1"), ("169.254.169.254",)):
        with pytest.raises(InputError) as refused:
            read_url(url, Rules(), resolve=resolved(*addresses))
        assert refused.value.code == "egress.inside"
    with pytest.raises(InputError) as unknown:
        read_url(url, Rules(), resolve=resolved())
    assert unknown.value.code == "egress.nowhere"


@pytest.mark.parametrize(
    "host", ["2130706433", "0x7f000001", "017700000001", "127.1", "localhost."]
)
def test_this_machine_under_another_spelling_is_this_machine(host: str) -> None:
    with pytest.raises(InputError) as refused:
        read_url(f"https://{host}/", Rules())
    assert refused.value.code in ("egress.inside", "egress.nowhere")


def test_plain_http_is_for_this_very_machine_where_it_is_allowed() -> None:
    assert read_url("http://127.0.0.1:8000/a", HOUSE) == "http://127.0.0.1:8000/a"
    with pytest.raises(InputError, match="inside the house"):
        read_url("http://127.0.0.1:8000/a", Rules())
    with pytest.raises(InputError, match="must begin with https"):
        read_url("http://192.168.1.5/", Rules(("192.168.0.0/16",)))


def post(url: str, rules: Rules = HOUSE, **options: Any) -> Answer:
    async def run() -> Answer:
        async with Caller(rules, **{"timeout_s": 0.5, **options}) as caller:
            return await caller.call(Call(url, {"webhook-id": "msg_1"}, b'{"a":1}'))

    return asyncio.run(run())


def test_what_is_posted_arrives_and_what_is_answered_is_kept() -> None:
    with receiving() as kho:
        answer = post(kho.url)
        [heard] = kho.heard
    assert (answer.status, answer.problem, answer.text, answer.is_good) == (200, "", "ok", True)
    assert (heard.body, heard.id, heard.path) == (b'{"a":1}', "msg_1", "/hook")
    assert heard.headers["user-agent"] == "KhachQuen"
    assert heard.headers["accept-encoding"] == "identity"


def test_the_judge_sits_where_the_socket_is_made() -> None:
    """A name that was outside when it was saved and is inside when it is called."""
    with receiving() as kho:
        assert post(kho.url, Rules()).problem == "refused"
        assert post(kho.url.replace("127.0.0.1", "localhost"), Rules()).problem == "refused"
        assert post(kho.url.replace("127.0.0.1", "2130706433"), Rules()).problem == "refused"
        assert kho.connections == 0


def test_a_name_that_moves_inside_after_it_was_saved_is_not_followed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its owner answers with an address of the internet once, then with this machine."""
    answers = iter(["93.184.216.34"])

    def flip(host: Any, port: Any, *args: Any, **more: Any) -> list[Any]:
        address = next(answers, "127.0.0.1")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    with receiving() as kho:
        url = kho.url.replace("http://127.0.0.1", "https://kho.example")
        monkeypatch.setattr(socket, "getaddrinfo", flip)
        assert read_url(url, Rules()) == url
        assert post(url, Rules()).problem == "refused"
        with pytest.raises(InputError, match="inside the house"):
            read_url(url, Rules())
        assert kho.connections == 0


def test_a_name_nobody_has_a_closed_door_and_a_silent_one() -> None:
    assert post("https://không-có.invalid/").problem == "nowhere"
    with receiving() as kho:
        closed = kho.url
    assert post(closed).problem == "unreachable"


def _redirect(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(302)
    handler.send_header("Location", "http://169.254.169.254/latest/meta-data/")
    handler.send_header("Content-Length", "0")
    handler.end_headers()


def test_a_redirect_is_an_answer_and_not_followed() -> None:
    with receiving(_redirect) as kho:
        answer = post(kho.url)
        assert (answer.status, answer.is_good, len(kho.heard)) == (302, False, 1)


def _drip(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
    _slowly(handler)


def _drip_headers(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    _slowly(handler)


def _slowly(handler: BaseHTTPRequestHandler) -> None:
    for _ in range(60):
        handler.wfile.write(b"X-A: b\r\n"[:1])
        handler.wfile.flush()
        SLOWLY.wait(0.05)


@pytest.mark.parametrize("says", [_drip, _drip_headers])
def test_an_answer_a_byte_at_a_time_is_cut_at_the_time_limit(
    says: Callable[[BaseHTTPRequestHandler], None],
) -> None:
    with receiving(says) as kho:
        answer = post(kho.url)
    assert (answer.status, answer.problem) == (None, "timeout")
    assert 450 <= answer.took_ms < 2_000


def _endless(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    for _ in range(4_000):
        handler.wfile.write(b"10000\r\n" + b"a" * 65_536 + b"\r\n")


def test_an_endless_answer_is_read_for_a_moment_and_its_status_counts() -> None:
    with receiving(_endless) as kho:
        answer = post(kho.url, timeout_s=5)
    assert (answer.status, answer.text) == (200, "a" * 500)
    assert answer.took_ms < 4_000


def _bomb(handler: BaseHTTPRequestHandler) -> None:
    packed = gzip.compress(b"0" * 5_000_000)
    handler.send_response(200)
    handler.send_header("Content-Encoding", "gzip")
    handler.send_header("Content-Length", str(len(packed)))
    handler.end_headers()
    handler.wfile.write(packed)


def test_what_comes_packed_stays_packed() -> None:
    with receiving(_bomb) as kho:
        answer = post(kho.url)
    assert answer.status == 200
    assert "0000" not in answer.text


def _nonsense(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"SSH-2.0-OpenSSH\r\n\r\n")
    handler.close_connection = True


def test_what_is_no_http_is_garbled() -> None:
    with receiving(_nonsense) as kho:
        assert post(kho.url).problem == "garbled"


def _later(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(429)
    handler.send_header("Retry-After", "120")
    handler.send_header("Content-Length", "0")
    handler.end_headers()


def test_how_long_to_wait_is_heard() -> None:
    with receiving(_later) as kho:
        assert post(kho.url).wait_s == 120


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A key and a certificate for 127.0.0.1 which nobody but this test trusts."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "kho")])
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
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "kho.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    return path


def test_a_certificate_nobody_vouches_for_is_refused(certificate: Path) -> None:
    served = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    served.load_cert_chain(certificate)
    with receiving(tls=served) as kho:
        stranger = post(kho.url, timeout_s=3)
        assert (stranger.status, stranger.problem) == (None, "tls")
        assert kho.heard == []

        trusting = ssl.create_default_context(cafile=str(certificate))
        assert post(kho.url, timeout_s=3, tls=trusting).status == 200
        # The address is right, the name on the certificate is not.
        other = post(kho.url.replace("127.0.0.1", "localhost"), timeout_s=3, tls=trusting)
        assert (other.status, other.problem) == (None, "tls")
        assert len(kho.heard) == 1


def test_a_line_is_dialled_to_the_digits_that_were_judged_and_never_inside() -> None:
    asked: list[str] = []

    def resolve(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["93.184.216.34"]

    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with dial("thu.nhamay.vn", port, 5, rules=HOUSE, resolve=resolve) as line:
            assert line.getpeername() == ("127.0.0.1", port)
        assert asked == ["thu.nhamay.vn"]
        with pytest.raises(PermissionError, match="inside the house"):
            dial("127.0.0.1", port, 5, rules=Rules())
        server.settimeout(0)
        server.accept()[0].close()
        with pytest.raises(BlockingIOError):
            server.accept()


def test_a_name_that_also_leads_inside_is_not_trusted_at_all() -> None:
    both = ["93.184.216.34", "169.254.169.254"]
    with pytest.raises(InputError) as refused:
        find_host("thu.nhamay.vn", 587, HOUSE, resolve=lambda host, port: both)
    assert refused.value.code == "egress.inside"
    with pytest.raises(InputError) as refused:
        find_host("khong-co.nhamay.vn", 587, HOUSE, resolve=lambda host, port: [])
    assert refused.value.code == "egress.nowhere"
