"""Many people put into a list made by hand, or taken out of it, a part at a time."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Literal

from django.db import transaction

from khachquen.base import Clock, InputError, Text
from khachquen.flows.finding import Wanted, count_people, iter_numbers
from khachquen.govern import record_audit
from khachquen.store.jobs import JobView, Kind, Step, ask_for
from khachquen.understand.segments import add_segment, get_segment, put_in, take_out

GATHER = "people.gather"
"""The kind of job that puts people into a list or takes them out."""
Way = Literal["in", "out"]
_PART = 2_000


def kinds_of(clock: Clock) -> Mapping[str, Kind]:
    """The work about lists, for the engine's list of jobs."""
    return {GATHER: Kind(GATHER, partial(_gather_part_by_part, clock=clock))}


def ask_to_gather(
    wanted: Wanted, *, segment_id: int | None, new_name: str = "", way: Way, by: str, clock: Clock
) -> JobView:
    """Have them put into a list or taken out by the engine; a new list when it has a name.

    Raises:
        NotFoundError: there is no such list. ConflictError: the name is taken.
        InputError: no list made by hand and no name, or a filter that cannot be asked.
    """
    count_people(wanted, now=clock())  # says what is wrong with the filters before anything is made
    with transaction.atomic():
        if new_name.strip() and way == "in":
            segment_id = add_segment(new_name, None, actor=by, at=clock()).id
        elif segment_id is None or get_segment(segment_id).kind != "static":
            raise InputError(
                "people.no_list",
                Text(vi="Chưa chọn danh sách nào.", en="No list was chosen."),
                path="list",
                hint=Text(
                    vi="Chọn một danh sách, hoặc đặt tên cho danh sách mới.",
                    en="Choose one, or name a new one.",
                ),
            )
        args = {**wanted.as_json(), "segment": segment_id, "way": way}
        detail = {"way": way, "searched": bool(wanted.search), "filters": len(wanted.rules)}
        subject = f"segment:{segment_id}"
        record_audit(actor=by, action="people.gather", subject=subject, detail=detail, at=clock())
        return ask_for(GATHER, args, by=by, at=clock())


def _gather_part_by_part(job: JobView, *, clock: Clock) -> Iterator[Step]:
    """Two thousand people a part, each written with its place."""
    wanted, segment_id = Wanted.of_json(job.args), int(job.args["segment"])
    get_segment(segment_id)
    change = put_in if job.args["way"] == "in" else take_out
    total, done = count_people(wanted, now=clock()), job.done
    for part in iter_numbers(wanted, part=_PART, after=job.place or 0, now=clock()):
        done += len(part)
        write = partial(_change, change, segment_id, part, job.asked_by, clock)
        yield Step(done, max(total, done), place=part[-1], result=done, write=write)


def _change(change: object, segment_id: int, part: list[int], by: str, clock: Clock) -> None:
    assert callable(change)
    change(segment_id, part, actor=by, at=clock())
