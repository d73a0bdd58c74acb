"""Knows the processes: a supervisor with three children, or all as threads of one.

The one place where receive, web and api are put together.
"""

from typing import TYPE_CHECKING

from khachquen.base import door

if TYPE_CHECKING:
    from khachquen.serve.single import run_single
    from khachquen.serve.supervisor import supervise

__all__ = ["run_single", "supervise"]
__getattr__ = door(__name__, {"run_single": "single", "supervise": "supervisor"})
