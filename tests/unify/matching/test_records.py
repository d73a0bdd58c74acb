"""Rows in the form they are compared in."""

import pytest

from khachquen.unify.matching.columns import guess_columns
from khachquen.unify.matching.records import Record, normalise_row


def record_of(**cells: str) -> Record:
    return normalise_row(cells, guess_columns(list(cells)))


def test_every_way_to_write_her_is_one_record() -> None:
    written = [
        record_of(full_name="Nguyễn Thị Hoà", phone="0168 812 3456", dob="2001-10-02"),
        record_of(full_name="NGUYEN THI HOA", phone="+84388123456", dob="02/10/2001"),
        record_of(full_name="Hoa Nguyen Thi", phone="388123456.0", dob="2/10/2001"),
    ]

    assert len(set(written)) == 1
    assert written[0] == Record(
        given="hoa", middle="thi", family="nguyen", phone="+84388123456", birth="20011002"
    )


def test_two_numbers_in_a_cell_are_both_kept() -> None:
    record = record_of(sdt="0912345678 / 0987654321")

    assert (record.phone, record.phone_other) == ("+84912345678", "+84987654321")


def test_nobody_and_masked_values_are_unknown() -> None:
    assert record_of(full_name="khách lẻ", phone="84*****12", email="n***@nhamay.vn") == Record()


def test_a_whole_name_in_the_first_name_is_taken_apart() -> None:
    whole = record_of(first_name="Nguyễn Thị Hoa", last_name="")

    assert (whole.family, whole.middle, whole.given) == ("nguyen", "thi", "hoa")


def test_halves_of_a_name_stay_as_they_are_told() -> None:
    turned = record_of(first_name="Rowe", last_name="Caleb")

    assert (turned.given, turned.family) == ("rowe", "caleb")


@pytest.mark.parametrize(
    ("ward", "place"),
    [("Phường Bến Nghé", "ben nghe"), ("P. Ben Nghe", "ben nghe"), ("Phường 15", "phuong 15")],
)
def test_the_kind_of_a_unit_is_left_out_unless_it_is_all_there_is(ward: str, place: str) -> None:
    assert record_of(ward=ward).place == place


def test_the_district_stands_in_for_a_missing_ward() -> None:
    assert record_of(ward="", district="Quận Đống Đa").place == "dong da"


def test_a_note_in_the_wrong_cell_is_cut() -> None:
    assert len(record_of(address="x" * 5_000).street) == 300
