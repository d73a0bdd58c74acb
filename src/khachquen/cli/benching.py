"""``khachquen bench``: figures beside their baselines."""

import click

from khachquen.cli.shared import json_option, print_json, says_errors


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

    def say(text: str) -> None:
        click.echo(text, err=True)

    singles = (single_rate, single_seconds)
    figures = bench_ingest(rate=rate, seconds=seconds, visitors=visitors, singles=singles, say=say)
    if as_json:
        print_json([figure.as_dict() for figure in figures])
        return
    for figure in figures:
        click.echo(
            f"{figure.name:24} {figure.value:12,.2f} {figure.unit:10}"
            f" | {figure.baseline:12,.2f} {figure.baseline_name}"
        )
