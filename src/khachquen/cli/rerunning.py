"""``khachquen identity rerun``: everybody drawn anew from the evidence."""

from pathlib import Path

import click

from khachquen.base import system_clock, to_micros
from khachquen.cli.shared import (
    Bar,
    data_option,
    json_option,
    open_installation,
    print_json,
    says_errors,
)

_BY, _WHY = "khachquen identity rerun", "identity.toml"


@click.command("rerun")
@click.option(
    "--apply/--dry-run", "is_for_real", default=False, help="Let it hold, or only say what would."
)
@click.option(
    "--rules",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Rules to try instead of the installation's own (identity.toml in its folder).",
)
@data_option
@json_option
@says_errors
def rerun_command(data: Path, is_for_real: bool, rules: Path | None, as_json: bool) -> None:
    """Draw everybody anew from the stored evidence and the rules.

    Where neither changed, nothing does. --apply takes the rules of the installation and needs the
    server to be stopped.
    """
    if is_for_real and rules:
        raise click.UsageError("--rules only with --dry-run; save them as identity.toml to apply")
    config = open_installation(data)
    from khachquen.flows.engine import Engine, hold_engine
    from khachquen.flows.rerunning import rerun, simulate
    from khachquen.unify.identity import rules_of
    from khachquen.unify.identity.ruleset import read_rules_file
    from khachquen.unify.rulebook import note_outside

    bar = Bar("people")
    if is_for_real:
        with hold_engine(config.data):
            engine = Engine(config, system_clock)
            now = system_clock()
            label = f"{to_micros(now):017d}-rerun"
            found = rerun(engine.ingester, now=now, label=label, progress=bar)
            note_outside(rules_of(config.data), by=_BY, why=_WHY, at=now)
            engine.close()
    else:
        found = simulate(read_rules_file(rules) if rules else rules_of(config.data), progress=bar)
    bar.finish()
    if as_json:
        print_json(found.as_dict())
        return
    click.echo(f"people {found.people_before:,} -> {found.people_after:,}")
    click.echo(f"joined {found.joined:,}, split {found.split:,}, identifiers moved {found.moved:,}")
    for example in found.examples:
        click.echo(f"{example.kind:6} {', '.join(map(str, example.profile_ids))}")
