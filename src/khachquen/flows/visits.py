"""What whoever asks for an address of a letter is answered: a link leads on, a picture is shown.

One answer, given by two doors: beside the event paths, where thousands may come in a minute after a
sending, and by the pages wherever they are served alone.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.encoding import iri_to_uri

from khachquen.activate.campaigns.marking import Mark
from khachquen.base import Config
from khachquen.flows.tracking import read_address

__all__ = ["KINDS", "Visit", "read_visit"]

KINDS: Mapping[str, str] = {"l": "clicked", "o": "opened"}
"""What stands first in the address → what asking for it tells."""
_WEB = re.compile(r"https?://", re.IGNORECASE)
_PICTURE = bytes.fromhex(
    "47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002024401003b"
)
_PRIVATE = {
    "Cache-Control": "max-age=0, no-cache, no-store, must-revalidate, private",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
}


@dataclass(frozen=True, slots=True)
class Visit:
    """Of which letter it is, what that tells, and the answer. Nothing may keep it, so that a letter
    opened again asks again."""

    kind: str
    mark: Mark
    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


def read_visit(config: Config, use: str, token: str) -> Visit | None:
    """The visit of an address we made, by its first letter and the rest; None for any other. The
    link no reader sees leads nowhere."""
    is_picture = use == "o"
    if use not in KINDS or is_picture != token.endswith(".gif"):
        return None
    mark = read_address(config, use, token.removesuffix(".gif"))
    if mark is None:
        return None
    if is_picture:
        return Visit("opened", mark, 200, {**_PRIVATE, "Content-Type": "image/gif"}, _PICTURE)
    if not _WEB.match(mark.to):
        return Visit("clicked", mark, 204, _PRIVATE)
    return Visit("clicked", mark, 302, {**_PRIVATE, "Location": iri_to_uri(mark.to)})
