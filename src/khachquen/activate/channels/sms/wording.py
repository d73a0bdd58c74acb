"""What an advertising text must say, and what somebody's text to us means. Pure."""

import re
from dataclasses import dataclass

from khachquen.activate.channels.sms.rules import SmsRules
from khachquen.unify.normalise import fold, normalise_phone

_PUNCTUATION = re.compile(r"[^\w]+")
_WAY_OUT = re.compile(r"\bsoan (?P<word>[\w ]{1,40}?) (?:gui|den) \d{3,12}\W*$|\bgoi \d{3,12}\W*$")


@dataclass(frozen=True, slots=True)
class Number:
    """A number of Vietnam in E.164."""

    address: str

    def written(self, form: str) -> str:
        """As a gateway wants it: ``+84``, ``84`` or ``0`` first.

        >>> [Number("+84912345678").written(form) for form in ("+84", "84", "0")]
        ['+84912345678', '84912345678', '0912345678']
        """
        return form + self.address.removeprefix("+84")


def read_number(told: str) -> Number | None:
    """A number a text can go to; None when it is none of Vietnam.

    >>> read_number("0912 345 678"), read_number("+12025550143"), read_number("1900 1234")
    (Number(address='+84912345678'), None, None)
    """
    found = normalise_phone(told)
    return Number(found) if found and found.startswith("+84") else None


def has_label(text: str, rules: SmsRules) -> bool:
    """Whether advertising says first that it is.

    >>> from datetime import date
    >>> from khachquen.activate.channels.sms.rules import rules_on
    >>> law = rules_on(date(2026, 11, 22))
    >>> has_label("[QC] Gốm mới về", law), has_label("Gốm mới về [QC]", law)
    (True, False)
    """
    return text.upper().startswith(rules.labels)


def has_way_out(text: str, rules: SmsRules) -> bool:
    """Whether it ends with how to refuse: a word we understand and a number it goes to.

    >>> from datetime import date
    >>> from khachquen.activate.channels.sms.rules import rules_on
    >>> law = rules_on(date(2026, 11, 22))
    >>> has_way_out("[QC] Gốm mới về. Từ chối: soạn TC gửi 1551", law)
    True
    >>> has_way_out("[QC] Từ chối: soạn TC gửi 1551. Mua ngay!", law)
    False
    >>> has_way_out("[QC] Gốm mới về. Từ chối: soạn ABC gửi 1551", law)
    False
    """
    found = _WAY_OUT.search(fold(text))
    return bool(found and (found["word"] is None or is_stop(found["word"], rules)))


def is_stop(text: str, rules: SmsRules) -> bool:
    """Whether somebody refuses: one of the words, alone or with one more (the brand's, as in
    "TC GOMMOC"), in any case, with or without marks. A sentence that has it is for people to read.

    >>> from datetime import date
    >>> from khachquen.activate.channels.sms.rules import rules_on
    >>> law = rules_on(date(2026, 11, 22))
    >>> [is_stop(one, law) for one in ("TC", " stop.", "Hủy", "TỪ CHỐI", "tu choi", "tc GOMMOC")]
    [True, True, True, True, True, True]
    >>> [is_stop(one, law) for one in ("", "Có", "TCB", "Anh Huy hỏi giá bình gốm")]
    [False, False, False, False]
    """
    words = _PUNCTUATION.sub(" ", fold(text)).split()
    return any(
        words[: len(stop)] == stop and len(words) <= len(stop) + 1
        for stop in (one.split() for one in rules.stops)
    )


def find_promotion(text: str, rules: SmsRules) -> str:
    """The first words that make a message advertising, whatever it is called; empty: none.

    >>> from datetime import date
    >>> from khachquen.activate.channels.sms.rules import rules_on
    >>> law = rules_on(date(2026, 11, 22))
    >>> find_promotion("Đơn đã giao. Khuyến mãi 20% lần sau!", law), find_promotion("Đã giao", law)
    ('khuyen mai', '')
    """
    said = f" {_PUNCTUATION.sub(' ', fold(text))} "
    return next((one for one in rules.promotions if f" {one} " in said), "")
