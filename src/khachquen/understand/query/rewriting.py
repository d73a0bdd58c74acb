"""A rule said shorter: every rewrite there is, in the order they are done.

The answers stay the same; a test over random histories says so.
"""

from collections.abc import Callable, Mapping

from khachquen.understand.query.rewrites import constants, flatten, push_not
from khachquen.understand.query.rule import Rule

RULE_REWRITES: Mapping[str, Callable[[Rule], Rule]] = {
    "push_not": push_not.rewrite,
    "constants": constants.rewrite,
    "flatten": flatten.rewrite,
}
"""Rule to rule."""

REWRITES = frozenset(
    (*RULE_REWRITES, "semi_join", "read_once", "null_is_no", "rows_first", "orders_among")
)
"""All of them; the others are asked for by the plan while a statement is made."""


def rewrite_rule(rule: Rule, which: frozenset[str] = REWRITES) -> Rule:
    """The same rule, shorter."""
    for name, rewrite in RULE_REWRITES.items():
        if name in which:
            rule = rewrite(rule)
    return rule
