"""Merges, splits and refusals in words."""

from dataclasses import dataclass
from datetime import datetime

from khachquen.base import Text


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """A person that became part of another, or part of a person that became one.

    ``act`` numbers the decision behind it, and ``decision`` its kind; both empty where evidence did
    it. ``reason`` says why what is split was not to be joined.
    """

    id: int
    at: datetime
    kind: str
    profile_id: int
    other_id: int
    left_key: str
    right_key: str
    evidence: str
    trusted: bool
    source_id: int | None
    message_id: str
    told_at: datetime | None
    reason: str
    act: int | None
    decision: str
    by: str
    why: str
    is_undone: bool


@dataclass(frozen=True, slots=True)
class Refused:
    """Evidence that joins nobody; the two people it would have joined are ``profile_ids``."""

    left_key: str
    right_key: str
    profile_ids: tuple[int, int]
    evidence: str
    trusted: bool
    source_id: int
    message_id: str
    told_at: datetime
    reason: str


_KINDS = {
    "user": Text(vi="mã khách hàng", en="customer number"),
    "email": Text(vi="email", en="e-mail"),
    "phone": Text(vi="số điện thoại", en="phone number"),
    "zalo": Text(vi="Zalo", en="Zalo account"),
    "facebook": Text(vi="Facebook", en="Facebook account"),
    "card": Text(vi="thẻ", en="card"),
    "device": Text(vi="thiết bị", en="device"),
    "anonymous": Text(vi="trình duyệt", en="browser"),
}
_EVIDENCE = {
    "identify": Text(vi="lời tự giới thiệu", en="somebody's own word"),
    "alias": Text(vi="lời báo đổi mã", en="word of a new name"),
    "track": Text(vi="một việc khách làm", en="something they did"),
    "page": Text(vi="một lượt xem trang", en="a page view"),
    "score": Text(vi="điểm giống nhau", en="how alike they are"),
}
_REASONS = {
    "shared": Text(
        vi="định danh này nhiều người cùng dùng", en="several people share this identifier"
    ),
    "apart": Text(vi="nhân viên đã quyết định tách", en="staff keeps them apart"),
    "authority": Text(
        vi="nguồn công khai không được gộp hai khách đã xác nhận",
        en="a public source may not join two customers who are vouched for",
    ),
    "conflict_birthday": Text(
        vi="hai bên có ngày sinh khác nhau, có thể số đã đổi chủ hoặc người nhà dùng chung",
        en="their birth dates differ; it may have changed hands, or a family shares it",
    ),
    "conflict_national_id": Text(
        vi="hai bên có số CCCD khác nhau", en="they have different citizen ID numbers"
    ),
    "conflict_tax_code": Text(
        vi="hai bên có mã số thuế khác nhau", en="they have different tax codes"
    ),
}
MODEL = "model"
"""Who made a decision that nobody made: what the score joined by itself. Its ``why`` is the score
in percent."""
_LONGEST_SHOWN = 8
_OTHER = Text(vi="dữ liệu", en="a message")


def kind_words(kind: str) -> Text:
    """What a kind of identifier is called."""
    return _KINDS.get(kind, Text(vi=kind, en=kind))


def explain(entry: HistoryEntry, source: str) -> Text:
    """The sentence about one merge or split; ``source`` is the name of where its evidence is from.

    The evidence is told where there is any; a decision is told with who made it.
    """
    if entry.act:
        return _by_staff(entry)
    if not entry.told_at:
        if entry.kind == "merged":
            return Text(vi="Gộp lại.", en="Joined again.")
        return Text(vi="Tách ra vì không còn bằng chứng.", en="Split: nothing joins them any more.")
    told = _told(entry.left_key, entry.right_key)
    proof = _proof(entry.evidence, source, entry.message_id, entry.told_at)
    if entry.kind == "merged":
        return Text(
            vi=f"Gộp vì {told.vi} đi cùng nhau, do {proof.vi}.",
            en=f"Joined because {told.en} came together, by {proof.en}.",
        )
    why = explain_reason(entry.reason)
    return Text(
        vi=f"Tách ra, {told.vi} không gộp nữa: {why.vi}.",
        en=f"Split, {told.en} no longer join: {why.en}.",
    )


def explain_refusal(refused: Refused, source: str) -> Text:
    """The sentence about evidence that joins nobody."""
    told = _told(refused.left_key, refused.right_key)
    proof = _proof(refused.evidence, source, refused.message_id, refused.told_at)
    why = explain_reason(refused.reason)
    return Text(
        vi=f"Không gộp {told.vi} theo {proof.vi}: {why.vi}.",
        en=f"{told.en[:1].upper()}{told.en[1:]} not joined by {proof.en}: {why.en}.",
    )


def explain_reason(reason: str) -> Text:
    """Why evidence joins nobody, as part of a sentence."""
    if reason.startswith("limit_"):
        kind = _KINDS[reason.removeprefix("limit_")]
        return Text(
            vi=f"một người không thể có nhiều {kind.vi} như vậy",
            en=f"one person cannot have that many of this kind: {kind.en}",
        )
    return _REASONS.get(reason, Text(vi="không đủ bằng chứng", en="the evidence is not enough"))


def _by_staff(entry: HistoryEntry) -> Text:
    if entry.by == MODEL:
        return Text(
            vi=f"Máy tự gộp vì rất giống nhau (chắc {entry.why}).",
            en=f"Joined automatically, being very much alike ({entry.why} sure).",
        )
    why = f' ("{entry.why}")' if entry.why else ""
    undone = entry.decision == "undo"
    if entry.kind == "merged":
        vi, en = ("Gộp lại", "Joined again") if undone else ("Gộp", "Joined")
    else:
        vi, en = ("Hoàn tác việc gộp", "Merge taken back") if undone else ("Tách ra", "Split")
    return Text(vi=f"{vi} theo quyết định của {entry.by}{why}.", en=f"{en} by {entry.by}{why}.")


def _told(left_key: str, right_key: str) -> Text:
    left, right = _name(left_key), _name(right_key)
    return Text(vi=f"{left.vi} và {right.vi}", en=f"{left.en} and {right.en}")


def _name(key: str) -> Text:
    kind, _, value = key.partition(":")
    shown = f"0{value[3:]}" if value.startswith("+84") else value.lstrip("/")
    if kind in ("anonymous", "device") and len(shown) > _LONGEST_SHOWN:
        shown = f"{shown[:_LONGEST_SHOWN]}…"  # nobody reads a browser's id to its end
    return Text(vi=f"{_KINDS[kind].vi} {shown}", en=f"{_KINDS[kind].en} {shown}")


def _proof(evidence: str, source: str, message_id: str, at: datetime) -> Text:
    what = _EVIDENCE.get(evidence, _OTHER)
    return Text(
        vi=f"{what.vi} từ {source} ngày {at:%d/%m/%Y} ({message_id})",
        en=f"{what.en} from {source} on {at:%d/%m/%Y} ({message_id})",
    )
