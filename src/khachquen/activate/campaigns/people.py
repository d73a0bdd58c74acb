"""Who of a handful of recipients may be written to now: every guard, each refusal with its reason.

Asked a moment before the letter is written, never when the audience was chosen. Reads only; what
must hold against others at the same time (frequency caps) is decided by ``claiming``.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from khachquen.activate.campaigns.models import Run
from khachquen.activate.campaigns.preferring import preferred_channels
from khachquen.activate.campaigns.routes import Route, route_of
from khachquen.activate.channels.lines import Destination
from khachquen.govern.consent import Addressee, Answer, may_send_all
from khachquen.govern.consent.purposes import LETTERS
from khachquen.govern.consent.states import SENT_ON
from khachquen.unify.profiles.reaching import Reached, reach

__all__ = ["Hours", "Judged", "Ready", "Waiting", "is_held_out", "judge_people"]


@dataclass(frozen=True, slots=True)
class Hours:
    """When advertising stays at home, by the clock of who gets it; the shop's where none is known.

    ``begin`` and ``end`` are hours; equal ones mean never. ``also`` are those of the channel, by
    its own clock or, where it ``follows``, by that of who gets it too.
    """

    begin: int
    end: int
    zone: tzinfo
    also: "Hours | None" = None
    follows: bool = False

    def opens(self, now: datetime, zone: str = "") -> datetime:
        """Now, or the end of the quiet hours it is in."""
        if self.also is not None:
            now = self.also.opens(now, zone if self.also.follows else "")
        here = now.astimezone(_zone(zone) or self.zone)
        is_late, is_early = here.hour >= self.begin, here.hour < self.end
        over_night = self.begin > self.end
        if self.begin == self.end or not (
            (is_late or is_early) if over_night else (is_late and is_early)
        ):
            return now
        day = here.date() + timedelta(days=1 if over_night and is_late else 0)
        return datetime.combine(day, time(self.end), here.tzinfo).astimezone(now.tzinfo)

    def closes(self, now: datetime, zone: str = "") -> datetime:
        """When the quiet hours begin on the day of this moment; they run over a midnight."""
        here = now.astimezone(_zone(zone) or self.zone)
        evening = datetime.combine(here.date(), time(self.begin), here.tzinfo)
        return evening.astimezone(now.tzinfo)

    def day_began(self, now: datetime, zone: str = "") -> datetime:
        """The midnight before, by the clock of who gets it."""
        here = now.astimezone(_zone(zone) or self.zone)
        return datetime.combine(here.date(), time(0), here.tzinfo).astimezone(now.tzinfo)


class Waiting(NamedTuple):
    """Of a recipient's row what the guards ask for: a row of the model costs five times as much."""

    pk: int
    person_id: int
    attempt: int = 0
    variant: str = ""


@dataclass(frozen=True, slots=True)
class Ready:
    """Somebody to write to, and where."""

    recipient_id: int
    person: Reached
    envelope: Destination
    attempt: int
    is_tracked: bool = False
    variant: str = ""
    limits: Sequence[tuple[int, int]] = ()  # (letters, days) as they agreed to


@dataclass(frozen=True, slots=True)
class Judged:
    """What became of a handful: to be written to, skipped with a reason, or not before a time."""

    ready: Sequence[Ready]
    skipped: Mapping[int, str]
    later: Mapping[int, datetime]


def judge_people(
    run: Run, rows: Sequence[Waiting], hours: Hours | None, *, now: datetime
) -> Judged:
    """Each of these rows in exactly one of the three.

    ``hours`` hold for advertising; None for what may come at any hour.
    """
    route = route_of(run.channel)
    people = reach({row.person_id for row in rows})
    addressees = {
        row.pk: Addressee(route.key_of(people[row.person_id]), people[row.person_id].keys)
        for row in rows
        if row.person_id in people
    }
    answers, may_track = _answers(run, route, addressees, now)
    heeds = run.heeds_channel and run.channel in SENT_ON
    others = preferred_channels(people.values(), now) if heeds else {}
    ready, skipped, later = [], {}, {}
    for row in rows:
        person, answer = people.get(row.person_id), answers.get(row.pk)
        if person is None or answer is None:
            skipped[row.pk] = "gone"
            continue
        envelope = route.read(route.address_of(person))
        if envelope is None or not answer.may:
            skipped[row.pk] = "bad_address" if answer.may else answer.reason
        elif others.get(person.id, run.channel) != run.channel:
            skipped[row.pk] = "prefers_other"
        elif is_held_out(run.campaign_id, row.person_id, run.holdout_percent):
            skipped[row.pk] = "holdout"
        elif hours and (opens := hours.opens(now, person.zone)) > now:
            later[row.pk] = opens
        else:
            limits = answer.standing.limits if answer.reason == "granted" else ()
            is_tracked, attempt = row.pk in may_track, row.attempt + 1
            ready.append(Ready(row.pk, person, envelope, attempt, is_tracked, row.variant, limits))
    return Judged(ready, skipped, later)


def is_held_out(campaign_id: int, person_id: int, percent: int) -> bool:
    """Whether somebody is of those who get nothing, so that the others can be compared with them.

    The same answer for ever, whoever asks: a hash of the campaign and the person.

    >>> sum(is_held_out(7, person, 10) for person in range(10_000))
    1028
    """
    if not percent:
        return False
    digest = hashlib.sha256(f"holdout:{campaign_id}:{person_id}".encode()).digest()
    return int.from_bytes(digest[:4], "big") % 10_000 < percent * 100


def _answers(
    run: Run, route: Route, addressees: Mapping[int, Addressee], now: datetime
) -> tuple[dict[int, Answer], set[int]]:
    """What consent says of each, where several channels are asked the first that says no; and whose
    opens and clicks may be followed."""
    asked = [(run.purpose, channel) for channel in route.consents or (run.channel,)]
    followed = [(LETTERS, "email")] if run.tracks and run.channel == "email" else []
    said = may_send_all([*asked, *followed], addressees, now=now)
    first, *others = (said[one] for one in asked)
    for theirs in others:
        first |= {row: theirs[row] for row, answer in first.items() if answer.may}
    may_track = {row for one in followed for row, answer in said[one].items() if answer.may}
    return first, may_track


def _zone(name: str) -> tzinfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
