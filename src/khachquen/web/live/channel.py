"""One view of the stream: whoever looks through the same filter, in one language, shares it."""

import json
from collections import deque
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext

from khachquen.understand.arrivals import Newest
from khachquen.web.components.figures import number
from khachquen.web.live.rows import (
    LATE,
    SHOWN,
    Filter,
    count_after,
    list_rows,
    write_cursor,
)

_SMOOTHED = 5  # looks a rate is taken over: rounds of the engine come in lumps


@dataclass(frozen=True, slots=True)
class View:
    """What makes two viewers see the same: the filter, the language and the clock."""

    filter: Filter
    language: str
    zone: tzinfo


class Channel:
    """Follows the lake from a place on. Not for several threads at once."""

    def __init__(self, view: View, place: Newest):
        self.view = view
        self.place = place
        self._shown: deque[str] = deque(maxlen=20 * SHOWN)
        self._looks: deque[tuple[datetime, int]] = deque(maxlen=_SMOOTHED)

    def look(self, now: datetime) -> bytes | None:
        """The message with what came in since the last look; None when nothing did."""
        total, reached = count_after(self.view.filter.wanted(self.place))
        self._looks.append((now, total))
        fresh = self._fresh_rows(reached) if reached != self.place else []
        self.place = reached
        return self._tell(fresh, max(total, len(fresh))) if fresh else None

    def _fresh_rows(self, reached: Newest) -> list[dict[str, Any]]:
        """The newest rows nobody was shown, the refusals among them looked for a little back."""
        refused_at = self.place.refused_at
        since = replace(self.place, refused_at=refused_at - LATE if refused_at else None)
        found = list_rows(self.view.filter.wanted(since), 2 * SHOWN)
        fresh = [row for row in found if self._is_fresh(row, reached)][:SHOWN]
        self._shown.extend(row["key"] for row in fresh)
        return fresh

    def _is_fresh(self, row: dict[str, Any], reached: Newest) -> bool:
        if row["event_id"] is not None:
            return bool(row["event_id"] <= reached.event_id)
        is_due = reached.refused_at is not None and row["received_at"] <= reached.refused_at
        return is_due and row["key"] not in self._shown

    def _tell(self, rows: list[dict[str, Any]], total: int) -> bytes:
        with translation.override(self.view.language), timezone.override(self.view.zone):
            told = {
                "html": render_to_string("events/rows.html", {"rows": rows}),
                "total": total,
                "note": self._sampled(len(rows)) if total > len(rows) else "",
            }
        return message("rows", told, cursor=write_cursor(self.place))

    def _sampled(self, shown: int) -> str:
        words = gettext("Hiện %(shown)s trong %(rate)s sự kiện/giây")
        return words % {"shown": number(shown), "rate": number(self._rate())}

    def _rate(self) -> int:
        (first, _), (last, _) = self._looks[0], self._looks[-1]
        seconds = (last - first).total_seconds()
        counted = sum(total for _, total in list(self._looks)[1:])
        return round(counted / seconds) if seconds > 0 else self._looks[-1][1]


def message(event: str, told: Any, *, cursor: str = "") -> bytes:
    """One message of the stream, as browsers read it."""
    mark = f"id: {cursor}\n" if cursor else ""
    return f"{mark}event: {event}\ndata: {json.dumps(told, ensure_ascii=False)}\n\n".encode()
