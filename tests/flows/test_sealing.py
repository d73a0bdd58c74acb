"""An ID number comes in by every door, and no file of the lake and no row of the state holds it."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from khachquen.base import UnavailableError
from khachquen.store.eventlog import read_log
from khachquen.unify.models import Trait
from khachquen.unify.traits import load_registry
from khachquen.unify.traits.models import Attribute, SealedValue
from khachquen.unify.traits.vault import KeyRing, key_path, masked
from tests.flows.line import Line

pytestmark = pytest.mark.django_db
NUMBER = "079195012345"


@pytest.fixture
def line(data: Path) -> Line:
    return Line(data)


def told(**traits: Any) -> dict[str, Any]:
    return {"type": "identify", "userId": "KH01", "messageId": "m-1", "traits": traits}


def holds(folder: Path, secret: str) -> list[str]:
    """The files in which a text stands, open or in a column of a Parquet file."""
    return [str(p) for p in folder.rglob("*") if p.is_file() and secret.encode() in p.read_bytes()]


def test_hoas_id_number_is_nowhere_but_in_its_box(line: Line) -> None:
    line.till(
        told(name="Nguyễn Thị Hoa", cccd=NUMBER, thu_nhap="15tr"),
        {
            "type": "track",
            "event": "Contract Signed",
            "userId": "KH01",
            "messageId": "m-2",
            "properties": {"khach": {"Số CCCD": NUMBER}, "amount": 5},
            "context": {"traits": {"cmnd": NUMBER}},
        },
    )
    line.take_in()

    rows = line.ask("SELECT traits, properties, context FROM events ORDER BY event_id")
    assert NUMBER not in str(rows)
    assert "15tr" not in str(rows)
    assert str(rows).count("sealed:national_id:") >= 3
    assert NUMBER not in str(list(Trait.objects.values_list("value", flat=True)))
    keys = KeyRing(key_path(line.data))
    tokens = list(SealedValue.objects.values_list("token", flat=True))
    assert sorted(masked(tokens, load_registry(), keys).values()) == ["********", "0791******45"]
    assert holds(line.data / "lake", NUMBER) == []
    _nowhere_in_the_database(NUMBER)


def test_the_log_holds_it_as_it_was_sent_which_is_why_it_is_short_lived(line: Line) -> None:
    line.till(told(cccd=NUMBER))
    line.take_in()

    records = list(read_log(line.data / "log", {}, max_bytes=1 << 20))
    assert NUMBER.encode() in records[0].payload


def test_a_retry_is_the_same_message_and_makes_no_second_box(line: Line) -> None:
    line.till(told(cccd=NUMBER, income=15_000_000))
    line.take_in()
    line.till(told(cccd=NUMBER, income=15_000_000))
    line.take_in()

    assert line.counts() == {"stored": 1, "duplicate": 1}
    assert line.ask("SELECT reason FROM refusals WHERE outcome = 'duplicate'") == [("",)]
    assert SealedValue.objects.count() == 2


def test_a_refused_message_is_kept_sealed(line: Line) -> None:
    line.till({"type": "dance", "userId": "KH01", "messageId": "m-9", "traits": {"cccd": NUMBER}})
    line.take_in()

    [(payload,)] = line.ask("SELECT payload FROM refusals")
    assert json.loads(payload)["traits"]["cccd"].startswith("sealed:national_id:")
    assert SealedValue.objects.count() == 1


def test_of_another_message_under_a_known_id_the_words_are_kept_sealed(line: Line) -> None:
    line.till(told(cccd=NUMBER))
    line.take_in()
    line.till(told(cccd="001203000001"))
    line.take_in()

    rows = line.ask("SELECT reason, payload FROM refusals")
    assert [reason for reason, _ in rows] == ["different_payload"]
    assert "001203000001" not in str(rows)


def test_a_trait_the_shop_seals_today_is_sealed_from_the_next_message(line: Line) -> None:
    from khachquen.unify.traits.declaring import Wish, add_attribute

    line.till({**told(no_rieng="5 triệu"), "messageId": "m-1"})
    line.take_in()
    Attribute.objects.filter(key="no_rieng").delete()
    wish = Wish("Nợ riêng", pii="linkable", sensitivity="sensitive", sealed=True)
    add_attribute(wish, actor="hoa@example.vn", at=line.clock())
    line.till({**told(no_rieng="7 triệu"), "messageId": "m-2"})
    line.take_in()

    assert "7 triệu" not in str(line.ask("SELECT traits FROM events"))
    _nowhere_in_the_database("7 triệu")


def test_unknown_traits_are_kept_and_wait_to_be_classified(line: Line) -> None:
    line.till(told(name="Nguyễn Thị Hoa", con_giap="Tý"))
    line.take_in()

    waiting = [one.key for one in load_registry().definitions.values() if not one.is_classified]
    assert waiting == ["con_giap"]
    assert json.loads(Trait.objects.get(name="con_giap").value) == "Tý"


def test_without_the_key_file_nothing_is_taken_in_and_nothing_is_lost(line: Line) -> None:
    line.till(told(cccd=NUMBER))
    line.take_in()
    path = key_path(line.data)
    path.rename(path.with_name("away"))

    line.till({**told(cccd="001203000001"), "messageId": "m-2"})
    with pytest.raises(UnavailableError):
        line.take_in()
    assert line.counts() == {"stored": 1}

    path.with_name("away").rename(path)
    line.take_in()
    assert line.counts() == {"stored": 2}
    assert SealedValue.objects.count() == 2


def _nowhere_in_the_database(secret: str) -> None:
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            assert secret not in str(cursor.fetchall()), table
