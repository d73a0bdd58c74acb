"""The lists of ``data/``: what sites, channels, apps, browsers and robots there are."""

import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from khachquen.base import Text

_DATA = Path(__file__).parent / "data"


class Site(msgspec.Struct, frozen=True):
    """A place people come from; ``kind`` is a key of the channel list, or ``passage``."""

    name: str
    kind: str


class Click(msgspec.Struct, frozen=True):
    """What a network adds to an address; ``paid`` if it does so for paid clicks only."""

    name: str
    site: str
    paid: bool


class Mark(msgspec.Struct, frozen=True):
    """A name for whatever carries one of the marks (in lower case)."""

    name: str
    marks: tuple[str, ...]
    site: str | None = None
    kind: str | None = None


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((_DATA / f"{name}.toml").read_text(encoding="utf-8"))


_channels, _clients, _sites = _read("channels"), _read("clients"), _read("sites")


def _texts(table: Mapping[str, Mapping[str, str]]) -> dict[str, Text]:
    return {key: Text(vi=words["vi"], en=words["en"]) for key, words in table.items()}


CHANNELS: dict[str, Text] = _texts(_channels["names"])
"""Every channel by its key, in the order pages show them."""

ROBOT_KINDS: dict[str, Text] = _texts(_clients["robots"])
"""Every kind of robot by its key. Only a ``program`` still counts in figures: see ``clients``."""

MEDIUMS: dict[str, str] = {w: name for name, words in _channels["mediums"].items() for w in words}
"""utm_medium → a channel, or ``paid`` or ``organic``."""

KINDS: dict[str, dict[str, str]] = _channels["kinds"]
"""Kind of site → the channel of an ``organic`` and of a ``paid`` visit."""

CLICKS: dict[str, Click] = {c["name"]: msgspec.convert(c, Click) for c in _channels["clicks"]}
SITES: dict[str, Site] = {name: Site(name, site["kind"]) for name, site in _sites.items()}
WORDS: dict[str, Site] = {w: SITES[name] for name, site in _sites.items() for w in site["words"]}
"""utm_source → the site it means."""

_DOMAINS = {domain: SITES[name] for name, site in _sites.items() for domain in site["domains"]}
_COUNTRY_WORDS = frozenset("com co net org edu gov ac biz info name pro health int io".split())

APPS: tuple[Mark, ...] = msgspec.convert(_clients["apps"], tuple[Mark, ...])
KNOWN_ROBOTS: tuple[Mark, ...] = msgspec.convert(_clients["known_robots"], tuple[Mark, ...])


def _by_alias(table: Mapping[str, Iterable[str]]) -> dict[str, str]:
    return {alias: name for name, aliases in table.items() for alias in aliases}


BROWSERS: dict[str, str] = _by_alias(_clients["browsers"])
SYSTEMS: dict[str, str] = _by_alias(_clients["systems"])


def site_of_host(host: str) -> Site | None:
    """The listed site a host belongs to, the most exact entry first.

    >>> site_of_host("l.facebook.com").name, site_of_host("www.google.com.vn").name
    ('facebook', 'google')
    >>> site_of_host("mail.google.com").kind, site_of_host("nhamay.vn")
    ('mail', None)
    """
    labels = host.split(".")
    for start in range(len(labels)):
        rest = labels[start:]
        if site := _DOMAINS.get(".".join(rest)):
            return site
        if 2 <= len(rest) <= 3 and (site := _DOMAINS.get(f"{rest[0]}.*")):
            return site
    return None


def domain_of_host(host: str) -> str:
    """The part of a host its owner registered, by a simple rule: good enough to compare two.

    >>> domain_of_host("shop.nhamay.com.vn"), domain_of_host("www.nhamay.vn")
    ('nhamay.com.vn', 'nhamay.vn')
    """
    labels = host.split(".")
    if labels[-1].isdigit():
        return host
    takes_three = len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in _COUNTRY_WORDS
    return ".".join(labels[-3:] if takes_three else labels[-2:])


def find_mark(marks: Iterable[Mark], lowered: str) -> Mark | None:
    """The first whose mark stands in a text of lower case."""
    return next((m for m in marks if any(mark in lowered for mark in m.marks)), None)
