"""Links of letters that tell us they were followed, and the picture that tells of an opening.

Pure; runs once a letter in the sender's writers, so nothing is parsed there. Links are numbered
once in the wording, before it speaks to anybody (``number_links``): a link that only some people
see, or whose address is each person's own, has the same number for all.

The address a link leads to travels inside it, under 160 bits of proof: nothing has to be kept for
it to work for ever, and nobody can make it lead elsewhere.
"""

import hmac
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape, unescape
from urllib.parse import quote

from khachquen.unify.normalise import fold

__all__ = [
    "TRAP",
    "Mark",
    "Marking",
    "list_links",
    "mark",
    "number_links",
    "read_mark",
    "utm_of",
    "write_mark",
]

TRAP = 0
"""The number of the link no reader sees."""
IN_TEXT = 1000  # links only the text part has are numbered from here on
_PROOF_BYTES = 20
_LONGEST = 1_500  # characters; a longer address is left as it is
_ATTRIBUTE = "data-kq"
_LINK = re.compile(r"(<a\s(?:[^>]*?\s)??)href=([\"'])", re.IGNORECASE)
_NUMBERED = re.compile(r'data-kq="(\d{1,3})" href=(?:"([^"<>]*)"|\'([^\'<>]*)\')')
_RAW = re.compile(r'data-kq="(\d{1,3})" href=(["\'])(.*?)\2', re.DOTALL)
_LEFT_OVER = re.compile(r'data-kq="\d{1,3}" ')
_BODY = re.compile(r"<body[^>]*>", re.IGNORECASE)
_WEB = re.compile(r"https?://[^\s\x00-\x1f\x7f<>\"\\]+", re.IGNORECASE)
_IN_TEXT = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)\]']", re.IGNORECASE)
_OURS = ("/u/", "/p/", "/c/", "/l/", "/o/")
_WORD = re.compile(r"[a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Marking:
    """What is the same for all letters of a run. ``keys``: the first signs, all are believed.
    ``tracks`` is whether anybody's opens and clicks may be counted; ``utm`` what links are given.
    """

    base: str
    keys: Sequence[bytes]
    run_id: int
    tracks: bool = True
    utm: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Mark:
    """What one of our addresses is about: a letter, its link of this number, of how many, and where
    that leads. Nowhere, for a picture or the trap."""

    run_id: int
    recipient_id: int
    link: int = 0
    links: int = 0
    to: str = ""


def number_links(html: str) -> str:
    """The wording with each link numbered from 1, before it speaks to anybody.

    >>> number_links('<a class="b" href="https://gom.example/{{ person.city }}">Xem</a>')
    '<a class="b" data-kq="1" href="https://gom.example/{{ person.city }}">Xem</a>'
    """
    number = 0

    def numbered(found: re.Match[str]) -> str:
        nonlocal number
        number += 1
        return (
            f'{found[1]}{_ATTRIBUTE}="{number}" href={found[2]}' if number < IN_TEXT else found[0]
        )

    return _LINK.sub(numbered, html)


def list_links(html: str) -> dict[str, str]:
    """Number → the address as the wording has it, of every link of a wording.

    >>> list_links('<a href="https://gom.example/den?a=1&amp;b=2">Xem</a>')
    {'1': 'https://gom.example/den?a=1&b=2'}
    """
    return {number: unescape(to) for number, _, to in _RAW.findall(number_links(html))}


def mark(html: str, text: str, marking: Marking, recipient_id: int | None) -> tuple[str, str]:
    """The letter with its links and picture; of somebody who may not be tracked (``None``) the
    links lead straight where they lead, and there is no picture.

    Left alone: addresses of this installation (unsubscribing must need nothing else), those that
    are not of the web, and those that are too long.
    """
    found = [(one, _lead(one, marking)) for one in _NUMBERED.finditer(html)]
    links = len({one[1] for one, to in found if to})
    is_tracked = marking.tracks and recipient_id is not None
    own = Mark(marking.run_id, recipient_id or 0, TRAP, links) if is_tracked else None
    made: dict[str, str] = {}
    pieces, end = [], 0
    for one, to in found:
        if to:
            made[to] = _address(to, int(one[1]), own, marking)
        href = f'href="{made[to] if own else escape(made[to])}"' if to else one[0].partition(" ")[2]
        pieces += [html[end : one.start()], href]
        end = one.end()
    html = "".join((*pieces, html[end:]))
    if _ATTRIBUTE in html:
        html = _LEFT_OVER.sub("", html)

    def told(one: re.Match[str]) -> str:
        if one[0] not in made:
            number = IN_TEXT + len(made)
            is_led = _is_led(one[0], marking)
            made[one[0]] = _address(one[0], number, own, marking) if is_led else one[0]
        return made[one[0]]

    return _with_picture(html, own, marking) if own else html, _IN_TEXT.sub(told, text)


def _lead(found: re.Match[str], marking: Marking) -> str:
    """Where a link of the wording leads; nowhere, if it is to be left alone."""
    to = found[2] or found[3] or ""
    to = unescape(to) if "&" in to else to
    to = to.strip().replace(" ", "%20")  # a name that became part of it
    return to if _is_led(to, marking) else ""


def _is_led(to: str, marking: Marking) -> bool:
    ours = to.startswith(marking.base) and to[len(marking.base) :].startswith(_OURS)
    return not ours and len(to) <= _LONGEST and _WEB.fullmatch(to) is not None


def _address(to: str, number: int, own: Mark | None, marking: Marking) -> str:
    to = with_utm(to, marking.utm, number)
    if own is None:
        return to
    return write_mark("l", Mark(own.run_id, own.recipient_id, number, own.links, to), marking)


def _with_picture(html: str, own: Mark, marking: Marking) -> str:
    """The trap stands first, so that who follows links in their order tells on itself at once."""
    trap = (
        f'<a href="{write_mark("l", own, marking)}" style="display:none" aria-hidden="true"'
        ' tabindex="-1"></a>'
    )
    picture = (
        f'<img src="{write_mark("o", own, marking)}.gif" width="1" height="1" alt=""'
        ' style="display:block;border:0">'
    )
    begins = found.end() if (found := _BODY.search(html)) else 0
    ends = html.rfind("</body>")
    ends = len(html) if ends < begins else ends
    return f"{html[:begins]}{trap}{html[begins:ends]}{picture}{html[ends:]}"


def with_utm(to: str, utm: Mapping[str, str], number: int) -> str:
    """The address with what analytics read, without touching what the shop wrote itself.

    >>> with_utm("https://gom.example/den#gia", {"utm_source": "thu", "utm_medium": "email"}, 2)
    'https://gom.example/den?utm_source=thu&utm_medium=email&utm_content=link-2#gia'
    >>> with_utm("https://gom.example/?utm_source=zalo", {"utm_source": "thu"}, 2)
    'https://gom.example/?utm_source=zalo&utm_content=link-2'
    """
    if not utm:
        return to
    head, mark, rest = to.partition("#")
    query = "&" + head.partition("?")[2]
    is_plain = "utm_" not in query
    more = [
        f"{name}={value}" for name, value in utm.items() if is_plain or f"&{name}=" not in query
    ]
    if is_plain or "&utm_content=" not in query:
        more.append(f"utm_content=link-{number}")
    joint = "" if head[-1] in "?&" else "&" if "?" in head else "?"
    return f"{head}{joint}{'&'.join(more)}{mark}{rest}" if more else to


def utm_of(name: str) -> dict[str, str]:
    """What links of a campaign of this name are given.

    >>> utm_of("Gốm mới: Tết 2027")["utm_campaign"]
    'gom-moi-tet-2027'
    """
    campaign = "-".join(_WORD.findall(fold(name)))[:60] or quote(name[:60])
    return {"utm_source": "khachquen", "utm_medium": "email", "utm_campaign": campaign}


def write_mark(use: str, own: Mark, marking: Marking) -> str:
    """The address that stands in a letter."""
    body = f"{own.run_id:x}.{own.recipient_id:x}.{own.link:x}.{own.links:x}"
    to = own.to.encode()
    proof = _sign(marking.keys[0], use, body, to)
    token = f"{marking.base}/{use}/{body}.{proof}"
    return f"{token}.{urlsafe_b64encode(to).rstrip(b'=').decode()}" if to else token


def read_mark(use: str, token: str, keys: Sequence[bytes]) -> Mark | None:
    """What a token is about; None for anything that is not ours, to the last bit."""
    *numbers, proof, to64 = (token if token.count(".") == 5 else f"{token}.").split(".")
    try:
        to = urlsafe_b64decode(to64 + "=" * (-len(to64) % 4)) if to64 else b""
        if len(numbers) != 4 or urlsafe_b64encode(to).rstrip(b"=").decode() != to64:
            return None
        body = ".".join(numbers)
        if not any(_is_same(proof, _sign(key, use, body, to)) for key in keys):
            return None
        run_id, recipient_id, link, links = (int(one, 16) for one in numbers)
        return Mark(run_id, recipient_id, link, links, to.decode())
    except ValueError:
        return None


def _sign(key: bytes, use: str, body: str, to: bytes) -> str:
    told = b"%b\0%b\0%b" % (use.encode(), body.encode(), to)
    proof = hmac.digest(key, told, "sha256")[:_PROOF_BYTES]
    return urlsafe_b64encode(proof).rstrip(b"=").decode()


def _is_same(proof: str, expected: str) -> bool:
    return hmac.compare_digest(proof.encode(), expected.encode())
