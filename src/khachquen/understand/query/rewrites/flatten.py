"""A group inside a group of its kind is one group; a group of one is that one.

Builders nest cards freely; the engine plans one long list of conditions better than a chain.
"""

from khachquen.understand.query.rule import AllOf, AnyOf, NotOf, Rule


def rewrite(rule: Rule) -> Rule:
    """The same rule with as few levels as it needs."""
    if isinstance(rule, NotOf):
        inner = rewrite(rule.of)
        return inner.of if isinstance(inner, NotOf) else NotOf(inner)
    if not isinstance(rule, AllOf | AnyOf):
        return rule
    kind = type(rule)
    parts: list[Rule] = []
    for one in map(rewrite, rule.of):
        parts += one.of if isinstance(one, kind) else (one,)
    return parts[0] if len(parts) == 1 else kind(tuple(parts))
