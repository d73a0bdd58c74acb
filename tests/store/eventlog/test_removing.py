"""Streams written once go when they are read; all others stay."""

from contextlib import closing
from pathlib import Path

import pytest

from khachquen.store.eventlog import LogWriter, Position, read_log, remove_read_streams


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "log"


def write(folder: Path, stream: str, *payloads: bytes) -> None:
    with closing(LogWriter(folder, stream)) as log:
        log.append(payloads)


def everything_read(folder: Path) -> dict[str, Position]:
    return {r.stream: r.after for r in read_log(folder, {}, max_bytes=1 << 30)}


def test_a_finished_import_is_removed_whole(folder: Path) -> None:
    write(folder, "import-1", b"a", b"b")
    write(folder, "web", b"c")
    done = everything_read(folder)

    assert remove_read_streams(folder, done, pattern="import-*") == ["import-1"]
    assert [p.name for p in folder.iterdir()] == ["web"]
    assert remove_read_streams(folder, done, pattern="import-*") == []


def test_what_is_not_read_yet_stays(folder: Path) -> None:
    write(folder, "import-1", b"a", b"b")
    first = next(iter(read_log(folder, {}, max_bytes=1)))

    for done in ({}, {"import-1": first.after}):
        assert remove_read_streams(folder, done, pattern="import-*") == []
    assert len(list(read_log(folder, {}, max_bytes=100))) == 2


def test_a_stream_somebody_writes_stays(folder: Path) -> None:
    with closing(LogWriter(folder, "import-1")) as log:
        log.append([b"a"])
        done = everything_read(folder)
        assert remove_read_streams(folder, done, pattern="import-*") == []
        log.append([b"b"])
    assert remove_read_streams(folder, done, pattern="import-*") == []
    assert remove_read_streams(folder, everything_read(folder), pattern="import-*") == ["import-1"]


def test_an_import_that_was_killed_is_removed_with_its_torn_end(folder: Path) -> None:
    write(folder, "import-1", b"a", b"torn")
    path = folder / "import-1" / "00000001.log"
    path.write_bytes(path.read_bytes()[:-1])

    assert remove_read_streams(folder, everything_read(folder), pattern="import-*") == ["import-1"]
