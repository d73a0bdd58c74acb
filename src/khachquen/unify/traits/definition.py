"""What a trait is: its name in words, its type, and how carefully it must be handled. Pure data."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from khachquen.base import Text
from khachquen.unify.normalise import fold

Kind = Literal[
    "text", "number", "money", "date", "choice", "yes_no", "phone", "email", "address", "list"
]
Pii = Literal["linked", "linkable", "none", "unclassified"]
Sensitivity = Literal["basic", "sensitive"]
SourceClass = Literal["given", "observed", "bought", "computed"]
Rule = Literal["newest", "best_source", "best_written", "first"]
Origin = Literal["built_in", "custom", "arrived"]

KINDS: Mapping[str, Text] = {
    "text": Text(vi="Chữ", en="Text"),
    "number": Text(vi="Số", en="Number"),
    "money": Text(vi="Số tiền", en="Amount of money"),
    "date": Text(vi="Ngày", en="Date"),
    "choice": Text(vi="Chọn một trong vài giá trị", en="One of several values"),
    "yes_no": Text(vi="Có hoặc không", en="Yes or no"),
    "phone": Text(vi="Số điện thoại", en="Phone number"),
    "email": Text(vi="Email", en="E-mail"),
    "address": Text(vi="Địa chỉ", en="Address"),
    "list": Text(vi="Danh sách", en="List"),
}
PII: Mapping[str, Text] = {
    "linked": Text(vi="Tự nó chỉ ra một người", en="Names a person by itself"),
    "linkable": Text(vi="Ghép lại mới chỉ ra một người", en="Names a person when combined"),
    "none": Text(vi="Không phải dữ liệu cá nhân", en="Not personal data"),
    "unclassified": Text(vi="Chưa phân loại", en="Not classified yet"),
}
SENSITIVITIES: Mapping[str, Text] = {
    "basic": Text(vi="Cơ bản", en="Basic"),
    "sensitive": Text(vi="Nhạy cảm", en="Sensitive"),
}
SOURCE_CLASSES: Mapping[str, Text] = {
    "given": Text(vi="Khách tự cho biết", en="Given by the customer"),
    "observed": Text(vi="Ghi nhận được", en="Observed"),
    "bought": Text(vi="Mua hoặc nhận từ nơi khác", en="Bought or received from elsewhere"),
    "computed": Text(vi="Tính ra", en="Computed"),
}
RULES: Mapping[str, Text] = {
    "newest": Text(vi="Lời mới nhất", en="The newest word"),
    "best_source": Text(
        vi="Nguồn đáng tin nhất, rồi đến lời mới nhất",
        en="The most trusted source, then the newest word",
    ),
    "best_written": Text(
        vi="Lời mới nhất, viết theo cách đầy đủ nhất",
        en="The newest word, in its most complete spelling",
    ),
    "first": Text(vi="Lời đầu tiên", en="The first word"),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """One value a choice may have, what people read for it, and what else is written for it."""

    value: str
    label: Text
    spellings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Definition:
    """One trait as the registry knows it.

    ``aliases`` are other names it arrives under. ``sealed`` values are kept encrypted and shown
    masked: ``shown`` letters of the beginning and the end stay readable. ``matchable`` sealed
    values that are equal can be told to be equal without being opened.
    """

    key: str
    label: Text
    kind: Kind = "text"
    pii: Pii = "unclassified"
    sensitivity: Sensitivity = "basic"
    source_class: SourceClass = "given"
    rule: Rule = "newest"
    valid_days: int | None = None
    aliases: tuple[str, ...] = ()
    choices: tuple[Choice, ...] = ()
    sealed: bool = False
    matchable: bool = False
    shown: tuple[int, int] = (0, 0)
    origin: Origin = "built_in"
    in_list: bool = False
    is_archived: bool = False

    @property
    def is_classified(self) -> bool:
        """Whether somebody has said what it is."""
        return self.pii != "unclassified"


def is_primary(source_class: str) -> bool:
    """Whether a word comes from the customer's own dealings with the shop.

    What was bought in, and what was computed from other data, is secondary.
    """
    return source_class in ("given", "observed")


@lru_cache(maxsize=16_384)
def squeeze(name: str) -> str:
    """A name without case, diacritics, spaces and marks, so that spellings meet.

    >>> squeeze("Số CCCD"), squeeze("so_cccd"), squeeze("soCccd")
    ('socccd', 'socccd', 'socccd')
    """
    return "".join(letter for letter in fold(name[:200]) if letter.isalnum())


def spellings_of(definition: Definition) -> tuple[str, ...]:
    """Every name the trait may arrive under."""
    label = definition.label
    return (definition.key, label.vi, label.en, *definition.aliases)


def unclassified(name: str) -> Definition:
    """What is known of a trait nobody declared: its name. Its values are kept all the same."""
    return Definition(key=name, label=Text(vi=name, en=name), origin="arrived")
