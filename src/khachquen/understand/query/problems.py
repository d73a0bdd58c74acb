"""What can be wrong with a question, each said so that it can be mended."""

from collections.abc import Iterable
from typing import Any, NoReturn

from khachquen.base import ForbiddenError, InputError, Text, nearest

_MOST_SHOWN = 12


def refuse(path: str, message: Text, *, hint: Text | None = None) -> NoReturn:
    """The question cannot be read as it stands at ``path``."""
    raise InputError(
        "query.bad_rule",
        Text(
            vi=f"Điều kiện lọc chưa đúng. {message.vi}",
            en=f"The rule is not right. {message.en}",
        ),
        path=path,
        hint=hint,
    )


def unknown(path: str, what: Text, given: object, known: Iterable[str]) -> NoReturn:
    """A name nobody here has; the nearest one is offered."""
    refuse(
        path,
        Text(vi=f"Không có {what.vi} {shown(given)}.", en=f"There is no {what.en} {shown(given)}."),
        hint=nearest(given, known),
    )


def wrong_value(path: str, given: object, wanted: Text, example: str) -> NoReturn:
    """A value that is not of the kind asked for."""
    refuse(
        path,
        Text(
            vi=f"{shown(given)} không phải {wanted.vi}.", en=f"{shown(given)} is not {wanted.en}."
        ),
        hint=Text(vi=f"Ví dụ: {example}.", en=f"For example: {example}."),
    )


def may_not_ask(path: str, label: Text) -> NoReturn:
    """The asker may not see this, so asking about it is refused as well."""
    raise ForbiddenError(
        "query.may_not_ask",
        Text(vi=f"Bạn không được hỏi về «{label.vi}».", en=f"You may not ask about “{label.en}”."),
        path=path,
        hint=Text(
            vi="Người quản trị có thể cấp quyền xem dữ liệu nhạy cảm.",
            en="An administrator can allow you to see sensitive data.",
        ),
    )


def shown(given: object) -> str:
    """The value as it was given, shortened."""
    text = repr(given)
    return text if len(text) <= 60 else text[:59] + "…"


def value_at(told: Any, path: str) -> Any:
    """What stands at ``$.of[0].is``; None where the path leads nowhere.

    >>> value_at({"of": [{"is": "x"}]}, "$.of[0].is")
    'x'
    """
    for step in path.removeprefix("$").replace("[", ".[").split("."):
        try:
            told = told[int(step[1:-1])] if step.startswith("[") else told[step] if step else told
        except (LookupError, TypeError, ValueError):
            return None
    return told
