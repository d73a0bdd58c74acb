"""Facts read anew from what was said: after a trait was declared otherwise, after an upgrade."""

from datetime import datetime
from pathlib import Path

import pytest

from khachquen.unify.models import Node, Trait
from khachquen.unify.records import FactReader, refresh_facts
from khachquen.unify.traits import load_registry
from khachquen.unify.traits.declaring import Wish, change_attribute
from khachquen.unify.traits.vault import KeyRing

pytestmark = pytest.mark.django_db


def node(number: int, key: str, now: datetime, facts: str = "") -> None:
    kind = key.partition(":")[0]
    times = {"first_seen": now, "last_seen": now}
    Node.objects.create(id=number, key=key, kind=kind, profile_id=number, facts=facts, **times)


def say(number: int, name: str, value: str, now: datetime) -> None:
    told = {"source_id": 1, "at": now, "message_id": f"m-{name}"}
    Trait.objects.create(node_id=number, name=name, value=f'"{value}"', **told)


def test_what_was_said_before_is_read_and_what_is_no_fact_is_forgotten(
    now: datetime, tmp_path: Path
) -> None:
    node(1, "user:hoa", now)
    node(2, "user:nam", now, facts="birthday=1980-01-02")
    node(3, "user:lan", now, facts="birthday=1992-11-25")
    say(1, "ngaySinh", "12/03/1970", now)
    say(1, "mst", "0100233488", now)
    say(2, "birthday", "không rõ", now)
    say(3, "birthday", "25/11/1992", now)

    reader = FactReader(load_registry(), KeyRing(tmp_path / "seal.json"))
    changed = sum(refresh_facts(reader))

    assert dict(Node.objects.values_list("key", "facts")) == {
        "user:hoa": "birthday=1970-03-12 tax_code=10:0100233488",
        "user:nam": "",
        "user:lan": "birthday=1992-11-25",
    }
    assert changed == 2


def test_a_name_added_to_a_trait_is_one_of_its_names(now: datetime, tmp_path: Path) -> None:
    node(1, "user:hoa", now)
    say(1, "Ngày ra đời", "12/03/1970", now)
    change_attribute("birthday", Wish("Ngày ra đời"), actor="mai@nhamay.vn", at=now)

    assert sum(refresh_facts(FactReader(load_registry(), KeyRing(tmp_path / "seal.json")))) == 1
    assert Node.objects.get(id=1).facts == "birthday=1970-03-12"
