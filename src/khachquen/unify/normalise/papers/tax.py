"""The tax code (MST): ten digits with a check digit, a branch behind it, or the citizen's twelve.

Sources: the General Department of Taxation's rule for the tenth digit (weights 31 29 23 19 17 13 7
5 3, ten minus the sum modulo eleven); Circular 86/2024/TT-BTC, by which people and households use
their citizen number since 2025-07-01.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

_WEIGHTS = (31, 29, 23, 19, 17, 13, 7, 5, 3)
_CODE = re.compile(r"(\d{10})(?:-?(\d{3}))?", re.ASCII)

Form = Literal["", "company", "branch", "person"]
Reason = Literal["", "empty", "no_code", "check_digit", "branch", "lost_zero"]


@dataclass(frozen=True, slots=True)
class TaxCode:
    """What was written, the code (``0100233488`` or ``0314409058-002``) and whose kind it is."""

    raw: str
    code: str | None
    form: Form = ""
    reason: Reason = ""


def read_tax_code(raw: str) -> TaxCode:
    """The code when its check digit is right, else why there is none.

    >>> read_tax_code("0100233488").form, read_tax_code("0314409058-002").form
    ('company', 'branch')
    >>> read_tax_code("0100233480").reason, read_tax_code("0314409058-000").reason
    ('check_digit', 'branch')
    """
    text = unicodedata.normalize("NFKC", raw[:60]).upper().strip("'\" \ufeff\u200b")
    text = re.sub(r"^(MST|MÃ SỐ THUẾ)\s*:?\s*", "", text)
    text = re.sub(r"[\s.\u200b]", "", text.replace("–", "-"))
    if not text:
        return TaxCode(raw, None, reason="empty")
    if re.fullmatch(r"\d{12}", text, re.ASCII):
        return TaxCode(raw, text, "person")
    if re.fullmatch(r"\d{9}", text, re.ASCII) and _is_right("0" + text):
        return TaxCode(raw, None, reason="lost_zero")  # maybe; nine digits are also an old card's
    found = _CODE.fullmatch(text)
    if not found:
        return TaxCode(raw, None, reason="no_code")
    if not _is_right(found[1]):
        return TaxCode(raw, None, reason="check_digit")
    if found[2] is None:
        return TaxCode(raw, found[1], "company")
    if found[2] == "000":
        return TaxCode(raw, None, reason="branch")
    return TaxCode(raw, f"{found[1]}-{found[2]}", "branch")


def _is_right(ten: str) -> bool:
    total = sum(int(digit) * weight for digit, weight in zip(ten, _WEIGHTS, strict=False))
    return int(ten[9]) == 10 - total % 11
