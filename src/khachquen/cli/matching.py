"""``khachquen identity match``: look for people who may be one."""

import dataclasses
import functools
from pathlib import Path

import click

from khachquen.base import InputError, Text, system_clock
from khachquen.cli.shared import (
    Bar,
    data_option,
    json_option,
    open_installation,
    print_json,
    says_errors,
)


@click.command("match")
@data_option
@json_option
@says_errors
def match_command(data: Path, as_json: bool) -> None:
    """Compare everybody with everybody, and put who may be one person into the review queue.

    A running server does it in the background; without one it is done here. Joins nobody, unless
    matching.join_by_itself is on.
    """
    config = open_installation(data)
    from khachquen.flows.engine import hold_engine
    from khachquen.flows.suggesting import match_now

    bar = Bar("people")
    hold = functools.partial(hold_engine, config.data)
    run = match_now(config, system_clock, hold=hold, progress=bar)
    bar.finish()
    if run.state != "done":
        raise _ended(run.state, run.trouble)
    if as_json:
        print_json(dataclasses.asdict(run))
        return
    click.echo(f"people {run.people:,}, pairs compared {run.pairs:,}")
    click.echo(f"to review {run.suggested:,}")


def _ended(state: str, trouble: str) -> InputError:
    hint = Text(vi="", en="")
    if trouble == "matching.no_splink":
        hint = Text(vi="pip install 'khachquen[matching]'", en="pip install 'khachquen[matching]'")
    return InputError(
        "matching.not_finished",
        Text(
            vi=f"Lần so khớp không xong: {trouble or state}.",
            en=f"The run did not finish: {trouble or state}.",
        ),
        hint=hint,
    )
