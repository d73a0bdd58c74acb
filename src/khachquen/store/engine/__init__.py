"""Knows how a question over the lake is run. Hides DuckDB. Does not know what is asked, or why."""

from khachquen.store.engine.duck import LakeReader
from khachquen.store.engine.question import Question, Table

__all__ = ["LakeReader", "Question", "Table"]
