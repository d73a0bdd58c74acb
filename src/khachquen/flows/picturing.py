"""A letter as it was sent, to nobody in particular, with what each of its links brought."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from html import escape, unescape
from zoneinfo import ZoneInfo

from khachquen.activate.campaigns.marking import list_links, number_links
from khachquen.activate.campaigns.running import Run
from khachquen.activate.campaigns.variants import words_of
from khachquen.activate.campaigns.wording import fill
from khachquen.activate.content import get_version, render_batch
from khachquen.activate.content.trying import AWKWARD

_READER = "new"  # knows nothing of anybody, so nothing of anybody is shown
_LINK = re.compile(r'(<a\s[^>]*?data-kq="(\d{1,3})") href=(["\'])(.*?)\3([^>]*>)', re.DOTALL)
_INSIDE = re.compile(r'<a\s[^>]*?data-kq="(\d{1,3})".*?>(.*?)</a>', re.DOTALL | re.IGNORECASE)
_PICTURE = re.compile(r'<img\s[^>]*?alt=(["\'])(.*?)\1', re.DOTALL | re.IGNORECASE)
_HIDDEN = re.compile(r"<!--.*?-->|<style.*?</style>", re.DOTALL | re.IGNORECASE)
_TAG = re.compile(r"<[^>]*>")
_LIQUID = re.compile(r"\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
_SCHEME = re.compile(r"^(?:https?://)?(?:www\.)?", re.IGNORECASE)
_LONGEST = 80
_BADGE = (
    '<span style="display:inline-block;margin:0 4px;padding:1px 6px;border-radius:8px;'
    "font:600 12px/1.5 sans-serif;color:{ink};background:{fill};text-decoration:none;"
    'white-space:nowrap">{words}</span>'
)
_HEAT = (("#FFF3D6", "#3A2A00"), ("#FFCF70", "#3A2A00"), ("#D55E00", "#FFFFFF"))


@dataclass(frozen=True, slots=True)
class Link:
    """A link as a person reads it: its words, and where it leads without what is each reader's own.

    Either may be empty: a picture without a text, an address that is all one's own.
    """

    words: str
    address: str


@dataclass(frozen=True, slots=True)
class Picture:
    """The letter with its links numbered, and each link as a person reads it."""

    html: str
    links: Mapping[str, Link]


def picture_letter(run: Run, variant: str = "", *, now: datetime) -> Picture:
    """The letter of a sending, in a variant's own words, as they were when the sending began."""
    version_id, _ = words_of(run, variant)
    if version_id is None:
        html = fill(number_links(run.html), {}, is_html=True)
        return Picture(html, read_links(run.html, html))
    version = get_version(version_id)
    numbered = replace(
        version, html=number_links(version.html), digest=f"{version.digest}:numbered"
    )
    today = now.astimezone(ZoneInfo(version.timezone)).date()
    [said] = render_batch(numbered, [AWKWARD[_READER][1]], today=today)
    return Picture(said.html, read_links(version.html, said.html))


def read_links(wording: str, said: str) -> dict[str, Link]:
    """Number → the link as a person reads it: its words from the letter as it was said, or where it
    is said to others only, from the wording.

    >>> read_links('<a href="https://www.gom.example/{{ city }}?ref={{ x }}">Xem {{ a }}</a>',
    ...            '<a data-kq="1" href="https://www.gom.example/">Xem <b>đèn</b></a>')
    {'1': Link(words='Xem đèn', address='gom.example/…?ref=…')}
    """
    inside = dict(_INSIDE.findall(number_links(wording))) | dict(_INSIDE.findall(said))
    return {
        number: Link(_words(inside.get(number, "")), _address(to))
        for number, to in list_links(wording).items()
    }


def _words(html: str) -> str:
    """What a reader sees of it: the text, else what the picture is called."""
    shown = _HIDDEN.sub(" ", html)
    text = " ".join(unescape(_LIQUID.sub("…", _TAG.sub(" ", shown))).split())
    if not text and (picture := _PICTURE.search(shown)):
        text = " ".join(unescape(_LIQUID.sub("…", picture[2])).split())
    return _short(text)


def _address(to: str) -> str:
    """Where it leads, without the scheme; what is filled in for each reader is "…"."""
    told = _short(_SCHEME.sub("", _LIQUID.sub("…", to).strip()).rstrip("/"))
    return "" if told == "…" else told


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def draw_heat(picture: Picture, heat: Mapping[str, tuple[float, str]]) -> str:
    """The letter with words beside each link, the warmer the larger its share; the links lead
    nowhere. What is not named was not clicked, or cannot be followed.

    >>> drawn = draw_heat(Picture('<a data-kq="1" href="https://gom.example">Xem</a>', {}),
    ...                   {"1": (1.0, "100 %")})
    >>> "gom.example" in drawn, "100 %" in drawn, drawn.startswith('<a data-kq="1">')
    (False, True, True)
    """

    def warmed(found: re.Match[str]) -> str:
        share, words = heat.get(found[2], (0.0, ""))
        paper, ink = _HEAT[min(2, int(share * 3))]
        badge = _BADGE.format(ink=ink, fill=paper, words=escape(words)) if words else ""
        return f"{found[1]}{found[5]}{badge}"

    return _LINK.sub(warmed, picture.html)
