"""From JSON to a rule, or to the one thing that is wrong with it and where."""

import re
from collections.abc import Mapping
from typing import Any, NoReturn, get_args

import msgspec

from khachquen.base import Text, nearest
from khachquen.understand.query import problems
from khachquen.understand.query.catalogue import Catalogue
from khachquen.understand.query.conditions import bought, did
from khachquen.understand.query.operators import Operator
from khachquen.understand.query.rule import AllOf, AnyOf, NotOf, Rule
from khachquen.understand.query.windows import CalendarStretch, Unit

_MOST_BYTES = 256 * 1024
_MOST_CONDITIONS = 200
_DEEPEST = 12
_PLACE = re.compile(r" - at `(?P<path>[^`]*)`$")
_UNKNOWN_FIELD = re.compile(r"^Object contains unknown field `(?P<name>.*)`$", re.S)
_MISSING = re.compile(r"^Object missing required field `(?P<name>.*)`$", re.S)

KINDS: Mapping[str, type[Any]] = {kind.__struct_config__.tag: kind for kind in get_args(Rule)}
"""What the field ``kind`` may say."""
_NAMES: Mapping[str, tuple[str, ...]] = {
    "kind": tuple(KINDS),
    "is": get_args(Operator),
    "unit": get_args(Unit),
    "this": get_args(CalendarStretch),
    "measure": tuple(dict.fromkeys(get_args(did.Measure) + get_args(bought.Measure))),
}
_WORDS = {
    "kind": Text(vi="loại điều kiện nào tên", en="kind of condition named"),
    "is": Text(vi="phép so sánh nào tên", en="operator named"),
    "unit": Text(vi="đơn vị thời gian nào tên", en="unit of time named"),
    "this": Text(vi="khoảng lịch nào tên", en="stretch of the calendar named"),
    "measure": Text(vi="phép tính nào tên", en="measure named"),
}


def parse_rule(told: bytes | Mapping[str, Any]) -> Rule:
    """The rule as typed values; what its names mean is not looked at yet (``check_rule``).

    Raises:
        InputError: ``query.bad_rule``, with the path of the value and what would be right.
    """
    plain = _decoded(told)
    _refuse_monsters(plain)
    try:
        rule: Rule = msgspec.convert(plain, Rule)
    except msgspec.ValidationError as error:
        _explain(str(error), plain)
    return rule


def check_rule(rule: Rule, catalogue: Catalogue) -> None:
    """Whether every name exists, every operator fits its type, and the asker may ask it.

    Raises:
        InputError: ``query.bad_rule``, with the path of the value and what would be right.
        ForbiddenError: ``query.may_not_ask``: something the asker may not see.
    """
    rule.check(catalogue, "$")


def tell_rule(rule: Rule) -> dict[str, Any]:
    """The rule as JSON again: parsed anew it is the same rule."""
    told: dict[str, Any] = msgspec.to_builtins(rule)
    return told


def _decoded(told: bytes | Mapping[str, Any]) -> Any:
    if not isinstance(told, bytes):
        return told
    if len(told) > _MOST_BYTES:
        _refuse_size("$")
    try:
        return msgspec.json.decode(told)
    except (msgspec.DecodeError, RecursionError):
        problems.refuse(
            "$",
            Text(vi="Đây không phải JSON.", en="This is not JSON."),
            hint=Text(
                vi='Ví dụ: {"kind": "trait", "trait": "city", "is": "is", "value": "Huế"}',
                en='For example: {"kind": "trait", "trait": "city", "is": "is", "value": "Huế"}',
            ),
        )


def _refuse_monsters(told: Any) -> None:
    """A rule nobody could read is refused before anything is made of it."""
    waiting, seen = [("$", told, 1)], 0
    while waiting:
        path, one, depth = waiting.pop()
        if not isinstance(one, Mapping):
            continue
        seen += 1
        if depth > _DEEPEST or seen > _MOST_CONDITIONS:
            _refuse_size(path)
        inner = one.get("of")
        if isinstance(inner, list | tuple):
            waiting += [(f"{path}.of[{n}]", each, depth + 1) for n, each in enumerate(inner)]
        elif inner is not None:
            waiting.append((f"{path}.of", inner, depth + 1))


def _refuse_size(path: str) -> NoReturn:
    problems.refuse(
        path,
        Text(vi="Điều kiện lọc quá dài hoặc quá nhiều tầng.", en="The rule is too long or deep."),
        hint=Text(
            vi=f"Nhiều nhất {_MOST_CONDITIONS} điều kiện, {_DEEPEST} tầng. "
            "Hãy tách thành các phân khúc rồi ghép lại.",
            en=f"At most {_MOST_CONDITIONS} conditions, {_DEEPEST} levels. "
            "Make segments of its parts and combine those.",
        ),
    )


def _explain(message: str, told: Any) -> NoReturn:
    found = _PLACE.search(message)
    path = found["path"] if found else "$"
    what = message[: found.start()] if found else message
    last = path.rpartition(".")[2]
    if unknown := _UNKNOWN_FIELD.match(what):
        name = unknown["name"]
        words = Text(vi="mục nào tên", en="field named")
        problems.unknown(f"{path}.{name}", words, name, _fields_at(path, told))
    if missing := _MISSING.match(what):
        _missing(path, missing["name"], told)
    if last in _NAMES:
        problems.unknown(path, _WORDS[last], problems.value_at(told, path), _NAMES[last])
    if path.endswith((".of", "]")) or path == "$":
        _refuse_condition(path, told)
    problems.wrong_value(path, problems.value_at(told, path), *_expected(what))


def _refuse_condition(path: str, told: Any) -> NoReturn:
    given = problems.value_at(told, path)
    wanted = Text(vi="một điều kiện", en="a condition")
    problems.wrong_value(path, given, wanted, '{"kind": "trait", "trait": "city", "is": "is_set"}')


def _missing(path: str, name: str, told: Any) -> NoReturn:
    problems.refuse(
        path,
        Text(vi=f"Thiếu {name!r}.", en=f"{name!r} is missing."),
        hint=nearest(name, _NAMES.get(name) or _fields_at(path, told)),
    )


def _fields_at(path: str, told: Any) -> list[str]:
    """What an object at this path may hold: that of its kind, or of the window or property."""
    given = problems.value_at(told, path)
    kind = KINDS.get(given.get("kind", "")) if isinstance(given, Mapping) else None
    if kind is not None:
        return ["kind", *kind.__struct_encode_fields__]
    last = path.rpartition(".")[2]
    if last == "within":
        return ["last", "from", "until", "ago_from", "ago_until", "this"]
    if last in ("last", "ago_from", "ago_until"):
        return ["n", "unit"]
    return ["property", "is", "value"] if last.startswith("where") else ["kind", "of"]


def _expected(what: str) -> tuple[Text, str]:
    found = re.match(r"Expected `(?P<kind>[^`]*)`", what)
    kind = found["kind"].split(" | ")[0] if found else ""
    return _EXPECTED.get(kind, (Text(vi="giá trị hợp lệ", en="a valid value"), '"…"'))


_EXPECTED: Mapping[str, tuple[Text, str]] = {
    "int": (Text(vi="số nguyên", en="a whole number"), "3"),
    "float": (Text(vi="số", en="a number"), "2.5"),
    "str": (Text(vi="chữ", en="a text"), '"Hà Nội"'),
    "array": (Text(vi="danh sách", en="a list"), "[…]"),
    "object": (Text(vi="đối tượng JSON", en="an object"), "{…}"),
}

GROUPS = (AllOf, AnyOf, NotOf)
