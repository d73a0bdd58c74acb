"""``khachquen identity``: how people are told apart and brought together."""

import click

from khachquen.cli.evaluating import evaluate_command
from khachquen.cli.matching import match_command
from khachquen.cli.rerunning import rerun_command


@click.group()
def identity_command() -> None:
    """Who is who."""


identity_command.add_command(rerun_command)
identity_command.add_command(evaluate_command)
identity_command.add_command(match_command)
