"""A child process: Django first, then the part it is to run (rooms need Django to be ready)."""

import sys
from importlib import import_module

import django


def main(part: str, parent: int) -> None:
    """Run one of the parts until told to stop, or until the process ``parent`` is gone."""
    django.setup()
    import_module(f"khachquen.serve.{part}").main(parent)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
