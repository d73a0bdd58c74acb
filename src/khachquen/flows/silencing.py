"""Many people written to on no channel any more, or again: confirmed, a part at a time.

The same as for one person (``agreeing``), person by person, so that each has it in their own trail.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Literal

from django.db import transaction

from khachquen.base import Clock, ConflictError, InputError, Text
from khachquen.flows.agreeing import keys_of, leave_alone, write_again
from khachquen.flows.finding import Wanted, count_people, iter_numbers
from khachquen.govern import record_audit
from khachquen.govern.consent.suppressing import list_suppressed
from khachquen.store.jobs import JobView, Kind, Step, ask_for
from khachquen.unify.profiles import get_profile
from khachquen.unify.profiles.choosing import rows_of

SILENCE = "people.silence"
"""The kind of job that has many people left alone, or written to again."""
Way = Literal["stop", "again"]
_REASON = "do_not_contact"
_PART = 100


def kinds_of(clock: Clock) -> Mapping[str, Kind]:
    """The work about leaving people alone, for the engine's list of jobs."""
    return {SILENCE: Kind(SILENCE, partial(_part_by_part, clock=clock))}


def ask_to_silence(
    wanted: Wanted, *, confirmed: int, way: Way, why: str, by: str, clock: Clock
) -> JobView:
    """Have them all left alone by the engine, or written to again where the shop itself had said
    not to; who complained, bounced or is on the register stays left alone.

    Raises:
        InputError: nobody says why (``people.no_why``), or a filter that cannot be asked.
        ConflictError: they are not as many as was confirmed (``people.others_now``).
    """
    if not why.strip():
        raise InputError(
            "people.no_why",
            Text(vi="Chưa ghi lý do.", en="There is no reason."),
            path="why",
            hint=Text(vi="Ví dụ: khách nhờ qua tổng đài.", en="For example: asked by phone."),
        )
    number = count_people(wanted, now=clock())
    if number != confirmed:
        raise _others_now(number, confirmed)
    args = {**wanted.as_json(), "way": way, "why": why.strip()[:300]}
    chosen = {"who": wanted.who, "searched": bool(wanted.search), "filters": len(wanted.rules)}
    detail = {"way": way, "why": args["why"], "people": number, **chosen}
    with transaction.atomic():
        record_audit(actor=by, action="people.silence", detail=detail, at=clock())
        return ask_for(SILENCE, args, by=by, at=clock())


def _part_by_part(job: JobView, *, clock: Clock) -> Iterator[Step]:
    """A hundred people a part, by number, each part written with its place."""
    wanted = Wanted.of_json(job.args)
    total, done, changed = count_people(wanted, now=clock()), job.done, job.result or 0
    for part in iter_numbers(wanted, part=_PART, after=job.place or 0, now=clock()):
        chosen = _to_change(part, way=job.args["way"])
        done, changed = done + len(part), changed + len(chosen)
        write = partial(_change, chosen, job, clock)
        yield Step(done, max(total, done), place=part[-1], result=changed, write=write)


def _to_change(part: Sequence[int], *, way: Way) -> list[int]:
    """Those it changes anything for: the others keep the reason and the day they have."""
    return [row.id for row in rows_of(part) if _may_change(row.id, way)]


def _may_change(profile_id: int, way: Way) -> bool:
    keys = keys_of(get_profile(profile_id))
    held = [one for one in list_suppressed(keys) if (one.reason, one.channel) == (_REASON, "any")]
    return bool(held) if way == "again" else {one.key for one in held} != {*keys}


def _change(chosen: Sequence[int], job: JobView, clock: Clock) -> None:
    told = {"why": job.args["why"], "actor": job.asked_by, "clock": clock}
    for person in map(get_profile, chosen):
        if job.args["way"] == "again":
            write_again(person, "any", _REASON, **told)
        else:
            leave_alone(person, **told)


def _others_now(number: int, confirmed: int) -> ConflictError:
    return ConflictError(
        "people.others_now",
        Text(
            vi=f"Bạn xác nhận {confirmed} người, nay tìm thấy {number}.",
            en=f"{confirmed} people were confirmed, and {number} are found now.",
        ),
        path="confirmed",
        hint=Text(
            vi="Chưa làm gì cả; hãy xem lại danh sách rồi xác nhận số mới.",
            en="Nothing was done: look at the list and confirm the new number.",
        ),
    )
