"""Tags for many people at once: those ticked on a page at once, all a search finds as a job."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import islice
from typing import cast

from django.db import transaction

from khachquen.base import Clock, Config, InputError, Text
from khachquen.flows.telling import tell_tags
from khachquen.govern import record_audit
from khachquen.store.jobs import JobView, Kind, Step, ask_for
from khachquen.unify.profiles import Who, count_profiles, get_profile, iter_profiles

TAG = "people.tag"
"""The kind of job that tags all a search finds."""
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
    *, search: str, who: Who, add: Sequence[str], remove: Sequence[str], by: str, clock: Clock
) -> JobView:
    """Have everybody a search finds tagged; who they are is looked up as the work goes on.

    Raises:
        InputError: neither a tag to give nor one to take (``people.no_tags``).
    """
    if not add and not remove:
        raise InputError(
            "people.no_tags",
            Text(vi="Chưa ghi thẻ nào.", en="There is no tag."),
            path="tags",
            hint=Text(vi="Ví dụ: VIP, thích màu xanh.", en="For example: VIP, likes blue."),
        )
    args = {"search": search, "who": who, "add": list(add), "remove": list(remove)}
    with transaction.atomic():
        record_audit(actor=by, action="tags.ask", detail=args, at=clock())
        return ask_for(TAG, args, by=by, at=clock())


def _tag_part_by_part(job: JobView, *, config: Config, clock: Clock) -> Iterator[Step]:
    """A hundred people a part, by number. A part done twice says the same twice."""
    asked = job.args
    search, who = str(asked["search"]), cast(Who, asked["who"])
    total, done, changed = count_profiles(search=search, who=who), job.done, job.result or 0
    rows = iter_profiles(search=search, who=who, after=job.place or 0)
    while part := [row.id for row in islice(rows, _PART)]:
        changed += tag_people(
            config, part, add=asked["add"], remove=asked["remove"], by=job.asked_by, clock=clock
        )
        done += len(part)
        yield Step(done, max(total, done), place=part[-1], result=changed)
