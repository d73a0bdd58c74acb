"""One transaction at a time through a place two must not be in together."""

from django.db import connection

__all__ = ["wait_in_line"]


def wait_in_line(place: int) -> None:
    """Wait for whoever is in the place; it is left at the end of the transaction.

    SQLite needs nothing: its transactions begin IMMEDIATE, which is already one at a time.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("select pg_advisory_xact_lock(%s)", [place])
