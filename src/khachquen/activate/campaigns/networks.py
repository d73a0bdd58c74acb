"""Networks only machines open and click letters from, as the operator lists them in a file.

None come with the program: they age, and whose are believed is the shop's to say. A line is a
network; a line that is none is told by its number, and the others hold.
"""

import logging
import threading
import time
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address, ip_network
from pathlib import Path

from khachquen.base import Text

__all__ = ["BadLine", "Listed", "Networks", "read_file", "read_networks"]

OPENS = "opens"
"""Behind a network: machines open letters there, but people click, as behind Apple's relay."""
_MAPPED = int(IPv6Address("::ffff:0:0"))  # where IPv4 lies among all addresses
_WIDEST = {4: 7, 6: 16}
_LOOK_AGAIN_S = 10.0
_LARGEST = 64 << 20
_log = logging.getLogger(__name__)
_Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that is no network, and what would be right."""

    number: int
    words: Text


class _Spans:
    """Ranges of addresses, apart from each other and in order: one search finds out."""

    def __init__(self, spans: Iterable[_Span]):
        self._begins: list[int] = []
        self._ends: list[int] = []
        for begin, end in sorted(spans):
            if self._ends and begin <= self._ends[-1] + 1:
                self._ends[-1] = max(end, self._ends[-1])
            else:
                self._begins.append(begin)
                self._ends.append(end)

    def __contains__(self, number: int) -> bool:
        place = bisect_right(self._begins, number)
        return place > 0 and number <= self._ends[place - 1]


class Networks:
    """Whether an address is of a machine, for an opening or a click."""

    def __init__(self, both: Iterable[_Span] = (), opens: Iterable[_Span] = ()):
        self._both, self._opens = _Spans(both), _Spans(opens)

    def holds(self, address: str, kind: str) -> bool:
        """False for what is no address.

        >>> found, _ = read_networks(["203.0.113.0/24", "2001:db8::/32 opens"])
        >>> found.holds("203.0.113.9", "clicked"), found.holds("::ffff:203.0.113.9", "opened")
        (True, True)
        >>> found.holds("2001:db8::1", "opened"), found.holds("2001:db8::1", "clicked")
        (True, False)
        """
        try:
            found = ip_address(address.partition("%")[0])
        except ValueError:
            return False
        number = int(found) + (_MAPPED if found.version == 4 else 0)
        return number in self._both or (kind == "opened" and number in self._opens)


def read_networks(lines: Iterable[str]) -> tuple[Networks, list[BadLine]]:
    """The networks of a file, and the lines that are none. ``#`` begins a comment.

    >>> [bad.number for bad in read_networks(["# ours", "", "10.0.0.1/8", "10.0.0.0/8"])[1]]
    [3]
    """
    spans: dict[str, list[_Span]] = {"": [], OPENS: []}
    bad = []
    for number, line in enumerate(lines, 1):
        told, *rest = line.partition("#")[0].split() or [""]
        what = " ".join(rest).lower()
        if not told:
            continue
        if what not in spans:
            bad.append(BadLine(number, _unknown_word(what)))
            continue
        try:
            spans[what].append(_span(told))
        except ValueError:
            bad.append(BadLine(number, _no_network(told)))
    return Networks(spans[""], spans[OPENS]), bad


def read_file(path: Path) -> tuple[Networks, list[BadLine]]:
    """The networks of a file.

    Raises:
        OSError: it is not there, cannot be read, or is no list (larger than 64 MB).
    """
    if path.stat().st_size > _LARGEST:
        raise OSError(f"{path} is larger than 64 MB")
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        return read_networks(file)


class Listed:
    """The networks of a file for whoever asks again and again: a file that was changed is read
    anew, beside the work; until then the old ones hold, also when it is gone."""

    def __init__(self, path: Path, monotonic: Callable[[], float] = time.monotonic):
        self._path, self._monotonic = path, monotonic
        self._mark: Sequence[int] = ()
        self._networks = Networks()
        self._look_at = monotonic()
        self._reading = threading.Lock()
        self._read()

    def get(self) -> Networks:
        """What holds now; never waits for the disk but the first time."""
        now = self._monotonic()
        if now >= self._look_at:
            self._look_at = now + _LOOK_AGAIN_S
            threading.Thread(target=self._read, name="networks", daemon=True).start()
        return self._networks

    def _read(self) -> None:
        with self._reading:
            try:
                found = self._path.stat()
                mark = (found.st_mtime_ns, found.st_size, found.st_ino)
                if mark == self._mark:
                    return
                self._networks, bad = read_file(self._path)
                self._mark = mark
            except OSError as error:
                _log.error("Networks of machines are not read: %s", error)
                return
            for one in bad[:10]:
                _log.warning("%s, line %d: %s", self._path, one.number, one.words.en)


def _span(told: str) -> _Span:
    network = ip_network(told)
    if network.prefixlen < _WIDEST[network.version]:
        raise ValueError(told)
    begin = int(network.network_address) + (_MAPPED if network.version == 4 else 0)
    return begin, begin + network.num_addresses - 1


def _unknown_word(what: str) -> Text:
    return Text(
        vi=f"sau mạng chỉ có thể ghi “{OPENS}”, không phải {what[:40]!r}",
        en=f"behind a network only “{OPENS}” may stand, not {what[:40]!r}",
    )


def _no_network(told: str) -> Text:
    shown = repr(told[:60])
    try:
        meant = ip_network(told, strict=False)
    except ValueError:
        return Text(
            vi=f"{shown} không phải một mạng như 203.0.113.0/24 hay 2001:db8::/32",
            en=f"{shown} is no network, as 203.0.113.0/24 or 2001:db8::/32",
        )
    if meant.prefixlen < _WIDEST[meant.version]:
        return Text(
            vi=f"{shown} quá rộng: cả người đọc thư cũng ở trong đó",
            en=f"{shown} is too wide: readers are in it, too",
        )
    return Text(
        vi=f"{shown} có bit ngoài mặt nạ; ý bạn là {meant}?",
        en=f"{shown} has bits beyond its mask; did you mean {meant}?",
    )
