"""People are addressed by the given name, whatever way a till or a form wrote the whole."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khachquen.unify.normalise import Name, display_name, given_name, salutation, split_name


@pytest.mark.parametrize(
    ("full_name", "parts"),
    [
        ("Nguyễn Thị Hoa", Name("Nguyễn", "Thị", "Hoa")),
        ("Trần Nam", Name("Trần", "", "Nam")),
        ("Lê Thị Thu Ngọc", Name("Lê", "Thị Thu", "Ngọc")),
        ("Chị Nguyễn Thị Hoa", Name("Nguyễn", "Thị", "Hoa", "Chị")),
        ("anh Nam", Name("", "", "Nam", "Anh")),
        ("C. Hoa", Name("", "", "Hoa", "Chị")),
        ("A.Nam", Name("", "", "Nam", "Anh")),
        ("NGUYEN VAN NAM", Name("NGUYEN", "VAN", "NAM")),
        ("Hoa Nguyen Thi", Name("Nguyen", "Thi", "Hoa")),
        ("Phương Trần", Name("Trần", "", "Phương")),
        ("Chi Nguyen", Name("Nguyen", "", "Chi")),
        ("Tôn Nữ Thị Ninh", Name("Tôn Nữ", "Thị", "Ninh")),
        ("John Smith", Name("Smith", "", "John")),
        ("Hoa", Name("", "", "Hoa")),
        ("Trương Thị Lan", Name("Trương", "Thị", "Lan")),
    ],
)
def test_a_name_is_taken_apart(full_name: str, parts: Name) -> None:
    assert split_name(full_name) == parts


@pytest.mark.parametrize(
    "full_name",
    ["", "  ", "khách lẻ", "KHACH LE", "Khách", "Khách vãng lai", "N*** H", "Công ty TNHH Hoa Mai"],
)
def test_nobodys_name_has_no_parts(full_name: str) -> None:
    assert split_name(full_name) == Name()
    assert given_name(full_name) == ""


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("NGUYỄN THỊ HOÀ", "Nguyễn Thị Hòa"),
        (unicodedata.normalize("NFD", "Nguyễn Thị Hoà"), "Nguyễn Thị Hòa"),
        ("Chị Nguyễn Thị Hòa", "Nguyễn Thị Hòa"),
        ("Ðặng Thuý", "Đặng Thúy"),
        ("lê văn  nam", "Lê Văn Nam"),
        ("Hoàng Khoai Quý", "Hoàng Khoai Quý"),  # the tone is in its place already
        ("HOÀ", "Hòa"),
        ("McDonald", "McDonald"),
        ("N*** H", "N*** H"),
        ("khách lẻ", "Khách Lẻ"),
        ("Anh", "Anh"),
        ("", ""),
    ],
)
def test_a_name_is_shown_as_its_owner_would_write_it(typed: str, shown: str) -> None:
    assert display_name(typed) == shown


def test_an_icelandic_eth_is_a_d_with_stroke() -> None:
    assert split_name("Ðặng Thị Ðào") == Name("Đặng", "Thị", "Đào")
    assert given_name("Nguyễn Văn Ðức") == "Đức"


@pytest.mark.parametrize(
    ("full_name", "gender", "called"),
    [
        ("Nguyễn Thị Hoa", "female", "Chị Hoa"),
        ("NGUYEN THI HOA", "", "Chị Hoa"),  # Thị
        ("Trần Văn Nam", "", "Anh Nam"),  # Văn
        ("Chị Minh", "", "Chị Minh"),
        ("Cô Lan", "", "Chị Lan"),
        ("Ông Hải", "", "Anh Hải"),
        ("Lê Minh", "", "Anh/Chị Minh"),
        ("Em Tú", "", "Anh/Chị Tú"),
        ("Anh Minh", "female", "Chị Minh"),  # what is known counts before a hint
        ("Lê Minh", "khác", "Anh/Chị Minh"),
        ("Hoa Nguyen Thi", "female", "Chị Hoa"),
        ("khách lẻ", "female", "Quý khách"),
        ("N*** H", "", "Quý khách"),
        ("", "male", "Quý khách"),
    ],
)
def test_people_are_greeted_by_their_given_name(full_name: str, gender: str, called: str) -> None:
    assert salutation(full_name, gender) == called


def test_the_given_name_is_what_one_calls_somebody() -> None:
    assert given_name("NGUYỄN THỊ HOÀ") == "Hòa"
    assert given_name("chị hoa") == "Hoa"


@given(st.text(max_size=60))
def test_no_text_breaks_it(text: str) -> None:
    name = split_name(text)
    assert name.given or name == Name()
    shown = display_name(text)
    assert display_name(shown) == display_name(display_name(shown))
    assert salutation(text)


def test_a_name_of_a_novels_length_is_cut() -> None:
    assert display_name("Hoa " * 1000) == ("Hoa " * 50).strip()
    assert given_name("Hoa " * 1000) == "Hoa"
