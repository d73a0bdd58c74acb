"""Which column is what."""

import pytest

from khachquen.base import InputError
from khachquen.unify.matching import guess_columns, read_mapping


def test_a_list_from_a_till_in_vietnamese() -> None:
    headings = [
        "Mã khách hàng",
        "Tên khách hàng",
        "Điện thoại",
        "Ngày sinh",
        "Tổng bán",
        "Phường/Xã",
    ]

    assert guess_columns(headings).as_dict() == {
        "full_name": ["Tên khách hàng"],
        "phone": ["Điện thoại"],
        "birth": ["Ngày sinh"],
        "place": ["Phường/Xã"],
    }


def test_an_english_list_with_a_street_in_two_columns() -> None:
    headings = "rec_id given_name surname street_number address_1 suburb postcode state".split()
    columns = guess_columns([*headings, "date_of_birth", "soc_sec_id"])

    assert columns.as_dict() == {
        "given": ["given_name"],
        "family": ["surname"],
        "street": ["street_number", "address_1"],
        "place": ["suburb"],
        "postcode": ["postcode"],
        "region": ["state"],
        "birth": ["date_of_birth"],
        "id_number": ["soc_sec_id"],
    }


def test_unknown_headings_are_judged_by_their_values() -> None:
    rows = [
        {"A": "0912 345 678", "B": "hoa@nhamay.vn", "C": "20/10/1990", "D": "ghi chú"},
        {"A": "0168 812 3456", "B": "nam@nhamay.vn", "C": "1988-02-03", "D": "khách quen"},
    ]

    assert guess_columns(list("ABCD"), rows).as_dict() == {
        "phone": ["A"],
        "email": ["B"],
        "birth": ["C"],
    }


def test_the_truth_is_never_looked_at() -> None:
    assert guess_columns(["Họ tên", "Email"], without=["Email"]).as_dict() == {
        "full_name": ["Họ tên"]
    }


def test_a_mapping_says_what_headings_do_not() -> None:
    columns = read_mapping(
        {"phone": "Di động", "street": ["Số", "Đường"]}, ["Di động", "Số", "Đường"]
    )

    assert columns.as_dict() == {"phone": ["Di động"], "street": ["Số", "Đường"]}


@pytest.mark.parametrize(
    ("said", "code", "sentence"),
    [
        ([], "matching.mapping", "The mapping must be a JSON object. Such as"),
        ({"fone": "SĐT"}, "matching.field", "There is no field fone. ($.fone) One of: full_name, "),
        (
            {"phone": "Tel"},
            "matching.column",
            "The file has no column 'Tel'. ($.phone) One of: SĐT, Tên",
        ),
    ],
)
def test_a_wrong_mapping_is_refused_with_what_would_be_right(
    said: object, code: str, sentence: str
) -> None:
    with pytest.raises(InputError) as refused:
        read_mapping(said, ["SĐT", "Tên"])

    assert refused.value.code == code
    assert refused.value.in_language("en").startswith(sentence)
