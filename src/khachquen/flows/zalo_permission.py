"""Zalo is asked for its permission by whoever runs the Official Account: OAuth v4 with PKCE.

    button → the address on Zalo → somebody says yes there → back here with a code → tokens, locked

What was begun is kept by the session of who began it (``Asking``), and is used up by the first
answer whatever it says. A code without the verifier that made its challenge is worth nothing, and
one for another Official Account is not exchanged at all.
"""

import base64
import hashlib
import hmac
import secrets
import string
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from khachquen.activate.channels.zalo.requests import (
    Zalo,
    ask_first_tokens,
    permission_url,
    read_tokens,
    read_trouble,
)
from khachquen.activate.zalo.accounts import app_secret_of, get_oa
from khachquen.activate.zalo.tokens import connect
from khachquen.base import Clock, Config, InputError, Text, UnavailableError
from khachquen.flows.zalo_account import calls_of

__all__ = ["CALLBACK", "Asking", "begin_permission", "callback_of", "finish_permission"]

CALLBACK = "/zalo/callback"
_GOOD_FOR = timedelta(minutes=10)  # as long as Zalo's code is
_LETTERS = string.ascii_letters + string.digits


@dataclass(frozen=True, slots=True)
class Asking:
    """What was begun: kept where nobody else reads it, and given back once."""

    account_id: int
    state: str
    verifier: str
    at: str

    def __repr__(self) -> str:
        return f"Asking({self.account_id})"


def callback_of(config: Config) -> str:
    """Where Zalo sends people back to; empty while this installation has no public address."""
    base = config.server.base_url.rstrip("/")
    return f"{base}{CALLBACK}" if base else ""


def begin_permission(
    config: Config,
    number: int,
    *,
    now: datetime,
    choose: Callable[[str], str] = secrets.choice,
) -> tuple[str, Asking]:
    """The address on Zalo where the permission is given, and what is to be remembered meanwhile.

    Raises:
        NotFoundError: no such account.
        InputError: nobody could come back (``zalo.no_address``).
    """
    oa, back = get_oa(number), callback_of(config)
    if not back:
        raise InputError(
            "zalo.no_address",
            Text(
                vi="Hệ thống chưa có địa chỉ để Zalo quay lại.",
                en="This installation has no address Zalo could send you back to.",
            ),
            hint=Text(
                vi="Đặt server.base_url, hoặc dán refresh token.",
                en="Set server.base_url, or paste a refresh token.",
            ),
        )
    state, verifier = ("".join(choose(_LETTERS) for _ in range(43)) for _ in range(2))
    digest = hashlib.sha256(verifier.encode()).digest()
    challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
    at = Zalo(config.zalo.business_url, config.zalo.oauth_url)
    url = permission_url(at, oa.app_id, back=back, challenge=challenge, state=state)
    return url, Asking(oa.pk, state, verifier, now.isoformat())


def finish_permission(
    config: Config, asking: Asking | None, told: Mapping[str, str], *, by: str, clock: Clock
) -> None:
    """Exchange the code somebody came back with for tokens, and keep them locked.

    Raises:
        InputError: nothing was begun by this session, or long ago (``zalo.not_asked``); the answer
            is no (``zalo.said_no``), or of another account (``zalo.other_account``).
        UnavailableError: Zalo gives no tokens for the code (``zalo.no_tokens``).
    """
    asking = _own(asking, told.get("state", ""), clock())
    oa, code = get_oa(asking.account_id), told.get("code", "")
    if not code:
        words = Text(vi="Zalo chưa được cho phép.", en="Zalo was not given the permission.")
        raise InputError("zalo.said_no", words, hint=_AGAIN)
    if told.get("oa_id") != oa.oa_id:
        raise InputError(
            "zalo.other_account",
            Text(
                vi=f"Quyền vừa cấp là của một OA khác, không phải {oa.oa_id}.",
                en=f"The permission is of another Official Account, not of {oa.oa_id}.",
            ),
            hint=_AGAIN,
        )
    at = Zalo(config.zalo.business_url, config.zalo.oauth_url)
    call = ask_first_tokens(at, oa.app_id, app_secret_of(oa), code[:1000], asking.verifier)
    with calls_of(config) as calls:
        answer = calls.begin(call).result()
    tokens = read_tokens(answer.text) if answer.is_good else None
    if tokens is None:
        why = read_trouble(answer.text) or answer.problem or f"HTTP {answer.status}"
        raise UnavailableError(
            "zalo.no_tokens",
            Text(vi=f"Zalo không nhận mã: {why}", en=f"Zalo did not take the code: {why}"),
            hint=_AGAIN,
        )
    connect(oa.pk, tokens, by=by, at=clock())


_AGAIN = Text(
    vi="Bấm “Kết nối với Zalo” để làm lại từ đầu.", en="Press “Connect with Zalo” to begin again."
)


def _own(asking: Asking | None, state: str, now: datetime) -> Asking:
    """What this session began a moment ago, and is answered now."""
    is_own = asking is not None and hmac.compare_digest(asking.state.encode(), state.encode())
    if asking is None or not is_own or now - datetime.fromisoformat(asking.at) > _GOOD_FOR:
        words = Text(
            vi="Lần kết nối này không phải do bạn vừa bắt đầu, hoặc đã quá 10 phút.",
            en="You did not begin this just now, or it was more than ten minutes ago.",
        )
        raise InputError("zalo.not_asked", words, hint=_AGAIN)
    return asking
