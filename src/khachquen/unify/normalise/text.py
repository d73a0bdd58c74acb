"""Text as it should be kept, and text as it is compared."""

import re
import unicodedata
from functools import lru_cache

# Zero-width, soft hyphen, byte-order mark and direction marks: invisible, so never wanted.
_INVISIBLE = "\u00ad\u180e\u200b\u200c\u200d\u200e\u200f\u2060\u2061\u2062\u2063\u2064\ufeff"
_DIRECTION = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_CONTROL = "".join(chr(code) for code in range(32) if chr(code) not in "\t\n\r") + "\x7f"
_ODD_SPACES = "\t\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
_CLEAN = str.maketrans(
    {
        **dict.fromkeys(_INVISIBLE + _DIRECTION + _CONTROL),
        **dict.fromkeys(_ODD_SPACES + "\u202f\u205f\u3000", " "),
    }
)
_D_WITH_STROKE = str.maketrans({"đ": "d", "ð": "d"})
# The two schools of where the tone of an open "oa", "oe", "uy" stands: hòa and hoà are one word.
_OPEN_TONE = re.compile(r"(?<![qQ])(oà|oá|oả|oã|oạ|oè|oé|oẻ|oẽ|oẹ|uỳ|uý|uỷ|uỹ|uỵ)(?!\w)", re.I)
_TURNED = dict(
    zip(
        "oà oá oả oã oạ oè oé oẻ oẽ oẹ uỳ uý uỷ uỹ uỵ".split(),
        "òa óa ỏa õa ọa òe óe ỏe õe ọe ùy úy ủy ũy ụy".split(),
        strict=True,
    )
)
_LONGEST_KEPT = 100  # names come again and are remembered; long texts do not
_SPACES = re.compile(" {2,}")


def clean_text(text: str) -> str:
    """The text as the person meant it: NFC, nothing invisible, no doubled or odd spaces.

    Letters, case and line breaks stay as they are.

    >>> clean_text("  Nguyễn\\u00a0Thị \\u200bHoa ")
    'Nguyễn Thị Hoa'
    """
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    return _SPACES.sub(" ", text.translate(_CLEAN)).strip()


def fold(text: str) -> str:
    """The form texts are compared and searched in: no diacritics, no case, one space between words.

    Full-width letters become plain ones; đ, Đ and the Icelandic ð of bad keyboards become d. Two
    different names can fold to the same text (Sơn Hà, Sơn Hạ), so an equal fold makes a candidate,
    never a decision.

    >>> fold("ĐẶNG Thị Hoà")
    'dang thi hoa'
    """
    if text.isascii():
        return " ".join(text.translate(_CLEAN).lower().split())
    return _fold_name(text) if len(text) <= _LONGEST_KEPT else _fold(text)


def _fold(text: str) -> str:
    lower = unicodedata.normalize("NFKC", text).translate(_CLEAN).lower()
    marked = unicodedata.normalize("NFD", lower)
    plain = "".join(c for c in marked if unicodedata.category(c) != "Mn")
    return " ".join(plain.translate(_D_WITH_STROKE).split())


_fold_name = lru_cache(maxsize=16_384)(_fold)


def with_tone_in_place(text: str) -> str:
    """The text with the tone of an open oa, oe, uy on its first letter: one spelling of two.

    Both are taught; names of people and of communes come in either (201 communes differ between
    two public lists for this alone). The text is expected in NFC.

    >>> with_tone_in_place("Hoà Thuỷ HOÀ Quý")
    'Hòa Thủy HÒA Quý'
    """
    return text if text.isascii() else _OPEN_TONE.sub(_turn, text)


def _turn(found: re.Match[str]) -> str:
    turned = _TURNED[found[0].lower()]
    return "".join(
        new.upper() if old.isupper() else new for new, old in zip(turned, found[0], strict=True)
    )
