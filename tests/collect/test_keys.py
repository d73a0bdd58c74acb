"""A key is replaced without a gap, dies when it should, and says when it was last used."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from khachquen.base import ConflictError, InputError, NotFoundError
from khachquen.collect import (
    KeyHolder,
    create_source,
    issue_key,
    list_sources,
    load_keyring,
    revoke_key,
)
from khachquen.collect.keys import MAX_RATE, note_key_uses, replace_key, set_rate
from khachquen.collect.models import WriteKey
from tests.clock import FrozenClock

NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
DAY = timedelta(days=1)
pytestmark = pytest.mark.django_db


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(NOW)


@pytest.fixture
def till() -> int:
    return int(create_source(name="Máy tính tiền Quận 3", kind="server", at=NOW).pk)


def test_a_replaced_key_opens_beside_the_new_one_until_its_end(
    till: int, clock: FrozenClock
) -> None:
    old = issue_key(till, trusted=True, at=NOW)

    new = replace_key(old.key.pk, closes_at=NOW + DAY, at=NOW)

    assert new.value.startswith("kqs_")
    assert new.key.trusted
    both = load_keyring(clock)
    assert both.find(old.value) == KeyHolder(till, True, True, old.key.pk)
    assert both.find(new.value) == KeyHolder(till, True, True, new.key.pk)
    clock.advance(hours=24)
    only = load_keyring(clock)
    assert only.find(old.value) is None
    assert only.find(new.value) is not None
    [shown_old, shown_new] = list_sources()[0].keys
    assert [shown_old.is_open(NOW), shown_old.is_open(NOW + DAY)] == [True, False]
    assert shown_new.expires_at is None
    assert new.value not in str(list(WriteKey.objects.values()))


def test_a_leaked_key_is_replaced_at_once(till: int, clock: FrozenClock) -> None:
    old = issue_key(till, trusted=False, at=NOW)

    new = replace_key(old.key.pk, closes_at=NOW, at=NOW)

    assert load_keyring(clock).find(old.value) is None
    assert load_keyring(clock).find(new.value) is not None
    assert list_sources()[0].keys[0].revoked_at == NOW


@pytest.mark.parametrize("close", ["revoked", "past its end"])
def test_a_closed_key_is_not_replaced(till: int, close: str) -> None:
    old = issue_key(till, trusted=True, at=NOW).key.pk
    if close == "revoked":
        revoke_key(old, at=NOW)
    else:
        replace_key(old, closes_at=NOW + timedelta(minutes=1), at=NOW)
    before = WriteKey.objects.count()

    with pytest.raises(ConflictError) as caught:
        replace_key(old, closes_at=NOW + 2 * DAY, at=NOW + DAY)

    assert caught.value.code == "sources.key_closed"
    assert WriteKey.objects.count() == before


def test_a_key_says_when_it_was_last_used(till: int) -> None:
    used, idle = (issue_key(till, trusted=True, at=NOW).key.pk for _ in range(2))

    note_key_uses([used], at=NOW + DAY)

    assert [(key.id, key.last_used_at) for key in list_sources()[0].keys] == [
        (used, NOW + DAY),
        (idle, None),
    ]


def test_a_keyring_notes_the_keys_it_was_asked_for(till: int, clock: FrozenClock) -> None:
    asked, _ = issue_key(till, trusted=True, at=NOW), issue_key(till, trusted=True, at=NOW)
    keyring = load_keyring(clock)

    for value in (asked.value, asked.value, "kqs_khong-ai-biet"):
        keyring.find(value)

    assert keyring.take_used() == {asked.key.pk}
    assert keyring.take_used() == frozenset()


def test_a_source_has_a_rate_of_its_own_or_the_usual_one(till: int, clock: FrozenClock) -> None:
    value = issue_key(till, trusted=True, at=NOW).value

    set_rate(till, 250)
    held = load_keyring(clock).find(value)
    set_rate(till, None)
    free = load_keyring(clock).find(value)

    assert held is not None
    assert free is not None
    assert (held.events_per_second, free.events_per_second) == (250, None)


@pytest.mark.parametrize("rate", [0, -1, MAX_RATE + 1])
def test_a_rate_that_makes_no_sense_is_refused(till: int, rate: int) -> None:
    set_rate(till, 250)

    with pytest.raises(InputError) as caught:
        set_rate(till, rate)

    assert (caught.value.code, caught.value.path) == ("sources.bad_rate", "events_per_second")
    assert list_sources()[0].events_per_second == 250


@pytest.mark.parametrize(
    ("act", "code"),
    [
        (lambda: replace_key(404, closes_at=NOW, at=NOW), "sources.unknown_key"),
        (lambda: set_rate(404, 5), "sources.unknown"),
    ],
)
def test_what_does_not_exist_is_not_found(act: Callable[[], object], code: str) -> None:
    with pytest.raises(NotFoundError) as caught:
        act()
    assert caught.value.code == code
