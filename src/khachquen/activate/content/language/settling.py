"""What a template says to everybody alike, said once: the shop's name, its address, the day.

Most of what a letter puts out is of that kind, and looking it up again for each person took half of
rendering. Only what plainly cannot be anybody's own is settled; whatever is unsure stays as it was.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any

from liquid import BoundTemplate, RenderContext
from liquid.ast import BlockNode, ConditionalBlockNode, Node
from liquid.builtin.content import ContentNode
from liquid.builtin.expressions import BooleanExpression, FilteredExpression, Path
from liquid.builtin.expressions.logical import (
    LogicalAndExpression,
    LogicalNotExpression,
    LogicalOrExpression,
)
from liquid.builtin.output import OutputNode
from liquid.builtin.tags.if_tag import IfNode
from liquid.exceptions import LiquidError
from liquid.expression import Expression

__all__ = ["settle"]
_NODES = (ContentNode, OutputNode, IfNode, BlockNode, ConditionalBlockNode)
_JOINED = (BooleanExpression, LogicalAndExpression, LogicalOrExpression, LogicalNotExpression)


def settle(template: BoundTemplate, about: Mapping[str, Any]) -> BoundTemplate:
    """The template with what depends on ``about`` alone written out; it renders as the other does
    with the same ``about``. One that gives a name of these another meaning is left as it is."""
    empty = RenderContext(template)
    every = list(_walk(template.nodes, empty))
    if any(str(name) in about for node in every for name in _named(node)):
        return template
    nodes: list[Node] = []
    for is_settled, some in groupby(template.nodes, key=lambda one: _is_same(one, about, empty)):
        same = list(some)
        nodes += _written(template, same, about) if is_settled else same
    return BoundTemplate(template.env, nodes, globals=template.globals)


def _written(template: BoundTemplate, nodes: list[Node], about: Mapping[str, Any]) -> list[Node]:
    alone = BoundTemplate(template.env, nodes, globals=template.globals)
    try:
        return [ContentNode(nodes[0].token, alone.render(about))]
    except LiquidError:  # said of each person's letter, at its line
        return nodes


def _walk(nodes: Iterable[Node], context: RenderContext) -> Iterator[Node]:
    for node in nodes:
        yield node
        yield from _walk(node.children(context), context)


def _named(node: Node) -> Iterator[object]:
    """The names a node gives a meaning of their own."""
    yield from node.template_scope()
    yield from node.block_scope()


def _is_same(node: Node, about: Mapping[str, Any], context: RenderContext) -> bool:
    """Whether it, and all within it, is the same for everybody."""
    return all(
        isinstance(one, _NODES) and all(_is_about(said, about) for said in one.expressions())
        for one in _walk([node], context)
    )


def _is_about(said: Expression, about: Mapping[str, Any]) -> bool:
    if isinstance(said, Path):
        return all(isinstance(step, str) for step in said.path) and said.path[0] in about
    if isinstance(said, FilteredExpression):
        return not said.filters and _is_about(said.left, about)
    return isinstance(said, _JOINED) and all(_is_about(one, about) for one in said.children())
