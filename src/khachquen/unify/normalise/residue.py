"""What is left of old keyboards and fonts: Nguye64n (VNI keys), Nguyeenx (Telex), NguyÔn (TCVN3).

A proposal is made only when every word becomes a possible Vietnamese syllable, and is never applied
by itself: "Sáu" may be meant to be "Saus".
"""

import re
import unicodedata
from collections.abc import Iterable

_TONES = {"1": "\u0301", "2": "\u0300", "3": "\u0309", "4": "\u0303", "5": "\u0323"}
_TELEX_TONES = dict(zip("sfrxj", _TONES.values(), strict=True))
_HAT, _HORN, _BREVE = "\u0302", "\u031b", "\u0306"
_VOWELS = "aeiouyăâêôơư"

# Onsets and rhymes without tones: what a syllable can be made of.
_ONSET = "ngh|ng|nh|gh|gi|kh|ph|th|tr|ch|qu|[bcdđghklmnprstvx]"
_RHYMES = (
    "a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây e ec em "
    "en eng eo ep et ê êch êm ên ênh êp êt êu i ia ich im in inh ip it iu iêc iêm iên iêng iêp iêt "
    "iêu o oa oac oach oai oan oang oanh oao oat oay oăc oăm oăn oăng oăt oc oe oen oeo oet oi om "
    "on ong op ot ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt u ua uân uâng uât uây uc uê uêch uên "
    "uênh ui um un ung uơ up ut uy uya uyên uyêt uynh uych uyt uyu uôc uôi uôm uôn uông uôt ư ưa "
    "ưc ưi ưm ưn ưng ưt ưu ươc ươi ươm ươn ương ươp ươt ươu y yêm yên yêng yêt yêu yn yt ych ynh"
).split()


def _syllable(rhymes: Iterable[str]) -> re.Pattern[str]:
    return re.compile(rf"(?:{_ONSET})?(?:{'|'.join(sorted(rhymes, key=len, reverse=True))})")


_SYLLABLE = _syllable(_RHYMES)
_PLAIN = _syllable(
    {"".join(c for c in unicodedata.normalize("NFD", r) if c.isascii()) for r in _RHYMES}
)

# TCVN3 (.VnTime): one code for each letter, read here as Windows-1252 shows it.
_TCVN3 = str.maketrans(
    dict(
        zip(
            "µ¸¶·¹¨»¾¼½Æ©ÇÊÈÉË®ÌÐÎÏÑªÒÕÓÔÖ×ÝØÜÞßãáâä«åèæçé¬êíëìîïóñòô\xadõøö÷ùúýûüþ¡¢£¤¥¦§",
            "àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵĂÂÊÔƠƯĐ",
            strict=True,
        )
    )
)
# VNI (VNI-Times): the letter, then its marks, as Windows-1252 shows them.
_VNI_MARKS = {
    "ù": "\u0301", "ø": "\u0300", "û": "\u0309", "õ": "\u0303", "ï": "\u0323",
    "â": _HAT, "á": _HAT + "\u0301", "à": _HAT + "\u0300", "å": _HAT + "\u0309",
    "ã": _HAT + "\u0303", "ä": _HAT + "\u0323",
    "ê": _BREVE, "é": _BREVE + "\u0301", "è": _BREVE + "\u0300", "ú": _BREVE + "\u0309",
    "ü": _BREVE + "\u0303", "ë": _BREVE + "\u0323",
}  # fmt: skip
_VNI_LETTERS = {"ñ": "đ", "ö": "ư", "ô": "ơ", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ"}


def is_syllable(word: str) -> bool:
    """Whether a word can be one Vietnamese syllable, with or without its marks.

    >>> [is_syllable(word) for word in ("Nguyễn", "Nguyen", "Nguyeenx", "John")]
    [True, True, False, False]
    """
    lower = unicodedata.normalize("NFD", word.lower())
    plain = unicodedata.normalize("NFC", "".join(c for c in lower if c not in _TONES.values()))
    pattern = _PLAIN if plain.isascii() else _SYLLABLE
    return pattern.fullmatch(plain) is not None


def propose_repair(text: str) -> str | None:
    """What a text in an old font or with unread keystrokes was meant to be; None: it is well.

    To be shown to somebody, who decides. Tells VNI and Telex keystrokes and the TCVN3 and VNI fonts
    (read as Windows-1252); all words must come out as syllables.

    >>> propose_repair("Nguye64n Thi5 Hoa"), propose_repair("Nguyeenx Thij Hoa")
    ('Nguyễn Thị Hoa', 'Nguyễn Thị Hoa')
    >>> propose_repair("NguyÔn V¨n Nam"), propose_repair("Nguyeãn Vaên Nam")
    ('Nguyễn Văn Nam', 'Nguyễn Văn Nam')
    >>> propose_repair("Nguyễn Thị Hoa"), propose_repair("John Smith")
    (None, None)
    """
    words = unicodedata.normalize("NFC", text).split()
    if not words or len(words) > 12 or all(is_syllable(word) for word in words):
        return None
    for read in (_keys_vni, _keys_telex, _font_tcvn3, _font_vni):
        meant = [read(word) for word in words]
        if meant != words and all(is_syllable(word) for word in meant):
            return " ".join(meant)
    return None


def _keys_vni(word: str) -> str:
    letters, tone = "", ""
    for key in word:
        if key in _TONES:
            tone = _TONES[key]
        elif key in "6789" and letters:
            letters = _with_mark(letters, key)
        else:
            letters += key
    return _with_tone(letters, tone)


def _with_mark(letters: str, key: str) -> str:
    """6 puts the hat on a, e, o; 7 the horn on o, u; 8 the breve on a; 9 the stroke on d."""
    if key == "9":
        return re.sub("[dD](?!.*[dD])", lambda d: "đ" if d[0] == "d" else "Đ", letters)
    bases, mark = {"6": ("aeo", _HAT), "7": ("ou", _HORN), "8": ("a", _BREVE)}[key]
    spots = [at for at, letter in enumerate(letters) if letter.lower() in bases]
    if key == "7" and len(spots) > 1 and letters[spots[-2]].lower() == "u":
        spots = spots[-2:]  # "uo7" is ươ
    else:
        spots = spots[-1:]
    return "".join(
        unicodedata.normalize("NFC", letter + mark) if at in spots else letter
        for at, letter in enumerate(letters)
    )


_TELEX = {"aa": "â", "ee": "ê", "oo": "ô", "aw": "ă", "uow": "ươ", "ow": "ơ", "uw": "ư", "dd": "đ"}
_TELEX_PAIR = re.compile("|".join(_TELEX), re.I)


def _keys_telex(word: str) -> str:
    if is_syllable(word) or not word.isascii():
        return word
    tone = ""
    found = re.fullmatch(r"(.*?)([sfrxj])(ng|nh|ch|[cmnptaeiouy]*)", word, re.I)
    if found and any(letter in _VOWELS for letter in found[1].lower()):
        word, tone = found[1] + found[3], _TELEX_TONES[found[2].lower()]

    def meant(pair: re.Match[str]) -> str:
        letters = _TELEX[pair[0].lower()]
        return (
            letters.upper()
            if pair[0].isupper()
            else (letters.capitalize() if pair[0][0].isupper() else letters)
        )

    return _with_tone(_TELEX_PAIR.sub(meant, word), tone)


def _font_tcvn3(word: str) -> str:
    return word.translate(_TCVN3) if not word.isascii() else word


def _font_vni(word: str) -> str:
    letters = ""
    for letter in word:
        lower = letter.lower()
        mark = _VNI_MARKS.get(lower)
        if mark and letters and unicodedata.normalize("NFD", letters[-1])[0].lower() in "aeiouyươ":
            letters = letters[:-1] + unicodedata.normalize("NFC", letters[-1] + mark)
        elif lower in _VNI_LETTERS:
            meant = _VNI_LETTERS[lower]
            letters += meant.upper() if letter.isupper() else meant
        else:
            letters += letter
    return letters


def _with_tone(letters: str, tone: str) -> str:
    """The tone on the vowel it belongs to: the marked one, else the one before the last."""
    if not tone:
        return letters
    spots = [at for at, letter in enumerate(letters) if letter.lower() in _VOWELS]
    if letters.lower().startswith(("qu", "gi")) and len(spots) > 1:
        spots = spots[1:]
    if not spots:
        return letters
    marked = [at for at in spots if not letters[at].isascii()]
    is_open = spots[-1] == len(letters) - 1
    at = marked[-1] if marked else spots[-2] if len(spots) > 1 and is_open else spots[-1]
    if len(spots) == 3 and not marked:
        at = spots[1]
    return letters[:at] + unicodedata.normalize("NFC", letters[at] + tone) + letters[at + 1 :]
