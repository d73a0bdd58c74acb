"""A list of customers becomes identify calls: one a row, nothing lost, nothing invented."""

from pathlib import Path

import pytest

from khachquen.base import InputError
from tests.collect.importing.told import open_here, told_by, write

KIOT = """
    Mã KH,Tên khách hàng,Điện thoại,Email,Ngày sinh,Giới tính,Địa chỉ,Tỉnh/Thành phố,Tổng bán,Ghi
    KH001,Nguyễn Thị Hoa,0912 345 678,Hoa@Example.vn,31/12/1990,Nữ,12 Trần Phú,Hà Nội,1.250.000,ok
    ,Lê Văn Nam,0987654321.0,,,nam,,,,
"""


def test_chi_hoa_and_anh_nam_are_told_as_the_file_has_them(tmp_path: Path) -> None:
    messages, summary = told_by(write(tmp_path, KIOT), "customers")

    hoa, nam = messages
    assert (hoa["type"], hoa["userId"]) == ("identify", "KH001")
    assert hoa["traits"] == {
        "name": "Nguyễn Thị Hoa",
        "phone": "0912 345 678",
        "email": "Hoa@Example.vn",
        "birthday": "1990-12-31",
        "gender": "female",
        "total_spent": 1_250_000,
        "address": {"street": "12 Trần Phú", "city": "Hà Nội"},
    }
    assert "userId" not in nam
    assert nam["traits"] == {"name": "Lê Văn Nam", "phone": "0987654321", "gender": "male"}
    assert "timestamp" not in hoa
    assert summary.rows_by_fate == {"customer": 2}
    assert summary.ignored_columns == ("Ghi",)


def test_a_row_about_nobody_is_refused_and_a_bad_birthday_costs_only_itself(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        """
        Họ tên,SĐT,Email,Ngày sinh
        Chị Hoa,,,01/02/1990
        Anh Nam,0987654321,,30/02/1990
        ,,,
        """,
    )

    [nam], summary = told_by(path, "customers")

    assert nam["traits"] == {"name": "Anh Nam", "phone": "0987654321"}
    assert summary.rows_by_fate == {"refused": 1, "customer": 1, "blank": 1}
    assert [(p.row, p.code, p.refused) for p in summary.problems] == [
        (2, "no_identifier", True),
        (3, "bad_date", False),
    ]


def test_the_mapping_names_columns_nobody_could_guess_and_keeps_own_traits(tmp_path: Path) -> None:
    path = write(tmp_path, "ma_so;dd;hang_the;email\n7;0912345678;Vàng;hoa@example.vn")

    [hoa], summary = told_by(
        path,
        "customers",
        {
            "columns": {
                "ma_so": "customer_id",
                "dd": "phone",
                "hang_the": "trait:hạng thẻ",
                "email": "ignore",
            }
        },
    )

    assert hoa["userId"] == "7"
    assert hoa["traits"] == {"phone": "0912345678", "hạng thẻ": "Vàng"}
    assert summary.columns == {"ma_so": "customer_id", "dd": "phone", "hang_the": "trait:hạng thẻ"}
    assert summary.ignored_columns == ("email",)


@pytest.mark.parametrize(
    ("mapping", "code", "hint"),
    [
        ({"columns": {"emial": "email"}}, "import.unknown_column", "Did you mean email?"),
        ({"columns": {"email": "phon"}}, "import.unknown_field", "Did you mean phone?"),
        ({"timezone": "Asia/Hanoi"}, "import.unknown_time_zone", "Did you mean Asia/"),
        ({"currency": "đồng"}, "import.unknown_currency", "Use one of: EUR, GBP, USD, VND"),
        ({"encoding": "hex"}, "import.unknown_encoding", "For example utf-8"),
        ({"colums": {}}, "import.bad_mapping", "It looks like"),
        ({"delimiter": "ab"}, "import.bad_mapping", "It looks like"),
    ],
)
def test_a_wrong_mapping_says_what_would_be_right(
    tmp_path: Path, mapping: dict[str, object], code: str, hint: str
) -> None:
    path = write(tmp_path, "email,phone\nhoa@example.vn,0912345678")

    with pytest.raises(InputError) as caught:
        open_here(path, "customers", mapping)

    assert caught.value.code == code
    assert caught.value.hint is not None
    assert caught.value.hint.en.startswith(hint)


def test_a_list_whose_names_are_walk_ins_keeps_the_phone_and_drops_the_word(tmp_path: Path) -> None:
    path = write(tmp_path, "Tên khách hàng,Điện thoại\nKhách lẻ,0912345678")

    [somebody], _ = told_by(path, "customers")

    assert somebody["traits"] == {"phone": "0912345678"}


def test_zalo_facebook_card_and_device_are_found_by_their_headings(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        """
        Họ tên,Mã người dùng Zalo,Mã OA,Facebook PSID,Mã fanpage,Mã thẻ,Mã thiết bị
        Nguyễn Thị Hoa,5511,88,7001,42,TV 0001,AB-CD
        Member,,,,,TV0002,
        """,
    )

    [hoa, member], _ = told_by(path, "customers")

    assert hoa["traits"] == {
        "name": "Nguyễn Thị Hoa",
        "zaloUserId": "5511",
        "zaloOaId": "88",
        "facebookPsid": "7001",
        "facebookPageId": "42",
        "member_card": "TV 0001",
        "deviceId": "AB-CD",
    }
    assert member["traits"] == {"name": "Member", "member_card": "TV0002"}


def test_a_device_alone_is_nobody_and_english_headings_do_as_well(tmp_path: Path) -> None:
    told = "Name,Zalo User ID,Zalo OA ID,PSID,Page ID,Membership card,Device ID\nHoa,,,,,,AB-CD\n"

    messages, summary = told_by(write(tmp_path, told + "Nam,5511,88,,,,\n"), "customers")

    assert [one["traits"]["zaloUserId"] for one in messages] == ["5511"]
    assert summary.rows_by_fate == {"refused": 1, "customer": 1}
