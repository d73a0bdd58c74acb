"""``python -m khachquen``."""

from khachquen.cli import main

main()
