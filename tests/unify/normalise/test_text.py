"""Two spellings of one text compare equal, and nothing else does."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khachquen.unify.normalise import clean_text, fold, match_rank
from khachquen.unify.normalise.ranking import spellings
from khachquen.unify.normalise.text import with_tone_in_place


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("Nguyễn Thị Hoà", "nguyen thi hoa"),
        (unicodedata.normalize("NFD", "Nguyễn Thị Hoà"), "nguyen thi hoa"),
        ("NGUYỄN THỊ HÒA", "nguyen thi hoa"),
        ("Ðặng", "dang"),  # U+00D0, from a bad keyboard
        ("đặng", "dang"),
        ("ðặng", "dang"),
        ("ＨＯＡ", "hoa"),  # full width
        ("Chị\u00a0Hoa", "chi hoa"),
        ("Ho\u200ba\ufeff", "hoa"),
        ("  Chị \t Hoa\n", "chi hoa"),
        ("", ""),
        ("Đường Trường Chinh", "duong truong chinh"),
        ("İstanbul", "istanbul"),
    ],
)
def test_fold_brings_every_spelling_to_one(typed: str, folded: str) -> None:
    assert fold(typed) == folded


def test_folding_loses_what_keeps_two_wards_apart() -> None:
    assert fold("Sơn Hà") == fold("Sơn Hạ")
    assert clean_text("Sơn Hà") != clean_text("Sơn Hạ")


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("typed", "clean"),
    [
        (unicodedata.normalize("NFD", "Nguyễn Thị Hoa"), "Nguyễn Thị Hoa"),
        ("  Chị \u200b Hoa ", "Chị Hoa"),
        ("dòng một\ndòng hai", "dòng một\ndòng hai"),
        ("Hoa\x00", "Hoa"),
        ("\u202eHoa", "Hoa"),
        ("Áo  dài", "Áo dài"),
    ],
)
def test_clean_text_takes_out_only_what_nobody_meant(typed: str, clean: str) -> None:
    assert clean_text(typed) == clean


def test_both_schools_of_the_tone_are_one_word() -> None:
    assert with_tone_in_place("Hoà Thuý Thuỷ") == "Hòa Thúy Thủy"
    assert with_tone_in_place("Quý Hoàng Toàn") == "Quý Hoàng Toàn"  # in their places already
    assert spellings("thúy") == {"thúy", "thuý"}


@pytest.mark.parametrize(
    ("query", "ranks"),
    [
        ("hòa", {"Trần Thị Hòa": 0, "Trần Thị Hoà": 0, "Lê Hoa": 1, "Ngô Hóa": 1, "Khoa": None}),
        ("hoa", {"Lê Hoa": 0, "Trần Thị Hòa": 1, "Ngô Hóa": 1, "Hoàng Lan": 1, "Khoa": None}),
        ("dang", {"Đặng Thị Lan": 1, "Dang Lan": 0, "Lan": None}),
        ("ÁNH TUYẾT", {"Nguyễn Thị Ánh Tuyết": 0, "Nguyen Thi Anh Tuyet": 1}),
        ("nguyen thi anh tuyet", {unicodedata.normalize("NFD", "Nguyễn Thị Ánh Tuyết"): 1}),
        ("", {"Hoa": 0}),
    ],
)
def test_exact_marks_rank_above_folded_ones(query: str, ranks: dict[str, int | None]) -> None:
    assert {text: match_rank(query, text) for text in ranks} == ranks


@given(st.text(max_size=20))
def test_a_text_is_found_by_itself(text: str) -> None:
    assert match_rank(text, text) == 0
    assert match_rank(fold(text), text) is not None
