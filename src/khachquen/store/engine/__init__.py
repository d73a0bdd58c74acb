"""Knows how a question over the lake is run. Hides DuckDB. Does not know what is asked, or why."""

from typing import TYPE_CHECKING

from khachquen.base import door
from khachquen.store.engine.question import Question, Table
from khachquen.store.engine.stopping import Stop

if TYPE_CHECKING:
    from khachquen.store.engine.desk import LakeDesk, Touched
    from khachquen.store.engine.duck import LakeReader

__all__ = ["LakeDesk", "LakeReader", "Question", "Stop", "Table", "Touched"]
# Who only asks (understand) does not load the engine that answers.
__getattr__ = door(__name__, {"LakeDesk": "desk", "LakeReader": "duck", "Touched": "desk"})
