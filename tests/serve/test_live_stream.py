"""The stream of live events: what came in, for whoever may see it, until there is cause to end."""

import itertools
import json
import os
import time
from collections.abc import Iterator
from http.client import HTTPResponse
from pathlib import Path
from typing import Any

import pytest

from tests.served import PASSWORD, Installation, installation
from tests.visitor import Visitor
from tests.waiting import wait_for

pytestmark = pytest.mark.served
Told = tuple[str, str, dict[str, Any]]
_numbers = itertools.count()
_POOL = min(32, (os.cpu_count() or 1) + 4)  # threads of an event loop's own pool, at most
_HIRE = """
from khachquen.base import system_clock
from khachquen.govern import create_user
for email in sys.argv[2:]:
    create_user(email=email, password=sys.argv[1], at=system_clock())
answer = len(sys.argv) - 2
"""


def messages(answer: HTTPResponse) -> Iterator[Told]:
    """The id, the kind and the content of each message, the heartbeats left out."""
    found = {"id": "", "event": "", "data": ""}
    for line in answer:
        name, _, value = line.decode().rstrip("\n").partition(": ")
        if name in found:
            found[name] = value
        elif not name and found["event"]:
            if found["event"] != "beat":
                yield found["id"], found["event"], json.loads(found["data"])
            found = {"id": "", "event": "", "data": ""}


def dance(number: int, name: str = "Dance") -> dict[str, Any]:
    message_id = f"d-{next(_numbers)}"
    return {"type": "track", "event": name, "messageId": message_id, "userId": f"KH-{number}"}


@pytest.fixture(scope="module")
def lasting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """A shop that runs as long as these tests do."""
    with installation(tmp_path_factory.mktemp("live")) as made:
        made.serve()
        yield made


@pytest.fixture
def running(lasting: Installation) -> Installation:
    """The shop, with nothing left to tell of what was sent to it before."""
    if lasting.supervisor().poll() is not None:
        lasting.serve()
    lasting.wait_until_taken_in()
    return lasting


@pytest.fixture
def hoa(running: Installation) -> Visitor:
    return Visitor(running)


def test_what_comes_in_is_told_the_kept_and_the_refused(
    running: Installation, hoa: Visitor
) -> None:
    answer = hoa.listen(running, "/events/stream")
    assert answer.status == 200
    assert answer.headers["Content-Type"].startswith("text/event-stream")
    assert answer.headers["Cache-Control"].startswith("max-age=0")
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]

    running.tell([dance(1), {"type": "track", "messageId": "nameless", "userId": "KH-1"}])
    html = ""
    for _, kind, told in messages(answer):
        assert kind == "rows"
        html += told["html"]
        if html.count("<tr") == 2:
            break

    assert "Dance" in html
    assert "nameless" in html
    assert "$.event" in html


def test_a_filter_holds_back_the_rest_and_a_lost_place_is_found_again(
    running: Installation, hoa: Visitor
) -> None:
    answer = hoa.listen(running, "/events/stream?name=Dance")
    running.tell([dance(1, "Sing"), dance(2)])
    place, _, told = next(messages(answer))
    assert (told["total"], told["note"]) == (1, "")
    assert "Sing" not in told["html"]
    answer.close()

    running.tell([dance(3)])
    running.wait_until_taken_in()
    again = hoa.listen(running, "/events/stream?name=Dance", **{"Last-Event-ID": place})
    _, _, told = next(messages(again))

    assert told["total"] == 1
    assert "KH-3" not in told["html"]  # nobody is named before they are known
    assert told["html"].count("Dance") == 1


def test_a_flood_shows_a_sample_and_says_so(running: Installation, hoa: Visitor) -> None:
    answer = hoa.listen(running, "/events/stream")
    running.tell([dance(number) for number in range(600)])

    told = next(told for _, _, told in messages(answer) if told["total"] > 50)

    assert told["html"].count("<tr") == 50
    assert told["note"].startswith("Hiện 50 trong ")
    assert told["note"].endswith(" sự kiện/giây")


def test_a_stranger_is_sent_to_the_door(running: Installation, hoa: Visitor) -> None:
    answer = hoa.listen(running, "/events/stream", Cookie="")

    assert answer.status == 302
    assert answer.headers["Location"].startswith("/sign-in")


def test_signing_out_ends_the_stream(running: Installation, hoa: Visitor) -> None:
    answer = hoa.listen(running, "/events/stream")

    hoa.press("/sign-out")

    assert _end_of(messages(answer)) == {"reason": "signed-out"}
    assert answer.read() == b""


def test_a_fifth_stream_of_one_person_ends_the_first(running: Installation, hoa: Visitor) -> None:
    streams = [hoa.listen(running, "/events/stream") for _ in range(4)]
    running.tell([dance(1)])
    assert [next(messages(stream))[1] for stream in streams] == ["rows"] * 4

    streams.append(hoa.listen(running, "/events/stream"))

    assert _end_of(messages(streams[0])) == {"reason": "full"}
    running.tell([dance(2)])
    assert {next(messages(stream))[1] for stream in streams[1:]} == {"rows"}


def test_viewers_hold_no_thread_and_no_connection(running: Installation, hoa: Visitor) -> None:
    web = running.child("web")
    first = hoa.listen(running, "/events/stream")
    running.tell([dance(1)])
    next(messages(first))
    threads, connections = _threads(web), _connections(web)

    # What is asked beside the loop is asked in threads of its pool, each with a connection: the
    # pool may grow to its full size meanwhile. So there are more streams than it may have threads.
    streams = [
        staff.listen(running, "/events/stream?name=Dance")
        for staff in _colleagues(running, how_many=_POOL // 4 + 1)
        for _ in range(4)
    ]
    assert len(streams) > _POOL
    running.tell([dance(2)])
    for stream in streams:
        assert next(messages(stream))[1] == "rows"

    wait_for(lambda: _threads(web) < threads + len(streams))
    wait_for(lambda: _connections(web) < connections + len(streams))


def test_a_stopping_server_ends_every_stream_within_a_moment(
    running: Installation, hoa: Visitor
) -> None:
    answer = hoa.listen(running, "/events/stream")
    running.tell([dance(1)])
    stream = messages(answer)
    next(stream)
    began = time.monotonic()

    assert running.stop() == 0

    assert _end_of(stream) == {"reason": "stopping"}
    assert time.monotonic() - began < 5


def _end_of(stream: Iterator[Told]) -> dict[str, Any]:
    """What the stream says last; what came in before may still be told."""
    _, kind, told = next(one for one in stream if one[1] != "rows")
    assert kind == "end"
    return told


def _colleagues(running: Installation, *, how_many: int) -> list[Visitor]:
    """People who work in the shop as well, each signed in: one person may open four streams."""
    emails = [f"nam{number}@gom-moc.example.vn" for number in range(how_many)]
    running.run_inside(_HIRE, PASSWORD, *emails)
    return [Visitor(running, email) for email in emails]


def _threads(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/task").iterdir()))


def _connections(pid: int) -> int:
    links = [_target(link) for link in Path(f"/proc/{pid}/fd").iterdir()]
    return sum(link.endswith("/state.db") for link in links)


def _target(link: Path) -> str:
    try:
        return str(link.readlink())
    except FileNotFoundError:
        return ""
