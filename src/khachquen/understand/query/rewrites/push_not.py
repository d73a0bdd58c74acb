"""What does not hold of a group does not hold of its parts: "not" moves down to the conditions.

There it often vanishes: not "at least 3" is "less than 3", which engines know how to look up.
"""

import msgspec

from khachquen.understand.query.conditions.bought import Bought
from khachquen.understand.query.conditions.did import Did
from khachquen.understand.query.conditions.trait import Trait
from khachquen.understand.query.operators import OPERATORS, Operator
from khachquen.understand.query.rule import AllOf, AnyOf, NotOf, Rule

_COUNTS = ("count", "orders", "units", "sum", "distinct", "spent")
_CONTRARY: dict[Operator, Operator] = {
    "at_least": "less",
    "less": "at_least",
    "more": "at_most",
    "at_most": "more",
}


def rewrite(rule: Rule) -> Rule:
    """The same rule with "not" only where nothing else says it."""
    if isinstance(rule, NotOf):
        return _contrary(rule.of)
    if isinstance(rule, AllOf | AnyOf):
        return type(rule)(tuple(rewrite(one) for one in rule.of))
    return rule


def _contrary(rule: Rule) -> Rule:
    if isinstance(rule, NotOf):
        return rewrite(rule.of)
    if isinstance(rule, AllOf | AnyOf):
        other = AnyOf if isinstance(rule, AllOf) else AllOf
        return other(tuple(_contrary(one) for one in rule.of))
    operator = _contrary_operator(rule)
    return msgspec.structs.replace(rule, is_=operator) if operator else NotOf(rule)


def _contrary_operator(rule: Rule) -> Operator | None:
    """Numbers there always are have a contrary; a trait may be missing, so less has none there."""
    if isinstance(rule, Did | Bought) and rule.measure in _COUNTS and rule.is_ in _CONTRARY:
        return _CONTRARY[rule.is_]
    return OPERATORS[rule.is_].contrary if isinstance(rule, Trait | Did) else None
