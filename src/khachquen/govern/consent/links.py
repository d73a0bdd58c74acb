"""Addresses a customer opens without signing in, and that only this installation can make.

An address holds the ledger's number of one identifier, what the link is for, and 160 bits of proof
(HMAC-SHA-256): no e-mail or phone can be read from it, and once the person is erased it leads
nowhere. Links never grow old: a letter of last year must still take an unsubscription. So keys are
only ever added; the first line of ``keys/links`` signs, every line is believed.
"""

import hmac
import os
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from khachquen.base import Config, ConflictError, InputError, Text
from khachquen.govern.consent.ledger import number_subjects
from khachquen.govern.consent.models import Subject
from khachquen.govern.consent.purposes import get_purpose

Use = Literal["p", "u"]
"""Preferences, unsubscribing: also the first part of the address."""
TRIAL = "trial"
"""In place of a proof: the link of a letter on trial, which is about nobody and changes nothing."""
_CONFIRM = "confirm"
_PROOF_BYTES = 20
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_MOST = 2**63


@dataclass(frozen=True, slots=True)
class Link:
    """What a link we made is about: one identifier, and for some uses a purpose."""

    use: Use
    identifier: str
    purpose: str = ""
    campaign: int | None = None


class Links:
    """Makes the addresses, and tells ours from all others."""

    def __init__(self, config: Config):
        self._keys = load_keys(config.data)
        self._base = config.server.base_url.rstrip("/")

    @property
    def are_open(self) -> bool:
        """Whether customers can open addresses of this installation at all."""
        return bool(self._base)

    def unsubscribe_url(self, identifier: str, purpose: str, campaign: int | None = None) -> str:
        """The one HTTPS address of RFC 8058 for a message of that purpose to this identifier.

        ``campaign`` comes back with the unsubscription, so that a report can count it.

        Raises:
            NotFoundError: a purpose nobody knows.
            InputError: it needs no consent, so it has nothing to unsubscribe from.
            ConflictError: ``server.base_url`` is empty: nobody could open the address.
        """
        return self.unsubscribe_urls([identifier], purpose, campaign)[identifier]

    def unsubscribe_urls(
        self, identifiers: Iterable[str], purpose: str, campaign: int | None = None
    ) -> dict[str, str]:
        """The same for many, in two queries for every 500."""
        if get_purpose(purpose).basis == "always":
            raise InputError(
                "links.not_refusable",
                Text(
                    vi=f"Mục đích {purpose!r} không có gì để hủy nhận.",
                    en=f"There is nothing to unsubscribe from in {purpose!r}.",
                ),
                path="purpose",
            )
        return self._urls("u", identifiers, (purpose, "" if campaign is None else _b36(campaign)))

    def preferences_url(self, identifier: str) -> str:
        """Where the owner of this identifier sees and changes everything they agreed to.

        Raises:
            ConflictError: ``server.base_url`` is empty.
        """
        return self.preferences_urls([identifier])[identifier]

    def preferences_urls(self, identifiers: Iterable[str]) -> dict[str, str]:
        """The same for many, in two queries for every 500."""
        return self._urls("p", identifiers)

    def confirm_url(self, number: int) -> str:
        """Where whoever reads the mailbox says yes or no to one sign-up, by its number.

        Unlike the others it ends: what the number leads to is forgotten (``confirmations``).

        Raises:
            ConflictError: ``server.base_url`` is empty.
        """
        self._demand_base()
        body = _b36(number)
        return f"{self._base}/{_CONFIRM}/{body}.{_sign(self._keys[0], _CONFIRM, body).decode()}"

    def trial_urls(self) -> dict[str, str]:
        """Where links of a letter on trial lead that are nobody's yet: a page that says so."""
        if not self.are_open:
            return {}
        uses = {"unsubscribe": "u", "confirm": _CONFIRM}
        return {name: f"{self._base}/{use}/{TRIAL}" for name, use in uses.items()}

    def read_confirm(self, token: str) -> int | None:
        """The number of the sign-up; None for anything we did not make for this."""
        body = self._proven(_CONFIRM, token)
        return None if body is None else int(body, 36)

    def path(self, link: Link) -> str:
        """The address on this installation, without its name: of the pages' own links."""
        rest: tuple[str, ...] = ()
        if link.use != "p":
            rest = (link.purpose, "" if link.campaign is None else _b36(link.campaign))
        number = number_subjects({link.identifier})[link.identifier]
        return f"/{link.use}/{self._token(link.use, number, rest)}"

    def read(self, use: Use, token: str) -> Link | None:
        """What the token is about; None for anything we did not make for this use."""
        body = self._proven(use, token)
        if body is None:
            return None
        number, *rest = body.split(".")
        subject = Subject.objects.filter(pk=int(number, 36)).first()
        if subject is None or subject.key.startswith("erased:"):
            return None
        purpose, campaign = (*rest, "", "")[:2]
        return Link(use, subject.key, purpose, int(campaign, 36) if campaign else None)

    def _urls(
        self, use: Use, identifiers: Iterable[str], rest: tuple[str, ...] = ()
    ) -> dict[str, str]:
        self._demand_base()
        numbers = number_subjects(set(identifiers))
        return {
            key: f"{self._base}/{use}/{self._token(use, number, rest)}"
            for key, number in numbers.items()
        }

    def _proven(self, use: str, token: str) -> str | None:
        """What the token says, if one of our keys signed it for this use."""
        body, _, proof = token.rpartition(".")
        given = proof.encode("utf-8", "replace")
        is_ours = any(hmac.compare_digest(given, _sign(k, use, body)) for k in self._keys)
        return body if is_ours else None

    def _demand_base(self) -> None:
        if not self._base:
            raise ConflictError(
                "links.no_base_url",
                Text(
                    vi="Chưa đặt địa chỉ của hệ thống, nên liên kết không mở được.",
                    en="The address of this installation is not set, so no link would open.",
                ),
                path="server.base_url",
                hint=Text(vi="Ví dụ https://khach.example.vn.", en="As https://khach.example.vn."),
            )

    def _token(self, use: Use, number: int, rest: tuple[str, ...]) -> str:
        body = ".".join((_b36(number), *rest))
        return f"{body}.{_sign(self._keys[0], use, body).decode()}"


def load_keys(
    data: Path, *, random: Callable[[int], str] = secrets.token_urlsafe
) -> tuple[bytes, ...]:
    """The keys of an installation, the one that signs first; made when there are none."""
    path = data / "keys" / "links"
    if not path.exists():
        _write(path, [random(32)])
    return tuple(path.read_bytes().split())


def rotate_keys(data: Path, *, random: Callable[[int], str] = secrets.token_urlsafe) -> int:
    """New links are signed with a new key from now on, old ones stay valid; how many keys."""
    keys = [random(32), *(key.decode() for key in load_keys(data))]
    _write(data / "keys" / "links", keys, replace=True)
    return len(keys)


def _write(path: Path, keys: list[str], *, replace: bool = False) -> None:
    """Whole or not at all; of several that make the first at once, one wins."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f"links.{secrets.token_hex(4)}")
    descriptor = os.open(aside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write("\n".join(keys) + "\n")
        file.flush()
        os.fsync(file.fileno())
    if replace:
        aside.replace(path)
        return
    try:
        os.link(aside, path)
    except FileExistsError:
        pass
    finally:
        aside.unlink()


def _sign(key: bytes, use: str, body: str) -> bytes:
    told = f"khachquen.link.{use}\0{body}".encode("utf-8", "replace")
    proof = hmac.digest(key, told, "sha256")[:_PROOF_BYTES]
    return urlsafe_b64encode(proof).rstrip(b"=")


def _b36(number: int) -> str:
    """
    >>> _b36(0), _b36(35), _b36(46655)
    ('0', 'z', 'zzz')
    """
    if not 0 <= number < _MOST:
        raise ValueError(number)
    digits = ""
    while number >= 36:
        number, rest = divmod(number, 36)
        digits = _DIGITS[rest] + digits
    return _DIGITS[number] + digits
