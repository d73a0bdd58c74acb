"""What was acknowledged can be read back, whatever happened to the writer or the disk."""

import errno
import os
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from khachquen.base import ConflictError, UnavailableError
from khachquen.store.eventlog import (
    LogWriter,
    Position,
    Record,
    read_at,
    read_log,
    unread_bytes,
)
from khachquen.store.eventlog import writer as writing
from khachquen.store.eventlog.reader import finished_files
from tests.waiting import wait_for

EVERYTHING = 1 << 30


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "log"


@pytest.fixture
def log(folder: Path) -> Iterator[LogWriter]:
    with closing(LogWriter(folder, "web")) as log:
        yield log


def read(folder: Path, since: dict[str, Position] | None = None) -> list[bytes]:
    return [r.payload for r in records(folder, since)]


def records(folder: Path, since: dict[str, Position] | None = None) -> list[Record]:
    return list(read_log(folder, since or {}, max_bytes=EVERYTHING))


def test_records_come_back_in_order_with_the_place_the_stream_goes_on(
    folder: Path, log: LogWriter
) -> None:
    log.append([b"hoa", b"nam", b"lan"])

    first, second, third = records(folder)

    assert [r.payload for r in (first, second, third)] == [b"hoa", b"nam", b"lan"]
    assert (first.stream, first.at, first.after) == ("web", Position(1, 8), second.at)
    assert read(folder, {"web": first.after}) == [b"nam", b"lan"]
    assert read(folder, {"web": third.after}) == []
    assert unread_bytes(folder, {"web": first.after}) == 2 * (8 + 3)
    assert unread_bytes(folder, {"web": third.after}) == 0


def test_what_is_appended_later_is_found_from_the_old_place(folder: Path, log: LogWriter) -> None:
    log.append([b"hoa"])
    done = {"web": records(folder)[-1].after}

    log.append([b"nam"])

    assert read(folder, done) == [b"nam"]


def test_a_torn_end_is_never_read_and_never_written_after(folder: Path) -> None:
    """Cut the file at every byte of the last record, then start a new writer."""
    with closing(LogWriter(folder, "web")) as log:
        log.append([b"kept", b"torn away"])
    path = folder / "web" / "00000001.log"
    whole = path.read_bytes()
    begin = records(folder)[1].at.offset
    for cut in range(begin, len(whole)):
        path.write_bytes(whole[:cut])
        assert read(folder) == [b"kept"], cut
        assert unread_bytes(folder, {"web": Position(1, begin)}) == 0, cut

    with closing(LogWriter(folder, "web")) as log:
        log.append([b"after the crash"])

    assert path.read_bytes() == whole[:-1]
    assert read(folder) == [b"kept", b"after the crash"]


@pytest.mark.parametrize("byte", range(3))
def test_a_flipped_bit_costs_one_record_and_is_said_so(
    folder: Path, caplog: pytest.LogCaptureFixture, byte: int
) -> None:
    with closing(LogWriter(folder, "web")) as log:
        log.append([b"one", b"two", b"six"])
    with closing(LogWriter(folder, "web")) as log:
        log.append([b"ten"])
    path = folder / "web" / "00000001.log"
    data = bytearray(path.read_bytes())
    data[data.index(b"two") + byte] ^= 0x10
    path.write_bytes(data)

    assert read(folder) == [b"one", b"six", b"ten"]
    assert "the record at 19 is damaged and lost" in caplog.text


def test_a_damaged_length_reads_nothing_wrong(folder: Path) -> None:
    with closing(LogWriter(folder, "web")) as log:
        log.append([b"one", b"two"])
    path = folder / "web" / "00000001.log"
    whole = path.read_bytes()
    for byte in range(8, 12):
        for bit in range(8):
            data = bytearray(whole)
            data[byte] ^= 1 << bit
            path.write_bytes(data)
            assert read(folder) == []


def test_files_rotate_and_finished_ones_may_go(folder: Path) -> None:
    with closing(LogWriter(folder, "web", file_bytes=50)) as log:
        for n in range(12):
            log.append([f"record {n:02}".encode()])

    found = records(folder)

    assert [r.payload for r in found] == [f"record {n:02}".encode() for n in range(12)]
    assert {r.at.file_number for r in found} == {1, 2, 3, 4}
    done = {"web": next(r.after for r in found if r.at.file_number == 3)}
    assert [p.stem for p in finished_files(folder, done)] == ["00000001", "00000002"]
    for path in finished_files(folder, done):
        path.unlink()
    assert read(folder, done) == [
        r.payload for r in found if r.at > done["web"] or r.at == done["web"]
    ]


def test_a_file_left_idle_is_finished_once_it_is_read(folder: Path) -> None:
    with closing(LogWriter(folder, "web", idle_s=0.01)) as log:
        log.append([b"hoa"])
        wait_for(lambda: len(list((folder / "web").glob("*.log"))) == 2)
        assert finished_files(folder, {}) == []
        [record] = records(folder)
        assert [p.stem for p in finished_files(folder, {"web": record.after})] == ["00000001"]
        log.append([b"nam"])
        assert [r.at for r in records(folder, {"web": record.after})] == [Position(2, 8)]


def test_files_a_crash_left_empty_are_finished_too(folder: Path) -> None:
    for payloads in ([b"hoa"], [], [], [b"nam"]):
        with closing(LogWriter(folder, "web")) as log:
            log.append(payloads)
    hoa, nam = records(folder)

    read_first = finished_files(folder, {"web": hoa.after})
    assert [p.stem for p in read_first] == ["00000001", "00000002", "00000003"]
    assert finished_files(folder, {"web": nam.after}) == read_first  # never the newest


def test_a_record_is_found_by_its_place_until_its_file_is_gone(
    folder: Path, log: LogWriter
) -> None:
    log.append([b"hoa", b"nam"])
    nam = records(folder)[1]
    place = f"web:{nam.at.file_number}:{nam.at.offset}"

    assert read_at(folder, f"{place}:3") == (b"nam", 3)
    (folder / "web" / "00000001.log").unlink()
    assert read_at(folder, f"{place}:3") is None


@pytest.mark.parametrize(
    "place",
    [
        "",
        "web",
        "web:1:8",
        "web:1:8:x",
        "web:1:0:0",
        "web:1:9:0",
        "web:1:99999:0",
        "web:2:8:0",
        "import-1:1:8:0",
        "../log/web:1:8:0",
        "web/../web:1:8:0",
        "..:1:8:0",
        f"web:{'9' * 30}:8:0",
    ],
)
def test_a_place_that_leads_nowhere_is_nothing(folder: Path, log: LogWriter, place: str) -> None:
    log.append([b"hoa"])

    assert read_at(folder, "web:1:8:0") == (b"hoa", 0)
    assert read_at(folder, place) is None


def test_a_new_writer_never_takes_an_old_number(folder: Path) -> None:
    for _ in range(3):
        with closing(LogWriter(folder, "web")) as log:
            log.append([b"x"])

    assert sorted(p.stem for p in (folder / "web").glob("*.log")) == [
        "00000001",
        "00000002",
        "00000003",
    ]


def test_max_bytes_stops_soon_and_each_stream_gets_its_share(folder: Path) -> None:
    for stream in ("import-1", "web"):
        with closing(LogWriter(folder, stream)) as log:
            log.append([b"x" * 100] * 50)

    found = list(read_log(folder, {}, max_bytes=1000))

    assert [r.stream for r in found] == ["import-1"] * 5 + ["web"] * 5
    done = {"import-1": Position(9, 0)}
    assert [r.stream for r in read_log(folder, done, max_bytes=1000)] == ["web"] * 10


def test_reading_in_small_steps_reads_each_record_once(folder: Path) -> None:
    with closing(LogWriter(folder, "web", file_bytes=90)) as log:
        for n in range(20):
            log.append([b"%02d" % n * 10])
    done: dict[str, Position] = {}
    seen: list[bytes] = []
    while step := list(read_log(folder, done, max_bytes=45)):
        seen += [r.payload for r in step]
        done = {r.stream: r.after for r in step}

    assert seen == [b"%02d" % n * 10 for n in range(20)]


def test_two_writers_of_one_stream_are_refused(folder: Path, log: LogWriter) -> None:
    with pytest.raises(ConflictError, match="Another process is writing to the stream 'web'"):
        LogWriter(folder, "web")
    log.append([b"still mine"])
    assert read(folder) == [b"still mine"]


def test_the_stream_is_free_after_close(folder: Path) -> None:
    LogWriter(folder, "web").close()
    LogWriter(folder, "web").close()


class FullDisk:
    """``os.write`` of a disk with this much room left; None: plenty."""

    def __init__(self) -> None:
        self.room: int | None = None
        self.failures = 0
        self.real = os.write

    def __call__(self, descriptor: int, data: Any) -> int:
        if self.failures:
            self.failures -= 1
            raise OSError(errno.ENOSPC, "No space left on device")
        if self.room is None:
            return self.real(descriptor, data)
        if not self.room:
            raise OSError(errno.ENOSPC, "No space left on device")
        written = self.real(descriptor, data[: self.room])
        self.room -= written
        return written


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> FullDisk:
    disk = FullDisk()
    monkeypatch.setattr(writing.os, "write", disk)
    return disk


@pytest.mark.parametrize("room", [0, 1, 7, 8, 9, 20])
def test_a_full_disk_keeps_nothing_and_the_next_append_works(
    folder: Path, log: LogWriter, disk: FullDisk, room: int
) -> None:
    log.append([b"before"])
    disk.room = room

    with pytest.raises(UnavailableError, match="No space left on device") as refused:
        log.append([b"does not fit on this disk"])

    assert refused.value.code == "store.cannot_keep"
    assert read(folder) == [b"before"]
    with pytest.raises(UnavailableError):
        log.append([b"nor this"])
    disk.room = None
    log.append([b"after"])
    assert read(folder) == [b"before", b"after"]


def test_what_a_reader_saw_before_it_was_taken_back_hides_nothing_later(
    folder: Path, log: LogWriter, disk: FullDisk
) -> None:
    """The first record of the failed group was whole on the disk, and the reader was quick."""
    log.append([b"before"])
    disk.room = 8 + len(b"whole but refused") + 3
    seen: list[Record] = []
    real = disk.real

    def write_then_look(descriptor: int, data: Any) -> int:
        if disk.room == 3:
            pytest.fail("the group is written in one go")
        written = real(descriptor, data)
        seen.extend(records(folder))
        return written

    disk.real = write_then_look
    with pytest.raises(UnavailableError):
        log.append([b"whole but refused", b"cut"])
    disk.real, disk.room = real, None
    log.append([b"acknowledged"])

    done = {"web": seen[-1].after}
    assert b"acknowledged" in read(folder, done)


def test_an_append_of_many_fails_when_any_of_them_does(folder: Path, disk: FullDisk) -> None:
    """The writer takes 5,000 records in two groups: the first meets a full disk, not the second."""
    log, queued = LogWriter(folder, "web"), threading.Event()

    def hold(error: BaseException | None) -> None:
        queued.wait(10)
        disk.failures = 1

    log.submit(b"hold", hold)
    real_submit, left = log.submit, [5000]

    def submit(payload: bytes, done: Any) -> None:
        real_submit(payload, done)
        left[0] -= 1
        if not left[0]:
            queued.set()

    log.submit = submit  # type: ignore[method-assign]

    assert isinstance(_error_of(log, [b"row"] * 5000), UnavailableError)
    real_submit(b"end", lambda error: None)
    log.close()
    found = read(folder)
    assert found[-1] == b"end"
    assert len(found) < 5002


def _error_of(log: LogWriter, payloads: list[bytes]) -> BaseException | None:
    try:
        log.append(payloads)
    except UnavailableError as error:
        return error
    return None


def test_no_room_for_the_next_file_refuses_and_later_goes_on(folder: Path, disk: FullDisk) -> None:
    with closing(LogWriter(folder, "web", file_bytes=10)) as log:
        log.append([b"fills the first file"])
        disk.room = 3
        with pytest.raises(UnavailableError):
            log.append([b"needs a second file"])
        disk.room = None
        log.append([b"has room"])

    assert read(folder) == [b"fills the first file", b"has room"]


def test_a_failed_sync_is_never_acknowledged_again(folder: Path) -> None:
    failing = threading.Event()
    broken: list[BaseException] = []

    def sync(descriptor: int) -> None:
        if failing.is_set():
            raise OSError(errno.EIO, "Input/output error")

    log = LogWriter(folder, "web", sync=sync, on_broken=broken.append)
    log.append([b"before"])
    failing.set()
    with pytest.raises(UnavailableError, match="Input/output error"):
        log.append([b"lost by the kernel"])
    failing.clear()
    for _ in range(3):
        with pytest.raises(UnavailableError):
            log.append([b"a later success would be a lie"])
    log.close()

    assert [str(b) for b in broken] == ["[Errno 5] Input/output error"]
    with closing(LogWriter(folder, "web")) as log:
        log.append([b"a new writer starts afresh"])
    assert read(folder)[-1] == b"a new writer starts afresh"
    assert b"a later success would be a lie" not in read(folder)


def test_nothing_is_acknowledged_before_its_sync_returned(folder: Path) -> None:
    order: list[str] = []
    gate = threading.Event()

    def sync(descriptor: int) -> None:
        gate.wait(10)
        order.append("synced")

    log = LogWriter(folder, "web", sync=sync)
    told = threading.Event()

    def tell(error: BaseException | None) -> None:
        order.append("told")
        told.set()

    log.submit(b"hoa", tell)
    assert not told.wait(0.05)
    gate.set()
    assert told.wait(10)
    log.close()

    assert order == ["synced", "told"]


def test_an_asker_that_is_gone_does_not_stop_the_others(folder: Path, log: LogWriter) -> None:
    def gone(error: BaseException | None) -> None:
        raise RuntimeError("Event loop is closed")

    log.submit(b"from a closed connection", gone)
    log.append([b"hoa"])

    assert read(folder) == [b"from a closed connection", b"hoa"]


def test_many_threads_at_once_lose_nothing(folder: Path, log: LogWriter) -> None:
    def write(name: str) -> None:
        for n in range(50):
            log.append([f"{name} {n}".encode()])

    threads = [threading.Thread(target=write, args=(name,)) for name in "hoa nam lan mai".split()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    found = read(folder)
    for name in "hoa nam lan mai".split():
        mine = [p for p in found if p.startswith(name.encode())]
        assert mine == [f"{name} {n}".encode() for n in range(50)]
    assert len(found) == 200


def test_close_writes_what_is_still_queued(folder: Path) -> None:
    log = LogWriter(folder, "web")
    for n in range(5000):
        log.submit(b"%d" % n, lambda error: None)
    log.close()

    assert read(folder) == [b"%d" % n for n in range(5000)]
