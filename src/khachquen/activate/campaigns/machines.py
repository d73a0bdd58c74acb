"""Which opens and clicks were a person's, and which a machine's and why. Pure; nothing is stored.

A mail program may load the pictures of every letter before anybody looks at it, and a scanner may
follow every link. What is not plainly a machine counts as a person; what the letter itself cannot
tell stays unknown, as an Apple reader's real open behind the machine's is.

Some can only be told from the others, also from those that come later: so the answer is of all
sightings of a letter together, in whatever order they came.
"""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from khachquen.base import Text

__all__ = ["REASONS", "Seen", "judge", "look_at"]

CLICK_SOON = timedelta(seconds=5)
OPEN_SOON = timedelta(seconds=2)
PREFETCH = timedelta(seconds=60)
ALL_LINKS_WITHIN = timedelta(seconds=10)
FEW_LINKS = 2  # so few are all clicked by people too
MANY_LINKS = 8  # so many within seconds are nobody's, however many more a letter has
SETTLES = 2 * ALL_LINKS_WITHIN
"""For so long after something was seen, what else is seen of its letter can still tell whose it
was: an opening is judged by bursts that begin within half of that, and they last as long again."""
KNOWN_AFTER = SETTLES + timedelta(seconds=10)
"""When it is known for good whose it was: what else was seen by then has reached the disk, too."""
APPLE = "Mozilla/5.0"

REASONS: Mapping[str, Text] = {
    "apple": Text(vi="Apple tải trước ảnh trong thư", en="Apple loads pictures beforehand"),
    "google_soon": Text(
        vi="Gmail tải ảnh ngay sau khi gửi", en="Gmail loaded the pictures right after sending"
    ),
    "scanner": Text(vi="Máy quét thư", en="A mail scanner"),
    "network": Text(vi="Từ mạng của máy chủ", en="From a network of machines"),
    "head": Text(vi="Chỉ hỏi liên kết còn sống không", en="Only asked whether the link is alive"),
    "trap": Text(vi="Mở liên kết người đọc không thấy", en="Followed a link no reader sees"),
    "too_soon": Text(vi="Quá sớm sau khi thư đi", en="Too soon after the letter left"),
    "all_links": Text(vi="Mở mọi liên kết trong vài giây", en="Followed every link in seconds"),
    "with_scanner": Text(vi="Cùng lúc với máy quét thư", en="At the same time as a scanner"),
}
"""Why something is a machine's, by the name of the rule."""

_Span = tuple[datetime, datetime]
_ALONE = frozenset(
    {"apple", "scanner", "network", "head", "trap"}
)  # plain from the request by itself
_FOR_PEOPLE = re.compile("googleimageproxy|yahoomailproxy", re.IGNORECASE)
_SCANNERS = re.compile(
    r"barracuda|mimecast|proofpoint|forcepoint|trendmicro|symantec|cloudmark|sophos|fireeye"
    r"|safelinks|urldefense|virustotal|urlscan|microsoft office existence"
    r"|bot\b|crawl|spider|slurp|preview|facebookexternalhit|curl/|wget/|python-|go-http-client"
    r"|java/|okhttp|headlesschrome|phantomjs|libwww|apache-httpclient",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Seen:
    """One sighting: ``kind`` opened or clicked, the number of the link, what it looked like alone,
    and how many links the letter had."""

    kind: str
    at: datetime
    detail: str = ""
    seen_as: str = ""
    links: int = 0


def look_at(kind: str, *, method: str, agent: str, is_listed: bool = False) -> str:
    """What a request looks like by itself: the name of a rule, "google", or nothing. ``is_listed``
    is whether it came from a network of machines; mailboxes that load a picture when their reader
    opens the letter do so from one, too.

    >>> look_at("opened", method="GET", agent="Mozilla/5.0")
    'apple'
    >>> look_at("clicked", method="GET", agent="Mozilla/5.0 (Linux; Android 14) Chrome/130.0")
    ''
    """
    if method == "HEAD":
        return "head"
    if kind == "opened" and agent.strip() == APPLE:
        return "apple"
    if "googleimageproxy" in agent.lower():
        return "google"
    if not agent.strip() or _SCANNERS.search(agent):
        return "scanner"
    return "network" if is_listed and not _FOR_PEOPLE.search(agent) else ""


def judge(seen: Sequence[Seen], left_at: datetime | None) -> list[str]:
    """Why each of a letter's sightings was a machine's, in the same order; "" is a person's.

    ``left_at`` is when the letter left; None where nobody knows.
    """
    found = [_by_itself(one, left_at) for one in seen]
    bursts = _bursts(seen, found)
    for place, one in enumerate(seen):
        if found[place]:
            continue
        if one.kind == "clicked" and _is_in(bursts, one.at, timedelta(0)):
            found[place] = "all_links"
        elif one.kind == "opened" and _is_in(bursts, one.at, ALL_LINKS_WITHIN):
            found[place] = "with_scanner"
    return found


def _by_itself(one: Seen, left_at: datetime | None) -> str:
    if one.kind not in ("opened", "clicked"):
        return ""
    if one.seen_as in _ALONE:
        return one.seen_as
    if left_at is None:
        return ""
    if one.seen_as == "google" and one.at < left_at + PREFETCH:
        return "google_soon"
    soon = CLICK_SOON if one.kind == "clicked" else OPEN_SOON
    return "too_soon" if one.at < left_at + soon else ""


def _bursts(seen: Sequence[Seen], found: Sequence[str]) -> list[_Span]:
    """When a scanner was at it: every link within seconds, or around a click on the trap. In order
    and apart from each other."""
    bursts = [
        (one.at - ALL_LINKS_WITHIN, one.at + ALL_LINKS_WITHIN)
        for one, reason in zip(seen, found, strict=True)
        if reason == "trap"
    ]
    links = max((one.links for one in seen), default=0)
    if links > FEW_LINKS:
        clicks = sorted((one.at, one.detail) for one in seen if one.kind == "clicked")
        bursts += _of_all_links(clicks, min(links, MANY_LINKS))
    apart: list[_Span] = []
    for begin, end in sorted(bursts):
        if apart and begin <= apart[-1][1]:
            begin, end = apart[-1][0], max(end, apart.pop()[1])
        apart.append((begin, end))
    return apart


def _of_all_links(clicks: Sequence[tuple[datetime, str]], links: int) -> Iterator[_Span]:
    """Each span of seconds in which so many different links were followed, by one look over them:
    a letter that was forwarded to a crowd has many."""
    within: Counter[str] = Counter()
    end = 0
    for begin, detail in clicks:
        while end < len(clicks) and clicks[end][0] <= begin + ALL_LINKS_WITHIN:
            within[clicks[end][1]] += 1
            end += 1
        if len(within) >= links:
            yield begin, clicks[end - 1][0]
        within[detail] -= 1
        if not within[detail]:
            del within[detail]


def _is_in(bursts: Sequence[_Span], at: datetime, more: timedelta) -> bool:
    """Whether it was in one of them, or so close; only the last that began before may hold it."""
    place = bisect_right(bursts, at + more, key=lambda burst: burst[0])
    return place > 0 and at <= bursts[place - 1][1] + more
