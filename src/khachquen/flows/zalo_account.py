"""An Official Account looked at: its quota and its templates, read from Zalo."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from khachquen.activate.channels.lines import LostError, RefusedError
from khachquen.activate.channels.zalo.requests import (
    PAGE,
    Template,
    Zalo,
    ask_quota,
    ask_template,
    ask_templates,
    read_quota,
    read_template,
    read_template_ids,
)
from khachquen.activate.egress import Rules
from khachquen.activate.zalo.accounts import get_oa, note_daily
from khachquen.activate.zalo.templates import save_templates
from khachquen.base import Clock, Config, Text, UnavailableError
from khachquen.flows.calling import Calls
from khachquen.flows.zalo_messages import ZaloLine

_MOST = 500


def read_account(config: Config, number: int, clock: Clock) -> int:
    """Ask Zalo for the account's quota and templates, and keep them; how many templates.

    Raises:
        UnavailableError: Zalo cannot be reached, or does not take the account (``zalo.away``).
    """
    at = Zalo(config.zalo.business_url, config.zalo.oauth_url)
    with calls_of(config) as calls:
        try:
            line = ZaloLine(get_oa(number), at, calls, clock)
            quota = read_quota(line.ask(partial(ask_quota, at)))
            found = _read_templates(at, line)
        except (LostError, RefusedError) as error:
            raise UnavailableError(
                "zalo.away",
                Text(
                    vi=f"Zalo chưa trả lời: {error}",
                    en=f"Zalo did not answer as it should: {error}",
                ),
                hint=Text(
                    vi="Xem lại mã ứng dụng, khóa bí mật và refresh token, rồi thử lại.",
                    en="Look over the app's number, its secrets and the refresh token; try again.",
                ),
            ) from error
    note_daily(number, quota.daily, quota.remaining, now=clock())
    save_templates(number, found, at=clock())
    return len(found)


def _read_templates(at: Zalo, line: ZaloLine) -> list[Template]:
    keys: list[str] = []
    for offset in range(0, _MOST, PAGE):
        page = read_template_ids(line.ask(partial(ask_templates, at, offset=offset)))
        keys += page
        if len(page) < PAGE:
            break
    found = []
    for key in dict.fromkeys(keys):
        text = line.ask(partial(ask_template, at, template_id=key))
        if template := read_template(text):
            found.append(template)
    return found


@contextmanager
def calls_of(config: Config) -> Iterator[Calls]:
    """Connections by the house's rules of egress."""
    calls = Calls(Rules(tuple(config.egress.inside)), timeout_s=config.egress.timeout_s)
    try:
        yield calls
    finally:
        calls.close()
