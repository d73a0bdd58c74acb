"""How two records are compared: for each comparison its levels, best first, as data.

A condition is SQL over the columns of the pair (``given_l``, ``given_r``); the same text trains the
model, scores a million pairs and scores one new record, so these cannot disagree.
"""

from collections.abc import Collection
from dataclasses import dataclass

from khachquen.base import Text


@dataclass(frozen=True, slots=True)
class Level:
    """One degree of likeness.

    ``m`` and ``u`` are how often it is met among records of one person and of two, as long as the
    data have not said; ``frequency_of`` names the column whose rare values weigh more.
    """

    name: str
    words: Text
    when: str  # SQL; empty for all that is left
    m: float
    u: float
    frequency_of: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """One field of two records. ``unknown`` says when it says nothing at all.

    ``conflict_below`` is the highest weight (in bits) its last level may have, whatever is learned:
    somebody born on another day is hardly the same person. ``identifies`` says that few people
    share a value.
    """

    name: str
    words: Text
    columns: tuple[str, ...]
    unknown: str
    levels: tuple[Level, ...]
    conflict_below: float = 0.0
    identifies: bool = False

    @property
    def conflicts(self) -> bool:
        """Whether different values are a reason not to join at all."""
        return self.conflict_below < 0


def _text(vi: str, en: str) -> Text:
    return Text(vi=vi, en=en)


_SAME, _NEAR, _OTHER = (
    _text("giống", "same"),
    _text("gần giống", "similar"),
    _text("khác", "different"),
)
_TURNED = "given_l = family_r and family_l = given_r"
_SECOND_PHONE = (
    "phone_l = phone_other_r or phone_other_l = phone_r or phone_other_l = phone_other_r"
)

COMPARISONS: tuple[Comparison, ...] = (
    Comparison(
        "given",
        _text("Tên", "Given name"),
        ("given", "middle", "family"),
        "given_l is null or given_r is null",
        (
            Level("same", _SAME, "given_l = given_r", 0.85, 0.01, "given"),
            Level("turned", _text("đảo họ tên", "turned round"), _TURNED, 0.02, 0.0001),
            Level(
                "joined",
                _text("viết liền", "written as one word"),
                "full_name_l = full_name_r",
                0.01,
                0.00001,
            ),
            Level("near", _NEAR, "jaro_winkler_similarity(given_l, given_r) >= 0.88", 0.07, 0.005),
            Level(
                "far",
                _text("hơi giống", "a little alike"),
                "jaro_winkler_similarity(given_l, given_r) >= 0.7",
                0.02,
                0.05,
            ),
            Level("other", _OTHER, "", 0.03, 0.94),
        ),
    ),
    Comparison(
        "middle",
        _text("Tên đệm", "Middle name"),
        ("middle",),
        "middle_l is null or middle_r is null",
        (
            Level("same", _SAME, "middle_l = middle_r", 0.9, 0.05, "middle"),
            Level("near", _NEAR, "jaro_winkler_similarity(middle_l, middle_r) >= 0.85", 0.06, 0.03),
            Level("other", _OTHER, "", 0.04, 0.92),
        ),
    ),
    Comparison(
        "family",
        _text("Họ", "Family name"),
        ("family", "given"),
        f"family_l is null or family_r is null or ({_TURNED})",
        (
            Level("same", _SAME, "family_l = family_r", 0.9, 0.1, "family"),
            Level("near", _NEAR, "jaro_winkler_similarity(family_l, family_r) >= 0.88", 0.05, 0.01),
            Level(
                "far",
                _text("hơi giống", "a little alike"),
                "jaro_winkler_similarity(family_l, family_r) >= 0.7",
                0.02,
                0.05,
            ),
            Level("other", _OTHER, "", 0.03, 0.84),
        ),
    ),
    Comparison(
        "phone",
        _text("Điện thoại", "Phone"),
        ("phone", "phone_other"),
        "phone_l is null or phone_r is null",
        (
            Level("same", _SAME, "phone_l = phone_r", 0.8, 0.00005, "phone"),
            Level(
                "second", _text("giống số thứ hai", "a second number"), _SECOND_PHONE, 0.02, 0.00001
            ),
            Level(
                "near",
                _text("lệch một số", "one digit off"),
                "hamming(rpad(phone_l, 16, ' '), rpad(phone_r, 16, ' ')) = 1",
                0.05,
                0.00005,
            ),
            Level("other", _OTHER, "", 0.13, 0.99989),
        ),
        identifies=True,
    ),
    Comparison(
        "email",
        _text("E-mail", "E-mail"),
        ("email",),
        "email_l is null or email_r is null",
        (
            Level("same", _SAME, "email_l = email_r", 0.85, 0.00005, "email"),
            Level(
                "near",
                _NEAR,
                "split_part(email_l, '@', 1) = split_part(email_r, '@', 1)"
                " or (jaro_winkler_similarity(email_l, email_r) >= 0.88"
                " and levenshtein(email_l, email_r) <= 2)",
                0.08,
                0.0001,
            ),
            Level(
                "far",
                _text("hơi giống", "a little alike"),
                "jaro_winkler_similarity(email_l, email_r) >= 0.88",
                0.03,
                0.002,
            ),
            Level("other", _OTHER, "", 0.04, 0.99785),
        ),
        identifies=True,
    ),
    Comparison(
        "birth",
        _text("Ngày sinh", "Birth date"),
        ("birth",),
        "birth_l is null or birth_r is null",
        (
            Level("same", _SAME, "birth_l = birth_r", 0.9, 0.0001),
            Level(
                "turned",
                _text("đảo ngày tháng", "day and month turned"),
                "birth_l[1:4] = birth_r[1:4] and birth_l[5:6] = birth_r[7:8]"
                " and birth_l[7:8] = birth_r[5:6]",
                0.03,
                0.00005,
            ),
            Level(
                "near",
                _text("lệch một số", "one digit off"),
                "hamming(birth_l, birth_r) = 1",
                0.04,
                0.001,
            ),
            Level(
                "far",
                _text("lệch hai số", "two digits off"),
                "hamming(birth_l, birth_r) = 2",
                0.01,
                0.01,
            ),
            Level("other", _OTHER, "", 0.02, 0.98885),
        ),
        conflict_below=-4.0,
        identifies=True,
    ),
    Comparison(
        "id_number",
        _text("Số định danh", "Identity number"),
        ("id_number",),
        "id_number_l is null or id_number_r is null",
        (
            Level("same", _SAME, "id_number_l = id_number_r", 0.95, 0.00001, "id_number"),
            Level(
                "near",
                _text("lệch một số", "one digit off"),
                "levenshtein(id_number_l, id_number_r) <= 1",
                0.03,
                0.00001,
            ),
            Level(
                "far",
                _text("lệch hai số", "two digits off"),
                "levenshtein(id_number_l, id_number_r) <= 2",
                0.005,
                0.0005,
            ),
            Level("other", _OTHER, "", 0.015, 0.99948),
        ),
        conflict_below=-5.0,
        identifies=True,
    ),
    Comparison(
        "street",
        _text("Địa chỉ", "Street"),
        ("street",),
        "street_l is null or street_r is null",
        (
            Level("same", _SAME, "street_l = street_r", 0.75, 0.0005, "street"),
            Level(
                "near",
                _NEAR,
                "jaro_winkler_similarity(street_l, street_r) >= 0.9"
                " and regexp_extract(street_l, '[0-9]+') = regexp_extract(street_r, '[0-9]+')",
                0.1,
                0.0005,
            ),
            Level(
                "far",
                _text("hơi giống", "a little alike"),
                "jaro_winkler_similarity(street_l, street_r) >= 0.85",
                0.05,
                0.01,
            ),
            Level("other", _OTHER, "", 0.1, 0.989),
        ),
        identifies=True,
    ),
    Comparison(
        "place",
        _text("Phường xã", "Ward or town"),
        ("place", "region"),
        "place_l is null or place_r is null",
        (
            Level("same", _SAME, "place_l = place_r", 0.75, 0.02, "place"),
            Level("near", _NEAR, "jaro_winkler_similarity(place_l, place_r) >= 0.88", 0.1, 0.01),
            Level("region", _text("cùng tỉnh", "same province"), "region_l = region_r", 0.05, 0.1),
            Level("other", _OTHER, "", 0.1, 0.87),
        ),
    ),
    Comparison(
        "postcode",
        _text("Mã bưu chính", "Postcode"),
        ("postcode",),
        "postcode_l is null or postcode_r is null",
        (
            Level("same", _SAME, "postcode_l = postcode_r", 0.85, 0.001, "postcode"),
            Level(
                "near",
                _text("lệch một số", "one digit off"),
                "hamming(rpad(postcode_l, 12, ' '), rpad(postcode_r, 12, ' ')) = 1",
                0.08,
                0.01,
            ),
            Level("other", _OTHER, "", 0.07, 0.989),
        ),
    ),
)


def comparisons_over(columns: Collection[str]) -> tuple[Comparison, ...]:
    """The comparisons whose own column (the first) some record fills."""
    return tuple(one for one in COMPARISONS if one.columns[0] in columns)
