"""Columns a dataset has beside the fixed ones: those the shop's declarations add."""

from collections.abc import Mapping

from django.db import transaction

from khachquen.store.models import Column
from khachquen.store.watermarks import pass_fence

_PEOPLE = "people"


def kept_columns(dataset: str) -> dict[str, str]:
    """The columns the shop's own declarations add to a dataset: name → type."""
    return dict(Column.objects.filter(dataset=dataset).order_by("id").values_list("name", "kind"))


def keep_columns(columns: Mapping[str, str]) -> bool:
    """Let people have exactly these beside the fixed ones; returns whether that is new."""
    if kept_columns(_PEOPLE) == dict(columns):
        return False
    with transaction.atomic():
        pass_fence()
        Column.objects.filter(dataset=_PEOPLE).delete()
        Column.objects.bulk_create(
            Column(dataset=_PEOPLE, name=name, kind=kind) for name, kind in columns.items()
        )
    return True
