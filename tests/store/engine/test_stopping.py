"""A question nobody waits for any more ends, and the next is not even asked."""

import asyncio
import threading
from pathlib import Path

import pytest
from django.http import HttpResponse

from khachquen.base import UnavailableError
from khachquen.store.engine import LakeReader, Question, Stop
from khachquen.store.lake.schema import COLUMNS, stored_columns
from khachquen.web.leaving import unless_left
from tests.waiting import wait_for

HOURS = Question(
    "test.hours", "SELECT sum(sin(a.range + b.range)) FROM range(10000000) a, range(10000000) b"
)


@pytest.fixture
def reader(tmp_path: Path) -> LakeReader:
    columns = {dataset: stored_columns(dataset) for dataset in COLUMNS}
    return LakeReader(tmp_path / "lake", lambda dataset: (), columns, memory_mb=128, threads=1)


def test_a_question_is_stopped_and_the_next_is_not_asked(reader: LakeReader) -> None:
    stop, refused = Stop(), list[str]()

    def ask() -> None:
        with pytest.raises(UnavailableError) as caught:
            reader.ask(HOURS, stop=stop)
        refused.append(caught.value.code)

    asking = threading.Thread(target=ask)
    asking.start()

    def is_over() -> bool:
        stop.now()
        return not asking.is_alive()

    wait_for(is_over)
    assert refused == ["store.stopped"]
    with pytest.raises(UnavailableError, match="stopped"):
        reader.ask(Question("test.one", "SELECT 1"), stop=stop)
    assert reader.ask(Question("test.one", "SELECT 1")).rows == [(1,)]


def test_a_reader_who_leaves_takes_the_question_along(reader: LakeReader) -> None:
    begun, ended = threading.Event(), list[str]()

    def work(stop: Stop) -> HttpResponse:
        begun.set()
        try:
            reader.ask(HOURS, stop=stop)
        except UnavailableError as error:
            ended.append(error.code)
            raise
        return HttpResponse("never")

    async def visit() -> None:
        view = asyncio.create_task(unless_left(work))
        await asyncio.to_thread(begun.wait, 30)
        view.cancel()
        with pytest.raises(asyncio.CancelledError):
            await view

    asyncio.run(visit())
    assert ended == ["store.stopped"]
