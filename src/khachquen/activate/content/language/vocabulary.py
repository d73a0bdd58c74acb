"""The names a template may use, and what one does use."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from liquid import BoundTemplate
from liquid.exceptions import LiquidError

from khachquen.activate.content.finding import Finding
from khachquen.activate.content.language.filters import FILTERS
from khachquen.activate.content.language.grammar import TAGS, line_of, parse
from khachquen.base import Text, nearest

COMPUTED: Mapping[str, tuple[Text, tuple[str, ...]]] = {
    "greeting": (
        Text(vi="Lời xưng hô: Chị Hoa, Anh Nam, Quý khách", en="Form of address: Chị Hoa, Anh Nam"),
        ("name", "gender"),
    ),
    "given_name": (Text(vi="Tên gọi: Hoa", en="What to call them: Hoa"), ("name",)),
}
"""Facts made of other facts; ``greeting`` always says something, ``given_name`` may be empty."""

ORDER = ("number", "total", "units", "placed_at")
LINKS = ("unsubscribe", "preferences", "confirm")
SHOP = ("name", "sender", "address", "phone", "email", "website")
_TAG = re.compile(r"\{%-?\s*(\w+)")
_DATA_IN = re.compile(r"\{[{%][^}%]*\bdata\b\s*[.\[]")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What may be said of a person: name → label. ``refused`` are names that exist and may not."""

    person: Mapping[str, Text]
    refused: Mapping[str, Text] = field(default_factory=dict)

    def names(self) -> Iterator[str]:
        """Every name as it is written."""
        yield from (written("person", key) for key in {**self.person, **COMPUTED})
        yield from (f"order.{key}" for key in ORDER)
        yield from (f"links.{key}" for key in LINKS)
        yield from (f"shop.{key}" for key in SHOP)
        yield "today"


@dataclass(frozen=True, slots=True)
class Use:
    """One name used, on a line; ``has_fallback`` when something stands in for it, ``is_asked`` when
    a condition asks for it rather than the mail says it."""

    root: str
    key: str
    line: int
    has_fallback: bool = False
    is_asked: bool = False


def written(root: str, key: str) -> str:
    """A name as a template has it.

    >>> written("person", "spent"), written("person", "Sở thích")
    ('person.spent', 'person["Sở thích"]')
    """
    return f"{root}.{key}" if re.fullmatch(r"[A-Za-z_]\w*", key) else f'{root}["{key}"]'


def read(source: str, *, is_html: bool) -> tuple[BoundTemplate | None, list[Finding]]:
    """A source as a template, or what keeps it from being one."""
    for found in _TAG.finditer(source):
        if found[1] not in TAGS:
            return None, [_unknown_tag(found[1], source.count("\n", 0, found.start()) + 1)]
    try:
        template = parse(source, is_html=is_html)
    except LiquidError as error:
        return None, [_not_liquid(error)]
    except RecursionError:
        return None, [_error("content.too_deep", 0, "Lồng quá sâu.", "Nested too deep.")]
    return template, _unknown_filters(template, source)


def asks_for_data(source: str) -> bool:
    """Whether a wording says what only a program can tell.

    >>> asks_for_data("Mã: {{ data.code }}"), asks_for_data("data.code")
    (True, False)
    """
    return bool(_DATA_IN.search(source))


def uses_of(template: BoundTemplate, source: str) -> list[Use]:
    """Every name from outside that the template asks for."""
    found = template.analyze(include_partials=False).globals
    return sorted(
        (
            _use(
                [str(part) if isinstance(part, int) else part for part in one.segments],
                source,
                one.span.index,
            )
            for several in found.values()
            for one in several
        ),
        key=lambda use: use.line,
    )


def _use(segments: list[Any], source: str, index: int) -> Use:
    key = ".".join(part if isinstance(part, str) else "[]" for part in segments[1:])
    end = source.find("}}", index)
    is_output = source.rfind("{{", 0, index) > source.rfind("{%", 0, index)
    rest = source[index:end] if is_output else ""
    line = source.count("\n", 0, index) + 1
    has_fallback = bool(re.search(r"\|\s*default\s*:", rest))
    return Use(str(segments[0]), key, line, has_fallback, not is_output)


def check_names(uses: list[Use], vocabulary: Vocabulary) -> list[Finding]:
    """Names nobody has, with the nearest one, and names that may not be used."""
    return [found for use in uses if (found := _wrong(use, vocabulary))]


def needed(uses: list[Use]) -> tuple[str, ...]:
    """The facts of a person the uses ask for, computed ones as what they are made of."""
    asked = [use.key for use in uses if use.root == "person"]
    made_of = [part for key in asked if key in COMPUTED for part in COMPUTED[key][1]]
    return tuple(sorted({key for key in asked if key not in COMPUTED} | set(made_of)))


def _wrong(use: Use, vocabulary: Vocabulary) -> Finding | None:
    if use.root == "person" and use.key in vocabulary.refused:
        label = vocabulary.refused[use.key]
        return _error(
            "content.may_not_use",
            use.line,
            f"«{label.vi}» là dữ liệu nhạy cảm hoặc được niêm phong, không được đưa vào email.",
            f"“{label.en}” is sensitive or sealed and may not be put into an e-mail.",
        )
    allowed = {"person": {*vocabulary.person, *COMPUTED}, "order": ORDER, "links": LINKS}
    if use.root == "data" and use.key:
        return None  # whatever the program says
    known = {**allowed, "shop": SHOP, "today": ("",)}.get(use.root)
    if known is not None and use.key in known:
        return None
    name = f"{use.root}.{use.key}" if use.key else use.root
    hint = nearest(name, vocabulary.names())
    return _error(
        "content.unknown_name",
        use.line,
        f"Không có trường nào tên {name!r}.",
        f"There is no field named {name!r}.",
        hint,
    )


def _unknown_filters(template: BoundTemplate, source: str) -> list[Finding]:
    used = template.analyze(include_partials=False).filters
    return [
        _error(
            "content.unknown_filter",
            source.count("\n", 0, spans[0].index) + 1,
            f"Không có bộ lọc nào tên {name!r}.",
            f"There is no filter named {name!r}.",
            nearest(name, FILTERS),
        )
        for name, spans in used.items()
        if name not in FILTERS
    ]


def _unknown_tag(name: str, line: int) -> Finding:
    return _error(
        "content.unknown_tag",
        line,
        f"Không có lệnh nào tên {name!r}.",
        f"There is no tag named {name!r}.",
        nearest(name, TAGS),
    )


def _not_liquid(error: LiquidError) -> Finding:
    return _error(
        "content.not_liquid",
        line_of(error),
        f"Chưa đọc được phần giữa hai dấu ngoặc nhọn: {error.message}.",
        f"What stands between the braces cannot be read: {error.message}.",
        Text(
            vi="Ví dụ đúng: {{ person.greeting }} hoặc {% if person.spent > 0 %} … {% endif %}.",
            en="For example {{ person.greeting }} or {% if person.spent > 0 %} … {% endif %}.",
        ),
    )


def _error(code: str, line: int, vi: str, en: str, hint: Text | None = None) -> Finding:
    return Finding("error", code, Text(vi=vi, en=en), hint, "mjml", line)
