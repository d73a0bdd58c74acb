"""Names of units as words: one spelling to show, one key to compare."""

import re

from khachquen.unify.normalise.text import clean_text, fold, with_tone_in_place

_WORDS = re.compile(r"[^\W_]+(?:['’`][^\W_]+)*")
# Mỹ and Mĩ, Quy Nhơn and Qui Nhơn are one name; Tây and Tài are two.
_Y_FOR_I = re.compile(r"(?<![aeou])y|(?<=qu)y")
_STREET_WORDS = re.compile(r"[^\W_]+|/")
_SAYS_STREET = frozenset("so nha duong d pho".split())
_KIND = re.compile(r"(Thành phố|Tỉnh|Quận|Huyện|Thị xã|Thị trấn|Phường|Xã|Đặc khu) ")
_MARKS_OF_WORDS = str.maketrans("", "", "'’`")


def words_of(text: str) -> list[re.Match[str]]:
    """The words of a text, each with its place.

    >>> [word[0] for word in words_of("P.15, Q.Tân Bình")]
    ['P', '15', 'Q', 'Tân', 'Bình']
    """
    return list(_WORDS.finditer(text))


def word_key(word: str) -> str:
    """One word as it is compared: folded, y is i, 01 is 1, đắc is đắk.

    >>> [word_key(word) for word in ("Mỹ", "Mĩ", "Tây", "01", "R'Lấp")]
    ['mi', 'mi', 'tay', '1', 'rlap']
    """
    key = fold(word).translate(_MARKS_OF_WORDS)
    if key.isdigit():
        return key.lstrip("0") or "0"
    return "dak" if key == "dac" else _Y_FOR_I.sub("i", key)


def key_of(name: str) -> str:
    """A whole name as it is compared; spaces and hyphens do not count.

    >>> key_of("Bà Rịa - Vũng Tàu"), key_of("Phường 01")
    ('bariavungtau', 'phuong1')
    """
    return "".join(word_key(word[0]) for word in words_of(clean_text(name)))


def unit_name(name: str) -> str:
    """A unit's name as it is shown: the tone in its place, a capital first.

    >>> unit_name("xã Hoà Tiến")
    'Xã Hòa Tiến'
    """
    text = " ".join(with_tone_in_place(word) for word in clean_text(name).split())
    return text[:1].upper() + text[1:]


def split_kind(name: str) -> tuple[str, str]:
    """The kind of a unit and its own name.

    >>> split_kind("Thị trấn Phong Điền"), split_kind("Bình Dương")
    (('Thị trấn', 'Phong Điền'), ('', 'Bình Dương'))
    """
    found = _KIND.match(name)
    return (found[1], name[found.end() :]) if found else ("", name)


def street_key(street: str) -> str:
    """A street and number as they are compared: "Số 12 đường Lê Lợi" is "12 le loi".

    >>> street_key("Số 12/3A, Đ. Lê Lợi"), street_key("12/3a le loi")
    ('12 / 3a le loi', '12 / 3a le loi')
    """
    words = (word_key(word) for word in _STREET_WORDS.findall(fold(street)))
    return " ".join(word for word in words if word not in _SAYS_STREET)
