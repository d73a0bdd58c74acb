"""How somebody came: the link's own tags, a network's click id, the page before, the app around.

The first of them that speaks decides the channel; the lists stand in ``data/``.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

from khachquen.collect.enrichment.tables import (
    APPS,
    CLICKS,
    KINDS,
    MEDIUMS,
    SITES,
    WORDS,
    Click,
    Site,
    domain_of_host,
    site_of_host,
)
from khachquen.collect.event.event import Arrival, Page

_LONGEST = 1000
_FIELDS = ("source", "medium", "campaign", "term", "content")
_NOWHERE = Arrival()
_DIRECT = Arrival(channel="direct")
_INTERNAL = Arrival(channel="internal")
_SITE_OF_APP = {app.name: SITES[app.site] for app in APPS if app.site}


class Origin(NamedTuple):
    """What a referrer says: the listed site, and the domain it stands for."""

    site: Site | None
    domain: str


class Tags(NamedTuple):
    """What an address carries: the campaign's five words and the first click id it has."""

    words: tuple[str | None, ...]
    click: Click | None
    click_id: str | None


_NO_TAGS = Tags((None,) * 5, None, None)


def find_arrival(page: Page, context: Mapping[str, Any], in_app: str | None) -> Arrival:
    """How somebody came to a page; nothing where the event tells of no page and no campaign."""
    told = context.get("campaign")
    if not (page.url or page.referrer or (isinstance(told, dict) and told)):
        return _NOWHERE
    tags = _tags(page, context)
    words = _words(told, tags.words)
    origin = read_origin(page.referrer) if page.referrer else None
    if not any(words) and tags.click is None:
        return _untagged(origin, page.url or "", in_app)
    return _tagged(words, tags, origin, in_app)


def _untagged(origin: Origin | None, address: str, in_app: str | None) -> Arrival:
    if origin is not None:
        if _is_internal(origin, host_of(address)):
            return _INTERNAL
        return _from(origin.site, origin.domain)
    if in_app in _SITE_OF_APP:
        return _from(_SITE_OF_APP[in_app], "")
    return _DIRECT


def _is_internal(origin: Origin, own_host: str) -> bool:
    if origin.site and origin.site.kind == "passage":
        return True
    return bool(own_host) and domain_of_host(own_host) == origin.domain


@lru_cache(maxsize=4096)
def _from(site: Site | None, domain: str) -> Arrival:
    if site is None:
        return Arrival(channel="referral", came_from=domain or None)
    return Arrival(channel=KINDS[site.kind]["organic"], came_from=site.name)


def _tagged(
    words: tuple[str | None, ...], tags: Tags, origin: Origin | None, in_app: str | None
) -> Arrival:
    source, medium = words[0], words[1]
    site = _site_of_word(source)
    clicked = SITES[tags.click.site] if tags.click else None
    channel = _by_medium(medium, site or clicked)
    if channel is None:
        is_paid = tags.click is not None and tags.click.paid
        decided = site if site and not (is_paid and source is None) else clicked
        if decided is not None:
            channel = KINDS[decided.kind]["paid" if is_paid else "organic"]
    after = _untagged(origin, "", in_app)
    if channel is None:
        channel = after.channel if after.channel not in ("direct", "internal") else "other"
    named = site.name if site else _folded(source) or (clicked and clicked.name)
    return Arrival(
        channel=channel,
        came_from=named or after.came_from,
        source=source,
        medium=medium,
        campaign=words[2],
        term=words[3],
        content=words[4],
        click_kind=tags.click.name if tags.click else None,
        click_id=tags.click_id,
    )


def _by_medium(medium: str | None, site: Site | None) -> str | None:
    """The channel a medium names; ``paid`` and ``organic`` leave the rest to the site."""
    named = MEDIUMS.get(_folded(medium) or "")
    if named == "paid":
        return KINDS[site.kind]["paid"] if site and site.kind in KINDS else "paid_other"
    if named == "organic":
        return KINDS[site.kind]["organic"] if site and site.kind in KINDS else "organic_search"
    return named


def _site_of_word(source: str | None) -> Site | None:
    """The site a utm_source means, by its name or as a host; never one merely passed through."""
    word = _folded(source)
    if not word:
        return None
    site = WORDS.get(word) or (site_of_host(word) if "." in word else None)
    return site if site and site.kind in KINDS else None


def _folded(word: str | None) -> str | None:
    if not word:
        return None
    return word.strip().lower().replace("_", "-").replace(" ", "-").replace("+", "-")[:100] or None


def _words(told: object, tagged: tuple[str | None, ...]) -> tuple[str | None, ...]:
    """The campaign's words: what the client says of it, and for the rest what the address says."""
    if not isinstance(told, dict) or not told:
        return tagged
    given = (told.get("name" if field == "campaign" else field) for field in _FIELDS)
    return tuple(_text(one) or other for one, other in zip(given, tagged, strict=True))


def _tags(page: Page, context: Mapping[str, Any]) -> Tags:
    url = page.url or ""
    query = url.partition("?")[2].partition("#")[0]
    if not query:
        told = context.get("page")
        search = told.get("search") if isinstance(told, dict) else None
        query = search.lstrip("?") if isinstance(search, str) else ""
    tags = read_tags(query) if query else _NO_TAGS
    return tags if tags.click else _with_told_click(tags, context.get("clickIds"))


def _with_told_click(tags: Tags, told: object) -> Tags:
    """Our own web tag tells the click ids of an address beside it."""
    if not isinstance(told, dict) or not told:
        return tags
    for name, click in CLICKS.items():
        if value := _text(told.get(name)):
            return Tags(tags.words, click, value)
    return tags


@lru_cache(maxsize=4096)
def read_tags(query: str) -> Tags:
    """The campaign and the click id of an address's query; nothing of one that cannot be read."""
    try:
        pairs = parse_qsl(query, max_num_fields=100)
    except ValueError:
        return _NO_TAGS
    found: dict[str, str] = {}
    for name, value in pairs:
        found.setdefault(name.lower(), value)
    words = tuple(_text(found.get(f"utm_{field}")) for field in _FIELDS)
    click = next((click for name, click in CLICKS.items() if found.get(name)), None)
    if click is None and not any(words):
        return _NO_TAGS
    return Tags(words, click, _text(found[click.name]) if click else None)


@lru_cache(maxsize=16_384)
def read_origin(referrer: str) -> Origin | None:
    """Whose page it was; None for what names none, such as ``$direct``."""
    host = host_of(referrer)
    if "." not in host:
        return None
    return Origin(site_of_host(host), domain_of_host(host)[:200])


def host_of(address: str) -> str:
    """The host of an address as far as there is one, lower case; of an app, its package.

    >>> host_of("https://u:p@Shop.NhaMay.vn:8443/ao?x=1"), host_of("android-app://com.zing.zalo/")
    ('shop.nhamay.vn', 'com.zing.zalo')
    """
    scheme, mark, rest = address[:2000].partition("://")
    if not mark or len(scheme) > 20:
        return ""
    end = min((i for i in map(rest.find, "/?#\\") if i >= 0), default=len(rest))
    host = rest[:end].rpartition("@")[2].partition(":")[0]
    return host.lower().strip(".").removeprefix("www.")


def _text(value: object) -> str | None:
    return value.strip()[:_LONGEST] or None if isinstance(value, str) else None
