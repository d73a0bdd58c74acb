"""``khachquen segments``: which there are, who belongs, since when."""

import dataclasses
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from khachquen.base import system_clock
from khachquen.cli.shared import (
    data_option,
    json_option,
    open_installation,
    print_json,
    says_errors,
    spoken_language,
)

if TYPE_CHECKING:
    from khachquen.understand.query.explaining import Explanation


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


@segments_command.command("explain")
@click.argument("segment", type=click.IntRange(1))
@click.argument("profile", type=click.IntRange(1))
@data_option
@json_option
@says_errors
def explain_command(data: Path, segment: int, profile: int, as_json: bool) -> None:
    """Why somebody belongs or does not: each condition, whether it holds now, and on what it rests.

    A record that was merged away is answered for by the one that took it in.
    """
    open_installation(data)
    from khachquen.understand.segments import get_segment
    from khachquen.understand.segments.explaining import explain_member
    from khachquen.unify.profiles import get_profile

    one, person = get_segment(segment), get_profile(profile).row.id
    found = explain_member(one, person, now=system_clock())
    if as_json:
        print_json({"segment": one.id, "profile": person, **_told(found)})
        return
    click.echo(f"{one.name}: {person} {'belongs' if found.holds else 'does not belong'}")
    _say(found, 0)


@segments_command.command("preview")
@click.argument("rule", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--sample", type=click.IntRange(0, 50), default=10, help="How many to print.")
@data_option
@json_option
@says_errors
def preview_command(data: Path, rule: Path, sample: int, as_json: bool) -> None:
    """Try a rule written as JSON in a file: how many it finds now, and some of them."""
    open_installation(data)
    from khachquen.store import ask
    from khachquen.understand.query import (
        check_rule,
        compile_count,
        compile_sample,
        parse_rule,
        say_rule,
    )
    from khachquen.understand.segments.catalogue import shop_catalogue, shop_timezone

    asked, catalogue = parse_rule(rule.read_bytes()), shop_catalogue()
    check_rule(asked, catalogue)
    at: dict[str, Any] = {"now": system_clock(), "timezone": shop_timezone()}
    [found] = ask(compile_count(asked, catalogue, **at)).dicts()
    shown = ask(compile_sample(asked, catalogue, limit=sample, **at)).dicts() if sample else []
    words = say_rule(asked, catalogue).in_language(spoken_language())
    if as_json:
        print_json({"rule": words, "members": found["members"], "sample": shown})
        return
    click.echo(f"{words}: {found['members']:,}")
    for row in shown:
        who = row["name"] or row["phone"] or row["email"] or "-"
        click.echo(f"{row['profile_id']:10} {who}")


def _told(one: "Explanation") -> dict[str, Any]:
    return {
        "path": one.path,
        "sentence": one.sentence.in_language(spoken_language()),
        "holds": one.holds,
        "due_at": one.due_at,
        "evidence": dict(one.evidence),
        "parts": [_told(part) for part in one.parts],
    }


def _say(one: "Explanation", depth: int) -> None:
    mark = "+" if one.holds else "-"
    told = ", ".join(
        f"{name}: {value}" for name, value in one.evidence.items() if value is not None
    )
    until = f" until {one.due_at:%Y-%m-%d %H:%M} UTC" if one.due_at else ""
    sentence = one.sentence.in_language(spoken_language())
    click.echo(f"{'  ' * depth}{mark} {sentence}{until}{f' ({told})' if told else ''}")
    for part in one.parts:
        _say(part, depth + 1)
