"""``khachquen webhooks``: who is told of what, a test, and given-up messages sent again."""

import dataclasses
import secrets
from contextlib import closing
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

_ACTOR = "khachquen webhooks"


@click.group()
def webhooks_command() -> None:
    """Other systems that are told who enters and leaves a segment."""


@webhooks_command.command("list")
@data_option
@json_option
@says_errors
def list_command(data: Path, as_json: bool) -> None:
    """Every webhook and how it has been."""
    open_installation(data)
    from khachquen.activate.webhooks import list_endpoints

    found = list_endpoints()
    if as_json:
        print_json([dataclasses.asdict(one) for one in found])
        return
    for one in found:
        dead = one.counts.get("dead", 0)
        state = f"{one.state} {one.why}".strip()
        click.echo(f"{one.id:4} {state:14} {one.waiting:8,} {dead:8,}  {one.name}: {one.url}")


@webhooks_command.command("test")
@click.argument("webhook", type=click.IntRange(1))
@data_option
@json_option
@says_errors
def test_command(data: Path, webhook: int, as_json: bool) -> None:
    """Send one message that says it is a test, and say what came of it.

    Exit code 1 when the receiver did not take it.
    """
    config = open_installation(data)
    from khachquen.activate.webhooks.owed import get_delivery, send_test
    from khachquen.flows.calling import open_calling

    key = f"msg_test_{secrets.token_hex(8)}"
    number = send_test(webhook, key=key, actor=_ACTOR, at=system_clock())
    with closing(open_calling(config, system_clock)) as calling:
        calling.finish_one(number)
    told = get_delivery(number)
    if as_json:
        print_json(dataclasses.asdict(told) | {"is_good": told.is_good})
    else:
        click.echo(f"{told.status or told.problem or told.state} ({told.took_ms} ms) {told.answer}")
    if not told.is_good:
        raise SystemExit(1)


@webhooks_command.command("redrive")
@click.argument("webhook", type=click.IntRange(1))
@click.option("--delivery", type=click.IntRange(1), multiple=True, help="Only this message.")
@data_option
@json_option
@says_errors
def redrive_command(data: Path, webhook: int, delivery: tuple[int, ...], as_json: bool) -> None:
    """Send given-up messages again, where the engine runs."""
    open_installation(data)
    from khachquen.activate.webhooks.owed import send_again

    again = send_again(webhook, delivery, actor=_ACTOR, at=system_clock())
    if as_json:
        print_json({"messages": again})
    else:
        click.echo(f"{again:,} messages are sent again.")
