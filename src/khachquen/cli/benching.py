"""``khachquen bench``: figures beside their baselines."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from khachquen.cli.shared import json_option, print_json, says_errors

if TYPE_CHECKING:
    from khachquen.bench import Figure


@click.group()
def bench_command() -> None:
    """Measure this machine; every figure stands beside a baseline of the same run."""


@bench_command.command("ingest")
@click.option("--rate", type=click.IntRange(100), default=10_000, help="Events sent a second.")
@click.option("--seconds", type=click.IntRange(1), default=120, help="How long they are sent.")
@click.option("--visitors", type=click.IntRange(1), default=2_000, help="Who they come from.")
@click.option(
    "--single-rate",
    type=click.IntRange(0),
    default=8_000,
    help="Single events a second; 0 leaves them out.",
)
@click.option(
    "--single-seconds", type=click.IntRange(1), default=30, help="How long those are sent."
)
@json_option
@says_errors
def ingest_command(
    rate: int,
    seconds: int,
    visitors: int,
    single_rate: int,
    single_seconds: int,
    as_json: bool,
) -> None:
    """Accepted, resolved, queryable: how many events a second, how fast acknowledged."""
    from khachquen.bench import bench_ingest

    singles = (single_rate, single_seconds)
    figures = bench_ingest(rate=rate, seconds=seconds, visitors=visitors, singles=singles, say=_say)
    _print(figures, as_json=as_json)


@bench_command.command("identity")
@click.option("--records", type=click.IntRange(1_000), default=100_000, help="Rows to match.")
@click.option("--seed", type=int, default=7, help="Same seed, same rows.")
@json_option
@says_errors
def identity_command(records: int, seed: int, as_json: bool) -> None:
    """Dirty records normalised, matched, clustered; one new record looked up; plain Splink."""
    from khachquen.bench import bench_identity

    _print(bench_identity(records=records, seed=seed, say=_say), as_json=as_json)


@bench_command.command("segments")
@click.option("--people", type=click.IntRange(100), default=20_000, help="How many people.")
@click.option("--events", type=click.IntRange(1_000), default=400_000, help="What they did.")
@click.option("--segments", type=click.IntRange(1), default=200, help="Live segments to keep true.")
@click.option("--rate", type=click.IntRange(10), default=2_000, help="Events a second meanwhile.")
@click.option("--seconds", type=click.IntRange(1), default=20, help="How long they come.")
@json_option
@says_errors
def segments_command(
    people: int, events: int, segments: int, rate: int, seconds: int, as_json: bool
) -> None:
    """Ten questions beside SQL by hand; live segments that keep up with what happens."""
    from khachquen.bench import Size, bench_segments

    size = Size(people, events)
    figures = bench_segments(size=size, segments=segments, rate=rate, seconds=seconds, say=_say)
    _print(figures, as_json=as_json)


@bench_command.command("pages")
@click.option("--people", type=click.IntRange(100), default=200_000, help="Customers to find.")
@click.option("--events", type=click.IntRange(1_000), default=2_000_000, help="What they did.")
@json_option
@says_errors
def pages_command(people: int, events: int, as_json: bool) -> None:
    """The list, a search, a person, a timeline and a count over HTTP; SQL by hand beside each."""
    from khachquen.bench import Size, bench_pages

    _print(bench_pages(size=Size(people, events), say=_say), as_json=as_json)


@bench_command.command("send")
@click.option("--letters", type=click.IntRange(100), default=50_000, help="How many letters.")
@click.option("--connections", type=click.IntRange(1), default=8, help="Lines to the server.")
@click.option("--processes", type=click.IntRange(1), default=2, help="Who write and sign.")
@json_option
@says_errors
def send_command(letters: int, connections: int, processes: int, as_json: bool) -> None:
    """Letters personalised, signed, accounted for; the same lines flat out beside them."""
    from khachquen.bench import bench_send

    figures = bench_send(letters=letters, connections=connections, processes=processes, say=_say)
    _print(figures, as_json=as_json)


def _say(text: str) -> None:
    click.echo(text, err=True)


def _print(figures: "Sequence[Figure]", *, as_json: bool) -> None:
    if as_json:
        print_json([figure.as_dict() for figure in figures])
        return
    for figure in figures:
        click.echo(
            f"{figure.name:24} {figure.value:12,.2f} {figure.unit:10}"
            f" | {figure.baseline:12,.2f} {figure.baseline_name}"
        )
