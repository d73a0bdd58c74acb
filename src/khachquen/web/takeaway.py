"""Everything known of one person as a file: JSON for programs, a zip to read and to open in Excel.

Sealed values stay sealed: what leaves is what the page shows. Taking it away is written down first.
"""

import csv
import io
import json
import zipfile
from datetime import UTC, datetime
from typing import Any

from django.template.loader import render_to_string

from khachquen.activate.audiences import safe_cell
from khachquen.base import ForbiddenError, Text
from khachquen.flows.recalling import recall
from khachquen.govern import User, record_audit
from khachquen.relate.notes import list_notes
from khachquen.understand.classes.course import say_cause
from khachquen.understand.classes.people import classes_of_person
from khachquen.understand.query.classes import class_fields
from khachquen.understand.query.fields import Field
from khachquen.unify.profiles import ProfileView, list_orders
from khachquen.web.shops import source_names

EXPORT = "export_person"
"""The permission to take one person's data away."""
_EVENTS = 1000
_SHOWN = ("at", "type", "name", "page_path", "order_number", "total_minor", "currency")


def write_json(person: ProfileView, *, user: User, at: datetime, language: str) -> bytes:
    """The person as JSON. The newest thousand events are in it, and whether there are more.

    Raises:
        ForbiddenError: the user may not (``people.no_export``).
    """
    return json.dumps(_gather(person, user, at, language), ensure_ascii=False, indent=2).encode()


def write_zip(person: ProfileView, *, user: User, at: datetime, language: str) -> bytes:
    """The same as a page to read, a table of events and a table of orders.

    Raises:
        ForbiddenError: as ``write_json``.
    """
    told = _gather(person, user, at, language)
    page = render_to_string(
        "customers/takeaway.html", {"told": told, "language": language, "at": at}
    )
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as parcel:
        parcel.writestr("person.html", page)
        parcel.writestr("orders.csv", _table(told["orders"]))
        parcel.writestr("events.csv", _table(told["events"], _SHOWN))
    return packed.getvalue()


def _gather(person: ProfileView, user: User, at: datetime, language: str) -> dict[str, Any]:
    _permit(person, user, at)
    names = source_names()
    recalled = recall(person, limit=_EVENTS)
    return {
        "id": person.row.id,
        "name": person.row.name,
        "exported_at": at.isoformat(),
        "identifiers": [
            {"kind": one.kind, "value": one.value, "first_seen": one.first_seen.isoformat()}
            for one in person.identifiers
        ],
        "traits": [
            {
                "trait": trait.name,
                "label": trait.definition.label.in_language(language),
                "value": trait.value,
                "source": names.get(trait.source_id, ""),
                "at": trait.at.isoformat(),
            }
            for trait in person.traits
        ],
        "classes": _classes(person, at, language),
        "orders": [
            {
                "number": one.number,
                "placed_at": one.placed_at.isoformat() if one.placed_at else "",
                "total_minor": one.total_minor,
                "refunded_minor": one.refunded_minor,
                "currency": one.currency,
                "cancelled": one.cancelled_at is not None,
                "source": names.get(one.source_id, ""),
            }
            for one in list_orders(person.row.id)
        ],
        "notes": [
            {"text": one.text, "by": one.by, "at": one.at.isoformat()} for one in list_notes(person)
        ],
        "events": [{**row, **_times(row)} for row in recalled.rows],
        "has_more_events": recalled.has_more,
    }


def _classes(person: ProfileView, at: datetime, language: str) -> list[dict[str, Any]]:
    """How the shop classifies them, and when they came into each stage."""
    told = classes_of_person(person.row.id, now=at)
    fields = class_fields(told.classes)
    rows = [
        {"class": key, "label": field.label.in_language(language), "value": _said(field, value)}
        for key, field in fields.items()
        if (value := told.values.get(key)) is not None
    ]
    stages = fields["stage"]
    return rows + [
        {"class": "stage", "label": stages.label.in_language(language), "value": one.stage,
         "since": one.at.isoformat(), "cause": say_cause(one).in_language(language)}
        for one in told.course
    ]  # fmt: skip


def _said(field: Field, value: Any) -> Any:
    return value.isoformat() if field.kind == "date" else value


def _times(row: dict[str, Any]) -> dict[str, str]:
    return {key: row[key].replace(tzinfo=UTC).isoformat() for key in ("at", "received_at")}


def _table(rows: list[dict[str, Any]], columns: tuple[str, ...] = ()) -> str:
    """Rows as CSV that Excel reads as Vietnamese; nothing in it is a formula."""
    names = columns or tuple(rows[0]) if rows else columns
    out = io.StringIO()
    out.write("\ufeff")
    writer = csv.writer(out)
    writer.writerow(names)
    writer.writerows(
        [safe_cell("" if row[name] is None else str(row[name])) for name in names] for row in rows
    )
    return out.getvalue()


def _permit(person: ProfileView, user: User, at: datetime) -> None:
    subject = f"profile:{person.row.id}"
    if not user.may(EXPORT):
        record_audit(
            actor=user.email, action="person.export_refused", subject=subject, detail={}, at=at
        )
        raise ForbiddenError(
            "people.no_export",
            Text(
                vi="Bạn không có quyền xuất dữ liệu của một khách hàng.",
                en="You may not take a customer's data away.",
            ),
            hint=Text(vi="Hãy nhờ quản trị viên.", en="Ask an administrator."),
        )
    record_audit(actor=user.email, action="person.export", subject=subject, detail={}, at=at)
