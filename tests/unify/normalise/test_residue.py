"""Old fonts and unread keystrokes are recognised, and what was meant is proposed, never applied."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khachquen.unify.normalise import display_name
from khachquen.unify.normalise.reading import propose_repair
from khachquen.unify.normalise.residue import _ONSET, _RHYMES, is_syllable


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Nguye64n Thi5 Hoa", "Nguyễn Thị Hoa"),  # VNI keys
        ("D9a8ng5 Thu3y", "Đặng Thủy"),
        ("Tru7o7ng Thi5 Lan", "Trương Thị Lan"),
        ("Nguyeenx Thij Hoaf", "Nguyễn Thị Hòa"),  # Telex keys
        ("Ddawngj Thij Thuyr", "Đặng Thị Thủy"),
        ("Trwowng", None),  # no keystrokes of anybody
        ("NguyÔn ThÞ Hoµ", "Nguyễn Thị Hoà"),  # TCVN3
        ("TrÇn V¨n §øc", "Trần Văn Đức"),
        ("L\xadu", "Lưu"),
        ("Nguyeãn Thò Hoøa", "Nguyễn Thị Hòa"),  # VNI font
        ("Traàn Vaên Ñöùc", "Trần Văn Đức"),
        ("NGUYEÃN VAÊN NAM", "NGUYỄN VĂN NAM"),
        # nothing is wrong with these
        ("Nguyễn Thị Hoa", None),
        ("NGUYEN THI HOA", None),
        ("Hoà Thuỷ", None),
        ("Lan Anh", None),
        # not ours to mend
        ("John Smith", None),
        ("McDonald", None),
        ("iPhone 15", None),
        ("Anh Khoa 2", None),
        ("", None),
    ],
)
def test_what_was_meant_is_proposed(typed: str, meant: str | None) -> None:
    assert propose_repair(typed) == meant
    if meant:
        assert display_name(typed) != meant  # and is not done behind anybody's back


NAMES = (
    "Nguyễn Trần Lê Phạm Hoàng Huỳnh Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý Đào Đoàn Trương Lưu Tạ "
    "Quách Thị Văn Đức Hữu Ngọc Ánh Tuyết Phượng Hường Quỳnh Thúy Thủy Hòa Hiền Nguyệt Khuê Quyên "
    "Giàu Giới Thùy Chuẩn Khánh Đường Tường Ước Yến Kiều Diễm Hạnh Bích Trúc Vượng Quế Tuấn Luân"
).split()
VNI = {
    "\u0301": "1", "\u0300": "2", "\u0309": "3", "\u0303": "4", "\u0323": "5",
    "\u0302": "6", "\u031b": "7", "\u0306": "8",
}  # fmt: skip
TELEX = {"1": "s", "2": "f", "3": "r", "4": "x", "5": "j"}


def _as_keys(word: str) -> tuple[str, str]:
    """What somebody types for a word with VNI, and with Telex, the tone last."""
    vni, telex, tone = "", "", ""
    for letter in word.replace("Đ", "D9").replace("đ", "d9"):
        base, *marks = unicodedata.normalize("NFD", letter)
        shape = "".join(VNI[m] for m in marks if VNI[m] in "678")
        tone += "".join(VNI[m] for m in marks if VNI[m] not in "678")
        vni += base + shape
        telex += {"6": base + base.lower(), "7": base + "w", "8": base + "w"}.get(shape, base)
    return vni + tone, telex.replace("D9", "Dd").replace("d9", "dd") + TELEX.get(tone, "")


@pytest.mark.parametrize("name", NAMES)
def test_common_names_come_back_from_either_keyboard(name: str) -> None:
    for typed in _as_keys(name):
        assert propose_repair(f"{typed} Nam") == f"{name} Nam", typed


def test_every_proposal_is_well_written_itself() -> None:
    assert propose_repair("Nguyễn Thị Hòa") is None


@given(
    st.sampled_from(_ONSET.replace("[", "").replace("]", "").split("|")), st.sampled_from(_RHYMES)
)
def test_a_syllable_stays_one_without_its_marks(onset: str, rhyme: str) -> None:
    syllable = f"{onset if len(onset) < 4 else 'd'}{rhyme}"
    plain = "".join(c for c in unicodedata.normalize("NFD", syllable) if c.isascii())
    assert is_syllable(syllable)
    assert is_syllable(plain)
    assert propose_repair(syllable) is None


@given(st.text(max_size=40))
def test_no_text_breaks_it(text: str) -> None:
    meant = propose_repair(text)
    assert meant is None or propose_repair(meant) is None
