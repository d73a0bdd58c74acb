"""Network addresses, as proxies and clients write them, without their last part."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khachquen.collect.enrichment import hide_addresses, shorten_address


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("203.0.113.9", "203.0.113.0"),
        ("203.0.113.255", "203.0.113.0"),
        ("2402:800:62cd:d2df:cddf:bb7d:f3d7:7390", "2402:800:62cd::"),
        ("2402:800::1", "2402:800::"),
        ("fe80::1%eth0", "fe80::"),
        ("::ffff:203.0.113.9", "203.0.113.0"),
        ("203.0.113.9:51234", "203.0.113.0"),
        ("[2402:800:62cd:d2df::9]:443", "2402:800:62cd::"),
        ("203.0.113.9, 10.1.2.3", "203.0.113.0, 10.1.2.0"),
        ("203.0.113", ""),
        ("203.0.113.9.vn", ""),
        ("", ""),
        ("ẩn", "ẩn"),
    ],
)
def test_what_stays_of_an_address(address: str, kept: str) -> None:
    assert shorten_address(address) == kept
    assert shorten_address(kept) == kept


def test_addresses_in_a_message_nobody_can_read() -> None:
    raw = b'{"context":{"ip" : "203.0.113.9","x":"\xff'

    assert hide_addresses(raw) == b'{"context":{"ip" : "203.0.113.0","x":"\xff'


def test_nothing_else_of_a_message_changes() -> None:
    told = {
        "context": {"ip": "203.0.113.9", "app": {"version": "10.2.3.4"}},
        "properties": {"$ip": "2402:800:62cd:d2df::9", "zip": "70000", "script": 'ip":"x'},
    }

    hidden = json.loads(hide_addresses(json.dumps(told).encode()))

    assert hidden["context"] == {"ip": "203.0.113.0", "app": {"version": "10.2.3.4"}}
    assert hidden["properties"] == {**told["properties"], "$ip": "2402:800:62cd::"}


def test_a_message_without_addresses_is_the_same_object() -> None:
    raw = b'{"event":"Product Viewed","properties":{"description":"tulip"}}'

    assert hide_addresses(raw) is raw


@given(st.ip_addresses().map(str))
def test_no_whole_address_ever_stays(address: str) -> None:
    kept = shorten_address(address)

    assert kept.endswith((".0", "::"))
    assert hide_addresses(b'{"ip":"' + address.encode() + b'"}') == f'{{"ip":"{kept}"}}'.encode()


@given(st.text() | st.text(alphabet="0123456789abcdef.:,[]% "))
def test_any_text_may_stand_for_an_address(text: str) -> None:
    assert shorten_address(shorten_address(text)) == shorten_address(text)


@given(st.binary())
def test_any_bytes_may_be_a_message(raw: bytes) -> None:
    assert isinstance(hide_addresses(b'"ip":"' + raw + b'"'), bytes)
