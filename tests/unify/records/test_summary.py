"""What a person is called and how they are reached."""

import pytest

from khachquen.unify.records.summary import KnownId, Said, summarise


def test_the_best_written_form_of_the_newest_name() -> None:
    def best_name(*names: str) -> str:
        return summarise([], [Said("name", name, at) for at, name in enumerate(names)]).name

    assert best_name() == ""
    assert best_name("Nguyễn Thị Hoa", "NGUYEN THI HOA") == "Nguyễn Thị Hoa"
    assert best_name("Nguyễn Thị Hoa", "Trần Văn Nam") == "Trần Văn Nam"
    assert best_name("Tran Nam", "Trần Nam", "TRAN NAM") == "Trần Nam"


def test_a_shouted_name_is_written_properly() -> None:
    assert summarise([], [Said("name", "NGUYỄN THỊ HOA", 1)]).name == "Nguyễn Thị Hoa"
    assert summarise([], [Said("name", "  nguyễn   thị hoa ", 1)]).name == "Nguyễn Thị Hoa"


@pytest.mark.parametrize("masked", ["N*** H", "Khách lẻ", "null", "", "  ", None, 5, ["Hoa"], {}])
def test_a_masked_or_empty_name_hides_nobodys(masked: object) -> None:
    said = [Said("name", "Nguyễn Thị Hoa", 1), Said("name", masked, 2)]

    assert summarise([], said).name == "Nguyễn Thị Hoa"
    assert summarise([], [Said("name", masked, 2)]).name == ""


def test_a_name_in_parts_is_put_together_the_vietnamese_way() -> None:
    said = [
        Said("firstName", "Hoa", 1),
        Said("lastName", "Nguyễn", 2),
        Said("middleName", "Thị", 3),
        Said("firstName", "N***", 4),
    ]

    assert summarise([], said).name == "Nguyễn Thị Hoa"
    assert summarise([], said[:1]).name == "Hoa"
    assert summarise([], [*said, Said("fullName", "Lê Hoa", 0)]).name == "Lê Hoa"


def test_a_person_is_reached_at_what_they_used_last() -> None:
    line = summarise(
        [
            KnownId("phone", "+84912345678", 5),
            KnownId("phone", "+84987654321", 9),
            KnownId("email", "old@x.vn", 1),
            KnownId("email", "new@x.vn", 2),
            KnownId("user", "17850", 1),
            KnownId("anonymous", "a-1", 9),
        ],
        [Said("name", "Nguyễn Thị Hoa", 1)],
    )

    assert (line.phone, line.email, line.is_known) == ("+84987654321", "new@x.vn", True)
    for word in ("nguyen thi hoa", "0912345678", "+84987654321", "old@x.vn", "17850"):
        assert word in line.search
    assert "a-1" not in line.search


def test_a_visitor_with_only_a_browser_is_not_known() -> None:
    line = summarise([KnownId("anonymous", "a-1", 1)], [Said("name", "Hoa", 1)])

    assert (line.name, line.is_known) == ("Hoa", False)


def test_a_very_long_name_is_cut_where_the_column_ends() -> None:
    assert 190 < len(summarise([], [Said("name", "Hoa " * 500, 1)]).name) <= 200
