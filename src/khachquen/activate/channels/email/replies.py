"""What a mail server's answer means for the letter, the person and the account. Pure."""

import re
from dataclasses import dataclass
from typing import Literal

from khachquen.activate.channels.email.reports.judging import classify, is_full
from khachquen.activate.channels.lines import Verdict

Stage = Literal["connect", "sender", "recipient", "data", "content"]

_ENHANCED = re.compile(r"^([245])\.(\d{1,3})\.(\d{1,3})\b")


@dataclass(frozen=True, slots=True)
class Reply:
    """The code and words of an answer, and at which stage it came."""

    code: int
    words: str
    stage: Stage

    @property
    def enhanced(self) -> tuple[int, int, int] | None:
        """The status code of RFC 3463, where the server gives one."""
        found = _ENHANCED.match(self.words)
        return (int(found[1]), int(found[2]), int(found[3])) if found else None

    @property
    def verdict(self) -> Verdict:
        """What to do after it."""
        return judge(self)

    def __str__(self) -> str:
        return f"{self.code} {self.words}"[:300]


def judge(reply: Reply) -> Verdict:
    """What to do after this answer. That nobody lives there is found as in a report that comes back
    (``reports.judging``), and an answer without a code is heard only about the recipient.

    >>> judge(Reply(250, "2.0.0 queued", "content")), judge(Reply(451, "4.7.1 greylisted", "recipient"))
    ('sent', 'later')
    >>> judge(Reply(550, "5.1.1 no such user", "recipient"))
    'bad_address'
    >>> judge(Reply(552, "5.2.2 mailbox full", "recipient")), judge(Reply(550, "5.7.1 spam", "content"))
    ('later', 'refused')
    >>> judge(Reply(550, "no such user", "recipient")), judge(Reply(550, "listed by dnsbl", "recipient"))
    ('bad_address', 'refused')
    >>> judge(Reply(530, "5.7.0 authentication required", "sender")), judge(Reply(421, "bye", "data"))
    ('account', 'account')
    """  # noqa: E501
    if reply.code < 300:
        return "sent" if reply.stage == "content" else "later"
    if reply.code == 421 or reply.stage in ("connect", "sender"):
        return "account"
    if reply.code < 500:
        return "later"
    if reply.enhanced is None and reply.stage != "recipient":
        return "refused"
    if classify("", reply.words) == "hard":
        return "bad_address"
    return "later" if is_full("", reply.words) else "refused"
