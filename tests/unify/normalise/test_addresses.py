"""Addresses in both forms, by tables alone: no test here, and nothing it calls, opens a socket."""

import socket
import time
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khachquen.unify.normalise import fold
from khachquen.unify.normalise.addresses import (
    Address,
    find_unit,
    list_provinces,
    list_wards,
    read_address,
)
from khachquen.unify.normalise.addresses.reading import _read
from khachquen.unify.normalise.addresses.units import Node, load_country

HCM = "Thành phố Hồ Chí Minh"


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("an address was about to leave the machine")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


def test_the_guard_against_sockets_is_on() -> None:
    with pytest.raises(AssertionError, match="leave the machine"):
        socket.socket()


def names(address: Address) -> tuple[str, ...]:
    return address.new.names


def test_ben_nghe_is_sai_gon_under_the_code_it_had() -> None:
    address = read_address("Phường Bến Nghé, Quận 1, TP.HCM")
    assert names(address) == ("Phường Sài Gòn", HCM)
    assert address.old.names == ("Phường Bến Nghé", "Quận 1", HCM)
    assert address.new.ward
    assert address.new.province
    assert address.old.ward
    assert (address.new.province.code, address.new.ward.code) == ("79", "26740")
    assert address.old.ward.code == "26740"
    assert (address.new.ward.key, address.old.ward.key) == ("26740@2025-07-01", "26740@old")
    assert (address.written, address.confidence, address.needs_review) == ("old", 1.0, False)
    assert address.raw == "Phường Bến Nghé, Quận 1, TP.HCM"


def test_a_divided_ward_gives_candidates_a_default_and_asks_for_a_look() -> None:
    address = read_address("70 Nguyễn Sỹ Sách, Phường 15, Quận Tân Bình, HCM")
    assert names(address) == ("Phường Tân Sơn", HCM)
    assert [unit.name for unit in address.candidates] == ["Phường Tân Sơn", "Phường Tân Bình"]
    assert (address.street, address.confidence) == ("70 Nguyễn Sỹ Sách", 0.5)
    assert (address.needs_review, address.notes) == (True, ("split",))
    assert address.key == ""  # no household is made of a guess


@pytest.mark.parametrize(
    ("typed", "street", "new"),
    [
        ("Xã Hòa Khương, Huyện Hòa Vang, Đà Nẵng", "", ("Xã Hòa Tiến", "Thành phố Đà Nẵng")),
        ("Bà Rịa - Vũng Tàu", "", (HCM,)),
        ("Bình Dương", "", (HCM,)),
        ("Sài Gòn", "", (HCM,)),
        ("Q. Bình Thạnh", "", (HCM,)),
        ("TPHCM, Q3, P6", "", ("Phường Xuân Hòa", HCM)),
        (
            "34 đường Bình Dương, P. Chánh Nghĩa, Thủ Dầu Một",
            "34 đường Bình Dương",
            ("Phường Thủ Dầu Một", HCM),
        ),
        ("45 Quang Trung Hà Đông Hà Nội", "45 Quang Trung", ("Thành phố Hà Nội",)),
        ("p ben nghe q1 tphcm", "", ("Phường Sài Gòn", HCM)),
        ("12 le loi p ben nghe q1 tphcm", "12 le loi", ("Phường Sài Gòn", HCM)),
        ("12 Tran Phu, Dong Da, HN", "12 Tran Phu", ("Thành phố Hà Nội",)),
        ("P. Thắng Tam, Tp Vũng Tàu, BR-VT", "", ("Phường Vũng Tàu", HCM)),
        ("Phường Thắng Tam, TP Vũng Tàu, TP HCM", "", ("Phường Vũng Tàu", HCM)),
        ("Phường Vũng Tàu, Bà Rịa - Vũng Tàu", "", ("Phường Vũng Tàu", HCM)),
        ("Phường Tân Bình, TP HCM", "", ("Phường Tân Bình", HCM)),
        ("123 Lê Lợi, P.Bến Thành, TP.HCM", "123 Lê Lợi", ("Phường Bến Thành", HCM)),
        (
            "12 Phố Huế, Phường Phố Huế, Quận Hai Bà Trưng, Hà Nội",
            "12 Phố Huế",
            ("Phường Hai Bà Trưng", "Thành phố Hà Nội"),
        ),
        (
            "số 5 xa lộ hà nội, phường hiệp phú, tp thủ đức",
            "số 5 xa lộ hà nội",
            ("Phường Tăng Nhơn Phú", HCM),
        ),
        (
            "15 Hùng Vương, Vĩnh Ninh, Huế",
            "15 Hùng Vương",
            ("Phường Thuận Hóa", "Thành phố Huế"),
        ),
        (
            "thôn 3 xã Ea Tu, TP Buôn Ma Thuột, Đắc Lắc",
            "thôn 3",
            ("Phường Tân An", "Tỉnh Đắk Lắk"),
        ),
        (
            "Ben Nghe Ward, District 1, Ho Chi Minh City 700000, Vietnam",
            "",
            ("Phường Sài Gòn", HCM),
        ),
        # wards of before 2025 that had been joined to others already
        ("Phường 6, Quận 3, TPHCM", "", ("Phường Xuân Hòa", HCM)),
        ("Phường Thảo Điền, Quận 2, TP.HCM", "", ("Phường An Khánh", HCM)),
        (
            "45 Lê Lợi, Phường Lê Lợi, TP Qui Nhơn, Bình Định",
            "45 Lê Lợi",
            ("Phường Quy Nhơn", "Tỉnh Gia Lai"),
        ),
        ("Côn Đảo, Bà Rịa - Vũng Tàu", "", ("Đặc khu Côn Đảo", HCM)),
        ("350 Tôn Đức Thắng, TP Huế", "350 Tôn Đức Thắng", ("Thành phố Huế",)),
        ("không có", "không có", ()),
        ("", "", ()),
    ],
)
def test_what_people_type_is_found_and_the_street_stays(
    typed: str, street: str, new: tuple[str, ...]
) -> None:
    address = read_address(typed)
    assert (address.street, names(address)) == (street, new)


def test_a_name_is_the_one_of_its_day() -> None:
    assert names(read_address("Tỉnh Đồng Nai", on=date(2026, 5, 1))) == ("Thành phố Đồng Nai",)
    assert names(read_address("Tỉnh Đồng Nai", on=date(2025, 8, 1))) == ("Tỉnh Đồng Nai",)
    assert names(read_address("Tỉnh Đồng Nai")) == ("Thành phố Đồng Nai",)
    city = find_unit("75", on=date(2026, 4, 30))
    province = find_unit("75", on=date(2026, 4, 29))
    assert city
    assert province
    assert (province.key, province.valid_to) == ("75@2025-07-01", date(2026, 4, 29))
    assert (city.key, city.valid_to) == ("75@2026-04-30", None)
    long_thanh = read_address("Xã Long Thành, Đồng Nai", on=date(2025, 9, 1))
    assert names(long_thanh) == ("Xã Long Thành", "Tỉnh Đồng Nai")
    assert names(read_address("Xã Long Thành, Đồng Nai"))[0] == "Phường Long Thành"


def test_the_day_of_the_text_settles_what_stands_in_both_times() -> None:
    typed = "Phường Bến Thành, TP Hồ Chí Minh"
    assert read_address(typed).written == "new"
    assert read_address(typed, on=date(2024, 3, 1)).written == "old"


def test_names_that_fold_alike_are_told_apart_by_marks_and_never_by_luck() -> None:
    assert names(read_address("Xã Sơn Hà, Quảng Ngãi"))[0] == "Xã Sơn Hà"
    assert names(read_address("Xã Sơn Hạ, Quảng Ngãi"))[0] == "Xã Sơn Hạ"
    plain = read_address("xa son ha, quang ngai")
    assert names(plain) == ("Tỉnh Quảng Ngãi",)
    assert {unit.name for unit in plain.candidates} == {"Xã Sơn Hà", "Xã Sơn Hạ"}
    assert (plain.notes, plain.confidence) == (("same_letters",), 0.5)
    assert read_address("Xã Cẩm Giàng, Hải Phòng").confidence == 1.0
    assert len(read_address("xa cam giang, hai phong").candidates) == 2
    many = read_address("Xã Tân Tiến")
    assert (len(many.candidates), names(many), many.needs_review) == (7, (), True)
    other = read_address("Phường Bến Nghẽ, Quận 1, TP.HCM")
    assert other.notes == ("marks_differ",)


def test_a_text_with_both_forms_settles_itself() -> None:
    for typed in (
        "12 Lê Lợi, Phường Sài Gòn (P. Bến Nghé, Quận 1 cũ), TP. Hồ Chí Minh",
        "12 Lê Lợi, P. Bến Nghé, Q.1 (nay là Phường Sài Gòn), TP HCM",
    ):
        address = read_address(typed)
        assert (address.street, names(address)) == ("12 Lê Lợi", ("Phường Sài Gòn", HCM))
    split = read_address("70 Nguyễn Sỹ Sách, Phường 15 (nay là P. Tân Bình), Quận Tân Bình, HCM")
    assert names(split) == ("Phường Tân Bình", HCM)
    assert (split.street, split.needs_review) == ("70 Nguyễn Sỹ Sách", False)


def test_one_door_is_one_key_however_it_is_written() -> None:
    first, *others = (
        read_address(typed).key
        for typed in (
            "12/3A Lê Lợi, Phường Bến Nghé, Quận 1, TP.HCM",
            "Số 12/3a, đường Lê Lợi, P. Sài Gòn, TPHCM",
            "so 12/3A le loi p ben nghe q1 tphcm",
        )
    )
    assert others == [first, first]
    assert read_address("123A Lê Lợi, P. Sài Gòn, TPHCM").key != first
    assert read_address("P. Sài Gòn, TPHCM").key == ""  # a commune is no household


def test_a_district_alone_is_no_commune() -> None:
    address = read_address("12 Tran Phu, Dong Da, HN")
    assert address.old.names == ("Quận Đống Đa", "Thành phố Hà Nội")
    assert address.candidates[0].name == "Phường Đống Đa"
    assert address.needs_review
    assert not address.new.ward


def test_both_forms_are_written_out() -> None:
    address = read_address("12 Lê Lợi, P. Bến Nghé, Q.1, TPHCM")
    assert address.format("old") == f"12 Lê Lợi, Phường Bến Nghé, Quận 1, {HCM}"
    assert address.format("new") == f"12 Lê Lợi, Phường Sài Gòn, {HCM}"
    today = read_address("12 Lê Lợi, Phường Sài Gòn, TPHCM")
    assert today.format("old") == today.format("new")
    assert today.key == address.key == "26740|12 le loi"


def test_there_are_as_many_units_as_the_law_says() -> None:
    provinces = list_provinces()
    wards = [ward for province in provinces for ward in list_wards(province.code)]
    first_word = [ward.name.split()[0] for ward in wards]
    assert (len(provinces), len(wards)) == (34, 3321)
    assert first_word.count("Đặc") == 13
    communes_2025 = [
        ward.name
        for province in provinces
        for ward in list_wards(province.code, on=date(2025, 7, 1))
    ]
    assert sum(name.startswith("Xã ") for name in communes_2025) == 2621
    assert sum(name.startswith("Phường ") for name in communes_2025) == 687


def test_old_units_are_all_there_and_each_went_somewhere() -> None:
    country = load_country()
    provinces = {id(p): p for same in country.old_provinces.values() for p in same}.values()
    districts = [district for province in provinces for district in province.inside]
    wards = list(_old_wards())
    assert (len(provinces), len(districts), len(wards)) == (63, 696, 10035)
    assert all(ward.new for ward in wards)
    assert sum(len(ward.new) > 1 for ward in wards) == 446


def _old_wards() -> Iterator[Node]:
    provinces = load_country().old_provinces.values()
    for province in {id(p): p for same in provinces for p in same}.values():
        for district in province.inside:
            yield from district.inside


def _line(ward: Node) -> str:
    assert ward.above
    assert ward.above.above
    units = (ward.unit, ward.above.unit, ward.above.above.unit)
    return ", ".join(("12 Lê Lợi", *(unit.name for unit in units)))


@pytest.mark.parametrize("nth", range(3))
def test_every_old_address_is_read_back_with_and_without_commas_and_marks(nth: int) -> None:
    for ward in list(_old_wards())[nth * 7 :: 29]:
        line = _line(ward)
        for typed in (line, line.replace(",", "")):
            address = _read.__wrapped__(typed, None)
            assert address.old.ward == ward.unit, typed
            assert address.street == "12 Lê Lợi"
        folded = _read.__wrapped__(fold(line), None)
        assert folded.old.ward in (ward.unit, None), line  # None: two fold alike
        assert folded.old.ward or folded.notes or folded.new.ward, line


def test_every_address_of_today_is_read_back() -> None:
    for province in list_provinces():
        for ward in list_wards(province.code)[::9]:
            address = _read.__wrapped__(f"12 Lê Lợi, {ward.name}, {province.name}", None)
            assert (address.new.ward, address.street) == (ward, "12 Lê Lợi")


@given(st.text(max_size=80))
def test_no_text_breaks_it(text: str) -> None:
    address = read_address(text)
    assert address.raw == text
    assert 0 <= address.confidence <= 1


@given(
    st.lists(st.sampled_from("p q tp xa 1 15 hcm bến nghé huế - , / tân bình".split()), max_size=14)
)
def test_an_address_written_out_is_read_the_same(words: list[str]) -> None:
    first = read_address(" ".join(words))
    if first.new.ward and not first.notes:
        again = read_address(", ".join(first.new.names))
        assert again.new == first.new


def test_what_is_too_long_for_an_address_is_only_kept() -> None:
    long = "Quận 1 " * 100
    assert read_address(long).written == ""
    assert read_address(long).raw == long


def test_an_address_takes_less_than_a_millisecond() -> None:
    lines = [_line(ward) for ward in list(_old_wards())[::50]]
    started = time.process_time()
    for line in lines:
        _read.__wrapped__(line, None)
    assert (time.process_time() - started) / len(lines) < 0.001
