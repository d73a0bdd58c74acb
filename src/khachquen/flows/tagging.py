"""Tags for many people at once: those ticked on a page at once, all a list holds as a job."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from django.db import transaction

from khachquen.base import Clock, Config, InputError, Text
from khachquen.flows.finding import Wanted, count_people, iter_numbers
from khachquen.flows.telling import tell_tags
from khachquen.govern import record_audit
from khachquen.store.jobs import JobView, Kind, Step, ask_for
from khachquen.unify.profiles import get_profile
from khachquen.unify.profiles.choosing import rows_of

TAG = "people.tag"
"""The kind of job that tags all a list holds."""
_PART = 100


def kinds_of(config: Config, clock: Clock) -> Mapping[str, Kind]:
    """The work about tags, for the engine's list of jobs."""
    return {TAG: Kind(TAG, partial(_tag_part_by_part, config=config, clock=clock))}


def tag_people(
    config: Config,
    ids: Sequence[int],
    *,
    add: Sequence[str] = (),
    remove: Sequence[str] = (),
    by: str,
    clock: Clock,
) -> int:
    """Tag these people now; how many had something to change.

    Raises:
        NotFoundError: one of them is nobody. UnavailableError: the disk cannot take it.
    """
    people = {one.row.id: one for one in map(get_profile, ids)}
    return tell_tags(config, list(people.values()), add=add, remove=remove, actor=by, clock=clock)


def ask_to_tag(
    wanted: Wanted, *, add: Sequence[str], remove: Sequence[str], by: str, clock: Clock
) -> JobView:
    """Have everybody of a list tagged by the engine, a part at a time.

    Raises:
        InputError: neither a tag to give nor one to take (``people.no_tags``), or a filter that
            cannot be asked.
    """
    if not add and not remove:
        raise InputError(
            "people.no_tags",
            Text(vi="Chưa ghi thẻ nào.", en="There is no tag."),
            path="tags",
            hint=Text(vi="Ví dụ: VIP, thích màu xanh.", en="For example: VIP, likes blue."),
        )
    count_people(wanted, now=clock())  # says what is wrong with the filters
    args = {**wanted.as_json(), "add": list(add), "remove": list(remove)}
    told = {"search": wanted.search, "who": wanted.who, "filters": len(wanted.rules)}
    detail = {**told, "add": list(add), "remove": list(remove)}
    with transaction.atomic():
        record_audit(actor=by, action="tags.ask", detail=detail, at=clock())
        return ask_for(TAG, args, by=by, at=clock())


def _tag_part_by_part(job: JobView, *, config: Config, clock: Clock) -> Iterator[Step]:
    """A hundred people a part, by number. A part done twice says the same twice."""
    asked, wanted = job.args, Wanted.of_json(job.args)
    total, done, changed = count_people(wanted, now=clock()), job.done, job.result or 0
    for part in iter_numbers(wanted, part=_PART, after=job.place or 0, now=clock()):
        there = [row.id for row in rows_of(part)]
        changed += tag_people(
            config, there, add=asked["add"], remove=asked["remove"], by=job.asked_by, clock=clock
        )
        done += len(part)
        yield Step(done, max(total, done), place=part[-1], result=changed)
