"""docs/reference/questions.md: the language of rules, from its types, catalogue and schema."""

import json
from collections.abc import Iterable, Mapping
from textwrap import dedent
from typing import Any, get_args

from khachquen.govern.consent.purposes import BUILT_IN
from khachquen.govern.consent.states import NOT_SENT, pairs_of
from khachquen.govern.consent.suppressing import REASONS
from khachquen.understand.query import build_catalogue, parse_rule, rule_schema, say_rule
from khachquen.understand.query.classes import DEFAULT_CLASSES, RFM_CLASSES, STAGES, class_fields
from khachquen.understand.query.consents import consent_fields
from khachquen.understand.query.facts import (
    EVENT_FIELDS,
    LINE_FIELDS,
    ORDER_FIELDS,
    PERSON_FIELDS,
)
from khachquen.understand.query.fields import FIELD_KINDS, Field
from khachquen.understand.query.operators import OPERATORS, OPERATORS_OF
from khachquen.understand.query.rule import Rule
from khachquen.understand.query.templates import TEMPLATES
from khachquen.understand.segments.rules import events_of
from khachquen.unify.traits.builtin import built_in
from scripts.reference.markdown import code, page, table

LEAD = """\
A rule says which people are meant: a segment, a list, an audience. It is JSON: a tree of
conditions, each with a `kind`. Whoever reads a rule (pages, API, command line) reads it so.

Một quy tắc nói là những khách nào: phân khúc, danh sách, tệp khách hàng. Quy tắc là JSON, gồm các
điều kiện lồng nhau, mỗi điều kiện có `kind`. Trang, API và dòng lệnh đều đọc như nhau.

Nothing known answers no. A negative operator (`is_not`, `not_in`, …) and `not` hold exactly where
the positive one does not, so also of people of whom nothing is known; ask `is_set` beside it to
leave those out. Text is compared without case; `contains` and `starts` without diacritics as well.

Chưa có dữ liệu thì trả lời là không. Phép phủ định đúng với mọi khách mà phép khẳng định không
đúng, kể cả khách chưa rõ; thêm điều kiện `is_set` để bỏ họ ra."""

WINDOWS = """\
| `within` | Means |
| --- | --- |
| `{"last": {"n": 30, "unit": "day"}}` | since 30 times 24 hours ago, to the microsecond |
| `{"from": "2026-01-01", "until": "2026-06-30"}` | whole days of the shop, the last one included; instants (`2026-01-01T09:00:00+07:00`) are taken as they are, the end excluded; either may be missing |
| `{"ago_from": {"n": 90, "unit": "day"}, "ago_until": {"n": 30, "unit": "day"}}` | between 90 and 30 days ago |
| `{"this": "month"}` | this day, week (from Monday), month or year of the shop's calendar |

Units are `minute`, `hour`, `day`, `week`. A month has no fixed length: use 30 days, or `this`."""  # noqa: E501  # rows of a table

MISSING = """\
Rolling windows and `in_last` / `longer_ago` of instants turn at their own instant; calendar
windows, operators of days and RFM classes turn at midnight of the shop."""


def render() -> str:
    """The whole page."""
    catalogue = build_catalogue(built_in().values())
    return page(
        "Questions · Câu hỏi",
        LEAD,
        "## Điều kiện · Conditions",
        *map(_kind, get_args(Rule)),
        "## Khoảng thời gian · Windows",
        WINDOWS,
        MISSING,
        "## Phép so sánh · Operators",
        _operators(),
        "## Thông tin khách · What is known of people",
        _fields({**PERSON_FIELDS, **class_fields(DEFAULT_CLASSES)}.values()),
        "## Sự đồng ý · Consent",
        "Kept for each purpose and channel, a shop's own purposes too; `suppressed` are the "
        "reasons somebody is left alone for. When a message is sent it is asked again.",
        _fields(_consents()),
        "Every trait of the registry can be asked by its key as well; sealed values cannot. "
        "`rfm` can once people have been scored.",
        "## Đơn hàng · Orders and their lines",
        _fields([*ORDER_FIELDS.values(), *LINE_FIELDS.values()]),
        "## Sự kiện · Events",
        table(
            ("Event", "Tên", "Properties"),
            [
                (code(one.key), one.label.vi, ", ".join(map(code, one.properties)))
                for one in catalogue.events.values()
            ],
        ),
        "Every event can also be told apart by these, and by `properties.x` for any property `x`:",
        _fields(EVENT_FIELDS.values()),
        "## Phân loại có sẵn · Ready classifications",
        _classes(),
        "## Mẫu · Templates",
        *(_template(one.key, one.name.vi, one.rule) for one in TEMPLATES),
        "## JSON Schema",
        "```json\n" + json.dumps(rule_schema(), ensure_ascii=False, indent=1) + "\n```",
    )


def _kind(kind: type[Any]) -> str:
    about = dedent("    " + (kind.__doc__ or "")).strip().replace("``", "`")
    fields = ", ".join(code(name) for name in kind.__struct_encode_fields__)
    return f"### {code(str(kind.__struct_config__.tag))}\n\n{about}\n\nFields: {fields}."


def _operators() -> str:
    rows = [
        (
            FIELD_KINDS[kind].vi,
            FIELD_KINDS[kind].en,
            ", ".join(f"{code(one)}" for one in operators),
        )
        for kind, operators in OPERATORS_OF.items()
    ]
    takes = [
        (code(name), meaning.said.vi, meaning.said.en, meaning.takes)
        for name, meaning in OPERATORS.items()
    ]
    first = table(("Kiểu", "Type", "Operators"), rows)
    return first + "\n\n" + table(("Operator", "Đọc là", "Said as", "Takes"), takes)


def _fields(fields: Iterable[Field]) -> str:
    rows = [
        (code(one.key), one.label.vi, one.label.en, FIELD_KINDS[one.kind].en, one.pii)
        for one in fields
    ]
    return table(("Key", "Tên", "Name", "Type", "Personal"), rows)


def _classes() -> str:
    told = DEFAULT_CLASSES
    stages = (
        f"`stage`: {STAGES['new'].en} for {told.new_days} days after the first order, "
        f"{STAGES['active'].en} for {told.active_days} days after the last, "
        f"{STAGES['at_risk'].en} until {told.lost_days} days after it, then {STAGES['lost'].en}; "
        "who never bought has none. Its beginning is the order or the instant that brought it "
        "about; of active people it is at latest their last order."
    )
    tiers = "`value_tier`: " + ", ".join(
        f"{tier.label.vi} ({tier.label.en}) from {tier.least:,}" for tier in told.tiers
    )
    rfm = (
        "`rfm`: scores of 1 to 5 by quintiles of days since the last order (fewer are better), "
        "orders and money. A quintile's cut is the quantile (interpolated) plus one, and a value "
        "equal to it belongs above: equal values always have equal scores. The first box that "
        "holds all three scores is the class; who is in none is `others`."
    )
    boxes = table(
        ("Class", "Tên", "Recency", "Frequency", "Money"),
        [
            (code(one.key), one.label.vi, *(f"{a}-{b}" for a, b in _boxes(one)))
            for one in RFM_CLASSES
        ],
    )
    return "\n\n".join([stages, tiers + ".", rfm, boxes])


def _consents() -> Iterable[Field]:
    asked = (
        (view.key, view.name, channel, view.key not in NOT_SENT)
        for view, channel in pairs_of(BUILT_IN.values())
    )
    return consent_fields(asked, {key: one.name for key, one in REASONS.items()}).values()


def _boxes(one: Any) -> list[tuple[int, int]]:
    return [one.recency, one.frequency, one.money]


def _template(key: str, name: str, told: Mapping[str, Any]) -> str:
    said = say_rule(parse_rule(told), build_catalogue(built_in().values(), events_of(told)))
    rule = json.dumps(told, ensure_ascii=False)
    return f"### {name} ({code(key)})\n\n{said.vi}\n\n{said.en}\n\n```json\n{rule}\n```"
