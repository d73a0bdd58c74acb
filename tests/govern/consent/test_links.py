"""Links customers open without signing in: only ours open, each for its own use, for ever."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from khachquen.base import ConflictError, InputError, load_config
from khachquen.govern.consent.ledger import erase_subjects
from khachquen.govern.consent.links import Link, Links, load_keys, rotate_keys

pytestmark = pytest.mark.django_db
LAN = "email:lan@nhamay.vn"


def links_at(data: Path, base: str = "https://khach.example.vn/") -> Links:
    config = load_config(data, {})
    return Links(replace(config, server=replace(config.server, base_url=base)))


def token_of(url: str) -> str:
    return url.rpartition("/")[2]


def test_chi_lans_link_names_her_and_the_campaign_and_shows_neither(data: Path) -> None:
    links = links_at(data)

    url = links.unsubscribe_url(LAN, "ads", 42)

    assert re.fullmatch(r"https://khach\.example\.vn/u/[0-9a-z]+\.ads\.16\.[\w-]{27}", url)
    assert "nhamay" not in url
    assert links.read("u", token_of(url)) == Link("u", LAN, "ads", 42)
    preferences = links.preferences_url(LAN)
    assert links.read("p", token_of(preferences)) == Link("p", LAN)
    assert links.path(Link("u", LAN, "ads", 42)) == url.removeprefix("https://khach.example.vn")


def test_no_other_token_opens(data: Path) -> None:
    links = links_at(data)
    token = token_of(links.unsubscribe_url(LAN, "ads", 7))
    links.unsubscribe_url("email:minh@nhamay.vn", "ads")
    raw = token.encode()

    forged = [
        (raw[:at] + bytes([raw[at] ^ 1 << bit]) + raw[at + 1 :]).decode("latin-1")
        for at in range(len(raw))
        for bit in range(8)
    ]

    assert len(forged) > 250
    assert not [one for one in forged if links.read("u", one)]
    assert links.read("p", token) is None
    assert links.read("c", token) is None
    assert [links.read("u", odd) for odd in ("", ".", "1", "ăn.cơm.rồi", "\0", token * 2)] == [
        None
    ] * 6


def test_links_of_last_year_open_after_two_new_keys_but_not_with_anothers(data: Path) -> None:
    token = token_of(links_at(data).preferences_url(LAN))

    assert rotate_keys(data) == 2
    assert rotate_keys(data) == 3

    now = links_at(data)
    assert now.read("p", token) == Link("p", LAN)
    assert token_of(now.preferences_url(LAN)) != token
    assert (data / "keys" / "links").stat().st_mode & 0o777 == 0o600
    assert len(load_keys(data)) == 3
    assert links_at(data.parent / "other").read("p", token) is None


def test_a_link_of_somebody_erased_leads_nowhere(data: Path) -> None:
    links = links_at(data)
    token = token_of(links.preferences_url(LAN))

    erase_subjects([LAN], ["0001"])

    assert links.read("p", token) is None


def test_no_link_is_made_that_nobody_could_use(data: Path) -> None:
    with pytest.raises(ConflictError) as caught:
        links_at(data, base="").preferences_url(LAN)
    assert caught.value.code == "links.no_base_url"
    with pytest.raises(InputError) as refused:
        links_at(data).unsubscribe_url(LAN, "service")
    assert refused.value.code == "links.not_refusable"
