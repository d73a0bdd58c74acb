"""``khachquen segments``: which there are, who belongs, since when."""

import dataclasses
import json
from pathlib import Path
from typing import Any

import click

from khachquen.cli.shared import (
    data_option,
    json_option,
    open_installation,
    print_json,
    says_errors,
)


@click.group()
def segments_command() -> None:
    """Segments and their members, as of the last refresh."""


@segments_command.command("list")
@click.option("--archived", is_flag=True, help="Those put away instead.")
@data_option
@json_option
@says_errors
def list_command(data: Path, archived: bool, as_json: bool) -> None:
    """Every segment with its size."""
    open_installation(data)
    from khachquen.understand.segments import list_segments

    found = list_segments(archived=archived)
    if as_json:
        print_json([dataclasses.asdict(one) for one in found])
        return
    for one in found:
        click.echo(f"{one.id:6} {one.kind:7} {one.state:8} {one.size:12,}  {one.name}")


@segments_command.command("show")
@click.argument("segment", type=click.IntRange(1))
@data_option
@json_option
@says_errors
def show_command(data: Path, segment: int, as_json: bool) -> None:
    """One segment: its rule, its versions, its size by day."""
    open_installation(data)
    from khachquen.understand.segments import get_segment, list_versions, size_history

    one = get_segment(segment)
    versions, sizes = list_versions(segment), size_history(segment)
    if as_json:
        told: dict[str, Any] = dataclasses.asdict(one)
        told["versions"] = [dataclasses.asdict(version) for version in versions]
        told["sizes"] = [dataclasses.asdict(size) for size in sizes]
        print_json(told)
        return
    click.echo(f"{one.name} ({one.kind}, {one.state}): {one.size:,} as of {one.as_of or '-'}")
    if one.problem:
        click.echo(one.problem)
    click.echo(json.dumps(one.rule, ensure_ascii=False, indent=2))
    for size in sizes:
        click.echo(f"{size.on} {size.size:12,} +{size.entered:,} -{size.left:,}")


@segments_command.command("members")
@click.argument("segment", type=click.IntRange(1))
@click.option("--limit", type=click.IntRange(1), default=50, help="How many to print.")
@click.option("--after", type=click.IntRange(0), default=0, help="Only people after this number.")
@data_option
@json_option
@says_errors
def members_command(data: Path, segment: int, limit: int, after: int, as_json: bool) -> None:
    """Who belongs, by number: since when (UTC), and by what."""
    open_installation(data)
    from khachquen.store import ask
    from khachquen.understand.segments import get_segment
    from khachquen.understand.segments.asking import members

    get_segment(segment)
    found: list[dict[str, Any]] = []
    while len(found) < limit:
        page = ask(members(segment, after=after, limit=limit - len(found))).dicts()
        if not page:
            break
        found += page
        after = page[-1]["profile_id"]
    if as_json:
        print_json(found)
        return
    for row in found:
        who = row["name"] or row["phone"] or row["email"] or "-"
        click.echo(f"{row['profile_id']:10} {row['at']:%Y-%m-%d %H:%M} {row['cause']:7} {who}")
