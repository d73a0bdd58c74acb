"""Knows the commands. Hides arguments and printing. Does no work of its own."""

from khachquen.cli.commands import cli, main

__all__ = ["cli", "main"]
