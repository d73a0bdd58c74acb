"""DKIM key records (RFC 6376, 3.6.1): whether the key that stands there is the one we sign with."""

from collections.abc import Sequence

from khachquen.activate.channels.email.records.found import Found, bad, good, read_tags, warn
from khachquen.base import Text


def judge_dkim(told: Sequence[str], *, expected: str) -> list[Found]:
    """What is wrong with the TXT records at a selector; ``expected`` is our own record."""
    keys = [tags for one in told if "p" in (tags := read_tags(one))]
    if not keys:
        words = Text(vi="Chưa có khóa DKIM.", en="The DKIM key is not there.")
        return [bad("dkim", "dkim.none", words, expected)]
    if len(keys) > 1:
        words = Text(
            vi=f"Có {len(keys)} khóa DKIM cùng một tên, chỉ được có một.",
            en=f"There are {len(keys)} DKIM keys under one name; only one may be.",
        )
        return [bad("dkim", "dkim.several", words, expected)]
    key, ours = keys[0], read_tags(expected)
    if key.get("v", "DKIM1") != "DKIM1":
        words = Text(vi=f"Phiên bản “{key['v'][:20]}” lạ.", en=f"“{key['v'][:20]}” is no version.")
        return [bad("dkim", "dkim.version", words, expected)]
    if not key["p"]:
        words = Text(
            vi="Khóa DKIM đã bị hủy (p trống).", en="The DKIM key is revoked (p is empty)."
        )
        return [bad("dkim", "dkim.revoked", words, expected)]
    if _bare(key["p"]) != _bare(ours["p"]) or key.get("k", "rsa") != ours.get("k", "rsa"):
        words = Text(
            vi="Khóa trong DNS không phải khóa đang ký thư: mọi chữ ký sẽ sai.",
            en="The key in the DNS is not the one letters are signed with: no signature holds.",
        )
        return [bad("dkim", "dkim.other_key", words, expected)]
    found = [good("dkim", "dkim.good", Text(vi="Khóa DKIM đúng.", en="The DKIM key is right."))]
    if "y" in key.get("t", "").split(":"):
        words = Text(
            vi="Khóa còn ghi là đang thử (t=y): hộp thư có thể bỏ qua chữ ký.",
            en="The key says it is being tested (t=y): mailboxes may ignore signatures.",
        )
        found.append(warn("dkim", "dkim.testing", words, expected))
    return found


def _bare(value: str) -> str:
    return "".join(value.split())
