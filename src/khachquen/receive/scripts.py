"""The scripts a website loads from us: the web tag, its consent bar, the contact button.

They are files of the package, read and compressed once. Anybody may load them from any page, and
browsers and proxies may keep them for a while: nothing in them is of one shop or one visitor.
"""

import gzip
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

from khachquen.receive.answers import Answer

_FOLDER = Path(__file__).with_name("tag")
_METHODS = b"GET, HEAD, OPTIONS"
_HEADERS = [
    (b"access-control-allow-origin", b"*"),
    (b"cross-origin-resource-policy", b"cross-origin"),
    (b"vary", b"Accept-Encoding"),
]
_KEPT = b"public, max-age=3600, stale-while-revalidate=86400"
_TYPE = "text/javascript; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Script:
    """One script in both its forms, and what names this version of it."""

    plain: bytes
    zipped: bytes
    version: str


def find_script(path: str) -> Script | None:
    """The script of a path like ``/kq.js``."""
    return _scripts().get(path)


@cache
def _scripts() -> Mapping[str, Script]:
    return {f"/{file.name}": _read(file) for file in _FOLDER.glob("*.js")}


def _read(file: Path) -> Script:
    plain = file.read_bytes()
    return Script(plain, gzip.compress(plain, 9, mtime=0), sha256(plain).hexdigest()[:20])


def answer_script(script: Script, method: str, headers: Mapping[str, str]) -> Answer:
    """The script, "you have it already" (304), or which methods there are."""
    if method == "OPTIONS":
        return Answer(204, b"", [*_HEADERS, (b"access-control-allow-methods", _METHODS)])
    if method not in {"GET", "HEAD"}:
        body = b'{"code":"collect.wrong_method","message":"This path takes another method."}'
        return Answer(405, body, [*_HEADERS, (b"allow", _METHODS)])
    is_zipped = "gzip" in headers.get("accept-encoding", "")
    tag = f'"{script.version}-gz"' if is_zipped else f'"{script.version}"'
    said = [*_HEADERS, (b"etag", tag.encode())]
    if _names(headers.get("if-none-match", ""), tag):
        return Answer(304, b"", said, _TYPE, _KEPT)
    if is_zipped:
        said.append((b"content-encoding", b"gzip"))
    body = script.zipped if is_zipped else script.plain
    return Answer(200, body, said, _TYPE, _KEPT)


def _names(condition: str, tag: str) -> bool:
    """Whether If-None-Match names this version; a proxy may have made the tag a weak one.

    >>> _names('W/"a", "b"', '"a"'), _names("*", '"a"'), _names('"ab"', '"a"')
    (True, True, False)
    """
    named = {told.strip().removeprefix("W/") for told in condition.split(",")}
    return bool(named & {"*", tag})
