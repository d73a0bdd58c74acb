"""``khachquen links``: the keys that sign what customers open without signing in."""

from pathlib import Path

import click

from khachquen.base import system_clock
from khachquen.cli.shared import (
    data_option,
    json_option,
    open_installation,
    print_json,
    says_errors,
)


@click.group()
def links_command() -> None:
    """Links in messages: unsubscribing and choosing what one receives."""


@links_command.command("rotate")
@data_option
@json_option
@says_errors
def rotate_command(data: Path, as_json: bool) -> None:
    """Sign new links with a new key; links in messages already sent stay valid."""
    config = open_installation(data)
    from khachquen.govern import record_audit
    from khachquen.govern.consent.links import rotate_keys

    keys = rotate_keys(config.data)
    actor, detail = "khachquen links rotate", {"keys": keys}
    record_audit(actor=actor, action="links.rotate", detail=detail, at=system_clock())
    if as_json:
        print_json({"keys": keys})
    else:
        click.echo(f"{keys} keys; the newest signs, all are believed.")
