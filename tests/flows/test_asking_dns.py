"""The DNS is asked for three names; a server of our own answers on this machine."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import dns.flags
import dns.message
import dns.rcode
import dns.resolver
import dns.rrset
import pytest

from khachquen.activate.campaigns.accounts import keys_of
from khachquen.activate.campaigns.domains import keep_check, look_at
from khachquen.activate.campaigns.models import Account
from khachquen.base import InputError
from khachquen.flows.asking_dns import ask_dns
from tests.flows.post import add_account

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
Zone = dict[str, list[str]]


@contextmanager
def name_server(zone: Zone) -> Iterator[dns.resolver.Resolver]:
    """A resolver that asks a server which knows these TXT records, and nothing else."""
    line = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    line.bind(("127.0.0.1", 0))

    def answer() -> None:
        while True:
            asked, address = line.recvfrom(4096)
            if not asked:
                return
            line.sendto(_answer(zone, asked), address)

    thread = threading.Thread(target=answer, daemon=True)
    thread.start()
    resolver = dns.resolver.Resolver(configure=False)
    resolver.nameservers, resolver.port = ["127.0.0.1"], line.getsockname()[1]
    try:
        yield resolver
    finally:
        line.sendto(b"", line.getsockname())
        thread.join()
        line.close()


def _answer(zone: Zone, asked: bytes) -> bytes:
    query = dns.message.from_wire(asked)
    name = query.question[0].name.to_text().rstrip(".")
    reply = dns.message.make_response(query)
    reply.flags |= dns.flags.RA
    if name not in zone:
        reply.set_rcode(dns.rcode.NXDOMAIN)
    elif zone[name] == ["broken"]:
        reply.set_rcode(dns.rcode.SERVFAIL)
    elif zone[name]:
        reply.answer.append(dns.rrset.from_text(f"{name}.", 60, "IN", "TXT", *zone[name]))
    return reply.to_wire()


@pytest.fixture
def account() -> Account:
    return add_account(587, at=NOW, from_address="tin@thu.gom-moc.example", host="smtp.gmail.com")


def test_the_three_records_are_found_the_policy_at_the_domain_above(account: Account) -> None:
    key = next(iter(keys_of(account))).record
    zone = {
        "thu.gom-moc.example": ['"v=spf1 include:_spf.google.com ~all"', '"something=else"'],
        "kq._domainkey.thu.gom-moc.example": [f'"{key[:200]}" "{key[200:]}"'],
        "_dmarc.gom-moc.example": ['"v=DMARC1; p=none; rua=mailto:hoa@gom-moc.example"'],
    }
    with name_server(zone) as resolver:
        told = ask_dns(account, resolver=resolver)
    assert told.dkim == [key]  # long records come in pieces
    assert look_at(account) is None
    assert keep_check(account, told, is_pasted=False, at=NOW).judgement.is_good
    looked = look_at(account)
    assert looked
    assert (looked.at, looked.is_pasted, looked.judgement.is_good) == (NOW, False, True)


def test_a_domain_nobody_wrote_records_for_has_none(account: Account) -> None:
    with name_server({"thu.gom-moc.example": []}) as resolver:
        told = ask_dns(account, resolver=resolver)
    assert (told.spf, told.dkim, told.dmarc) == ((), (), ())


def test_a_dns_that_does_not_answer_says_to_paste(account: Account) -> None:
    zone = {"thu.gom-moc.example": ["broken"]}
    with name_server(zone) as resolver, pytest.raises(InputError) as raised:
        ask_dns(account, resolver=resolver)
    assert raised.value.code == "deliverability.no_dns"
    assert "dán" in (raised.value.hint.vi if raised.value.hint else "").lower()
