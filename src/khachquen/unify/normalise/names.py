"""Vietnamese names: family (họ), middle (tên đệm), given (tên); people go by the given name."""

import re
from dataclasses import dataclass
from functools import lru_cache

from khachquen.unify.normalise.text import clean_text, fold, with_tone_in_place

_FAMILY = frozenset(
    "nguyen tran le pham hoang huynh phan vu vo dang bui do ho ngo duong ly dinh trinh doan lam "
    "truong mai dao cao luong luu to ha tang quach chau ta thai trieu vuong phung la thach tong "
    "dam ton kieu tieu nghiem giang lu luc ninh banh bach cam chu diep dong du gia hua khuat "
    "khuc kim kha khong khuong lac lai lieu lo long mac ma mang mau nong nhan ong pho phi phu "
    "quan quang sam si su than thi thieu tu ung uong van vi vien vinh xa au an ngac nghe nham "
    "cu cung chuong thuong ninh trang tra sung giap vang sin cha mua".split()
)
# Family names hardly anybody is called by: one in second or last place means the order is turned.
_ONLY_FAMILY = frozenset(
    "nguyen tran le pham huynh phan vo dang bui do ngo dinh trinh doan".split()
)
_LONG_FAMILY = ("cong tang ton nu", "cong huyen ton nu", "ton nu", "ton that", "au duong")
_HONORIFIC = re.compile(
    r"(?:(anh|chị|chi|em|cô|chú|bác|ông|bà|mr|mrs|ms|miss|khách|khach|a|c)(?:\.\s*|\s+))+(?=\S)",
    re.I,
)
_GENDER_OF_HONORIFIC = {
    **dict.fromkeys(("anh", "chu", "ong", "mr"), "male"),
    **dict.fromkeys(("chi", "co", "ba", "ms", "mrs", "miss"), "female"),
}
_GENDER_OF_MIDDLE = {"thi": "female", "van": "male"}
_LONGEST = 200
_NOBODY = re.compile(
    r"(?:khach|khach hang|khach le|khach vang lai|khach mua le|walk-?in.*|guest|anonymous|null|none"
    r"|undefined|unknown|test|n/?a)"
)
_COMPANY = re.compile(r"(?:cong ty|cty|cua hang|doanh nghiep|ho kinh doanh|hkd|shop)\b")
_FOREIGN = re.compile(r"[fjwz]")


@dataclass(frozen=True, slots=True)
class Name:
    """A name taken apart; empty parts are unknown. ``honorific`` is a hint at how to address."""

    family: str = ""
    middle: str = ""
    given: str = ""
    honorific: str = ""

    @property
    def gender_hint(self) -> str:
        """ "female", "male" or "": what honorific or middle name (Thị, Văn) suggest. A hint only.

        >>> split_name("Chị Hoa").gender_hint, split_name("Trần Văn Nam").gender_hint
        ('female', 'male')
        """
        said = _GENDER_OF_HONORIFIC.get(fold(self.honorific), "")
        return said or next(
            (_GENDER_OF_MIDDLE[w] for w in fold(self.middle).split() if w in _GENDER_OF_MIDDLE), ""
        )


def split_name(full_name: str) -> Name:
    """Family, middle and given name, whatever the order, case or diacritics they were typed in.

    Nobody's names (``khách lẻ``), masked ones (``N*** H``) and companies give empty parts. The
    full name stays the source of truth; the parts are a reading of it.

    >>> split_name("Chị Nguyễn Thị Hoa")
    Name(family='Nguyễn', middle='Thị', given='Hoa', honorific='Chị')
    >>> split_name("Hoa Nguyen Thi").given, split_name("John Smith").given
    ('Hoa', 'John')
    """
    return _split(full_name[:_LONGEST])


@lru_cache(maxsize=16_384)
def _split(full_name: str) -> Name:
    text, honorific = _without_honorific(_typed(full_name))
    folded = fold(text)
    if not text or "*" in text or _NOBODY.fullmatch(folded) or _COMPANY.match(folded):
        return Name()
    words, plain = text.split(), folded.split()
    if len(words) == 1 or len(words) != len(plain):
        return Name(given=words[-1], honorific=honorific)
    if plain[0] in _FAMILY or folded.startswith(_LONG_FAMILY):
        size = next((len(f.split()) for f in _LONG_FAMILY if folded.startswith(f + " ")), 1)
        return _ordered(words, size if size < len(words) else 1, honorific)
    if plain[1] in _ONLY_FAMILY:
        return Name(words[1], " ".join(words[2:]), words[0], honorific)
    if plain[-1] in _ONLY_FAMILY:
        return Name(words[-1], " ".join(words[:-2]), words[-2], honorific)
    if _FOREIGN.search(folded):
        return Name(words[-1], " ".join(words[1:-1]), words[0], honorific)
    return Name("", " ".join(words[:-1]), words[-1], honorific)


def given_name(full_name: str) -> str:
    """What to call the person: "Hoa" of "Nguyễn Thị Hoa"; empty when the text names nobody.

    >>> given_name("NGUYEN THI HOA"), given_name("khách lẻ"), given_name("N*** H")
    ('Hoa', '', '')
    """
    return _in_title_case(with_tone_in_place(split_name(full_name).given))


def salutation(full_name: str, gender: str = "") -> str:
    """How a message begins: "Chị Hoa". By the given name, never by the family's.

    What is known of the gender ("female", "male") counts first, then the honorific they were
    written with, then the middle name. Who is neither is "Anh/Chị Hoa"; nobody is "Quý khách".

    >>> salutation("Nguyễn Thị Hoa", "female"), salutation("Cô Lan"), salutation("Lê Minh")
    ('Chị Hoa', 'Chị Lan', 'Anh/Chị Minh')
    >>> salutation("khách lẻ")
    'Quý khách'
    """
    called = given_name(full_name)
    if not called:
        return "Quý khách"
    known = gender if gender in ("female", "male") else split_name(full_name).gender_hint
    return f"{ {'female': 'Chị', 'male': 'Anh'}.get(known, 'Anh/Chị') } {called}"


def display_name(full_name: str) -> str:
    """The name as it is shown: no honorific, no shouting, one spelling of the tone's place.

    Words that are all capitals or all small get a capital letter; other words stay as typed, for
    their owner knows best. What is longer than 200 characters is cut.

    >>> display_name("chị NGUYỄN THỊ HOÀ"), display_name("lê văn nam"), display_name("McDonald")
    ('Nguyễn Thị Hòa', 'Lê Văn Nam', 'McDonald')
    """
    return _display(full_name[:_LONGEST])


@lru_cache(maxsize=16_384)
def _display(full_name: str) -> str:
    text, _ = _without_honorific(_typed(full_name))
    return " ".join(_in_title_case(with_tone_in_place(word)) for word in text.split())


def _typed(full_name: str) -> str:
    """The name as it was meant: Ð of a bad keyboard (Icelandic eth, U+00D0) is Đ."""
    return clean_text(full_name).replace("Ð", "Đ").replace("ð", "đ")


def _without_honorific(text: str) -> tuple[str, str]:
    found = _HONORIFIC.match(text)
    if not found or _NOBODY.fullmatch(fold(text)):
        return text, ""
    rest = text[found.end() :]
    word = found[1]
    is_short = len(word) == 1 and "." not in found[0]  # "A Páo" is a name, "A. Nam" is anh Nam
    if is_short or fold(rest) in _ONLY_FAMILY:  # so is "Chi Nguyen"
        return text, ""
    return rest, {"a": "Anh", "c": "Chị", "chi": "Chị"}.get(word.lower(), word.capitalize())


def _ordered(words: list[str], family_words: int, honorific: str) -> Name:
    family = " ".join(words[:family_words])
    return Name(family, " ".join(words[family_words:-1]), words[-1], honorific)


def _in_title_case(word: str) -> str:
    return word.capitalize() if word.isupper() or word.islower() else word
