"""``khachquen identity evaluate``: how well people are found where the truth is known."""

from pathlib import Path
from typing import Any

import click

from khachquen.cli.shared import Bar, json_option, print_json, says_errors


@click.command("evaluate")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--truth", required=True, help="The column that says whose row it truly is.")
@click.option(
    "--mapping",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="JSON file: field to column, where the headings do not say it.",
)
@click.option("--sheet", default="", help="Which sheet of a workbook; else the first with rows.")
@click.option("--link", default="", help="The column of two lists to link, one row to one.")
@json_option
@says_errors
def evaluate_command(
    file: Path, truth: str, mapping: Path | None, sheet: str, link: str, as_json: bool
) -> None:
    """Match the rows of a file (Excel, CSV, Parquet) and hold what was found against the truth.

    Nothing is kept. Figures count pairs of rows; the baseline joins whoever shares a normalised
    phone or e-mail.
    """
    from khachquen.flows.evaluate_identity import evaluate_identity

    bar = Bar("identity")
    found = evaluate_identity(
        file, truth=truth, mapping=mapping, source=link, sheet=sheet, progress=bar
    )
    bar.finish()
    if as_json:
        print_json(found)
        return
    for name, value in found.items():
        click.echo(f"{name:18} {_in_words(value)}")


def _in_words(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {_in_words(one)}" for name, one in value.items())
    if isinstance(value, list):
        return " + ".join(map(str, value)) or "-"
    return f"{value:,}"
