"""What holds of everybody, or of nobody, need not be asked.

An empty group of a half-made rule, a share of 100 %: a group that is settled by one of its parts
reads nothing at all.
"""

from khachquen.understand.query.conditions.sample import Sample
from khachquen.understand.query.rule import AllOf, AnyOf, NotOf, Rule

EVERYBODY, NOBODY = AllOf(()), AnyOf(())


def rewrite(rule: Rule) -> Rule:
    """The same rule without parts that settle nothing."""
    if isinstance(rule, Sample):
        return EVERYBODY if rule.percent == 100 else rule
    if isinstance(rule, NotOf):
        inner = rewrite(rule.of)
        if inner in (EVERYBODY, NOBODY):
            return NOBODY if inner == EVERYBODY else EVERYBODY
        return NotOf(inner)
    if isinstance(rule, AllOf):
        return _group(AllOf, rule.of, says_nothing=EVERYBODY, settles=NOBODY)
    if isinstance(rule, AnyOf):
        return _group(AnyOf, rule.of, says_nothing=NOBODY, settles=EVERYBODY)
    return rule


def _group(
    kind: type[AllOf] | type[AnyOf], of: tuple[Rule, ...], *, says_nothing: Rule, settles: Rule
) -> Rule:
    parts = [rewrite(one) for one in of]
    if settles in parts:
        return settles
    return kind(tuple(one for one in parts if one != says_nothing))
