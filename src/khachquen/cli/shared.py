"""What every command does the same way: the data folder, errors, JSON, progress."""

import functools
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from khachquen.base import CONFIG_FILE, Config, InputError, KhachQuenError, Text, load_config

F = TypeVar("F", bound=Callable[..., Any])


def data_option(command: F) -> F:
    """``--data DIR``, or KHACHQUEN_DATA, or ./shop."""
    return click.option(
        "--data",
        type=click.Path(path_type=Path, file_okay=False),
        default=lambda: os.environ.get("KHACHQUEN_DATA", "shop"),
        show_default="./shop",
        help="The data folder of the installation.",
    )(command)


def json_option(command: F) -> F:
    """``--json``."""
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON value.")(command)


def open_installation(data: Path, *, must_exist: bool = True) -> Config:
    """The settings of an installation, with Django ready to work in it.

    Raises:
        InputError: there is no installation in ``data`` (code ``cli.no_installation``).
    """
    if must_exist and not (data / CONFIG_FILE).exists():
        raise InputError(
            "cli.no_installation",
            Text(
                vi=f"Không có bản cài đặt nào trong {data}.",
                en=f"There is no installation in {data}.",
            ),
            hint=Text(
                vi="Tạo bằng: khachquen init --data THƯ_MỤC",
                en="Create one: khachquen init --data DIR",
            ),
        )
    os.environ["KHACHQUEN_DATA"] = str(data)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "khachquen.settings")
    config = load_config(data)
    import django

    django.setup()
    return config


def says_errors(command: F) -> F:
    """An expected error ends the command with exit code 1 and a sentence, or JSON with --json."""

    @functools.wraps(command)
    def run(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except KhachQuenError as error:
            _say_error(error, as_json=bool(kwargs.get("as_json")))
        except OSError as error:
            _say_error(_cannot_use_files(error), as_json=bool(kwargs.get("as_json")))
        sys.exit(1)

    return run  # type: ignore[return-value]  # wraps keeps the signature


def _say_error(error: KhachQuenError, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"error": error.as_dict("en")}, ensure_ascii=False))
    else:
        click.secho(error.in_language(spoken_language()), fg="red", err=True)


def _cannot_use_files(cause: OSError) -> KhachQuenError:
    """What the system said of a file or folder: no room, no right, not there."""
    reason = cause.strerror or str(cause)
    return InputError(
        "cli.cannot_use_files",
        Text(
            vi=f"Không đọc hay ghi được tệp: {reason}.",
            en=f"A file could not be read or written: {reason}.",
        ),
        path=str(cause.filename or ""),
    )


def spoken_language() -> str:
    """The language of the terminal: ``vi`` unless it says English."""
    spoken = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG", "")
    return "en" if spoken.lower().startswith("en") else "vi"


def print_json(value: object) -> None:
    """One JSON value on standard output."""
    click.echo(json.dumps(value, ensure_ascii=False, default=str))


class Bar:
    """Progress on standard error: a bar on a terminal, a line every few seconds elsewhere."""

    def __init__(self, label: str):
        self._label = label
        self._started = time.monotonic()
        self._said_at = 0.0
        self._on_terminal = sys.stderr.isatty()

    def __call__(self, name: str, done: int, total: int) -> None:
        """Say how far it is."""
        now = time.monotonic()
        if now - self._said_at < (0.1 if self._on_terminal else 5.0):
            return
        total = max(total, done) if total else 0  # the total may be an estimate
        self._said_at = now
        rate = done / max(now - self._started, 0.001)
        share = f"{done / total:4.0%} " if total else ""
        filled = "█" * int(24 * done / total) if total else ""
        left = f", ~{(total - done) / rate:.0f} s" if total and rate and done < total else ""
        text = f"{self._label} {filled:░<24} {share}{done:,} ({rate:,.0f}/s{left})"
        click.echo(
            f"\r{text}\x1b[K" if self._on_terminal else text, nl=not self._on_terminal, err=True
        )

    def finish(self) -> None:
        """End the line."""
        if self._on_terminal:
            click.echo("", err=True)
