"""A disk that fails, fills up or turns read-only: never a false 200, and it mends itself."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.crash.dying_shop import dying_shop, order
from tests.load import Load, check_exactly_once
from tests.served import Installation, installation
from tests.waiting import wait_for

pytestmark = [pytest.mark.crash, pytest.mark.served]
MB = 1 << 20


def test_a_failed_sync_ends_the_process_and_nothing_is_acknowledged_after_it(
    tmp_path: Path,
) -> None:
    with dying_shop(tmp_path) as shop:
        before = shop.child("web")
        with Load(shop, seed=6) as load:
            wait_for(lambda: load.acknowledged)
            order(shop, "the sync fails")
            wait_for(lambda: shop.child("web") not in {0, before})
            shop.wait_until_well()
            kept = len(load.acknowledged)
            wait_for(lambda: len(load.acknowledged) > kept)
        shop.wait_until_taken_in()
        check_exactly_once(shop, load)
        assert load.refused.keys() <= {0, 503}
        assert load.refused[503] >= 1


@contextmanager
def small_disk(folder: Path, size_mb: int) -> Iterator[Path]:
    """A file system in memory with so much room, where this user may have one."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size_mb}m", "tmpfs", str(folder)]
    done = subprocess.run(mount, check=False, capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"this user may not mount a file system: {done.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(disk: Path, *, leave: int) -> Path:
    """A file that leaves so many bytes."""
    ballast = disk / "ballast"
    ballast.unlink(missing_ok=True)
    with ballast.open("wb", buffering=0) as file:
        for block in (MB, 4096):
            with suppress(OSError):
                while file.write(b"x" * block) == block:
                    pass
        file.truncate(max(0, file.tell() - leave))
    return ballast


def see_refusals(load: Load) -> None:
    seen = load.refused.get(503, 0)
    wait_for(lambda: load.refused.get(503, 0) > seen + 3)


def see_acknowledgements(load: Load) -> None:
    seen = len(load.acknowledged)
    wait_for(lambda: len(load.acknowledged) > seen + 20)


def check_all(shop: Installation, load: Load) -> None:
    shop.wait_until_well()
    shop.wait_until_taken_in()
    check_exactly_once(shop, load)
    assert load.refused.keys() <= {0, 503}, load.refused


def test_a_disk_that_fills_up_is_left_to_the_engine_and_taken_up_again(tmp_path: Path) -> None:
    settings = {"KHACHQUEN_INGEST_MIN_FREE_MB": "30"}
    with small_disk(tmp_path / "disk", 200) as disk, installation(disk, **settings) as shop:
        shop.serve()
        with Load(shop, seed=4) as load:
            see_acknowledgements(load)
            ballast = fill(disk, leave=25 * MB)
            see_refusals(load)
            status, report = shop.health()
            assert (status, report["status"]) == (503, "failing")
            assert any(problem.startswith("disk: ") for problem in report["problems"])
            ballast.unlink()
            see_acknowledgements(load)
        check_all(shop, load)


def test_not_a_byte_left_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    """The guard switched off: every write meets a full disk, those of the engine too."""
    settings = {"KHACHQUEN_INGEST_MIN_FREE_MB": "0"}
    with small_disk(tmp_path / "disk", 200) as disk, installation(disk, **settings) as shop:
        shop.serve()
        with Load(shop, seed=5) as load:
            see_acknowledgements(load)
            for leave in (0, 40_000, 8192):
                ballast = fill(disk, leave=leave)
                see_refusals(load)
                ballast.unlink()
                see_acknowledgements(load)
        check_all(shop, load)


def test_on_a_read_only_disk_nothing_is_acknowledged_until_it_is_mended(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 400) as disk, installation(disk) as shop:
        shop.serve()
        with Load(shop, seed=7) as load:
            see_acknowledgements(load)
            shop.stop()
            turn(disk, "ro")
            kept, tried = len(load.acknowledged), sum(load.refused.values())
            shop.start()
            wait_for(lambda: sum(load.refused.values()) > tried + 100)
            assert len(load.acknowledged) == kept
            turn(disk, "rw")
            begin_again(shop)
            see_acknowledgements(load)
        check_all(shop, load)


def begin_again(shop: Installation) -> None:
    """What a service manager does when the state could not be opened and the server gave up."""
    wait_for(lambda: shop.supervisor().poll() is not None or shop.health()[0] == 200)
    if (code := shop.supervisor().poll()) is not None:
        assert code == 1
        shop.start()


def turn(disk: Path, how: str) -> None:
    """Mount it again, for reading only or for writing too."""
    subprocess.run(["mount", "-o", f"remount,{how}", str(disk)], check=True)
