"""The types a question is made of: a tree of conditions, as JSON and as values.

Each kind is a file of ``conditions``; a kind is one more name in ``Rule``.
"""

import msgspec

from khachquen.understand.query.catalogue import Catalogue
from khachquen.understand.query.combining import all_of, any_of
from khachquen.understand.query.comparing import Turning
from khachquen.understand.query.conditions.bought import Bought
from khachquen.understand.query.conditions.did import Did
from khachquen.understand.query.conditions.sample import Sample
from khachquen.understand.query.conditions.segment import SegmentOf
from khachquen.understand.query.conditions.sequence import Sequence, Step
from khachquen.understand.query.conditions.trait import Trait
from khachquen.understand.query.conditions.where import Where
from khachquen.understand.query.expressions import opposite
from khachquen.understand.query.needs import Needed, Needs
from khachquen.understand.query.plan import Plan
from khachquen.understand.query.windows import Span, Window

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


class AllOf(msgspec.Struct, frozen=True, tag="all", tag_field="kind", forbid_unknown_fields=True):
    """Every condition holds; an empty list is everybody."""

    of: tuple["Rule", ...]

    def check(self, catalogue: Catalogue, path: str) -> None:
        for place, one in enumerate(self.of):
            one.check(catalogue, f"{path}.of[{place}]")

    def need(self, needed: Needed) -> None:
        for one in self.of:
            one.need(needed)

    def answer(self, plan: Plan, path: str) -> Turning:
        return all_of(plan, [answer(one, plan, f"{path}.of[{n}]") for n, one in enumerate(self.of)])


class AnyOf(msgspec.Struct, frozen=True, tag="any", tag_field="kind", forbid_unknown_fields=True):
    """Some condition holds; an empty list is nobody."""

    of: tuple["Rule", ...]

    def check(self, catalogue: Catalogue, path: str) -> None:
        for place, one in enumerate(self.of):
            one.check(catalogue, f"{path}.of[{place}]")

    def need(self, needed: Needed) -> None:
        for one in self.of:
            one.need(needed)

    def answer(self, plan: Plan, path: str) -> Turning:
        return any_of(plan, [answer(one, plan, f"{path}.of[{n}]") for n, one in enumerate(self.of)])


class NotOf(msgspec.Struct, frozen=True, tag="not", tag_field="kind", forbid_unknown_fields=True):
    """Everybody of whom the condition does not hold: also those of whom nothing is known."""

    of: "Rule"

    def check(self, catalogue: Catalogue, path: str) -> None:
        self.of.check(catalogue, f"{path}.of")

    def need(self, needed: Needed) -> None:
        self.of.need(needed)

    def answer(self, plan: Plan, path: str) -> Turning:
        inner = answer(self.of, plan, f"{path}.of")
        return Turning(opposite(inner.yes), inner.due)


Rule = AllOf | AnyOf | NotOf | Trait | Did | Bought | Sequence | SegmentOf | Sample


def answer(rule: Rule, plan: Plan, path: str) -> Turning:
    """The answer of one condition of a rule, kept under a name where it is used more than once."""
    return plan.keep(path, rule.answer(plan, path))
