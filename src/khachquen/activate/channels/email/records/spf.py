"""SPF (RFC 7208): who may send with this domain as the envelope's sender."""

import re
from collections.abc import Iterator, Sequence

from khachquen.activate.channels.email.records.found import Found, bad, good, warn
from khachquen.base import Text

_MOST_LOOKUPS = 10  # RFC 7208, 4.6.4
_TERM = re.compile(
    r"([+\-~?]?)(all|include|a|mx|ptr|ip4|ip6|exists)(?:[:/](.*))?|(redirect|exp|[a-z][\w.\-]*)=(.*)",
    re.IGNORECASE,
)
_ASKS = frozenset({"include", "a", "mx", "ptr", "exists", "redirect"})


def judge_spf(told: Sequence[str], *, term: str) -> list[Found]:
    """What is wrong with the TXT records of a domain; ``term`` would allow our mail server."""
    records = [one.strip() for one in told if re.match(r"v=spf1(\s|$)", one.strip(), re.IGNORECASE)]
    suggested = f"v=spf1 {term} ~all"
    if not records:
        words = Text(vi="Chưa có bản ghi SPF.", en="There is no SPF record.")
        return [bad("spf", "spf.none", words, suggested)]
    if len(records) > 1:
        words = Text(
            vi=f"Có {len(records)} bản ghi SPF, mà chỉ được có một: hộp thư sẽ bỏ qua tất cả.",
            en=f"There are {len(records)} SPF records; only one is allowed, so all are ignored.",
        )
        return [bad("spf", "spf.several", words, records[0])]
    found = list(_judge_terms(records[0], term))
    if not any(one.level == "bad" for one in found):
        words = Text(vi="SPF có và đọc được.", en="SPF is there and can be read.")
        found.insert(0, good("spf", "spf.good", words, records[0]))
    return found


def _judge_terms(record: str, term: str) -> Iterator[Found]:
    terms = record.split()[1:]
    unread = [one for one in terms if not _TERM.fullmatch(one)]
    for one in unread:
        words = Text(vi=f"SPF không hiểu “{one[:60]}”.", en=f"SPF does not know “{one[:60]}”.")
        yield bad("spf", "spf.unknown_term", words, record)
    names = [_name_of(one) for one in terms if one not in unread]
    asks = sum(name in _ASKS for name in names)
    if asks > _MOST_LOOKUPS:
        words = Text(
            vi=f"SPF phải hỏi DNS {asks} lần, luật cho nhiều nhất {_MOST_LOOKUPS}.",
            en=f"SPF asks the DNS {asks} times; at most {_MOST_LOOKUPS} are allowed.",
        )
        yield bad("spf", "spf.too_many", words, record)
    yield from _judge_end(record, terms, names)
    if "ptr" in names:
        words = Text(vi="SPF dùng “ptr”, nay không nên dùng.", en="SPF uses “ptr”: do not use it.")
        yield warn("spf", "spf.ptr", words, record)
    if term.lower() not in {one.lstrip("+").lower() for one in terms}:
        words = Text(
            vi=f"Không thấy máy chủ gửi của bạn ({term}). Đúng nếu dịch vụ email dặn khác.",
            en=f"Your mail server ({term}) is not in it. Fine where your mail service says so.",
        )
        yield warn("spf", "spf.server_missing", words, _with(record, term))


def _judge_end(record: str, terms: Sequence[str], names: Sequence[str]) -> Iterator[Found]:
    end = next((one.lower() for one in terms if _name_of(one) == "all"), "")
    if end in ("all", "+all"):
        words = Text(
            vi="“+all” cho cả thế giới gửi thay bạn.", en="“+all” lets anybody send as you."
        )
        yield bad("spf", "spf.anybody", words, re.sub(r"(?i)\+?all$", "~all", record))
    elif not end and "redirect" not in names:
        words = Text(vi="SPF thiếu phần cuối “~all”.", en="SPF lacks its end, “~all”.")
        yield warn("spf", "spf.no_end", words, f"{record} ~all")
    elif end == "?all":
        words = Text(
            vi="“?all” không nói gì; nên là “~all”.", en="“?all” says nothing; use “~all”."
        )
        yield warn("spf", "spf.neutral", words, record.replace("?all", "~all"))


def _name_of(term: str) -> str:
    found = _TERM.fullmatch(term)
    return ((found[2] or found[4]) if found else "").lower()


def _with(record: str, term: str) -> str:
    head, _, rest = record.partition(" ")
    return f"{head} {term} {rest}".strip()
