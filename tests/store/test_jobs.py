"""Long work: a part at a time, once whatever happens, stopped or failed without harm."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

import pytest
from django.db import DatabaseError

from khachquen.base import ConflictError, NotFoundError, Text
from khachquen.collect import create_source, list_sources
from khachquen.store.jobs import (
    JobView,
    Kind,
    Runner,
    Step,
    ask_for,
    cancel,
    find_latest,
    get_job,
    list_jobs,
)
from tests.flows.test_kill import die, in_a_process

pytestmark = pytest.mark.django_db


def counting(job: JobView, *, now: datetime, last: int = 5) -> Iterator[Step]:
    """Notes one thing a part, so that twice would be seen."""
    for number in range(job.place or 0, last):
        name = f"{job.args['of']} {number + 1}"
        write = partial(create_source, name=name, kind="server", at=now)
        yield Step(number + 1, last, place=number + 1, write=write)  # type: ignore[arg-type]
    yield Step(last, last, result={"noted": last})


def noted() -> list[str]:
    return sorted(source.name for source in list_sources())


def runner_of(now: datetime) -> Runner:
    return Runner({"count": Kind("count", partial(counting, now=now))})


def asked(now: datetime, of: str = "việc") -> int:
    return ask_for("count", {"of": of}, subject=of, by="mai@nhamay.vn", at=now).id


def test_a_job_is_done_part_by_part_and_says_how_far_it_is(now: datetime) -> None:
    job, runner = asked(now), runner_of(now)
    assert (get_job(job).state, noted()) == ("asked", [])

    assert runner.advance(now)
    assert runner.advance(now)
    half = get_job(job)
    assert (half.state, half.done, half.total, half.result) == ("running", 2, 5, None)
    assert noted() == ["việc 1", "việc 2"]

    later = now + timedelta(minutes=3)
    while runner.advance(later):
        pass
    done = get_job(job)
    assert (done.state, done.result, done.finished_at, done.is_open) == (
        "done",
        {"noted": 5},
        later,
        False,
    )
    assert len(noted()) == 5


def test_asked_for_twice_it_is_one_and_two_share_the_time(now: datetime) -> None:
    one, other, runner = asked(now, "a"), asked(now, "b"), runner_of(now)
    assert asked(now, "a") == one

    for second in range(4):
        runner.advance(now + timedelta(seconds=second))

    assert (get_job(one).done, get_job(other).done) == (2, 2)
    assert [job.id for job in list_jobs(only_open=True)] == [other, one]
    latest = find_latest("count", "b")
    assert latest is not None
    assert latest.id == other


def test_a_job_that_is_cancelled_stops_and_what_it_wrote_stays(now: datetime) -> None:
    job, runner = asked(now), runner_of(now)
    runner.advance(now)

    assert cancel(job, at=now)
    assert not cancel(job, at=now)

    assert not runner.advance(now)
    assert (get_job(job).state, noted()) == ("cancelled", ["việc 1"])


def test_a_part_that_was_being_done_when_its_job_was_cancelled_writes_nothing(
    now: datetime,
) -> None:
    def work(job: JobView) -> Iterator[Step]:
        cancel(job.id, at=now)
        yield Step(1, 1, write=partial(create_source, name="x", kind="server", at=now))  # type: ignore[arg-type]

    job = asked(now)
    Runner({"count": Kind("count", work)}).advance(now)

    assert (get_job(job).state, noted()) == ("cancelled", [])


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (
            ConflictError("x.y", Text(vi="Tệp đã đổi.", en="The file changed.")),
            "Tệp đã đổi.",
        ),
        (
            ValueError("Nguyễn Thị Hoa"),
            "Việc dừng vì một lỗi của chương trình; nhật ký máy chủ ghi lỗi ở đâu.",
        ),
    ],
)
def test_a_mistake_ends_the_job_with_its_reason_and_nothing_else(
    now: datetime, error: Exception, words: str, caplog: pytest.LogCaptureFixture
) -> None:
    def work(job: JobView) -> Iterator[Step]:
        yield Step(1, 2)
        raise error

    job, other = asked(now, "a"), asked(now, "b")
    kinds = {"count": Kind("count", work)}
    runner = Runner(kinds, where=lambda error: type(error).__name__)
    for _ in range(3):
        runner.advance(now)

    failed = get_job(job)
    assert failed.problem is not None
    assert (failed.state, failed.problem.vi) == ("failed", words)
    assert get_job(other).state == "running"
    assert "Hoa" not in caplog.text


def test_what_time_may_mend_leaves_the_job_where_it_was(now: datetime) -> None:
    trouble = [DatabaseError("disk I/O error")]

    def work(job: JobView) -> Iterator[Step]:
        for number in range(job.place or 0, 3):
            if number == 1 and trouble:
                raise trouble.pop()
            yield Step(number + 1, 3, place=number + 1)

    job = asked(now)
    kinds = {"count": Kind("count", work)}
    runner = Runner(kinds, is_passing=lambda error: isinstance(error, DatabaseError))
    runner.advance(now)
    with pytest.raises(DatabaseError):
        runner.advance(now)
    assert get_job(job).done == 1
    while runner.advance(now):
        pass
    assert (get_job(job).state, get_job(job).done) == ("done", 3)


def test_a_job_that_kills_the_engine_again_and_again_is_given_up(now: datetime) -> None:
    job = asked(now)
    for _ in range(5):  # this one gets on each time
        runner_of(now).advance(now)
    last = runner_of(now)
    assert [last.advance(now) for _ in range(3)] == [True, True, False]
    assert (get_job(job).state, len(noted())) == ("done", 5)
    long = asked(now, "dài")
    forever = {"count": Kind("count", lambda job: iter([Step()] * 99))}
    for _ in range(10):
        Runner(forever).advance(now)
    assert get_job(long).state == "running"
    Runner(forever).advance(now)
    assert get_job(long).state == "failed"


def test_an_exclusive_job_comes_first(now: datetime) -> None:
    kinds = {
        "count": Kind("count", partial(counting, now=now)),
        "all": Kind("all", lambda job: iter([Step(1, 1)]), is_exclusive=True),
    }
    runner = Runner(kinds)
    one = asked(now)
    assert not runner.is_exclusive()
    alone = ask_for("all", {}, by="mai@nhamay.vn", at=now).id
    assert runner.is_exclusive()
    runner.advance(now)
    runner.advance(now)

    assert (get_job(alone).state, get_job(one).done) == ("done", 0)
    assert not runner.is_exclusive()


def test_a_kind_nobody_knows_and_a_number_nobody_has(now: datetime) -> None:
    job = ask_for("khong-co", {}, by="mai@nhamay.vn", at=now).id
    Runner({}).advance(now)
    assert get_job(job).state == "failed"
    with pytest.raises(NotFoundError) as missing:
        get_job(99_999)
    assert missing.value.in_language("en") == "There is no job 99999."


@pytest.mark.django_db(transaction=True)
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_killed_between_any_two_parts_everything_is_written_once(now: datetime) -> None:
    job = asked(now)

    def until_killed(parts: int) -> None:
        runner = runner_of(now)
        for _ in range(parts):
            runner.advance(now)
        die()

    for parts in (1, 2, 1):
        assert in_a_process(partial(until_killed, parts)) == -9
    while (runner := runner_of(now)).advance(now) and get_job(job).is_open:
        while runner.advance(now):
            pass

    assert get_job(job).state == "done"
    assert noted() == [f"việc {n}" for n in range(1, 6)]
