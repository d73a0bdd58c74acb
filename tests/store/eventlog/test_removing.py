"""What was read is kept for a while and never beyond its bounds; what was not read always stays."""

import os
from contextlib import closing
from pathlib import Path

import pytest

from khachquen.store.eventlog import Keep, LogWriter, Position, read_log, remove_read_log

NOTHING, EVERYTHING = Keep(0, 0), Keep(1e9, 1 << 40)
NOON = 1_795_000_000.0
HOUR = 3600.0


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "log"


def write(folder: Path, stream: str, *payloads: bytes, at: float = NOON) -> Path:
    with closing(LogWriter(folder, stream)) as log:
        log.append(payloads)
    path = max((folder / stream).glob("*.log"))
    os.utime(path, (at, at))
    return path


def everything_read(folder: Path) -> dict[str, Position]:
    return {r.stream: r.after for r in read_log(folder, {}, max_bytes=1 << 30)}


def remove(
    folder: Path, done: dict[str, Position], keep: Keep = NOTHING, now_s: float = NOON
) -> list[str]:
    return remove_read_log(folder, done, keep=keep, now_s=now_s, one_time=("import-*",))


def files_of(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.glob("*/*.log"))


def test_a_read_file_stays_for_its_time(folder: Path) -> None:
    first = write(folder, "web", b"a", at=NOON - 3 * HOUR)
    second = write(folder, "web", b"b", at=NOON - HOUR)
    write(folder, "web", b"c", at=NOON)
    keep, done = Keep(2 * HOUR, 1 << 30), everything_read(folder)

    remove(folder, done, keep)
    assert (first.exists(), second.exists()) == (False, True)
    remove(folder, done, keep, now_s=NOON + HOUR)
    assert files_of(folder) == ["web/00000003.log"]


def test_beyond_the_most_disk_the_oldest_goes_first(folder: Path) -> None:
    sizes = [write(folder, "web", b"x" * 100, at=NOON + n).stat().st_size for n in range(4)]
    write(folder, "import-1", b"y" * 100, at=NOON + 1.5)
    done = everything_read(folder)

    assert remove(folder, done, Keep(HOUR, 3 * sizes[0])) == []
    assert files_of(folder) == [
        "import-1/00000001.log",
        "web/00000002.log",
        "web/00000003.log",
        "web/00000004.log",  # being written
    ]
    assert remove(folder, done, Keep(HOUR, sizes[0])) == ["import-1"]
    assert files_of(folder) == ["web/00000003.log", "web/00000004.log"]


def test_what_is_not_read_yet_stays_however_old_and_large(folder: Path) -> None:
    write(folder, "web", b"a", at=0)
    write(folder, "web", b"b", at=0)
    write(folder, "import-1", b"a", b"b", at=0)
    first = next(r for r in read_log(folder, {}, max_bytes=1) if r.stream == "import-1")

    for done in ({}, {"import-1": first.after}):
        assert remove(folder, done) == []
    assert len(list(read_log(folder, {}, max_bytes=100))) == 4


def test_a_clock_set_back_or_ahead_deletes_nothing_that_is_not_read(folder: Path) -> None:
    for at in (NOON + 24 * HOUR, NOON, NOON - 24 * HOUR):
        write(folder, "web", b"a", at=at)
    kept = [r.payload for r in read_log(folder, {}, max_bytes=100)]

    for now_s in (NOON - 24 * HOUR, NOON + 24 * HOUR):
        assert remove(folder, {}, now_s=now_s) == []
    assert [r.payload for r in read_log(folder, {}, max_bytes=100)] == kept == [b"a"] * 3


def test_a_finished_import_is_removed_whole(folder: Path) -> None:
    write(folder, "import-1", b"a", b"b")
    write(folder, "web", b"c")
    done = everything_read(folder)

    assert remove(folder, done, EVERYTHING) == []
    assert remove(folder, done) == ["import-1"]
    assert [p.name for p in folder.iterdir()] == ["web"]
    assert remove(folder, done) == []


def test_a_stream_somebody_writes_stays(folder: Path) -> None:
    with closing(LogWriter(folder, "import-1")) as log:
        log.append([b"a"])
        done = everything_read(folder)
        assert remove(folder, done) == []
        log.append([b"b"])
    assert remove(folder, done) == []
    assert remove(folder, everything_read(folder)) == ["import-1"]


def test_an_import_that_was_killed_is_removed_with_its_torn_end(folder: Path) -> None:
    path = write(folder, "import-1", b"a", b"torn")
    path.write_bytes(path.read_bytes()[:-1])
    os.utime(path, (NOON, NOON))

    assert remove(folder, everything_read(folder)) == ["import-1"]
