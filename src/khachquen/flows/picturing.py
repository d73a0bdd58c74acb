"""A letter as it was sent, to nobody in particular, with what each of its links brought."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from html import escape
from zoneinfo import ZoneInfo

from khachquen.activate.campaigns.marking import list_links, number_links
from khachquen.activate.campaigns.running import Run
from khachquen.activate.campaigns.wording import fill
from khachquen.activate.content import get_version, render_batch
from khachquen.activate.content.trying import AWKWARD

_READER = "new"  # knows nothing of anybody, so nothing of anybody is shown
_LINK = re.compile(r'(<a\s[^>]*?data-kq="(\d{1,3})") href=(["\'])(.*?)\3([^>]*>)', re.DOTALL)
_BADGE = (
    '<span style="display:inline-block;margin:0 4px;padding:1px 6px;border-radius:8px;'
    "font:600 12px/1.5 sans-serif;color:{ink};background:{fill};text-decoration:none;"
    'white-space:nowrap">{words}</span>'
)
_HEAT = (("#FFF3D6", "#3A2A00"), ("#FFCF70", "#3A2A00"), ("#D55E00", "#FFFFFF"))


@dataclass(frozen=True, slots=True)
class Picture:
    """The letter with its links numbered, and where each leads as the wording has it."""

    html: str
    links: Mapping[str, str]


def picture_letter(run: Run, *, now: datetime) -> Picture:
    """The letter of a sending; its wording is what it was when the sending began."""
    if run.version_id is None:
        html = fill(number_links(run.html), {}, is_html=True)
        return Picture(html, list_links(run.html))
    version = get_version(run.version_id)
    numbered = replace(
        version, html=number_links(version.html), digest=f"{version.digest}:numbered"
    )
    today = now.astimezone(ZoneInfo(version.timezone)).date()
    [said] = render_batch(numbered, [AWKWARD[_READER][1]], today=today)
    return Picture(said.html, list_links(version.html))


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
