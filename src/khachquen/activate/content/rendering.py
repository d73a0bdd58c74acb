"""Many messages of one wording, made in a process of their own."""

from collections.abc import Sequence
from datetime import date

from khachquen.activate.content.message import Reader, Rendered, TemplateVersion


def render_batch(
    version: TemplateVersion, people: Sequence[Reader], *, today: date
) -> list[Rendered]:
    """One message a person, in the order given.

    The same version, people and day give the same bytes. The templates run in another process with
    a limit of time, memory and output: a template that breaks one costs its own messages, which
    say so in ``problems``, and nobody else's. Never raises because of a template. Give it 100 to
    500 people at a time.
    """
    raise NotImplementedError
