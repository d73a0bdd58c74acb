"""What a protocol file declares: the paths its clients call, and what becomes of a call there."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import msgspec

GIF = bytes.fromhex(
    "47494638396101000100800000000000ffffff21f90401000000002c000000000100010000020144003b"
)
"""The transparent picture of one pixel that pixel routes answer."""


class Body(msgspec.Struct):
    """What a body says, its messages still raw; ``context`` and ``sent_at`` are of them all."""

    items: list[bytes]
    sent_at: str | None = None
    context: bytes | None = None
    write_key: str | None = None


@dataclass(frozen=True, slots=True)
class Arrived:
    """A request with its wrapping taken off: the body unpacked, query and path as text."""

    body: bytes
    query: Mapping[str, str]
    names: Mapping[str, str]  # what stood in the path's braces


@dataclass(frozen=True, slots=True)
class Answered:
    """What a client is answered when all went well; published clients demand exactly 200."""

    body: bytes = b'{"success":true}'
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EventRoute:
    """A path that takes events: how its body is cut into messages.

    ``split`` raises InputError when nothing can be read from the body at all. ``path`` may hold
    names in braces: ``/pixel/v1/{kind}``.
    """

    path: str
    protocol: str
    split: Callable[[Arrived], Body]
    method: str = "POST"
    answer: Answered = Answered()
    may_bring_cookies: bool = False  # browsers must be told so, though nobody reads them


@dataclass(frozen=True, slots=True)
class Asked:
    """A question a client asks before it sends: with which key, and under which address."""

    key: str
    source_id: int
    is_enabled: bool
    base_url: str  # "https://khach.example.vn", as the client reached us
    query: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class DocumentRoute:
    """A path that answers a client's question and keeps nothing.

    Where the answer is the same for everybody no key is asked for, and ``Asked`` holds none.
    """

    path: str
    protocol: str
    tell: Callable[[Asked], Answered]
    method: str = "GET"
    needs_key: bool = True


Route = EventRoute | DocumentRoute
