"""Every check, on one person each: when it is wrong, when right, when it has nothing to say."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from khachquen.unify.quality.facts import Person, Word
from khachquen.unify.quality.rule import AXES
from khachquen.unify.quality.rules import RULES, get_rule

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
TILL, WEB = 1, 2


def judged(rule: str, *words: tuple[str, Any, int], **rest: Any) -> dict[int, bool]:
    judge = get_rule(rule).judge
    assert judge is not None
    said = tuple(Word(field, value, source, NOW) for field, value, source in words)
    known = {"name": "Nguyễn Thị Hoa", "phone": "+84912345678", "email": "", "last_seen": NOW}
    sources = frozenset(source for _, _, source in words)
    return dict(judge(Person(id=1, words=said, sources=sources, **{**known, **rest}), NOW))


WRONG = [
    ("name_junk", "name", "khách lẻ"),
    ("name_junk", "name", "0912345678"),
    ("name_junk", "name", "N*** H"),
    ("name_junk", "name", "test"),
    ("name_old_keys", "name", "Nguye64n Thi5 Hoa"),
    ("phone_invalid", "phone", "12345"),
    ("phone_invalid", "phone", "0900000000"),
    ("phone_invalid", "phone", "1900 6035"),
    ("phone_invalid", "phone", ["0912345678"]),
    ("phone_ambiguous", "phone", "08 3812 3456"),
    ("phone_ambiguous", "phone", "0912345678 / 0987654321"),
    ("email_invalid", "email", "hoa@gmail,com"),
    ("email_invalid", "email", "noreply@example.vn"),
    ("email_typo", "email", "hoa@gmial.com"),
    ("birthday_impossible", "birthday", "21/11/2026"),
    ("birthday_impossible", "birthday", "31/02/1990"),
    ("birthday_impossible", "birthday", "1/1/1900"),
]
RIGHT = [
    ("name_junk", "name", "chị Hoa"),
    ("name_old_keys", "name", "NGUYEN THI HOA"),
    ("phone_invalid", "phone", "0912 345 678"),
    ("phone_invalid", "phone", 912345678),
    ("phone_invalid", "phone", "08 3812 3456"),
    ("phone_ambiguous", "phone", "12345"),
    ("email_invalid", "email", "hoa@gmial.com"),
    ("email_typo", "email", "hoa@gmail.com"),
    ("birthday_impossible", "birthday", "20/11/2026"),
    ("birthday_impossible", "birthday", "03/04/1990"),
]


@pytest.mark.parametrize(("rule", "field", "value"), WRONG)
def test_what_is_wrong_is_found_with_who_said_it(rule: str, field: str, value: Any) -> None:
    assert judged(rule, (field, value, TILL)) == {TILL: True}


@pytest.mark.parametrize(("rule", "field", "value"), RIGHT)
def test_what_is_right_is_counted_and_not_found(rule: str, field: str, value: Any) -> None:
    assert judged(rule, (field, value, TILL)) == {TILL: False}


@pytest.mark.parametrize("rule", [rule.key for rule in RULES if rule.judge and rule.field])
def test_who_says_nothing_is_not_judged(rule: str) -> None:
    if rule == "name_missing":  # it asks about the record, whoever speaks
        return
    assert judged(rule, ("name", "", TILL), ("phone", None, TILL), ("email", "  ", WEB)) == {}


def test_each_source_answers_for_its_own_words() -> None:
    found = judged("phone_invalid", ("phone", "12345", TILL), ("phone", "0912345678", WEB))

    assert found == {TILL: True, WEB: False}


def test_a_record_without_a_way_to_reach_its_person() -> None:
    assert judged("contact_missing", ("name", "Hoa", TILL), phone="") == {TILL: True}
    assert judged("contact_missing", ("name", "Hoa", TILL)) == {TILL: False}
    assert judged("contact_missing", ("name", "Hoa", TILL), phone="", email="hoa@example.vn") == {
        TILL: False
    }
    assert judged("name_missing", name="") == {0: True}  # nobody in particular told of them


def test_two_years_and_a_moment() -> None:
    edge = NOW - timedelta(days=730)

    assert judged("not_seen", last_seen=edge) == {0: False}
    assert judged("not_seen", last_seen=edge - timedelta(seconds=1)) == {0: True}


def test_a_phone_that_stands_with_somebody_else() -> None:
    words = (("phone", "0912 345 678", TILL), ("email", "Hoa@Example.vn", WEB))
    elsewhere = frozenset({"phone:+84912345678"})

    assert judged("phone_of_another", *words, elsewhere=elsewhere) == {TILL: True}
    assert judged("email_of_another", *words, elsewhere=elsewhere) == {WEB: False}


def test_a_gender_against_the_way_somebody_is_addressed() -> None:
    chi_hoa = ("name", "Chị Hoa", TILL)

    assert judged("gender_contradicted", chi_hoa, ("gender", "nam", WEB)) == {WEB: True}
    assert judged("gender_contradicted", chi_hoa, ("gender", "Nữ", WEB)) == {WEB: False}
    assert judged("gender_contradicted", ("name", "Hoa", TILL), ("gender", "nam", WEB)) == {}
    assert judged("gender_contradicted", chi_hoa, ("gender", "?", WEB)) == {}
    both = (chi_hoa, ("name", "Anh Hoa", WEB), ("gender", "nam", WEB))
    assert judged("gender_contradicted", *both) == {}, "the sources do not agree how to address"


def test_birthdays_that_differ_only_in_spelling_agree() -> None:
    till = ("birthday", "03/04/1990", TILL)

    assert judged("birthdays_differ", till, ("birthday", "1990-04-03", WEB)) == {
        TILL: False,
        WEB: False,
    }
    assert judged("birthdays_differ", till, ("birthday", "1990-03-04", WEB)) == {
        TILL: True,
        WEB: True,
    }
    assert judged("birthdays_differ", till, ("birthday", "hôm qua", WEB)) == {}


def test_every_axis_has_rules_and_every_rule_says_all_it_must() -> None:
    assert {rule.axis for rule in RULES} == set(AXES)
    assert len({rule.key for rule in RULES}) == len(RULES) == 19
    for rule in RULES:
        assert (rule.judge is not None) == (rule.subject == "person"), rule.key
        for words in (rule.name, rule.counts, rule.why, rule.fix):
            assert words.vi.strip(), rule.key
            assert words.en.strip(), rule.key
        assert rule.weight > 0
