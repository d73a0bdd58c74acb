"""Knows what is written to customers: templates and their versions, blocks, images, and how a
wording becomes one message for one person.

Hides MJML, Liquid and the process templates run in. Sends nothing and asks nobody's consent. Doors
of their own: ``writing`` and ``reading`` (templates, for pages), ``pieces`` (blocks and snippets),
``images``, ``checking``, ``trying`` (previews), ``starters``.
"""

from typing import TYPE_CHECKING

from khachquen.activate.content.message import Problem, Reader, Rendered, TemplateVersion
from khachquen.base import door

if TYPE_CHECKING:
    from khachquen.activate.content.gathering import Wanted, read_readers
    from khachquen.activate.content.reading import get_version, list_sendable
    from khachquen.activate.content.rendering import render_batch

__all__ = [
    "Problem",
    "Reader",
    "Rendered",
    "TemplateVersion",
    "Wanted",
    "get_version",
    "list_sendable",
    "read_readers",
    "render_batch",
]
__getattr__ = door(
    __name__,
    {
        "Wanted": "gathering",
        "get_version": "reading",
        "list_sendable": "reading",
        "read_readers": "gathering",
        "render_batch": "rendering",
    },
)
