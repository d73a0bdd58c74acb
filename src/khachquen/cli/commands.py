"""``khachquen``: the one command, its sub-commands found by name and loaded when called."""

from importlib import import_module

import click

COMMANDS = {
    "init": "installing",
    "serve": "serving",
    "demo": "feeding",
    "import": "feeding",
    "doctor": "doctoring",
    "bench": "benching",
    "identity": "resolving",
    "seal": "sealing",
    "links": "linking",
    "segments": "segments",
    "campaigns": "campaigns",
    "webhooks": "webhooks",
}
"""Command → the module of this room that defines it as ``<command>_command``."""


class LazyGroup(click.Group):
    """Sub-commands are imported when asked for: ``serve`` must stay light."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, for ``--help``."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The sub-command of that name, or None."""
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"khachquen.cli.{COMMANDS[cmd_name]}")
        command: click.Command = getattr(module, f"{cmd_name}_command")
        return command


@click.command(
    cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "show_default": True}
)
@click.version_option(package_name="khachquen")
def cli() -> None:
    """KhachQuen: every touchpoint, one trusted record per customer.

    Exit codes: 0 done, 1 refused or failed, 2 wrong usage.
    """


def main() -> None:
    """The entry point."""
    cli(prog_name="khachquen")
