"""A person's number has one form; what is not surely a person's number has none."""

from datetime import date

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from khachquen.unify.normalise import format_phone, normalise_phone, split_phones
from khachquen.unify.normalise.phones import _PREFIX_2018, _mend
from khachquen.unify.normalise.reading import Phone, read_phone


@pytest.mark.parametrize(
    "typed",
    [
        "0168 812 3456",
        "+841688123456",
        "841688123456",
        "1688123456",  # lost its zero
        "0388123456",
        "0388.123.456",
        "388123456",
        "+84 (0) 388 123 456",
        "+840388123456",
        "0084388123456",
        "084388123456",
        "(038) 812-3456",
        "0388123456.0",
        "388123456.0",
        "3.88123456E8",
        "3,88123456E+08",
        "8.4388123456E10",
        "'0388123456",
        "SĐT: 0388 123 456",
        "O388 123 456",
        "０３８８１２３４５６",
        "0388\u00a0123\u200b456",
        "+84-388-123-456",
    ],
)
def test_every_way_to_write_chi_hoas_number_is_one_number(typed: str) -> None:
    assert normalise_phone(typed) == "+84388123456"


@pytest.mark.parametrize(
    ("typed", "e164"),
    [
        ("849123456", "+84849123456"),  # 0849123456 without its zero, not +84 9123456
        ("84912345678", "+84912345678"),
        ("9.12345678E8", "+84912345678"),
        ("9.1234567E8", "+84912345670"),
        ("02838123456", "+842838123456"),
        ("(028) 3812 3456", "+842838123456"),
        ("+1 415 555 2671", "+14155552671"),
        ("0014155552671", "+14155552671"),
        ("0838123456", "+84838123456"),
        ("0892345678", "+84892345678"),  # MobiFone's 089, which phonenumbers does not know whole
    ],
)
def test_hard_cases_become_the_right_number(typed: str, e164: str) -> None:
    assert normalise_phone(typed) == e164


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "-",
        "không có",
        "0000000000",
        "0900000000",
        "0999999999",
        "0123456789",
        "1234567890",
        "01234567890",
        "+84900000000",
        "19001234",
        "1900 6035",
        "18001090",
        "113",
        "0912***678",
        "091xxxx678",
        "091234567",
        "09123456789012",
        "0712345678",  # no such prefix
        "0312345678",
        "9.12E+08",  # Excel has rounded the digits away
        "9.12346E+08",
        "0912345678 / 0987654321",
        "hoa@example.vn",
        "08 3812 3456",
        "(08) 3812 3456",
        "+84 8 3812 3456",
        "08-38123456",
    ],
)
def test_what_is_not_surely_one_persons_number_is_none(typed: str) -> None:
    assert normalise_phone(typed) is None


def test_an_old_landline_is_decided_only_by_its_date() -> None:
    assert normalise_phone("08 3812 3456", written_on=date(2015, 5, 1)) == "+842838123456"
    assert normalise_phone("0838123456", written_on=date(2015, 5, 1)) == "+842838123456"
    assert normalise_phone("04 3812 3456", written_on=date(2015, 5, 1)) == "+842438123456"
    assert normalise_phone("08 3812 3456", written_on=date(2020, 5, 1)) is None


def test_two_numbers_in_one_cell_are_two_numbers() -> None:
    both = ("+84912345678", "+84987654321")
    assert split_phones("0912345678 / 0987654321") == both
    assert split_phones("0912 345 678 - 0987 654 321") == both
    assert split_phones("0912345678 hoặc 0987654321") == both
    assert split_phones("0912345678; 84912345678") == both[:1]
    assert split_phones("không có") == ()


@pytest.mark.parametrize(("old", "new"), _PREFIX_2018.items())
def test_each_prefix_of_2018_becomes_todays_valid_one(old: str, new: str) -> None:
    number = f"+84{new}8123457"
    assert normalise_phone(f"0{old}8123457") == number
    assert phonenumbers.is_valid_number(phonenumbers.parse(number))


@given(st.from_regex(r"(0|\+84)\d{9}", fullmatch=True))
def test_the_fast_way_and_the_careful_way_agree(typed: str) -> None:
    assert normalise_phone(typed) == _mend(typed, 0).number


@given(st.from_regex(r"0[35789]\d{8}", fullmatch=True))
def test_a_number_we_keep_is_its_own_normal_form(typed: str) -> None:
    number = normalise_phone(typed)
    if number is not None:
        assert normalise_phone(number) == number
        assert normalise_phone(format_phone(number)) == number


@given(st.text(max_size=40))
def test_no_text_breaks_it(text: str) -> None:
    number = normalise_phone(text)
    assert number is None or number.startswith("+")


def test_numbers_are_shown_as_people_write_them() -> None:
    assert format_phone("+84912345678") == "0912 345 678"
    assert format_phone("+842838123456") == "028 3812 3456"
    assert format_phone("không phải số") == "không phải số"


def test_what_is_too_long_for_a_number_costs_neither_time_nor_memory() -> None:
    _mend.cache_clear()
    assert normalise_phone("0912 345 678" + " " * 100_000) is None
    assert split_phones(" " * 100_000) == ()
    assert _mend.cache_info().currsize == 0


def test_a_reading_keeps_what_was_written_beside_what_it_is() -> None:
    typed = " 0168.812.3456 "
    assert read_phone(typed) == Phone(typed, "+84388123456", "mobile", "Viettel")
    assert read_phone("0199 812 3456") == Phone(
        "0199 812 3456", "+84598123456", "mobile", "Gmobile"
    )
    assert read_phone("028 3812 3456") == Phone("028 3812 3456", "+842838123456", "landline")
    assert read_phone("+1 415 555 2671") == Phone("+1 415 555 2671", "+14155552671", "foreign")


def test_an_old_landline_or_a_mobile_of_today_is_flagged_and_never_guessed() -> None:
    either = read_phone("08 3812 3456")
    assert (either.e164, either.reason, either.is_ambiguous) == (None, "old_or_new", True)
    assert either.could_be == ("+842838123456", "+84838123456")
    dated = read_phone("08 3812 3456", written_on=date(2015, 5, 1))
    assert (dated.e164, dated.kind, dated.is_ambiguous) == ("+842838123456", "landline", False)
    assert read_phone("Máy bàn: 08 3812 3456").e164 == "+842838123456"
    assert read_phone("04 3812 3456").could_be == ("+842438123456",)
    # 086, 088 and 089 were mobiles already in the last year of the old landlines
    early = read_phone("0868123456", written_on=date(2016, 8, 1))
    assert early.could_be == ("+842868123456", "+84868123456")
    assert normalise_phone("0868123456", written_on=date(2016, 8, 1)) is None
    assert normalise_phone("08 6812 3456", written_on=date(2016, 8, 1)) == "+842868123456"


@pytest.mark.parametrize(
    ("typed", "kind", "reason"),
    [
        ("", "", "empty"),
        (" - ", "", "empty"),
        ("không có", "", "no_number"),
        ("0912***678", "", "masked"),
        ("091xxxx678", "", "masked"),
        ("0900000000", "", "made_up"),
        ("0123456789", "", "made_up"),
        ("0912345678 / 0987654321", "", "several"),
        ("9.12E+08", "", "rounded"),
        ("1900 6035", "service", "service"),
        ("18001090", "service", "service"),
        ("113", "service", "service"),
        ("091234567", "", "no_number"),
        ("0912345678" * 9, "", "no_number"),
    ],
)
def test_what_is_no_number_says_why(typed: str, kind: str, reason: str) -> None:
    phone = read_phone(typed)
    assert (phone.raw, phone.e164, phone.kind, phone.reason) == (typed, None, kind, reason)


@given(st.one_of(st.text(max_size=40), st.from_regex(r"[\d .+\-/eE]{1,20}", fullmatch=True)))
def test_the_long_and_the_short_answer_are_one(typed: str) -> None:
    phone = read_phone(typed)
    assert phone.e164 == normalise_phone(typed)
    assert bool(phone.e164) != bool(phone.reason)
    if phone.e164:
        assert read_phone(phone.e164).e164 == phone.e164
