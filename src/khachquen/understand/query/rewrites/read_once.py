"""Several conditions over one event in one window are one reading of it.

"Viewed at least 3 times", "viewed shoes at least twice" and "viewed for more than 500.000" read the
views of the window once; what only one of them counts becomes a filter of its count. A single
condition keeps its filter on the rows, where the engine can skip files.
"""

from collections import Counter
from collections.abc import Iterable, Iterator

from khachquen.understand.query.conditions.did import Did, Reads
from khachquen.understand.query.rule import AllOf, AnyOf, NotOf, Rule


def shared(rule: Rule) -> frozenset[Reads]:
    """What more than one condition of the rule reads."""
    seen = Counter(one.reads() for one in _leaves(rule) if isinstance(one, Did))
    return frozenset(reads for reads, times in seen.items() if times > 1)


def _leaves(rule: Rule) -> Iterator[Rule]:
    inner: Iterable[Rule] = ()
    if isinstance(rule, AllOf | AnyOf):
        inner = rule.of
    elif isinstance(rule, NotOf):
        inner = (rule.of,)
    else:
        yield rule
    for one in inner:
        yield from _leaves(one)
