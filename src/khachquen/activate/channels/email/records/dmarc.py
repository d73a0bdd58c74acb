"""DMARC (RFC 7489, 6.3): what mailboxes are to do with letters that only pretend to be yours."""

from collections.abc import Sequence

from khachquen.activate.channels.email.records.found import Found, bad, good, read_tags, warn
from khachquen.base import Text

SUGGESTED = "v=DMARC1; p=none; rua=mailto:{address}"
_POLICIES = ("none", "quarantine", "reject")


def judge_dmarc(told: Sequence[str], *, address: str) -> list[Found]:
    """What is wrong with the TXT records at ``_dmarc``; reports would go to ``address``."""
    suggested = SUGGESTED.format(address=address)
    records = [one.strip() for one in told if one.strip().upper().startswith("V=DMARC1")]
    if not records:
        words = Text(
            vi="Chưa có DMARC. Gmail, Yahoo và Outlook đòi có khi gửi nhiều thư.",
            en="There is no DMARC. Gmail, Yahoo and Outlook ask for it of whoever sends much.",
        )
        return [bad("dmarc", "dmarc.none", words, suggested)]
    if len(records) > 1:
        words = Text(
            vi=f"Có {len(records)} bản ghi DMARC, mà chỉ được có một.",
            en=f"There are {len(records)} DMARC records; only one is allowed.",
        )
        return [bad("dmarc", "dmarc.several", words, records[0])]
    tags = read_tags(records[0])
    policy = tags.get("p", "").lower()
    if policy not in _POLICIES:
        words = Text(
            vi=f"DMARC ghi p=“{policy[:20]}”, phải là none, quarantine hoặc reject.",
            en=f"DMARC says p=“{policy[:20]}”; it must be none, quarantine or reject.",
        )
        return [bad("dmarc", "dmarc.policy", words, suggested)]
    found = [good("dmarc", "dmarc.good", Text(vi="DMARC có.", en="DMARC is there."), records[0])]
    if "rua" not in tags:
        words = Text(
            vi="DMARC không nói gửi báo cáo về đâu (rua), nên bạn không biết ai giả danh mình.",
            en="DMARC names no address for reports (rua): nobody tells you who pretends to be you.",
        )
        found.append(
            warn("dmarc", "dmarc.no_reports", words, f"{records[0]}; rua=mailto:{address}")
        )
    return found
