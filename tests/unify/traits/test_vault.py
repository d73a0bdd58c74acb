"""Boxes: kept once, shown masked, opened with a reason, moved from key to key past any crash."""

import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from khachquen.base import ForbiddenError, InputError, NotFoundError, UnavailableError
from khachquen.govern import User, create_first_admin, create_user, list_audit
from khachquen.unify.traits import load_registry
from khachquen.unify.traits.builtin import built_in
from khachquen.unify.traits.keyfile import add_key, make_keys, read_keys
from khachquen.unify.traits.models import SealedValue
from khachquen.unify.traits.sealing import SealKeys, seal
from khachquen.unify.traits.vault import KeyRing, masked, reveal, rotate, save_boxes
from tests.clock import FrozenClock

pytestmark = pytest.mark.django_db
CCCD = built_in()["national_id"]
WHY = "làm hợp đồng trả góp"


@pytest.fixture
def ring(tmp_path: Path) -> KeyRing:
    return KeyRing(tmp_path / "seal.json")


@pytest.fixture
def hoa(now: datetime) -> User:
    """Chị Hoa administers the shop."""
    return create_first_admin(email="hoa@example.vn", password="mua-roi-tren-pho-cu", at=now)


@pytest.fixture
def nam(hoa: User, now: datetime) -> User:
    """Anh Nam sells."""
    return create_user(email="nam@example.vn", password="mua-roi-tren-pho-cu", at=now)


def keep(ring: KeyRing, number: str, at: datetime) -> str:
    box = seal(CCCD, number, ring.get(), said_in="1:m")
    save_boxes([box], at=at)
    return box.token


def numbers(count: int) -> Iterator[str]:
    return (f"0791950{n:05}" for n in range(count))


def test_hoa_reads_a_number_for_a_reason_that_is_written_down(
    ring: KeyRing, hoa: User, now: datetime
) -> None:
    token = keep(ring, "079195012345", now)

    assert masked([token], load_registry(), ring) == {token: "0791******45"}
    found = reveal(token, about="profile:7", reason=WHY, user=hoa, ring=ring, at=now)

    assert found == "079195012345"
    [entry] = list_audit()
    assert (entry.actor, entry.action, entry.subject) == (
        "hoa@example.vn", "sealed.reveal", "profile:7",
    )  # fmt: skip
    assert entry.detail == {"reason": WHY, "token": token}
    assert "079195012345" not in str(entry.detail)


def test_nam_may_not_and_that_he_tried_is_written_down(
    ring: KeyRing, nam: User, now: datetime
) -> None:
    token = keep(ring, "079195012345", now)

    with pytest.raises(ForbiddenError) as refused:
        reveal(token, about="profile:7", reason=WHY, user=nam, ring=ring, at=now)

    assert refused.value.code == "seal.not_allowed"
    [entry] = list_audit()
    assert (entry.actor, entry.action) == ("nam@example.vn", "sealed.refused")


@pytest.mark.parametrize("reason", ["", "    ", "xem"])
def test_without_a_reason_nothing_is_opened(
    ring: KeyRing, hoa: User, now: datetime, reason: str
) -> None:
    token = keep(ring, "079195012345", now)

    with pytest.raises(InputError) as refused:
        reveal(token, about="profile:7", reason=reason, user=hoa, ring=ring, at=now)

    assert (refused.value.code, refused.value.path) == ("seal.no_reason", "reason")
    assert list_audit() == []


def test_a_token_somebody_made_up_opens_nothing(ring: KeyRing, hoa: User, now: datetime) -> None:
    made_up = "sealed:national_id:" + "0" * 32

    with pytest.raises(NotFoundError):
        reveal(made_up, about="profile:7", reason=WHY, user=hoa, ring=ring, at=now)

    assert masked([made_up], load_registry(), ring) == {made_up: "********"}


def test_the_same_number_said_twice_is_kept_once(ring: KeyRing, now: datetime) -> None:
    assert keep(ring, "079195012345", now) == keep(ring, "079 195 012 345", now)
    assert SealedValue.objects.count() == 1


def test_without_the_key_file_everything_is_stars_and_no_other_key_is_made(
    ring: KeyRing, tmp_path: Path, hoa: User, now: datetime
) -> None:
    token = keep(ring, "079195012345", now)
    path = tmp_path / "seal.json"
    path.rename(tmp_path / "away.json")

    assert masked([token], load_registry(), ring) == {token: "********"}
    with pytest.raises(UnavailableError) as refused:
        reveal(token, about="profile:7", reason=WHY, user=hoa, ring=ring, at=now)

    assert refused.value.code == "seal.keys_missing"
    assert not path.exists()
    assert list_audit() == [], "nothing was read, so nothing is said to have been"


def test_rotation_seals_everything_anew_and_tokens_stay(
    ring: KeyRing, tmp_path: Path, clock: FrozenClock
) -> None:
    path = tmp_path / "seal.json"
    tokens = [keep(ring, number, clock()) for number in numbers(1203)]
    before = {row.token: bytes(row.sealed) for row in SealedValue.objects.all()}

    done = rotate(path, actor="hoa@example.vn", clock=clock)

    assert (done.key, done.moved, done.broken, done.dropped) == ("k2", 1203, 0, ())
    assert {row.key_id for row in SealedValue.objects.all()} == {"k2"}
    assert all(bytes(row.sealed) != before[row.token] for row in SealedValue.objects.all())
    assert masked(tokens[:1], load_registry(), ring) == {tokens[0]: "0791******00"}
    assert list_audit()[0].action == "sealed.rotate"


@pytest.mark.parametrize("chunks_before_the_crash", [0, 1])
def test_a_rotation_killed_between_two_chunks_is_finished_by_the_next(
    ring: KeyRing, tmp_path: Path, clock: FrozenClock, chunks_before_the_crash: int
) -> None:
    path = tmp_path / "seal.json"
    tokens = [keep(ring, number, clock()) for number in numbers(1203)]
    left = chunks_before_the_crash

    def cut_the_power(name: str, done: int, total: int) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rotate(path, actor="hoa@example.vn", clock=clock, progress=cut_the_power)
    assert "********" not in masked(tokens, load_registry(), ring).values(), "all still open"

    done = rotate(path, actor="hoa@example.vn", clock=clock)

    assert done.key == "k2", "no third key is made for what was cut off"
    assert {row.key_id for row in SealedValue.objects.all()} == {"k2"}
    assert done.moved == 1203 - 500 * (chunks_before_the_crash + 1)


def test_a_rotation_killed_before_its_first_chunk_makes_no_third_key(
    ring: KeyRing, tmp_path: Path, clock: FrozenClock
) -> None:
    path = tmp_path / "seal.json"
    keep(ring, "079195012345", clock())
    add_key(path, ring.get())

    done = rotate(path, actor="hoa@example.vn", clock=clock)

    assert (done.key, done.moved) == ("k2", 1)


def test_a_key_that_seals_nothing_is_thrown_away_an_hour_later(
    ring: KeyRing, tmp_path: Path, clock: FrozenClock
) -> None:
    path = tmp_path / "seal.json"
    keep(ring, "079195012345", clock())
    rotate(path, actor="hoa@example.vn", clock=clock)
    just_now = clock().timestamp()
    os.utime(path, (just_now, just_now))

    assert rotate(path, actor="hoa@example.vn", clock=clock).dropped == ()
    os.utime(path, (just_now - 3700, just_now - 3700))
    assert rotate(path, actor="hoa@example.vn", clock=clock).dropped == ("k1", "k2")

    keys = read_keys(path)
    assert keys is not None
    assert set(keys.keys) == {"k3", "k4"}


def test_a_box_no_key_opens_is_counted_and_left_as_it_is(
    ring: KeyRing, tmp_path: Path, clock: FrozenClock
) -> None:
    keep(ring, "079195012345", clock())
    strange = SealKeys(b"i" * 32, "k9", {"k9": b"z" * 32})
    save_boxes([seal(CCCD, "001203000001", strange, said_in="x")], at=clock())

    done = rotate(tmp_path / "seal.json", actor="hoa@example.vn", clock=clock)

    assert (done.moved, done.broken) == (0, 1)
    assert set(SealedValue.objects.values_list("key_id", flat=True)) == {"k1", "k9"}


def test_a_running_engine_takes_up_the_new_key(tmp_path: Path, clock: FrozenClock) -> None:
    path = tmp_path / "seal.json"
    make_keys(path)
    engine = KeyRing(path)
    assert engine.get().active == "k1"

    rotate(path, actor="hoa@example.vn", clock=clock)

    assert engine.get().active == "k2"


def test_the_doctor_says_when_the_keys_are_gone_or_open_to_others(
    ring: KeyRing, tmp_path: Path, clock: FrozenClock
) -> None:
    from khachquen.base import Config
    from khachquen.base.config import Privacy
    from khachquen.flows.checkup import seal_keys

    path = tmp_path / "seal.json"
    config = Config(tmp_path, privacy=Privacy(seal_keys=str(path)))
    assert seal_keys(config, clock).level == "ok"
    assert not path.exists(), "looking makes no key"
    keep(ring, "079195012345", clock())
    assert seal_keys(config, clock).level == "ok"

    path.chmod(0o644)
    assert seal_keys(config, clock).hint.en == f"Run: chmod 600 {path}"
    path.unlink()
    assert seal_keys(config, clock).level == "error"
