"""``khachquen seal``: the keys ID numbers, incomes and the like are sealed with."""

from pathlib import Path

import click

from khachquen.base import system_clock
from khachquen.cli.shared import (
    Bar,
    data_option,
    json_option,
    open_installation,
    print_json,
    says_errors,
)


@click.group()
def seal_command() -> None:
    """Sealed values: how many there are, and a new key for them."""


@seal_command.command("status")
@data_option
@json_option
@says_errors
def status_command(data: Path, as_json: bool) -> None:
    """Say where the keys are and how many values each of them seals."""
    config = open_installation(data)
    from khachquen.unify.traits.vault import count_boxes, key_path

    path = key_path(config.data, config.privacy.seal_keys)
    counts = count_boxes()
    if as_json:
        print_json({"keys": str(path), "exists": path.exists(), "sealed": counts})
        return
    click.echo(f"{path} ({'there' if path.exists() else 'made when first needed'})")
    for key_id, count in sorted(counts.items()):
        click.echo(f"{key_id} {count:,}")


@seal_command.command("rotate")
@data_option
@json_option
@says_errors
def rotate_command(data: Path, as_json: bool) -> None:
    """Seal every value anew under a new key; call it again if it was cut off."""
    config = open_installation(data)
    from khachquen.unify.traits.vault import key_path, rotate

    bar = Bar("seal")
    path = key_path(config.data, config.privacy.seal_keys)
    done = rotate(path, actor="khachquen seal rotate", clock=system_clock, progress=bar)
    bar.finish()
    if as_json:
        print_json(done.as_dict())
    else:
        click.echo(f"{done.moved:,} values are sealed with {done.key}; {done.broken:,} broken.")
