"""What Zalo's answers say; what each of its codes means stands in ``codes.toml``. Pure.

| Verdict | What becomes of the message |
| --- | --- |
| ``sent`` | Zalo has it; whether the phone has, an event says later |
| ``later`` | waits some minutes, six times, then has failed |
| ``bad_address`` | failed: nobody has Zalo under this number |
| ``refused`` | failed: this message to this person is not wanted; says nothing of others |
| ``held`` | waits until ``opens`` with everybody of its template; other templates go on |
| ``account`` | waits: the account may not send; somebody has to look |
| ``quota`` | waits until ``opens`` with everybody of its account |
"""

import json
from dataclasses import dataclass
from datetime import datetime

from khachquen.activate.channels.lines import Verdict
from khachquen.activate.channels.zalo.codes import meaning_of

_TOKEN = (-124, -216, -220)


@dataclass(frozen=True, slots=True)
class ZaloReply:
    """An answer about one message; quotas are None where it tells none."""

    code: int
    words: str
    message_id: str = ""
    daily: int | None = None
    remaining: int | None = None

    @property
    def verdict(self) -> Verdict:
        """What to do after it.

        >>> [ZaloReply(code, "").verdict for code in (0, -118, -114, -131, -137, -144, -987)]
        ['sent', 'bad_address', 'refused', 'held', 'account', 'quota', 'later']
        """
        return meaning_of(self.code).verdict

    @property
    def wants_token(self) -> bool:
        """Whether the access token was not taken: nothing was sent, and another one may be."""
        return self.code in _TOKEN

    def opens(self, now: datetime) -> datetime:
        """When it is worth asking again, after ``held`` and ``quota``."""
        return meaning_of(self.code).opens(now)

    def __str__(self) -> str:
        return f"{self.code} {self.words}"[:300]


def read_reply(text: str) -> ZaloReply | None:
    """The answer, or None when it is none of Zalo's: then nobody knows what became of the message.

    >>> str(read_reply('{"error":-118,"message":"Zalo account not existed"}'))
    '-118 Zalo account not existed'
    >>> read_reply("<html>502 Bad Gateway</html>") is None
    True
    """
    told = read_json(text)
    code = told.get("error")
    if isinstance(code, bool) or not isinstance(code, int):
        return None
    data = told.get("data")
    data = data if isinstance(data, dict) else {}
    quota = data.get("quota")
    quota = quota if isinstance(quota, dict) else {}
    return ZaloReply(
        code=code,
        words=str(told.get("message") or ""),
        message_id=str(data.get("msg_id") or data.get("message_id") or ""),
        daily=read_count(quota.get("dailyQuota", quota.get("daily_quota"))),
        remaining=read_count(quota.get("remainingQuota", quota.get("remaining_quota"))),
    )


def read_json(text: str) -> dict[str, object]:
    """A JSON object, or nothing."""
    try:
        told = json.loads(text)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def read_count(told: object) -> int | None:
    """A number as Zalo writes them: as a number or as a string.

    >>> read_count("499"), read_count(0), read_count(None), read_count("nhiều")
    (499, 0, None, None)
    """
    text = str(told)
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 12 else None
