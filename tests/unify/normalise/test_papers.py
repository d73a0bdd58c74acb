"""Numbers of the state are read and checked for consistency; a doubt is a flag, never a rewrite."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khachquen.unify.normalise.papers import Cccd, TaxCode, read_cccd, read_tax_code


def test_a_card_says_where_when_and_who() -> None:
    assert read_cccd("079195012345") == Cccd(
        "079195012345", "079195012345", "cccd", "079", "Hồ Chí Minh", "female", 1995
    )
    hanoi = read_cccd(" 001 204 000 123 ")
    assert (hanoi.province, hanoi.gender, hanoi.birth_year) == ("Hà Nội", "male", 2004)
    assert hanoi.raw == " 001 204 000 123 "
    assert read_cccd("031095012345").province == "Hải Phòng"
    assert read_cccd("048195012345").province == "Đà Nẵng"


def test_another_birth_year_or_gender_is_a_flag_and_nothing_is_rewritten() -> None:
    card = read_cccd("079195012345", born_on=date(1996, 1, 1))
    assert (card.flags, card.birth_year) == (("birth_year_differs",), 1995)
    assert read_cccd("079195012345", born_on=date(1995, 1, 1), gender="female").flags == ()
    assert read_cccd("079195012345", gender="male").flags == ("gender_differs",)
    assert read_cccd("079195012345", gender="khác").flags == ()
    assert read_cccd("079395012345", on=date(2026, 1, 1)).flags == ("birth_in_future",)
    assert read_cccd("103195012345").flags == ("unknown_province",)  # perhaps born abroad


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("79195012345", "079195012345"),
        ("79195012345.0", "079195012345"),
        ("1195012345", "001195012345"),  # Hà Nội loses two
    ],
)
def test_zeros_lost_to_excel_are_put_back_and_flagged(typed: str, number: str) -> None:
    card = read_cccd(typed)
    assert (card.raw, card.number, card.flags) == (typed, number, ("lost_zero",))


def test_an_old_card_of_nine_digits_says_nothing() -> None:
    assert read_cccd("023456789") == Cccd("023456789", "023456789", "cmnd")


@pytest.mark.parametrize("typed", ["", "0912345678", "không có", "0791950123", "07919501234567"])
def test_what_is_no_card_has_no_number(typed: str) -> None:
    assert read_cccd(typed) == Cccd(typed, None)


def test_a_card_is_shown_by_its_last_four_digits() -> None:
    assert read_cccd("079195011234").masked == "********1234"
    assert read_cccd("").masked == ""


@pytest.mark.parametrize(
    ("typed", "code", "form", "reason"),
    [
        ("0100233488", "0100233488", "company", ""),
        ("MST: 0100 233 488", "0100233488", "company", ""),
        ("0314409058-002", "0314409058-002", "branch", ""),
        ("0314409058002", "0314409058-002", "branch", ""),
        ("079195012345", "079195012345", "person", ""),  # a citizen's, since 2025-07-01
        ("0100233480", None, "", "check_digit"),
        ("0314409058-000", None, "", "branch"),
        ("100233488", None, "", "lost_zero"),
        ("123", None, "", "no_code"),
        ("", None, "", "empty"),
    ],
)
def test_a_tax_code_is_good_or_says_why_not(
    typed: str, code: str | None, form: str, reason: str
) -> None:
    assert read_tax_code(typed) == TaxCode(typed, code, form, reason)  # type: ignore[arg-type]


@given(st.from_regex(r"\d{9}", fullmatch=True))
def test_at_most_one_digit_checks_nine_others(nine: str) -> None:
    good = [digit for digit in "0123456789" if read_tax_code(nine + digit).code]
    assert len(good) <= 1


@given(st.one_of(st.text(max_size=30), st.from_regex(r"\d{8,13}", fullmatch=True)))
def test_no_text_breaks_them(text: str) -> None:
    card, code = read_cccd(text), read_tax_code(text)
    assert (card.raw, code.raw) == (text, text)
    if card.number:
        assert read_cccd(card.number).number == card.number
    if code.code:
        assert read_tax_code(code.code).code == code.code
