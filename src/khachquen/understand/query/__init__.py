"""Knows the language questions about people are asked in: a rule as JSON, checked and compiled.

Hides SQL, and how engines differ. Runs nothing: every function gives a ``store.engine.Question``.
Doors of its own: ``rule`` (the types a rule is made of).
"""

from khachquen.understand.query.catalogue import Catalogue, build_catalogue
from khachquen.understand.query.compiling import (
    compile_count,
    compile_members,
    compile_together,
    needs_of,
)
from khachquen.understand.query.listing import compile_list, compile_sample
from khachquen.understand.query.parsing import check_rule, parse_rule
from khachquen.understand.query.rule import say_rule
from khachquen.understand.query.schema import rule_schema

__all__ = [
    "Catalogue",
    "build_catalogue",
    "check_rule",
    "compile_count",
    "compile_list",
    "compile_members",
    "compile_sample",
    "compile_together",
    "needs_of",
    "parse_rule",
    "rule_schema",
    "say_rule",
]
