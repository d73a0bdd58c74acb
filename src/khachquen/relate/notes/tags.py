"""Tags as staff write them, and those in use."""

from collections.abc import Iterable
from datetime import datetime

from khachquen.base import InputError, Text
from khachquen.relate.notes.models import Tag
from khachquen.unify.normalise import clean_text, fold

_LONGEST, _MOST = 40, 50


def read_tags(text: str) -> list[str]:
    """Tags out of one line, parted by commas; of those that fold alike the first stays.

    >>> read_tags("VIP, thích màu xanh; vip")
    ['VIP', 'thích màu xanh']

    Raises:
        InputError: a tag is too long, or there are too many (``notes.bad_tags``).
    """
    found: dict[str, str] = {}
    for part in text.replace(";", ",").split(","):
        if tag := clean_text(part):
            found.setdefault(fold(tag), tag)
    tags = list(found.values())
    if len(tags) > _MOST or any(len(tag) > _LONGEST for tag in tags):
        raise InputError(
            "notes.bad_tags",
            Text(
                vi=f"Thẻ dài nhất {_LONGEST} ký tự, mỗi người nhiều nhất {_MOST} thẻ.",
                en=f"A tag has at most {_LONGEST} characters, a person at most {_MOST} tags.",
            ),
            path="tags",
            hint=Text(vi="Dùng dấu phẩy giữa hai thẻ.", en="Put a comma between two tags."),
        )
    return tags


def remember_tags(tags: Iterable[str], *, at: datetime) -> None:
    """Note that these tags were given, so that they are offered again."""
    Tag.objects.bulk_create(
        [Tag(text=tag, used_at=at) for tag in tags],
        update_conflicts=True,
        unique_fields=["text"],
        update_fields=["used_at"],
    )


def suggest_tags(limit: int = 12) -> list[str]:
    """The tags given last, newest first."""
    return list(Tag.objects.order_by("-used_at", "text").values_list("text", flat=True)[:limit])
