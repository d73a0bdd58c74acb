"""``khachquen demo`` and ``khachquen import``: messages through the same front door as traffic."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

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


def _read_moment(text: str | None) -> datetime | None:
    """A moment as ISO 8601 writes it; UTC unless it says otherwise."""
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(f"{text!r} is not a moment; write 2026-11-21T12:00.") from None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


@click.command()
@data_option
@click.option("--customers", type=click.IntRange(1), default=3000, help="How many people buy.")
@click.option("--days", type=click.IntRange(1), default=365, help="How far back the story goes.")
@click.option("--seed", type=int, default=7, help="Same seed, same shop.")
@click.option(
    "--until",
    callback=lambda _context, _option, text: _read_moment(text),
    help="When the story ends, YYYY-MM-DD[THH:MM] in UTC; default this hour.",
)
@json_option
@says_errors
def demo_command(
    data: Path, customers: int, days: int, seed: int, until: datetime | None, as_json: bool
) -> None:
    """Fill the installation with a believable Vietnamese shop."""
    config = open_installation(data)
    from khachquen.demo import fill

    bar = Bar("demo")
    done = fill(
        config,
        customers=customers,
        days=days,
        seed=seed,
        until=until,
        clock=system_clock,
        progress=bar,
    )
    bar.finish()
    if as_json:
        print_json(done)
    else:
        click.echo(f"{done['messages']:,} messages, {done['customers']:,} customers")


@click.command()
@click.argument(
    "file", type=click.Path(path_type=Path, exists=True, dir_okay=False), required=False
)
@click.option(
    "--kind",
    type=click.Choice(["customers", "products", "orders", "events", "consents", "suppressions"]),
    help="What a row of the file is; suppressions are numbers and addresses to leave alone.",
)
@click.option(
    "--mapping",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="JSON file saying what the headings do not: columns, dates, currency.",
)
@click.option("--sheet", default="", help="Which sheet of a workbook; else the first with rows.")
@click.option(
    "--undo", metavar="ID", help="Take a list of suppressions back: its import_id; without FILE."
)
@data_option
@json_option
@says_errors
def import_command(
    file: Path | None,
    kind: str | None,
    mapping: Path | None,
    sheet: str,
    undo: str | None,
    data: Path,
    as_json: bool,
) -> None:
    """Bring an Excel, CSV or Parquet file in; every row is accounted for in the summary."""
    if undo is None and (file is None or kind is None):
        raise click.UsageError("Name the FILE and its --kind.")
    if undo is not None and (file or kind or mapping or sheet):
        raise click.UsageError("--undo takes an id and nothing else.")
    config = open_installation(data)
    from khachquen.flows.import_file import import_file
    from khachquen.flows.leaving_alone import import_register, undo_register

    bar = Bar("import")
    told: Any = {"mapping": mapping, "sheet": sheet, "clock": system_clock, "progress": bar}
    if undo is not None:
        summary = undo_register(undo, actor="khachquen import --undo", clock=system_clock)
    elif kind == "suppressions":
        summary = import_register(config, cast(Path, file), **told)
    else:
        summary = import_file(config, cast(Path, file), kind=cast(str, kind), **told)
    bar.finish()
    if as_json:
        print_json(summary)
        return
    for name, value in summary.items():
        click.echo(f"{name}: {value}")
