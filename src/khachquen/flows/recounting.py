"""A campaign's report for whoever wants to see it: counted at once, or, of large campaigns, as it
was counted last by a process beside the engine.

A million letters take a minute, which nobody waits for and no engine stands still for. So the
whole report is kept with its moment, each wish apart: the usual one is counted anew by itself while
something may still come of the letters, any other when somebody asks.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any, cast

import msgspec
from django.db import connection

from khachquen.activate.campaigns import report_kept
from khachquen.activate.campaigns.report_counts import Scope
from khachquen.base import Clock, Config, Text, UnavailableError
from khachquen.flows.reporting import Report, Wish, count_report
from khachquen.store import Beside
from khachquen.store.jobs import JobView, Kind, Step, ask_for, find_latest

__all__ = [
    "COUNT",
    "args_of",
    "ask_for_due",
    "ask_to_count",
    "find_job",
    "find_report",
    "get_report",
    "kinds_of",
    "wish_of",
    "write_report",
]
COUNT = "campaign.count"
"""The kind of job that counts a report."""
_LOOK_EVERY = timedelta(seconds=30)
_PART_S = 0.1
_looked_at: list[datetime] = []


def find_report(config: Config, wish: Wish, *, now: datetime) -> Report | None:
    """The report as it may be shown; None of a large campaign nobody has counted this way yet."""
    if not report_kept.is_large(wish.scope):
        return count_report(config, wish, now=now)
    kept = report_kept.find_kept(wish.scope.campaign_id, _name(wish))
    try:
        return msgspec.json.decode(kept.told, type=Report) if kept else None
    except msgspec.ValidationError:  # of a version that counted something else
        return None


def get_report(config: Config, wish: Wish, *, now: datetime) -> Report:
    """The same for who cannot be shown a page meanwhile.

    Raises:
        UnavailableError: it is to be counted first (``campaigns.not_counted``).
    """
    found = find_report(config, wish, now=now)
    if found is None:
        raise UnavailableError(
            "campaigns.not_counted",
            Text(
                vi="Chiến dịch này lớn, báo cáo theo cách này chưa được đếm.",
                en="This campaign is large; its report has not been counted this way yet.",
            ),
            hint=Text(
                vi="Mở trang báo cáo và bấm “Đếm”, rồi hỏi lại sau một phút.",
                en="Open its report's page and choose “Count”, then ask again in a minute.",
            ),
        )
    return found


def ask_to_count(wish: Wish, *, by: str, at: datetime) -> JobView:
    """Have the report counted anew; one that is being counted already is the one asked for."""
    return ask_for(COUNT, args_of(wish), subject=_subject(wish), by=by, at=at)


def find_job(wish: Wish) -> JobView | None:
    """The newest counting of this report."""
    return find_latest(COUNT, _subject(wish))


def ask_for_due(now: datetime) -> None:
    """Have the usual report of every campaign counted whose turn it is; looked up now and then."""
    if _looked_at and timedelta(0) <= now - _looked_at[0] < _LOOK_EVERY:
        return
    _looked_at[:] = [now]
    for campaign_id in report_kept.list_due(_name(Wish(Scope(0))), now):
        wish = Wish(Scope(campaign_id))
        last = find_job(wish)
        if last is None or last.state != "failed" or now - last.asked_at > timedelta(hours=1):
            ask_to_count(wish, by="", at=now)


Counting = Callable[[Config, Wish, datetime], Iterator[str | None]]


def kinds_of(config: Config, clock: Clock, counting: Counting | None = None) -> Mapping[str, Kind]:
    """The work about reports, for the engine's list of jobs."""
    work = partial(_count, config=config, clock=clock, counting=counting or _beside)
    return {COUNT: Kind(COUNT, work)}


def _count(job: JobView, *, config: Config, clock: Clock, counting: Counting) -> Iterator[Step]:
    wish, now = wish_of(job.args), clock()
    for report in counting(config, wish, now):
        if report is None:
            yield Step(0, 1)
        else:
            keep = partial(report_kept.keep, wish.scope.campaign_id, _name(wish), report, at=now)
            yield Step(1, 1, write=keep)


def _beside(config: Config, wish: Wish, now: datetime) -> Iterator[str | None]:
    """Counted by a process of its own; None as long as it is not done."""
    process = Beside("khachquen.flows.counting_beside:work", nice=10)
    try:
        process.ask(str(config.data), str(connection.settings_dict["NAME"]), args_of(wish), now)
        while not process.is_done(_PART_S):
            yield None
        yield cast(str, process.answer())
    finally:
        process.close()


def wish_of(told: Mapping[str, Any]) -> Wish:
    """A wish as a job keeps it."""
    scope = Scope(int(told["campaign"]), told["run"])
    return Wish(scope, str(told["model"]), int(told["days"]), str(told["action"]))


def write_report(config: Config, wish: Wish, now: datetime) -> str:
    """The report as it is kept."""
    return msgspec.json.encode(count_report(config, wish, now=now)).decode()


def args_of(wish: Wish) -> dict[str, Any]:
    """A wish for a job to keep."""
    scope, told = wish.scope, {"model": wish.model, "days": wish.days, "action": wish.action}
    return {"campaign": scope.campaign_id, "run": scope.run_id, **told}


def _name(wish: Wish) -> str:
    return f"{wish.scope.run_id or 0}:{wish.model}:{wish.days}:{wish.action}"


def _subject(wish: Wish) -> str:
    return f"report:{wish.scope.campaign_id}:{_name(wish)}"
