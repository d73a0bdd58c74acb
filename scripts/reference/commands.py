"""docs/reference/commands.md: every command and option, from the command line itself."""

import inspect
from collections.abc import Iterator

import click

from khachquen.cli import cli
from scripts.reference.markdown import UNDOCUMENTED, code, page, table

LEAD = """\
Every command takes `--help`, and `--json` where it has something to tell. It ends with 0 when it is
done, 1 when it refused or failed, 2 when it was called wrongly; progress goes to stderr.

Mọi lệnh đều có `--help`; kết thúc bằng 0 khi xong, 1 khi từ chối hoặc hỏng, 2 khi gọi sai."""


def render() -> str:
    """The whole page."""
    return page(
        "Commands · Lệnh", LEAD, *(_section(name, command) for name, command in list_commands())
    )


def list_commands() -> Iterator[tuple[str, click.Command]]:
    """Every command with its full name, groups before what is in them."""
    yield from _walk("khachquen", cli)


def _walk(name: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
    if command.hidden:
        return
    yield name, command
    if isinstance(command, click.Group):
        context = click.Context(command, info_name=name)
        for inner in command.list_commands(context):
            found = command.get_command(context, inner)
            assert found is not None, f"{name} lists {inner} but does not have it"
            yield from _walk(f"{name} {inner}", found)


def _section(name: str, command: click.Command) -> str:
    context = click.Context(command, info_name=name)
    usage = " ".join([name, *command.collect_usage_pieces(context)])
    about = inspect.cleandoc((command.help or UNDOCUMENTED).replace("\b", ""))
    rows = [_option(option) for option in command.params if not getattr(option, "hidden", False)]
    options = table(("Option", "Meaning", "Default"), rows) if rows else ""
    return "\n\n".join(filter(None, [f"## {name}", f"    {usage}", about, options]))


def _option(option: click.Parameter) -> tuple[str, str, str]:
    if isinstance(option, click.Option):
        names = ", ".join(code(each) for each in (*option.opts, *option.secondary_opts))
        help_text = option.help or UNDOCUMENTED
        return names, help_text, _default(option)
    return code(option.human_readable_name), "argument", ""


def _default(option: click.Option) -> str:
    if option.required:
        return "required"
    if isinstance(option.show_default, str):
        return code(option.show_default)
    default = option.default
    if callable(default) or option.is_flag or not isinstance(default, str | int | float):
        return ""
    return code(default)
