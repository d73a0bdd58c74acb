"""Values read as their type; what cannot be read stays, with a sentence that says what would be."""

from datetime import date
from typing import Any

import pytest

from khachquen.base import Text
from khachquen.unify.traits import Definition, read_value
from khachquen.unify.traits.builtin import built_in
from khachquen.unify.traits.definition import Choice, Kind

TODAY = date(2026, 11, 20)
_SIZES = tuple(Choice(size, Text(vi=size, en=size)) for size in ("Nhỏ", "Vừa", "Lớn"))


def trait(kind: Kind) -> Definition:
    return Definition("x", Text(vi="Thử", en="Try"), kind=kind, choices=_SIZES)


@pytest.mark.parametrize(
    ("kind", "raw", "value"),
    [
        ("text", "  Hoa\u00a0 hồng ", "Hoa hồng"),
        ("number", "1.250,5", 1250.5),
        ("number", 7, 7),
        ("money", "1.250.000đ", 1_250_000),
        ("money", "1tr250", 1_250_000),
        ("money", "15 triệu", 15_000_000),
        ("money", {"amount": "250k", "currency": "VND"}, 250_000),
        ("date", "24/12/2019", "2019-12-24"),
        ("date", "24/12/90", "1990-12-24"),
        ("date", "2019-12-24T17:00:00Z", "2019-12-25"),
        ("choice", "vua", "Vừa"),
        ("yes_no", "Có", True),
        ("yes_no", "không", False),
        ("yes_no", 1, True),
        ("phone", "0168 812 3456", "+84388123456"),
        ("email", "Hoa@Example.VN", "hoa@example.vn"),
        ("list", "cà phê; du lịch", ["cà phê", "du lịch"]),
        ("address", {"street": "12 Hàng Gai", "ward": ""}, {"street": "12 Hàng Gai"}),
    ],
)
def test_what_people_write_is_read(kind: Kind, raw: Any, value: Any) -> None:
    reading = read_value(trait(kind), raw, on=TODAY)

    assert (reading.value, reading.problem) == (value, None)


@pytest.mark.parametrize(
    ("kind", "raw", "words"),
    [
        ("date", "31/02/2020", "'31/02/2020' không phải là ngày có thật. Viết như 31/12/1990."),
        ("date", "mai", "'mai' không phải là ngày. Viết như 31/12/1990."),
        ("number", "nhiều", "'nhiều' không phải là số. Viết như 12,5."),
        ("money", "rẻ", "'rẻ' không phải là số tiền. Viết như 1.250.000đ."),
        ("phone", "123", "'123' không phải là số điện thoại. Viết như 0912 345 678."),
        ("email", "hoa@", "'hoa@' không phải là địa chỉ email. Viết như hoa@example.vn."),
        ("choice", "To", "'To' không có trong danh sách. Chọn: Nhỏ, Vừa, Lớn."),
        ("yes_no", "có lẽ", "'có lẽ' không phải là có hoặc không. Viết như có."),
        ("text", "x" * 2001, "Dài 2001 ký tự; tối đa là 2000."),
    ],
)
def test_what_cannot_be_read_stays_as_it_came_and_says_what_would_be_right(
    kind: Kind, raw: str, words: str
) -> None:
    reading = read_value(trait(kind), raw, on=TODAY)

    assert reading.value == raw
    assert reading.problem is not None
    assert reading.problem.vi == words


def test_gender_is_understood_as_people_write_it() -> None:
    gender = built_in()["gender"]

    said = ["Nữ", "female", "F", "nam", "không nêu"]
    assert [read_value(gender, one, on=TODAY).value for one in said] == [
        "female", "female", "female", "male", "not_stated",
    ]  # fmt: skip
