"""The process beside the engine that counts one large report: nothing is set up when it begins."""

import os
from collections.abc import Mapping
from datetime import datetime
from typing import Any


def work(data: str, database: str, told: Mapping[str, Any], now: datetime) -> str:
    """The report of a wish as a job keeps it, as it is to be kept.

    ``database`` is the name the asker's connection has: tests work in another than the settings
    say.
    """
    os.environ["KHACHQUEN_DATA"] = data
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "khachquen.settings")
    import django
    from django.apps import apps
    from django.conf import settings

    if not apps.ready:
        settings.DATABASES["default"]["NAME"] = database
        django.setup()
    from django.db import connection

    from khachquen.flows.recounting import wish_of, write_report

    try:
        return write_report(settings.CONFIG, wish_of(told), now)
    finally:
        connection.close()
