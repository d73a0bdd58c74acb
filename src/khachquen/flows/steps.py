"""A flow is a list of named steps over one batch."""

from collections.abc import Callable, Sequence
from typing import TypeVar

B = TypeVar("B")
Step = Callable[[B], None]
AfterStep = Callable[[str], None]


def nothing(name: str) -> None:
    """After a step: nothing more."""


def run_steps(steps: Sequence[Step[B]], batch: B, after_step: AfterStep = nothing) -> None:
    """Run the steps in order; ``after_step`` hears the name of each that is done.

    Measurements listen there, and tests that cut the power between two steps.
    """
    for step in steps:
        step(batch)
        after_step(step.__name__)
