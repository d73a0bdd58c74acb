"""The rule: order-free, the stricter side of a merge, and exactly their own after an un-merge."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as some

from khachquen.govern.consent.standing import Says, Word, stand

DAY = timedelta(days=1)
T0 = datetime(2026, 1, 1, tzinfo=UTC)
NOW = T0 + 400 * DAY
HOA, HER_PHONE, TILL = "email:hoa@example.vn", "phone:+84912345678", "user:KH7"


def word(seq: int, says: Says, on: int, *, subject: str = HOA, channel: str = "email") -> Word:
    return Word(seq, subject, "ads", channel, says, T0 + on * DAY)


def state(*words: Word, channel: str = "email", now: datetime = NOW) -> str:
    return stand(words, purpose="ads", channel=channel, now=now).state


def test_who_was_never_asked_has_not_agreed() -> None:
    assert state() == "unknown"
    assert not stand([], purpose="ads", channel="email", now=NOW).is_granted


def test_chi_hoa_agrees_withdraws_and_agrees_again() -> None:
    said = [word(1, "granted", 1), word(2, "withdrawn", 5), word(3, "granted", 9)]

    assert state(*said[:1]) == "granted"
    assert state(*said[:2]) == "withdrawn"
    assert state(*said) == "granted"


def test_consent_for_one_purpose_is_none_for_another() -> None:
    assert (
        stand([word(1, "granted", 1)], purpose="care", channel="email", now=NOW).state == "unknown"
    )


def test_a_word_for_every_channel_reaches_each_and_a_later_one_for_one_channel_wins() -> None:
    everywhere = word(1, "withdrawn", 5, channel="any")

    assert state(word(2, "granted", 1), everywhere) == "withdrawn"
    assert state(word(2, "granted", 6), everywhere) == "granted"
    assert state(word(2, "granted", 6), everywhere, channel="sms") == "withdrawn"


def test_at_one_instant_the_stricter_word_stands() -> None:
    assert state(word(1, "withdrawn", 5), word(2, "granted", 5)) == "withdrawn"


def test_an_agreement_for_a_time_ends_at_its_instant_and_says_when() -> None:
    until = T0 + 30 * DAY
    lent = Word(1, HOA, "ads", "email", "granted", T0, until)

    before = stand([lent], purpose="ads", channel="email", now=until - timedelta(seconds=1))
    assert (before.state, before.changes_at) == ("granted", until)
    assert state(lent, now=until) == "expired"


def test_asking_to_confirm_again_takes_nothing_from_an_agreement() -> None:
    assert state(word(1, "asked", 1)) == "asked"
    assert state(word(1, "asked", 1), word(2, "granted", 2), word(3, "asked", 3)) == "granted"
    assert state(word(1, "withdrawn", 1), word(2, "asked", 2)) == "asked"


def test_joined_people_take_the_stricter_side_and_parted_ones_their_own() -> None:
    """A agreed to e-mails; B, who turned out to be the same woman, had withdrawn a year before."""
    a, b = word(1, "granted", 300), word(2, "withdrawn", 1, subject=TILL)

    assert state(a, b) == "withdrawn"
    assert (state(a), state(b)) == ("granted", "withdrawn")


WORDS = some.lists(
    some.builds(
        Word,
        some.integers(1, 1_000),
        some.sampled_from([HOA, HER_PHONE, TILL]),
        some.just("ads"),
        some.sampled_from(["email", "sms", "any"]),
        some.sampled_from(["granted", "asked", "refused", "withdrawn"]),
        some.integers(0, 20).map(lambda day: T0 + day * DAY),
        some.none() | some.integers(0, 800).map(lambda day: T0 + day * DAY),
    ),
    max_size=8,
    unique_by=lambda one: one.seq,
)


@given(WORDS, some.randoms(use_true_random=False))
def test_the_order_of_arrival_changes_nothing(words: list[Word], luck: object) -> None:
    shuffled = list(words)
    luck.shuffle(shuffled)  # type: ignore[attr-defined]

    assert stand(words, purpose="ads", channel="email", now=NOW) == stand(
        shuffled, purpose="ads", channel="email", now=NOW
    )


@given(WORDS)
def test_nobody_is_written_to_after_a_merge_whom_one_side_refused(words: list[Word]) -> None:
    sides = [[one for one in words if one.subject == key] for key in (HOA, HER_PHONE, TILL)]
    alone = [stand(side, purpose="ads", channel="email", now=NOW) for side in sides]

    together = stand(words, purpose="ads", channel="email", now=NOW)

    assert together.is_refused == any(one.is_refused for one in alone)
    assert not together.is_granted or any(one.is_granted for one in alone)


@given(WORDS, some.integers(0, 900))
def test_nothing_changes_before_it_says_it_may(words: list[Word], days: int) -> None:
    standing = stand(words, purpose="ads", channel="email", now=T0 + 20 * DAY)
    later = T0 + 20 * DAY + timedelta(days=days)
    if standing.changes_at is not None and later >= standing.changes_at:
        assert stand(words, purpose="ads", channel="email", now=standing.changes_at) != standing
    elif standing.state in ("granted", "withdrawn", "refused"):
        assert stand(words, purpose="ads", channel="email", now=later).state == standing.state
