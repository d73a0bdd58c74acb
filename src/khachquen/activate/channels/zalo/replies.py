"""What Zalo's answers mean: one table from its codes to what is done next. Pure.

| Verdict | What becomes of the message |
| --- | --- |
| ``sent`` | Zalo has it; whether the phone has, an event says later |
| ``later`` | waits some minutes, six times, then has failed |
| ``bad_address`` | failed: nobody has Zalo under this number |
| ``refused`` | failed: this message to this person is not wanted; says nothing of others |
| ``account`` | waits: the account or the template may not send; somebody has to look |
| ``quota`` | waits until ``opens``: the day's quota is used up, or it is night |

A code nobody knows is ``later``: it neither fails thousands at once nor is tried for ever.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from khachquen.activate.channels.lines import Verdict
from khachquen.activate.channels.zalo.rules import VIETNAM, next_day, rules_on

_BY_VERDICT: Mapping[Verdict, tuple[int, ...]] = {
    "sent": (0,),
    "later": (-100, -123, -152),
    # -108 no phone number, -118 no Zalo account under it.
    "bad_address": (-108, -118),
    # The person cannot or will not get it (-110, -114, -119, -139 to -141, -1471, -1472), or what
    # was filled in for them is wrong (-111 to -113, -116, -121, -122, -130, -132, -153).
    "refused": (
        *(-110, -111, -112, -1121, -1122, -1123, -1124, -113, -1131, -114, -116, -119, -121, -122),
        *(-127, -130, -132, -139, -140, -141, -1471, -1472, -153),
    ),
    # The app, the account, its money or its template: the same for whoever is next.
    "account": (
        *(-32, -101, -102, -103, -104, -105, -106, -109, -115, -117, -120, -124, -1241, -125, -126),
        *(-128, -131, -135, -1351, -136, -137, -138, -1381, -142, -145, -146, -151, -161, -162),
        *(-216, -220),
    ),
    # The day's count of the account, of the template, of promotions; and the night.
    "quota": (-144, -1441, -147, -133, -234),
}
_VERDICTS: Mapping[int, Verdict] = {
    code: verdict for verdict, codes in _BY_VERDICT.items() for code in codes
}
_NIGHT = (-133, -234)
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

        >>> [ZaloReply(code, "").verdict for code in (0, -118, -114, -131, -144, -987)]
        ['sent', 'bad_address', 'refused', 'account', 'quota', 'later']
        """
        return _VERDICTS.get(self.code, "later")

    @property
    def wants_token(self) -> bool:
        """Whether the access token was not taken: nothing was sent, and another one may be."""
        return self.code in _TOKEN

    def opens(self, now: datetime) -> datetime:
        """When it is worth asking again, after ``quota``."""
        return (
            rules_on(now.astimezone(VIETNAM).date()).opens(now)
            if self.code in _NIGHT
            else next_day(now)
        )

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
