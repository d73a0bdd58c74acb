"""The register's list: whoever is on it gets no advertising, and can be told from no table."""

from pathlib import Path

import pytest

from khachquen.base import Config, InputError, NotFoundError, Text, load_config
from khachquen.flows.leaving_alone import import_register, undo_register
from khachquen.govern import list_audit
from khachquen.govern.consent import Addressee, Told, may_send, record
from khachquen.govern.consent.models import Subject, Suppression
from khachquen.govern.consent.purposes import publish_text
from khachquen.govern.consent.suppressing import list_suppressed
from tests.clock import FrozenClock
from tests.collect.importing.books import excel

pytestmark = pytest.mark.django_db
LAN, MINH = "phone:+84912345678", "phone:+84388123456"
ROWS = """Danh sách không quảng cáo 5656;;
STT;Số thuê bao;Email
1;0912.345.678;
2;84 168 812 3456 ;
3;0987654321 / 0901234567;
4;;Minh@Nhamay.vn
5;1900 6035;
6;=HYPERLINK("x");không rõ
;;
8;+84912345678;
"""


@pytest.fixture
def config(data: Path) -> Config:
    return load_config(data, {})


def write(folder: Path, text: str, name: str = "5656.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_everybody_on_the_list_is_left_alone_by_advertising_only(
    config: Config, tmp_path: Path
) -> None:
    clock = FrozenClock()
    publish_text("ads", Text(vi="Gửi tôi tin.", en=""), by="hoa@example.vn", at=clock())
    record([Told([LAN], "ads", "granted", ["sms"], "paper")], now=clock())
    assert may_send("ads", "sms", Addressee(LAN, [LAN]), now=clock()).may

    told = import_register(config, write(tmp_path, ROWS), clock=clock)

    assert told["rows_by_fate"] == {"listed": 5, "refused": 2, "blank": 1}
    assert (told["identifiers"], told["newly_suppressed"]) == (6, 5)
    assert [(one["row"], one["code"]) for one in told["problems"]] == [
        (7, "bad_contact"),
        (8, "bad_contact"),
    ]
    answer = may_send("ads", "sms", Addressee(LAN, [LAN]), now=clock())
    assert (answer.may, answer.reason) == (False, "on_register")
    assert may_send("service", "sms", Addressee(LAN, [LAN]), now=clock()).may
    found = list_suppressed([LAN, MINH, "email:minh@nhamay.vn", "phone:+84901234567"])
    assert {one.reason for one in found} == {"on_register"}
    assert len(found) == 4
    assert "'=HYPERLINK" in Path(told["error_file"]).read_text(encoding="utf-8-sig")


def test_no_number_stands_anywhere_in_clear(config: Config, tmp_path: Path) -> None:
    import_register(config, write(tmp_path, ROWS), clock=FrozenClock())

    kept = repr(list(Suppression.objects.values())) + repr(list(Subject.objects.values()))
    assert "912345678" not in kept
    assert "minh@" not in kept.lower()
    assert not (config.data / "log").exists()
    assert not list((config.data / "run").rglob("*.csv"))


def test_the_same_list_adds_nothing_and_undoing_takes_back_what_it_added(
    config: Config, tmp_path: Path
) -> None:
    clock = FrozenClock()
    first = import_register(config, write(tmp_path, "Phone\n0912345678\n", "a.csv"), clock=clock)
    second = import_register(config, write(tmp_path, ROWS), clock=clock)
    again = import_register(config, write(tmp_path, ROWS), clock=clock)
    assert (first["newly_suppressed"], second["newly_suppressed"]) == (1, 4)
    assert again["newly_suppressed"] == 0
    assert again["import_id"] == second["import_id"]

    undone = undo_register(second["import_id"], actor="hoa@example.vn", clock=clock)

    assert undone == {"import_id": second["import_id"], "lifted": 4}
    assert [one.key for one in list_suppressed([LAN, MINH])] == [LAN]
    assert list_audit(1)[0].action == "suppression.undo"
    with pytest.raises(NotFoundError):
        undo_register(second["import_id"], actor="hoa@example.vn", clock=clock)
    assert import_register(config, write(tmp_path, ROWS), clock=clock)["newly_suppressed"] == 4


@pytest.mark.parametrize("text", ["Họ tên;Tuổi\nLan;30\n", "PK\x03\x04 sheet"])
def test_a_file_without_numbers_is_refused_whole(config: Config, tmp_path: Path, text: str) -> None:
    with pytest.raises(InputError) as caught:
        import_register(config, write(tmp_path, text), clock=FrozenClock())

    assert caught.value.hint
    assert not Suppression.objects.exists()


def test_the_list_as_a_workbook_is_taken_in_and_taken_back(config: Config, tmp_path: Path) -> None:
    rows = [("STT", "Số thuê bao"), (1, 912345678), (2, "0388 123 456"), (3, "#N/A")]
    file = excel(tmp_path / "5656.xlsx", Bia=[("Số 12",)], Danh_sach=rows)

    told = import_register(config, file, sheet="Danh_sach", clock=FrozenClock())

    assert told["newly_suppressed"] == 2, "the number that lost its zero is read"
    assert {one.key for one in list_suppressed([LAN, MINH])} == {LAN, MINH}
    assert [(one["row"], one["column"]) for one in told["problems"]] == [
        (4, "Số thuê bao (Danh_sach!B4)")
    ]
    undone = undo_register(told["import_id"], actor="lan@nhamay.vn", clock=FrozenClock())
    assert undone["lifted"] == 2
    assert list_suppressed([LAN, MINH]) == []
