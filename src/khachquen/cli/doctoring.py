"""``khachquen doctor``: what the installation is, and whether it is well."""

import sys
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


@click.command()
@data_option
@json_option
@says_errors
def doctor_command(data: Path, as_json: bool) -> None:
    """Check the installation; print every setting, its value and where it came from."""
    import os

    config = open_installation(data)
    from khachquen.flows.checkup import examine

    checks = examine(config, clock=system_clock)
    sources = config.sources_of(os.environ)
    values = config.masked()
    if as_json:
        print_json(
            {
                "checks": [
                    {"id": c.id, "level": c.level, "message": c.message.en, "hint": c.hint.en}
                    for c in checks
                ],
                "settings": {
                    name: {
                        "value": values[name.partition(".")[0]][name.partition(".")[2]],
                        "from": origin,
                    }
                    for name, origin in sources.items()
                },
            }
        )
    else:
        for check in checks:
            click.echo(f"{check.level:7} {check.id:24} {check.message.en} {check.hint.en}")
        for name, origin in sources.items():
            section, _, key = name.partition(".")
            click.echo(f"setting {name} = {values[section][key]!r} ({origin})")
    if any(check.level == "error" for check in checks):
        sys.exit(1)
