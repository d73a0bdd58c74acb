"""A request on an event path, from its head to its answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from khachquen.collect.protocols import DocumentRoute, EventRoute
from khachquen.receive.answers import Answer


class Caller(Protocol):
    """The connection a call came over."""

    def flush(self) -> None:
        """Write the answers whose turn has come."""


@dataclass(slots=True, eq=False)
class Call:
    """What the head says; then the body as it comes; then the answer, once there is one.

    Header names are lower case. ``held`` counts the bytes that ``Pressure`` was told of.
    """

    caller: Caller
    method: str
    path: str
    query_string: bytes
    headers: Mapping[str, str]
    ip: str | None
    scheme: str
    is_last: bool  # the client will close, or wants us to
    route: EventRoute | DocumentRoute | None = None
    names: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    parts: list[bytes] = field(default_factory=list)
    size: int = 0
    held: int = 0
    answer: Answer | None = None
