"""The shop's classes as pages show them: what each means in words, and how many are in it."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from khachquen.base import exponent_of
from khachquen.understand.classes.moving import Moves
from khachquen.understand.query.classes import OTHERS, Classes, Cuts, RfmClass, Stage
from khachquen.web.components.figures import money, number
from khachquen.web.measuring import in_language

_NOBODY = "–"  # a score no value can have: too many people are equal


@dataclass(frozen=True, slots=True)
class ClassLine:
    """One class: what it is called, what it means, how many are in it, the segment it would be."""

    key: str
    label: str
    words: str
    people: int
    href: str


@dataclass(frozen=True, slots=True)
class MoveLine:
    """How many would go from one class to another."""

    was: str
    becomes: str
    people: int


def segment_of(name: str, rule: Mapping[str, Any]) -> str:
    """Where a segment with this rule can be looked at and saved."""
    told = {"name": name, "rule": json.dumps(rule, ensure_ascii=False)}
    return f"{reverse('new_segment')}?{urlencode(told)}"


def stage_lines(classes: Classes, moves: Moves) -> list[ClassLine]:
    """The stages in their order."""
    told: dict[Stage, str] = {
        "new": _("Trong %(new)s ngày từ đơn đầu tiên."),
        "active": _("Hết thời gian mới, và đơn gần nhất trong %(active)s ngày qua."),
        "at_risk": _("Đơn gần nhất cách đây từ %(active)s đến %(lost)s ngày."),
        "lost": _("Đơn gần nhất cách đây từ %(lost)s ngày trở lên."),
    }
    days = {"new": classes.new_days, "active": classes.active_days, "lost": classes.lost_days}
    return [
        _line("stage", key, in_language(label), told[key] % days, moves)
        for key, label in classes.stages.items()
    ]


def tier_lines(classes: Classes, moves: Moves, currency: str) -> list[ClassLine]:
    """The tiers, the highest first."""
    scale = 10 ** exponent_of(currency)
    return [
        _line(
            "value_tier",
            one.key,
            in_language(one.label),
            _("Đã chi từ %(amount)s.") % {"amount": money(one.least * scale, currency)},
            moves,
        )
        for one in classes.tiers
    ]


def rfm_lines(classes: Classes, moves: Moves) -> list[ClassLine]:
    """The RFM classes in the order they are tried in, and whoever is in none of them."""
    lines = [
        _line("rfm", one.key, in_language(one.label), _boxed(one), moves) for one in classes.rfm
    ]
    rest = _("Không thuộc nhóm nào ở trên.")
    return [*lines, _line("rfm", "others", in_language(OTHERS), rest, moves)]


def cut_lines(cuts: Cuts, currency: str) -> list[tuple[str, str, str, str]]:
    """What each score means: (score, days since the last order, orders, money)."""
    days = [f"{-(-cut // 1):.0f}" for cut in cuts.recency]
    recency = [
        _("dưới %(n)s ngày") % {"n": days[0]},
        *(
            _("%(a)s đến dưới %(b)s ngày") % {"a": a, "b": b} if a != b else _NOBODY
            for a, b in pairwise(days)
        ),
        _("từ %(n)s ngày") % {"n": days[-1]},
    ]
    orders = _steps([number(-(-cut // 1), 0) for cut in cuts.frequency])
    spent = _steps([money(int(-(-cut // 1)), currency) for cut in cuts.money])
    scores = zip("54321", recency, reversed(orders), reversed(spent), strict=True)
    return list(scores)


def move_lines(classes: Classes, becomes: Classes, key: str, moves: Moves) -> list[MoveLine]:
    """Who goes from where to where, the most first."""
    was, new = _labels(classes, key), _labels(becomes, key)
    lines = [
        MoveLine(was.get(a, _("chưa có")), new.get(b, _("không còn nhóm nào")), people)
        for (a, b), people in moves.moved.items()
    ]
    return sorted(lines, key=lambda line: -line.people)


def _labels(classes: Classes, key: str) -> dict[str, str]:
    if key == "stage":
        return {str(stage): in_language(label) for stage, label in classes.stages.items()}
    of: Iterable[Any] = classes.tiers if key == "value_tier" else classes.rfm
    return {one.key: in_language(one.label) for one in of} | {"others": in_language(OTHERS)}


def label_of(classes: Classes, key: str, value: str) -> str:
    """What a class is called."""
    return _labels(classes, key).get(value, value)


def _line(trait: str, key: str, label: str, words: str, moves: Moves) -> ClassLine:
    rule = {"kind": "trait", "trait": trait, "is": "is", "value": key}
    name = label[:1].upper() + label[1:]
    return ClassLine(key, name, words, moves.was.get(key, 0), segment_of(name, rule))


def _boxed(one: RfmClass) -> str:
    told = (("R", one.recency), ("F", one.frequency), ("M", one.money))
    return " · ".join(f"{name} {a}" if a == b else f"{name} {a}–{b}" for name, (a, b) in told)


def _steps(cuts: list[str]) -> list[str]:
    told = [_("từ %(n)s") % {"n": a} if a != b else _NOBODY for a, b in pairwise([*cuts, ""])]
    return [_("dưới %(n)s") % {"n": cuts[0]}, *told]
