"""Small shops, whose lists teach nothing: the weights we start from must be sane."""

import pytest

from khachquen.base import InputError
from khachquen.unify.matching import Lookup, Settings, guess_columns, match
from tests.unify.matching.people import as_rows, clusters_of, find_people


def test_nguyen_thi_hoa_however_she_is_written() -> None:
    assert clusters_of(
        ["Nguyễn Thị Hoà", "0912345678"],
        ["NGUYEN THI HOA", "+84 912 345 678"],
        ["Hoa Nguyen Thi", "912345678"],
        ["Chị Hòa", "0912.345.678"],
        ["Trần Văn Nam", "0987654321"],
    ) == [0, 0, 0, 0, 4]


def test_a_family_with_one_phone_is_three_people() -> None:
    assert clusters_of(
        ["Nguyễn Thị Hoa", "0912345678", "", "12/03/1970"],
        ["Nguyễn Văn Nam", "0912345678", "", "05/06/1968"],
        ["Nguyễn Minh An", "0912345678", "", "01/09/2001"],
    ) == [0, 1, 2]


def test_a_shop_phone_joins_nobody() -> None:
    names = ("Nguyễn Thị Hoa", "Trần Văn Nam", "Lê Minh Anh", "Phạm Thu Hà")

    assert clusters_of(*([name, "0938111222"] for name in names)) == [0, 1, 2, 3]


def test_namesakes_are_not_one_person_however_alike_their_names() -> None:
    with find_people(["Nguyễn Văn Nam"], ["Nguyễn Văn Nam"]) as matches:
        asked = matches.suggest()

        assert matches.clusters == [0, 1]
        assert [(one.left, one.right, one.is_held) for one in asked] == [(0, 1, True)]


@pytest.mark.parametrize(
    ("field", "hers", "other"),
    [("Ngày sinh", "12/03/1970", "25/11/1992"), ("CCCD", "079195012345", "001170009999")],
)
def test_a_phone_that_was_recycled_is_a_question_not_a_merge(
    field: str, hers: str, other: str
) -> None:
    """The same name and number, another birth date or another card."""
    rows = as_rows(["Nguyễn Thị Hoa", "0912345678"], ["Nguyễn Thị Hoa", "0912345678"])
    rows[0][field], rows[1][field] = hers, other
    with match(rows, guess_columns(list(rows[0]))) as matches:
        (question,) = matches.suggest()

        assert matches.clusters == [0, 1]
        assert question.is_held
        told = {one.field.vi: (one.words.vi, one.speaks_for) for one in question.agreements}
        assert told["Điện thoại"] == ("giống", True)
        assert [words for words, speaks_for in told.values() if not speaks_for] == ["khác"]


def test_a_suggestion_is_ready_to_be_shown() -> None:
    with find_people(["Nguyễn Thị Hoa", "0912345678"], ["Nguyen Thi Hoa", "0987654321"]) as matches:
        (question,) = matches.suggest()

    assert (question.left, question.right) == (0, 1)
    assert 0.3 <= question.score < 0.9
    assert not question.is_sure
    assert [(one.name, one.level, one.words.en) for one in question.agreements] == [
        ("given", "same", "same"),
        ("middle", "same", "same"),
        ("family", "same", "same"),
        ("phone", "other", "different"),
    ]


def test_a_new_customer_is_looked_up() -> None:
    with find_people(
        ["Nguyễn Thị Hoa", "0912345678", "hoa@nhamay.vn", "12/03/1990"],
        ["Trần Văn Nam", "0987654321", "nam@nhamay.vn", "05/06/1988"],
        ["Lê Minh Anh", "0938111222"],
    ) as matches:
        lookup = Lookup(matches)
        known, stranger, nobody = as_rows(
            ["hoa nguyen", "", "hoa@nhamay.vn", "1990-03-12"], ["Phạm Thu Hà", "0905123456"], [""]
        )

        (found,) = lookup.find(known)
        assert (found.left, found.is_sure, found.is_held) == (0, True, False)
        assert lookup.find(stranger) == []
        assert lookup.find(nobody) == []


def test_two_lists_find_each_other_and_never_themselves() -> None:
    rows = as_rows(
        ["Nguyễn Thị Hoa", "0912345678", "", "12/03/1990"],
        ["Nguyễn Thị Hoa", "0912345678", "", "12/03/1990"],
        ["NGUYEN THI HOA", "+84912345678", "", "1990-03-12"],
    )
    for row, shop in zip(rows, ("Hà Nội", "Hà Nội", "Huế"), strict=True):
        row["Cửa hàng"] = shop
    with match(rows, guess_columns(list(rows[0])), source="Cửa hàng") as matches:
        assert matches.clusters == [0, 1, 0]


def test_an_empty_list_has_nobody() -> None:
    with find_people() as matches:
        assert (matches.clusters, matches.suggest()) == ([], [])


def test_a_list_without_a_useful_column_is_refused() -> None:
    with pytest.raises(InputError) as refused:
        match([{"Ghi chú": "khách quen"}], guess_columns(["Ghi chú"]))

    assert refused.value.code == "matching.no_columns"


def test_odd_characters_do_not_slip_into_another_cell() -> None:
    rows = as_rows(
        ["Nguyễn\tThị\nHoa", "0912345678", "", "", "12\tTrần\r\nPhú 'a\"", "\\N"], ["\\N"]
    )
    with match(rows, guess_columns(list(rows[0])), Settings(processes=1)) as matches:
        assert matches.rows == 2
        assert matches.bench.run("FROM row_of SELECT given, street ORDER BY row_number") == [
            ("hoa", "12 tran phu a"),
            ("\\n", None),
        ]
