"""What of Liquid is spoken here, and a source as a template in it."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from liquid import BoundTemplate, Environment, Markup
from liquid.builtin import content, illegal, output
from liquid.builtin.tags import (
    assign_tag,
    capture_tag,
    case_tag,
    comment_tag,
    for_tag,
    if_tag,
    unless_tag,
)
from liquid.exceptions import LiquidError, TemplateNotFoundError
from liquid.loader import BaseLoader

from khachquen.activate.content.language.filters import FILTERS

MOST_OUTPUT_BYTES = 1_000_000
MOST_LOOPS = 10_000
_MOST_KEPT_BYTES = 200_000
_TAGS = (
    content.Literal,
    output.Output,
    illegal.Illegal,
    assign_tag.AssignTag,
    capture_tag.CaptureTag,
    case_tag.CaseTag,
    comment_tag.CommentTag,
    for_tag.ForTag,
    for_tag.BreakTag,
    for_tag.ContinueTag,
    if_tag.IfTag,
    unless_tag.UnlessTag,
)
TAGS = frozenset(
    "assign capture endcapture case when else endcase comment endcomment for endfor break continue"
    " if elsif endif unless endunless".split()
)
"""Every word that may open a ``{% … %}``."""

MARKS = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
"""Liquid inside other text."""


class _NoTemplates(BaseLoader):
    """Nothing can be loaded: templates know no other templates and no disk."""

    def get_source(self, env: Any, template_name: str, **_: Any) -> Any:
        raise TemplateNotFoundError(template_name)


class _Language(Environment):
    loop_iteration_limit = MOST_LOOPS
    local_namespace_limit = _MOST_KEPT_BYTES
    output_stream_limit = MOST_OUTPUT_BYTES
    block_nesting_limit = 20
    context_depth_limit = 20

    def setup_tags_and_filters(self, *, extra: bool = False) -> None:
        for tag in _TAGS:
            self.add_tag(tag)
        for name, function in FILTERS.items():
            self.add_filter(name, function)


@lru_cache(maxsize=2)
def language(*, is_html: bool) -> Environment:
    """The language; in HTML what a template puts out is escaped."""
    return _Language(loader=_NoTemplates(), autoescape=is_html, strict_filters=True)


def parse(source: str, *, is_html: bool) -> BoundTemplate:
    """A source as a template.

    Raises:
        LiquidError: it is none; ``line_of`` says where.
    """
    return language(is_html=is_html).from_string(source)


def line_of(error: LiquidError) -> int:
    """The line an error is on, from 1; 0 where it is on none."""
    token = error.token
    if token is None or token.start_index < 0:
        return 0
    return int(token.source.count("\n", 0, token.start_index)) + 1


def plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values as templates get them: text without control characters, never marked as safe.

    >>> plain({"name": "Hoa\\r\\nBcc: x", "tags": ["a", {"b": None}]})
    {'name': 'Hoa  Bcc: x', 'tags': ['a', {'b': None}]}
    """
    return {str(key): _plain(value) for key, value in values.items()}


_CONTROL = re.compile("[\x00-\x1f\x7f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        text = str.__str__(value) if isinstance(value, Markup) else value
        return text if text.isprintable() else _CONTROL.sub(" ", text)
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, Mapping):
        return plain(value)
    return value if isinstance(value, int | float) or value is None else str(value)
