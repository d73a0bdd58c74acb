"""What somebody used, read off the user agent: device, system, browser, app, or a robot's name.

Two libraries know the world's user agents (ADR 16): ua-parser the devices and browsers, the list
of crawler-user-agents the robots; both run as one automaton each, at some 30 µs a text never seen
before and a look-up for one that was. Which app's own browser a page is open in, and the programs
and scanners those lists miss, stand in ``data/clients.toml``.
"""

from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Any, NamedTuple

import msgspec
import ua_parser_rs
from ua_parser import Device, Domain
from ua_parser.loaders import load_builtins
from ua_parser.regex import Resolver

from khachquen.collect.enrichment.tables import (
    APPS,
    BROWSERS,
    KNOWN_ROBOTS,
    SYSTEMS,
    find_mark,
)
from khachquen.collect.event.event import PROGRAM, Client

REMEMBERED = 20_000
_LONGEST = 1000
_NAME = 60
_KIND_OF_TAG = {
    "search-engine": "search",
    "social-preview": "preview",
    "monitoring": "monitor",
    "scanner": "scanner",
    "browser-automation": "automation",
    "ai-crawler": "ai",
    "seo": "seo",
    "advertising": "ads",
    "feed-reader": "feed",
    "archiver": "archive",
    "academic": "research",
    "http-library": "library",
}
_TV = ("smart-tv", "smarttv", "tizen; tv", "web0s", "appletv", "bravia", "googletv", "android tv")
_DESKTOPS = frozenset({"Windows", "macOS", "Linux", "Chrome OS", "FreeBSD"})
_NO_NAME = "—"
_NOBODYS = Client()
_BROWSERS = ("Mozilla/", "Opera/")
_PLAIN_BROWSERS = frozenset(BROWSERS.values())


class Hints(NamedTuple):
    """What a browser tells beside its user agent, which by now says little (client hints)."""

    brands: tuple[str, ...]
    platform: str
    model: str
    is_mobile: bool | None


@lru_cache(maxsize=REMEMBERED)
def read_client(user_agent: str) -> Client:
    """What a user agent says; an empty client for one that says nothing. Never fails."""
    text = user_agent[:_LONGEST]
    lowered = text.lower()
    robot, kind = _find_robot(text, lowered)
    told = _libraries().agents(text, Domain.ALL)
    app = find_mark(APPS, lowered)
    system = _plain(told.os.family if told.os else None, SYSTEMS)
    family = told.user_agent.family if told.user_agent else None
    return Client(
        device=None if robot else _device(lowered, system),
        model=None if robot or told.device is None else _model(told.device),
        os=system,
        browser=None if robot else _browser(family, lowered),
        in_app=app.name if app and not robot else None,
        robot=robot,
        robot_kind=kind,
    )


@lru_cache(maxsize=REMEMBERED)
def read_client_with(user_agent: str, hints: Hints) -> Client:
    """The same, where the browser gave hints: they are exact where the text is made vague."""
    client = read_client(user_agent)
    if any("Headless" in brand for brand in hints.brands):
        return Client(os=client.os, robot="HeadlessChrome", robot_kind="automation")
    if client.robot:
        return client
    brand = next((b for b in hints.brands if b in BROWSERS and b != "Google Chrome"), None)
    system = _plain(hints.platform or None, SYSTEMS) or client.os
    device = client.device
    if hints.is_mobile:
        device = "tablet" if device == "tablet" else "mobile"
    elif hints.is_mobile is False and device in (None, "mobile"):
        device = "tablet" if system in ("Android", "iOS") else "desktop"
    return msgspec.structs.replace(
        client,
        device=device,
        os=system,
        model=_short(hints.model) or client.model,
        browser=BROWSERS[brand] if brand else client.browser,
    )


def find_client(context: Mapping[str, Any], user_agent: str | None, *, trusted: bool) -> Client:
    """What an event was made with: its own context's word, else what the request was sent with.

    A program that sends a visitor's events in its own name (a public key without a browser's user
    agent, and without a client library that names itself) is marked as ``program``. It may be the
    shop's own server as well as a forger, so that mark alone keeps nothing out of the figures.
    """
    told = context.get("userAgent")
    own = told if isinstance(told, str) and told else None
    text = own or user_agent or ""
    hints = _hints(context.get("userAgentData"))
    client = read_client_with(text, hints) if hints else read_client(text)
    if own is None and not (text.startswith(_BROWSERS) and client.robot_kind != "library"):
        client = _of_program(client, text, context, trusted=trusted)
    if client.os is None and not client.robot:
        client = _of_app(client, context)
    return client


def _of_program(client: Client, text: str, context: Mapping[str, Any], *, trusted: bool) -> Client:
    """What no browser sent: a client library that names itself speaks for its app's user."""
    if client.robot and client.robot_kind != "library":
        return client
    if trusted or any(context.get(key) for key in ("library", "app", "device", "os")):
        return _NOBODYS
    return _sent_by(client.robot or text.partition("/")[0].strip()[:_NAME] or _NO_NAME)


@lru_cache(maxsize=1000)
def _sent_by(name: str) -> Client:
    return Client(robot=name, robot_kind=PROGRAM)


def _of_app(client: Client, context: Mapping[str, Any]) -> Client:
    """A phone app's library tells the device itself."""
    system, device = context.get("os"), context.get("device")
    name = system.get("name") if isinstance(system, dict) else None
    if not isinstance(name, str) or not name:
        return client
    told = device if isinstance(device, dict) else {}
    model = told.get("model")
    return _app_on(name[:_NAME], model[:_NAME] if isinstance(model, str) else None, client)


@lru_cache(maxsize=REMEMBERED)
def _app_on(system: str, model: str | None, client: Client) -> Client:
    name = _plain(system, SYSTEMS)
    device = client.device or _device((model or "").lower() + " mobile", name)
    return msgspec.structs.replace(client, os=name, model=model or client.model, device=device)


class _Libraries(NamedTuple):
    agents: Resolver
    robots: ua_parser_rs.UserAgentExtractor


@cache
def _libraries() -> _Libraries:
    """Both lists, read once: a third of a second and some 30 MB, spent at the first event."""
    from crawleruseragents import CRAWLER_USER_AGENTS_DATA

    rules = [
        (f"({entry['pattern']})", None, _kind(entry.get("tags") or []), None, None, None)
        for entry in CRAWLER_USER_AGENTS_DATA
    ]
    return _Libraries(Resolver(load_builtins()), ua_parser_rs.UserAgentExtractor(rules))


def _kind(tags: list[str]) -> str:
    return next((_KIND_OF_TAG[tag] for tag in tags if tag in _KIND_OF_TAG), "crawler")


def _find_robot(text: str, lowered: str) -> tuple[str | None, str | None]:
    if mark := find_mark(KNOWN_ROBOTS, lowered):
        return mark.name, mark.kind
    libraries = _libraries()
    listed = libraries.robots.extract(text)
    device = libraries.agents.de.extract(text)
    is_spider = device is not None and device.family == "Spider"
    if not listed and not is_spider:
        return None, None
    agent = libraries.agents.ua.extract(text) if is_spider else None
    name = agent.family if agent and agent.family != "Other" else listed and listed.family
    kind = listed.major if listed and listed.major else "crawler"
    return (_short((name or "").strip(" /-_:;()+.[]")) or _NO_NAME), kind


def _browser(family: str | None, lowered: str) -> str | None:
    """The plain name; inside another app's browser, the engine below it."""
    name = _plain(family, BROWSERS)
    if name is None or name in _PLAIN_BROWSERS:
        return name
    if find_mark(APPS, lowered):
        return "Chrome" if "chrome/" in lowered else "Safari" if "applewebkit" in lowered else name
    return name


def _model(device: Device) -> str | None:
    """The phone's own name, where it has one and the browser does not hide it."""
    if device.brand in ("Spider", "Generic") or device.family in ("Other", "K", "Mac"):
        return None
    return None if device.family.startswith(("Generic", "iOS-Device")) else _short(device.family)


def _device(lowered: str, system: str | None) -> str | None:
    if any(mark in lowered for mark in _TV):
        return "tv"
    if "playstation" in lowered or "xbox" in lowered or "nintendo" in lowered:
        return "console"
    if system in ("watchOS", "WatchOS"):
        return "watch"
    if "ipad" in lowered or "tablet" in lowered:
        return "tablet"
    if "iphone" in lowered or "ipod" in lowered:
        return "mobile"
    if system == "Android":
        return "mobile" if "mobile" in lowered else "tablet"
    if system == "iOS" or "mobile" in lowered:
        return "mobile"
    return "desktop" if system in _DESKTOPS else None


def _hints(told: object) -> Hints | None:
    if not isinstance(told, dict):
        return None
    brands = told.get("brands")
    names = [
        one["brand"][:_NAME]
        for one in (brands[:8] if isinstance(brands, list) else ())
        if isinstance(one, dict) and isinstance(one.get("brand"), str)
    ]
    mobile = told.get("mobile")
    return Hints(
        tuple(names),
        _word(told.get("platform")),
        _word(told.get("model")),
        mobile if isinstance(mobile, bool) else None,
    )


def _word(value: object) -> str:
    return value.strip()[:_NAME] if isinstance(value, str) else ""


def _plain(name: str | None, names: Mapping[str, str]) -> str | None:
    return None if name in (None, "", "Other") else names.get(name, name)[:_NAME]


def _short(text: str | None) -> str | None:
    return text[:_NAME].strip() or None if text else None
