"""How often anybody is written to: by law, by the shop's own rule, and as they agreed to.

Nothing is counted twice: the rows that hold a reservation are the count, and whoever asks here to
reserve holds the line for claiming (``claiming.claim``), so two sendings cannot both take the last
letter somebody may get.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Min

from khachquen.activate.campaigns.models import Recipient, Run
from khachquen.activate.campaigns.people import Hours, Ready
from khachquen.base import Config
from khachquen.govern.consent.purposes import list_purposes

__all__ = ["Asked", "Caps", "advertising", "caps_of", "within_caps"]

_CHUNK = 500
_DAY = timedelta(days=1)
_COLUMNS = (
    *("pk", "address", "person_id"),
    *("run_id", "run__campaign_id", "run__purpose", "run__channel", "reserved_at"),
)


@dataclass(frozen=True, slots=True)
class Caps:
    """Advertising at most, on one channel: by law an address in 24 hours (Decree 91/2020, Article
    13), and by the shop's own rule a person in 24 hours, 7 days and a calendar day of theirs; 0 is
    none."""

    ads_in_24_hours: int = 3
    per_24_hours: int = 0
    per_7_days: int = 0
    per_day: int = 0


@dataclass(frozen=True, slots=True)
class Asked:
    """What the caps are, what counts as advertising, and at which moment it is asked. Without
    ``hours`` a calendar day is one of UTC."""

    caps: Caps
    hours: Hours | None
    ads: Collection[str]
    now: datetime


@dataclass(frozen=True, slots=True)
class _Had:
    """One letter somebody had, or that is on its way to them."""

    run_id: int
    campaign_id: int
    purpose: str
    channel: str
    at: datetime

    def is_ad_of(self, run: Run, asked: Asked) -> bool:
        """Whether it counts as advertising on the channel of another sending."""
        return self.purpose in asked.ads and self.channel == run.channel


def caps_of(config: Config) -> Caps:
    """The caps as they are set."""
    sending = config.sending
    return Caps(
        sending.ads_in_24_hours,
        sending.own_ads_in_24_hours,
        sending.own_ads_in_7_days,
        sending.own_ads_in_a_day,
    )


def advertising() -> set[str]:
    """The purposes that count as advertising."""
    return {one.key for one in list_purposes(with_archived=True) if one.is_advertising}


def within_caps(
    run: Run, ready: Sequence[Ready], asked: Asked
) -> tuple[list[Ready], dict[int, str]]:
    """Those who still may, and why the others may not."""
    of_address, of_person = _had(run, ready, asked)
    taken: set[str] = set()
    may, capped = [], {}
    for one in ready:
        address = one.envelope.address.lower()
        by_address = of_address[address]
        if run.is_triggered:  # somebody may get several, one after the other
            if address in taken:
                continue
        elif address in taken or any(had.run_id == run.pk for had in by_address.values()):
            capped[one.recipient_id] = "same_address"
            continue
        reason = _refusal(run, one, by_address, {**by_address, **of_person[one.person.id]}, asked)
        if reason:
            capped[one.recipient_id] = reason
        else:
            may.append(one)
            taken.add(address)
    return may, capped


def _refusal(
    run: Run, one: Ready, by_address: dict[int, _Had], theirs: dict[int, _Had], asked: Asked
) -> str:
    """The first of the rules that holds, the law's before all."""
    caps, now = asked.caps, asked.now
    if _is_again_too_soon(run, theirs.values(), now):
        return "had_it"
    if run.purpose in asked.ads:
        ads = [had.at for had in theirs.values() if had.is_ad_of(run, asked)]
        of_address = [had.at for had in by_address.values() if had.is_ad_of(run, asked)]
        if _is_full(of_address, caps.ads_in_24_hours, now - _DAY):
            return "capped_by_law"
        began = asked.hours.day_began(now, one.person.zone) if asked.hours else _midnight(now)
        if (
            _is_full(ads, caps.per_24_hours, now - _DAY)
            or _is_full(ads, caps.per_7_days, now - 7 * _DAY)
            or _is_full(ads, caps.per_day, began, with_it=True)
        ):
            return "capped"
    same = (run.purpose, run.channel)
    of_purpose = [had.at for had in theirs.values() if (had.purpose, had.channel) == same]
    for most, days in one.limits:
        if sum(at > now - days * _DAY for at in of_purpose) >= most:
            return "capped_by_agreement"
    return ""


def _is_full(had: Iterable[datetime], most: int, since: datetime, *, with_it: bool = False) -> bool:
    return bool(most) and sum(at > since or (with_it and at == since) for at in had) >= most


def _is_again_too_soon(run: Run, had: Iterable[_Had], now: datetime) -> bool:
    """Whether a recurring campaign would say again what somebody has had."""
    if run.again_days is None:
        return False
    since = now - run.again_days * _DAY if run.again_days else None
    return any(
        one.campaign_id == run.campaign_id and (since is None or one.at > since) for one in had
    )


def _had(
    run: Run, ready: Sequence[Ready], asked: Asked
) -> tuple[defaultdict[str, dict[int, _Had]], defaultdict[int, dict[int, _Had]]]:
    """What each address and each person had, as far back as any of the rules looks; by the law
    alone it is the address that counts, so nobody is looked for without need."""
    of_address: defaultdict[str, dict[int, _Had]] = defaultdict(dict)
    of_person: defaultdict[int, dict[int, _Had]] = defaultdict(dict)
    since = _since(run, ready, asked)
    for pk, address, _, had in _rows("address", {_address(one) for one in ready}, since):
        of_address[address][pk] = had
    if _counts_people(run, ready, asked.caps):
        for pk, _, person, had in _rows("person_id", {one.person.id for one in ready}, since):
            of_person[person][pk] = had
    return of_address, of_person


def _rows(
    column: str, wanted: Collection[Any], since: datetime
) -> Iterable[tuple[int, str, int, _Had]]:
    told = sorted(wanted)
    held = Recipient.objects.filter(reserved_at__gte=since)
    for start in range(0, len(told), _CHUNK):
        part = held.filter(**{f"{column}__among": told[start : start + _CHUNK]})
        for pk, address, person, *had in part.values_list(*_COLUMNS):
            yield pk, address, person, _Had(*had)


def _since(run: Run, ready: Sequence[Ready], asked: Asked) -> datetime:
    """As far back as any of the rules looks: each looks again at when it was. One moment for all of
    them, and not the run or campaign itself, or a database goes through all of a run for each
    handful of it."""
    moments = [asked.now - _reach(ready, asked) * _DAY]
    if run.began_at and not run.is_triggered:
        moments.append(run.began_at)
    if run.again_days:
        moments.append(asked.now - run.again_days * _DAY)
    elif run.again_days == 0:
        first = Run.objects.filter(campaign_id=run.campaign_id).aggregate(at=Min("began_at"))["at"]
        moments += [first] if first else []
    return min(moments)


def _reach(ready: Sequence[Ready], asked: Asked) -> int:
    """How many days back the rules look."""
    agreed = max((days for one in ready for _, days in one.limits), default=1)
    caps = asked.caps
    return max(7 if caps.per_7_days else 1, 2 if caps.per_day else 1, agreed)


def _counts_people(run: Run, ready: Sequence[Ready], caps: Caps) -> bool:
    is_own = caps.per_24_hours or caps.per_7_days or caps.per_day
    return bool(is_own or run.again_days is not None or any(one.limits for one in ready))


def _address(one: Ready) -> str:
    return one.envelope.address.lower()


def _midnight(now: datetime) -> datetime:
    return now.replace(hour=0, minute=0, second=0, microsecond=0)
