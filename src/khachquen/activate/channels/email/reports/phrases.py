"""The phrases of mail systems: tables, read after ``judging.plain`` took marks and capitals away.

A new system's words are a line here and a sample in the tests.
"""

import re


def _any_of(*phrases: str) -> re.Pattern[str]:
    return re.compile("|".join(phrases), re.IGNORECASE)


NOBODY_THERE = _any_of(
    "user unknown",
    "unknown user",
    "no such (user|recipient|mailbox|address|person)",
    "(does ?n.t|does not) exist",
    "not a valid (mailbox|address|recipient|user)",
    "unrouteable address",
    "no mailbox here",
    "mailbox (unavailable or )?not found",
    "recipient (not found|unknown)",
    "(address|recipient|mailbox) (couldn.t|wasn.t|could not|was not) (be )?found",
    "user not found",
    "recipientnotfound",
    "adr_notfound",
    "unknown (recipient|local part)",
    "invalid (recipient|mailbox)",
    "(account|mailbox|user).{0,40}(is disabled|is inactive|been disabled|deactivated|is closed)",
    "no longer (valid|in use|exists)",
    "(host|domain)( name)? (not found|does not exist|unknown)",
    "nxdomain",
    "recipient address rejected: access denied",
    "khong ton tai",
    "khong tim thay (dia chi|nguoi nhan|hop thu)",
    "da bi (khoa|xoa|vo hieu)",
    "khong co nguoi dung",
)
"""Nobody lives there, or not any more."""
FULL = _any_of(
    "(mailbox|inbox|account|user).{0,40}(full|over ?quota)",
    "over ?quota",
    "quota exceeded",
    "exceeded.{0,30}(quota|storage)",
    "storage.{0,20}(exceeded|full)",
    "out of (storage|space)",
    "insufficient (system )?storage",
    "(vuot qua|het) dung luong",
    r"hop thu.{0,30}\bday\b",
)
POLICY = _any_of(
    "spam",
    "block(ed|list)",
    "(black|deny) ?list",
    r"\brbl\b",
    "dnsbl",
    "barracuda",
    "reputation",
    "policy",
    "dmarc",
    "dkim",
    r"\bspf\b",
    "(un|not )authenticated",
    "unsolicited",
    "suspicious",
    "content (reject|refus)",
    "virus",
    "rate limit",
    "too many (messages|connections)",
    "not authori[sz]ed",
    "relay(ing)? (access )?denied",
    "permission to send",
    "chinh sach",
    "thu rac",
    "bi chan",
)
"""The letter or its sender was not wanted."""
ON_A_LIST = _any_of(
    "spamhaus", "(black|block) ?list", "blocked (using|by|for)", "dnsbl", "reputation", "dmarc"
)
"""A list of senders is the reason, whatever the code says of the recipient."""
ABOUT_SENDER = _any_of(
    r"\bsender('s)?\b.{0,40}(reject|refus|denied|unknown|invalid|verif|not |does ?n.t)",
    r"\b(mail ?from|from address|return[- ]path|envelope[- ]from)\b",
    "relay(ing)? (access )?(denied|not permitted)",
    "nguoi gui",
)
"""Who writes is not wanted, or not believed to exist: nothing against who is written to."""
NOT_YET = _any_of(
    "not (yet )?been delivered[^.]{0,40}yet",
    "will (continue|keep|be) (to )?(be )?(tr|retr)",
    "delivery (status notification )?.?delay",
    "delayed mail",
    "still being retried",
    "warning: (message|could not)",
    "chua gui duoc",
    "se tiep tuc (thu )?gui",
    "bi tri hoan",
    "thu bi cham",
)
"""Reports that say: it is still being tried."""
NOT_AT_ALL = _any_of(
    "this is the qmail-send program",
    "wasn.t able to deliver",
    "a message that you sent could not be delivered",
    "created automatically by mail delivery software",
    "did not reach (some or all of )?the (intended|following) recipient",
    "delivery (status notification )?.?(to the following|has )?fail",
    "the following (recipient|address|message)[^.]{0,60}(can ?not be|could not be|had perm|fail)",
    "undeliver(able|ed)",
    "returned mail",
    "mail delivery fail",
    "failure notice",
    "(could not|couldn.t) be delivered",
    "message not delivered",
    "delivery failure",
    "address not found",
    "khong (the )?(gui|chuyen|phat) (duoc )?(thu|toi|den|cho)",
    "thu (cua ban )?(khong|bi) (gui|tra|chuyen|den)",
    "gui thu (that bai|khong thanh cong)",
    "thong bao (thu )?(tra lai|khong gui duoc)",
    "khong gui duoc",
)
"""Reports that say: it is over."""
AWAY = _any_of(
    "out of (the )?office",
    "auto(matic)?[- ]?(reply|response)",
    "vacation",
    "on (annual |sick |maternity )?leave",
    "away from",
    "tra loi tu dong",
    "tu dong tra loi",
    "vang mat",
    "nghi (phep|le|tet|thai san)",
    "di cong tac",
    "thu tu dong",
    "da nhan duoc (thu|email) cua",
)
"""Subjects of machines that answer for somebody."""
ROBOTS = _any_of(
    "mailer-daemon",
    "postmaster",
    "mail delivery (sub)?system",
    "mdaemon",
    "bounces?@",
    "microsoft ?exchange",
)
"""Who sends reports."""
COPY = re.compile(
    r"(?im)^[-_ ]*(below this line is a copy of the message|this is a copy of (the|your) message"
    r"|original (message|mail)|the following is a copy|unsent message (below|follows)"
    r"|message header|reporting-mta:|returned message|bản sao (của )?thư gốc|nội dung thư gốc"
    r"|thư gốc).{0,120}$"
)
"""The line the copy of the letter begins under."""
