"""Two spellings of one text compare equal, and nothing else does."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khachquen.unify.normalise import clean_text, fold


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
