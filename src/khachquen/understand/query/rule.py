"""The types a question is made of: a tree of conditions, as JSON and as values.

Each kind is a file of ``conditions``; a kind is one more name in ``Rule``.
"""

from collections.abc import Sequence as Sequence_

import msgspec

from khachquen.base import Text
from khachquen.understand.query.catalogue import Catalogue
from khachquen.understand.query.combining import all_of, any_of, not_of
from khachquen.understand.query.comparing import Turning
from khachquen.understand.query.conditions.bought import Bought
from khachquen.understand.query.conditions.did import Did
from khachquen.understand.query.conditions.sample import Sample
from khachquen.understand.query.conditions.segment import SegmentOf
from khachquen.understand.query.conditions.sequence import Sequence, Step
from khachquen.understand.query.conditions.trait import Trait
from khachquen.understand.query.conditions.where import Where
from khachquen.understand.query.needs import Needed, Needs
from khachquen.understand.query.plan import Plan
from khachquen.understand.query.windows import Span, Window
from khachquen.understand.query.wording import Speech, listed

__all__ = [
    "AllOf",
    "AnyOf",
    "Bought",
    "Did",
    "Needs",
    "NotOf",
    "Rule",
    "Sample",
    "SegmentOf",
    "Sequence",
    "Span",
    "Step",
    "Trait",
    "Where",
    "Window",
]


EVERYBODY = Text(vi="bất kỳ", en="of any kind")


class AllOf(msgspec.Struct, frozen=True, tag="all", tag_field="kind", forbid_unknown_fields=True):
    """Every condition holds; an empty list is everybody."""

    of: tuple["Rule", ...]

    def check(self, catalogue: Catalogue, path: str) -> None:
        for place, one in enumerate(self.of):
            one.check(catalogue, f"{path}.of[{place}]")

    def need(self, needed: Needed) -> None:
        for one in self.of:
            one.need(needed)

    def say(self, speech: Speech) -> Text:
        return say_all(speech, self.of)

    def answer(self, plan: Plan, path: str) -> Turning:
        return all_of([answer(one, plan, f"{path}.of[{n}]") for n, one in enumerate(self.of)])


class AnyOf(msgspec.Struct, frozen=True, tag="any", tag_field="kind", forbid_unknown_fields=True):
    """Some condition holds; an empty list is nobody."""

    of: tuple["Rule", ...]

    def check(self, catalogue: Catalogue, path: str) -> None:
        for place, one in enumerate(self.of):
            one.check(catalogue, f"{path}.of[{place}]")

    def need(self, needed: Needed) -> None:
        for one in self.of:
            one.need(needed)

    def say(self, speech: Speech) -> Text:
        told = [one.say(speech) for one in self.of]
        if not told:
            return Text(vi="không là ai cả", en="who are nobody")
        either = listed(told)
        if len(told) == 1:
            return either
        return Text(vi=f"({either.vi})", en=f"({either.en})")

    def answer(self, plan: Plan, path: str) -> Turning:
        return any_of([answer(one, plan, f"{path}.of[{n}]") for n, one in enumerate(self.of)])


class NotOf(msgspec.Struct, frozen=True, tag="not", tag_field="kind", forbid_unknown_fields=True):
    """Everybody of whom the condition does not hold: also those of whom nothing is known."""

    of: "Rule"

    def check(self, catalogue: Catalogue, path: str) -> None:
        self.of.check(catalogue, f"{path}.of")

    def need(self, needed: Needed) -> None:
        self.of.need(needed)

    def say(self, speech: Speech) -> Text:
        return say_all(speech, (self,))

    def answer(self, plan: Plan, path: str) -> Turning:
        return not_of(answer(self.of, plan, f"{path}.of"))


Rule = AllOf | AnyOf | NotOf | Trait | Did | Bought | Sequence | SegmentOf | Sample


def say_all(speech: Speech, of: Sequence_[Rule]) -> Text:
    """What holds, and then who is left out."""
    told = [one.say(speech) for one in of if not isinstance(one, NotOf)]
    left_out = [one.of.say(speech) for one in of if isinstance(one, NotOf)]
    both = listed(told, word=Text(vi="và", en="and")) if told else EVERYBODY
    if not left_out:
        return both
    out = listed(left_out)
    return Text(vi=f"{both.vi}, trừ người {out.vi}", en=f"{both.en}, except those {out.en}")


def say_rule(rule: Rule, catalogue: Catalogue) -> Text:
    """The rule as one plain sentence."""
    told = say_condition(rule, catalogue)
    return Text(vi=f"Khách {told.vi}.", en=f"Customers {told.en}.")


def say_condition(rule: Rule, catalogue: Catalogue) -> Text:
    """What holds of somebody, as it stands behind "customers": "ở Huế", "chưa mua hàng"."""
    told = rule.say(Speech(catalogue))
    return Text(vi=_bare(told.vi), en=_bare(told.en))


def _bare(told: str) -> str:
    """A sentence that is one choice needs no brackets around it."""
    is_one = told.startswith("(") and told.find(")") == len(told) - 1
    return told[1:-1] if is_one else told


def answer(rule: Rule, plan: Plan, path: str) -> Turning:
    """The answer of one condition of a rule, kept under a name where it is used more than once."""
    return plan.keep(path, rule.answer(plan, path), height(rule))


def height(rule: Rule) -> int:
    """How many levels of groups it has."""
    if isinstance(rule, NotOf):
        return 1 + height(rule.of)
    return 1 + max(map(height, rule.of), default=0) if isinstance(rule, AllOf | AnyOf) else 0
