"""The ledger: whole or not at all, told twice is told once, and no word of it can be changed."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from khachquen.base import InputError, NotFoundError, Text
from khachquen.govern.consent import Told, find_break, list_words, record
from khachquen.govern.consent.ledger import erase_subjects, iter_words
from khachquen.govern.consent.models import ConsentEntry, Subject
from khachquen.govern.consent.purposes import publish_text

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
HOA, HER_PHONE = "email:hoa@example.vn", "phone:+84912345678"


def counted() -> Callable[[int], str]:
    numbers = iter(range(1_000_000))
    return lambda size: f"{next(numbers):0{2 * size}x}"


def tell(*acts: Told, now: datetime = NOW) -> int:
    return record(acts, now=now, random=counted())


def test_chi_hoa_signs_a_paper_and_every_identifier_of_hers_carries_the_word() -> None:
    made = tell(
        Told(
            [HOA, HER_PHONE],
            "ads",
            "granted",
            channels=["email", "sms"],
            method="paper",
            at=NOW - timedelta(days=2),
            at_most=4,
            per_days=30,
            by="lan@gom.example",
            evidence={"paper": "Phiếu số 12, hộp 3"},
        )
    )

    assert made == 4
    words = list_words([HOA])
    assert [(one.channel, one.says, one.method) for one in words] == [
        ("sms", "granted", "paper"),
        ("email", "granted", "paper"),
    ]
    assert words[0].at == NOW - timedelta(days=2)
    assert words[0].recorded_at == NOW
    assert words[0].evidence["paper"] == "Phiếu số 12, hộp 3"
    assert (words[0].at_most, words[0].per_days) == (4, 30)
    assert len({one.act for one in ConsentEntry.objects.all()}) == 1


def test_a_word_points_to_the_exact_text_of_its_time() -> None:
    first = publish_text("ads", Text(vi="Tôi muốn nhận khuyến mãi.", en=""), by="lan", at=NOW)
    later = NOW + timedelta(days=10)
    second = publish_text(
        "ads", Text(vi="Tôi muốn nhận tin.", en="I want news."), by="lan", at=later
    )

    tell(Told([HOA], "ads", "granted", at=NOW + timedelta(days=3)), now=later)
    tell(Told([HER_PHONE], "ads", "granted"), now=later)

    assert (first.version, second.version) == (1, 2)
    assert [one.text_id for one in list_words([HOA])] == [first.id]
    assert [one.text_id for one in list_words([HER_PHONE])] == [second.id]


def test_told_twice_under_one_message_id_it_is_told_once() -> None:
    yes = Told([HOA], "ads", "granted", message_id="form-77")

    assert tell(yes, yes) == 1
    assert tell(yes, now=NOW + timedelta(days=1)) == 0
    assert ConsentEntry.objects.count() == 1


def test_nobody_agrees_ahead_of_time() -> None:
    tell(Told([HOA], "ads", "granted", at=NOW + timedelta(days=400)))

    assert list_words([HOA])[0].at == NOW


@pytest.mark.parametrize(
    ("told", "code", "path"),
    [
        (Told([HOA], "adds", "granted"), "consent.unknown_purpose", "purpose"),
        (Told([HOA], "ads", "granted", channels=["emial"]), "consent.unknown_word", "channel"),
        (Told([HOA], "ads", "granted", channels=[]), "consent.unknown_word", "channel"),
        (Told([HOA], "ads", "granted", method="guess"), "consent.unknown_word", "method"),
        (Told([HOA], "ads", "granted", text_version=9), "consent.unknown_text", "text_version"),
        (Told([], "ads", "granted"), "consent.nobody", "subjects"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_beside_it_is_kept(
    told: Told, code: str, path: str
) -> None:
    with pytest.raises((InputError, NotFoundError)) as caught:
        tell(Told([HER_PHONE], "ads", "granted"), told)

    assert (caught.value.code, caught.value.path) == (code, path)
    assert caught.value.hint is not None or code == "consent.nobody"
    assert not ConsentEntry.objects.exists()
    assert not Subject.objects.exists()


@pytest.mark.parametrize(
    "change",
    [
        {"says": "granted"},
        {"channel": "any"},
        {"at": NOW - timedelta(days=9)},
        {"expires_at": None},
        {"evidence": {"form": "another"}},
        {"digest": "f" * 64},
    ],
)
def test_a_changed_word_is_found(change: dict[str, object]) -> None:
    for number in range(4):
        until = NOW + timedelta(days=number)
        says = "withdrawn" if number % 2 else "granted"
        evidence = {"form": f"f{number}"}
        tell(Told([HOA], "ads", says, channels=["email"], expires_at=until, evidence=evidence))  # type: ignore[arg-type]
    assert find_break() is None
    touched = ConsentEntry.objects.order_by("pk")[1]

    ConsentEntry.objects.filter(pk=touched.pk).update(**change)

    assert find_break() == touched.pk


def test_a_removed_word_is_found_by_the_one_after_it() -> None:
    for _ in range(3):
        tell(Told([HOA], "ads", "granted"))
    first, second, third = ConsentEntry.objects.order_by("pk")

    second.delete()

    assert find_break() == third.pk
    assert first.digest != third.digest


def test_erasing_a_name_leaves_what_was_said_and_its_seal() -> None:
    tell(Told([HOA], "ads", "granted", by="hoa@example.vn", evidence={"ip": "203.0.113.9"}))
    tell(Told([HER_PHONE], "ads", "granted"))

    assert erase_subjects([HOA], ["a1b2"]) == 1

    assert list_words([HOA]) == []
    assert find_break() is None
    erased = ConsentEntry.objects.order_by("pk")[0]
    assert (erased.says, erased.evidence, erased.by) == ("granted", {}, "")
    assert erased.subject.key == "erased:a1b2"


def test_many_identifiers_are_read_in_few_questions(django_assert_num_queries: object) -> None:
    keys = [f"email:k{number}@example.vn" for number in range(1_200)]
    tell(*(Told([key], "ads", "granted") for key in keys))

    with django_assert_num_queries(3):  # type: ignore[operator]
        words = list(iter_words(keys))

    assert len(words) == 1_200
    assert find_break() is None
