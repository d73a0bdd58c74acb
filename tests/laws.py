"""How often a law is tried: a test that holds for any input is given some of them.

The default suite tries the same examples every time, however busy the machine: a gate must not
depend on luck. ``make prove`` tries ten times as many (``TIMES``), and new ones each time. Over
PostgreSQL a third is enough: another database does not make another law.
"""

import os

from hypothesis import settings

_TIMES = int(os.environ.get("PROVE", "0"))
_LEAST = 5


def tries(number: int) -> int:
    """How many examples a law gets that is tried ``number`` times by default."""
    if _TIMES:
        return number * _TIMES
    is_sqlite = "DATABASE_URL" not in os.environ
    return number if is_sqlite else min(number, max(_LEAST, number // 3))


def keep_house() -> None:
    """What holds for every law that does not say otherwise."""
    settings.register_profile(
        "house",
        deadline=None,
        derandomize=not _TIMES,
        database=None,
        print_blob=True,
        max_examples=tries(100),
    )
    settings.load_profile("house")
