"""May we send? Every reason to say no, in its order, and the ways people of the shop ask it."""

from datetime import UTC, datetime, timedelta

import pytest

from khachquen.base import ConflictError, InputError, NotFoundError, Text
from khachquen.govern import list_audit
from khachquen.govern.consent import Addressee, Told, answer_each, may_send, may_send_all, record
from khachquen.govern.consent.models import Suppression
from khachquen.govern.consent.purposes import (
    add_purpose,
    archive_purpose,
    list_purposes,
    list_texts,
    publish_text,
)
from khachquen.govern.consent.suppressing import lift, list_suppressed, suppress

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
HOA, HER_OLD, HER_PHONE = "email:hoa@example.vn", "email:hoa.nt@example.vn", "phone:+84912345678"
CHI_HOA = Addressee(HOA, [HOA, HER_OLD, HER_PHONE])


def agree(*keys: str, purpose: str = "ads", channel: str = "any", says: str = "granted") -> None:
    record([Told(keys, purpose, says, channels=[channel])], now=NOW)  # type: ignore[arg-type]


def ask(purpose: str = "ads", channel: str = "email", who: Addressee = CHI_HOA) -> tuple[bool, str]:
    answer = may_send(purpose, channel, who, now=NOW)
    return answer.may, answer.reason


def test_silence_is_no_consent_to_advertising() -> None:
    assert ask() == (False, "unknown")
    assert may_send("ads", "email", CHI_HOA, now=NOW).words.vi == "Chưa hỏi"


def test_nothing_goes_to_who_has_no_address(now: datetime) -> None:
    agree(HOA)

    assert ask(who=Addressee("", CHI_HOA.keys)) == (False, "no_address")


def test_consent_to_one_purpose_sends_nothing_of_another() -> None:
    agree(HOA, purpose="profiling")

    assert ask() == (False, "unknown")
    assert ask("profiling") == (True, "granted")


def test_care_goes_unless_refused_and_the_bill_always() -> None:
    assert ask("care") == (True, "not_needed")
    assert ask("service") == (True, "not_needed")

    agree(HER_PHONE, purpose="care", says="withdrawn")
    agree(HER_PHONE, purpose="service", says="withdrawn")

    assert ask("care") == (False, "withdrawn")
    assert ask("service") == (True, "not_needed")


def test_a_refusal_under_any_identifier_of_hers_holds_for_all() -> None:
    agree(HOA)
    assert ask() == (True, "granted")

    agree(HER_OLD, channel="email", says="withdrawn")

    assert ask() == (False, "withdrawn")
    assert ask(channel="sms", who=Addressee(HER_PHONE, CHI_HOA.keys)) == (True, "granted")
    assert ask(who=Addressee(HOA, [HOA])) == (True, "granted")


def test_a_bounce_is_of_the_address_and_a_complaint_of_the_person() -> None:
    agree(HOA, HER_OLD)
    suppress([HER_OLD], channel="email", reason="bounced", at=NOW)

    assert ask() == (True, "granted")
    assert ask(who=Addressee(HER_OLD, CHI_HOA.keys)) == (False, "bounced")
    assert ask("service", who=Addressee(HER_OLD, CHI_HOA.keys)) == (False, "bounced")

    suppress([HER_OLD], channel="email", reason="complained", at=NOW)

    assert ask() == (False, "complained")
    assert ask("service") == (False, "complained")
    assert ask("ads", "sms", Addressee(HER_PHONE, [HER_PHONE])) == (False, "unknown")


def test_the_register_stops_advertising_only() -> None:
    agree(HER_PHONE)
    to_phone = Addressee(HER_PHONE, CHI_HOA.keys)
    suppress([HER_PHONE], channel="any", reason="on_register", at=NOW)

    assert ask("ads", "sms", to_phone) == (False, "on_register")
    assert ask("ads", "call", to_phone) == (False, "on_register")
    assert ask("service", "sms", to_phone) == (True, "not_needed")
    assert ask() == (True, "granted")


def test_who_is_left_alone_cannot_be_read_out_of_the_table() -> None:
    assert suppress([HOA, HOA], channel="any", reason="do_not_contact", at=NOW) == 1
    assert suppress([HOA], channel="any", reason="do_not_contact", at=NOW) == 0

    kept = Suppression.objects.get()
    assert "hoa" not in kept.mark
    assert len(kept.mark) == 64
    assert [one.key for one in list_suppressed([HOA, HER_PHONE])] == [HOA]


def test_lifting_needs_a_reason_and_is_audited() -> None:
    suppress([HOA], channel="email", reason="bounced", at=NOW)
    with pytest.raises(InputError) as caught:
        lift([HOA], channel="email", reason="bounced", why=" ", by="lan@gom.example", at=NOW)
    assert caught.value.code == "consent.no_why"
    assert len(list_suppressed([HOA])) == 1

    why = "Chị Hoa báo đã mở lại hộp thư"
    assert (
        lift([HOA], channel="email", reason="bounced", why=why, by="lan@gom.example", at=NOW) == 1
    )

    assert list_suppressed([HOA]) == []
    entry = list_audit()[0]
    assert (entry.actor, entry.action, entry.detail["why"]) == (
        "lan@gom.example",
        "suppression.lift",
        why,
    )
    assert "hoa@example.vn" not in entry.subject
    assert suppress([HOA], channel="email", reason="bounced", at=NOW) == 1


def test_a_thousand_people_are_answered_in_few_questions(
    django_assert_max_num_queries: object,
) -> None:
    people = {n: Addressee(f"email:k{n}@example.vn", [f"user:K{n}"]) for n in range(1_000)}
    agree(*(f"user:K{n}" for n in range(0, 1_000, 2)))

    with django_assert_max_num_queries(8):  # type: ignore[operator]
        answers = may_send_all([("ads", "email")], people, now=NOW)["ads", "email"]

    assert [n for n, one in answers.items() if one.may] == list(range(0, 1_000, 2))


def test_every_purpose_and_channel_of_one_person_is_read_once(
    django_assert_num_queries: object,
) -> None:
    agree(HOA, channel="email")
    purposes = list_purposes()
    whom = {"email": CHI_HOA, "sms": Addressee(HER_PHONE, CHI_HOA.keys)}

    with django_assert_num_queries(2):  # type: ignore[operator]
        answers = answer_each(purposes, whom, now=NOW)

    assert answers["ads", "email"] == may_send("ads", "email", CHI_HOA, now=NOW)
    assert [pair for pair, one in answers.items() if one.reason == "granted"] == [("ads", "email")]


def test_an_unknown_purpose_is_an_error_that_names_the_known_ones() -> None:
    with pytest.raises(NotFoundError) as caught:
        ask("newsletter")

    assert caught.value.code == "consent.unknown_purpose"
    assert caught.value.hint is not None
    assert (
        caught.value.hint.en
        == "There are: ads, care, service, tracking, letters, profiling, sharing."
    )


def test_the_shop_adds_a_purpose_and_its_words_and_puts_it_away() -> None:
    words = Text(vi="Bản tin đồ gốm", en="Pottery news")
    add_purpose(key="ban_tin", name=words, basis="consent", is_advertising=True, by="lan", at=NOW)
    publish_text("ban_tin", Text(vi="Gửi tôi bản tin mỗi tháng.", en=""), by="lan", at=NOW)
    publish_text("ban_tin", Text(vi="Gửi tôi bản tin mỗi tháng. ", en=""), by="lan", at=NOW)
    agree(HOA, purpose="ban_tin")

    assert ask("ban_tin") == (True, "granted")
    assert [one.version for one in list_texts("ban_tin")] == [1]

    archive_purpose("ban_tin", archived=True, by="lan", at=NOW + timedelta(days=1))

    assert "ban_tin" not in [one.key for one in list_purposes()]
    assert "ban_tin" in [one.key for one in list_purposes(with_archived=True)]


def test_advertising_without_consent_cannot_be_made_a_purpose() -> None:
    before = list_purposes(with_archived=True)
    with pytest.raises(InputError) as caught:
        add_purpose(
            key="sale",
            name=Text(vi="Xả hàng", en="Sale"),
            basis="may_refuse",
            is_advertising=True,
            by="lan",
            at=NOW,
        )
    assert caught.value.code == "consent.bad_basis"
    with pytest.raises(ConflictError):
        archive_purpose("ads", archived=True, by="lan", at=NOW)
    assert list_purposes(with_archived=True) == before
