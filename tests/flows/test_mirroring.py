"""People as asked for are people as kept: after anything that happens, and whenever it is cut."""

import random
import secrets
import signal
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from khachquen.base import KhachQuenError
from khachquen.flows import mirroring
from khachquen.flows.mirroring import MirrorKeeper, Round, mirror_people
from khachquen.store.engine import LakeReader, Question
from khachquen.store.lake import compact, find_work, kept_columns, live_paths
from khachquen.store.lake.schema import COLUMNS, stored_columns
from khachquen.store.models import Building, Segment, Touched
from khachquen.unify.decisions import join_people, split_person, undo
from khachquen.unify.households import add_to_household, leave_household
from khachquen.unify.models import Node, Order, Profile
from khachquen.unify.normalise.ordering import name_key
from khachquen.unify.profiles import get_profile
from khachquen.unify.traits.declaring import Wish, add_attribute, change_attribute
from tests.clock import START, FrozenClock
from tests.flows.line import Line, order, page
from tests.flows.test_deciding import settle
from tests.flows.test_kill import die, in_a_process
from tests.laws import tries


@pytest.fixture
def line(data: Path, clock: FrozenClock) -> Line:
    return Line(data, clock)


@pytest.fixture
def reader(line: Line) -> LakeReader:
    """One that stays open, as a web process has it."""
    columns = {dataset: stored_columns(dataset) for dataset in COLUMNS}
    lake = line.data / "lake"
    return LakeReader(lake, live_paths, columns, memory_mb=128, threads=1, more=kept_columns)


def keeper(line: Line) -> MirrorKeeper:
    return MirrorKeeper(line.data / "lake", lambda: "VND")


def mirror_all(line: Line, **options: Any) -> int:
    """Rounds until nothing is left to be written; how many there were."""
    kept, rounds = keeper(line), 0
    while mirror_people(Round(kept, line.clock(), f"mirror-{secrets.token_hex(6)}"), **options):
        rounds += 1
    return rounds


def people(reader: LakeReader, columns: str = "*") -> list[dict[str, Any]]:
    sql = f"SELECT {columns} FROM people ORDER BY profile_id"
    return reader.ask(Question("test", sql)).dicts()


def as_kept() -> dict[int, dict[str, Any]]:
    """Everybody, read one by one through the doors the pages use."""
    kept = {}
    for row in Profile.objects.filter(merged_into=None):
        view = get_profile(row.id)
        orders = Order.objects.filter(node_id__in=view.node_ids, cancelled_at=None)
        first = min((o.placed_at for o in orders if o.placed_at), default=None)
        told = {"name": row.name, "phone": row.phone, "email": row.email, "events": row.events}
        told |= {"name_key": name_key(row.name), "search": Profile.objects.get(id=row.id).search}
        told |= {"orders": row.orders, "spent_minor": row.spent_minor, "is_known": row.is_known}
        told |= {"first_seen": row.first_seen, "last_seen": row.last_seen}
        told |= {"first_order_at": first, "last_order_at": row.last_order_at}
        for name in ("first_seen", "last_seen", "first_order_at", "last_order_at"):
            told[name] = told[name].replace(tzinfo=None) if told[name] else None
        traits = {t.name: t for t in view.traits}
        for key in ("gender", "city", "province", "birthday"):
            best = traits[key].said[0] if key in traits else None
            good = best is not None and best.problem is None
            told[f"trait:{key}"] = best.normal if best and good else None
        kept[row.id] = told
    return kept


def as_mirrored(reader: LakeReader) -> dict[int, dict[str, Any]]:
    found = {}
    for row in people(reader):
        birthday = row["trait:birthday"]
        row["trait:birthday"] = birthday.isoformat() if birthday else None
        row["trait:city"] = None  # another name of the province
        found[row["profile_id"]] = row
    return found


def check_equal(reader: LakeReader) -> None:
    kept, mirrored = as_kept(), as_mirrored(reader)
    assert mirrored.keys() == kept.keys()
    for person, told in kept.items():
        assert {name: mirrored[person].get(name) for name in told} == told, person


def identify(user: str, message: str, **traits: Any) -> dict[str, Any]:
    return {"type": "identify", "messageId": message, "userId": user, "traits": traits}


@pytest.mark.django_db
def test_a_person_is_one_row_with_a_column_a_trait(line: Line, reader: LakeReader) -> None:
    line.till(
        identify("hoa", "m-1", name="NGUYEN THI HOA", gender="Nữ", birthday="24/12/1990"),
        order("W-1", 250_000, messageId="m-2", userId="hoa"),
    )
    line.website(page("a-nam", messageId="m-3"))
    line.take_in()
    mirror_all(line)

    hoa, nam = people(reader)
    assert (hoa["name"], hoa["orders"], hoa["spent_minor"]) == ("Nguyen Thi Hoa", 1, 250_000)
    assert hoa["trait:gender"] == "female"
    assert hoa["trait:birthday"].isoformat() == "1990-12-24"
    assert hoa["first_order_at"] == START.replace(tzinfo=None)
    assert (nam["is_known"], nam["trait:gender"], nam["household_id"]) == (False, None, None)
    assert not Touched.objects.exists()


@pytest.mark.django_db
def test_sealed_and_unclassified_values_stay_where_they_are(line: Line, reader: LakeReader) -> None:
    line.till(identify("hoa", "m-1", income="20tr", orders_count=7, so_giay=38))
    line.take_in()
    mirror_all(line)

    [hoa] = people(reader)
    assert not {"trait:income", "trait:orders_count", "trait:so_giay"} & hoa.keys()
    files = [(line.data / "lake" / path).read_bytes() for path in live_paths("people")]
    assert not any(b"so_giay" in file for file in files)


@pytest.mark.django_db
def test_a_new_attribute_is_a_column_without_a_restart(line: Line, reader: LakeReader) -> None:
    line.till(identify("hoa", "m-1", so_giay="38"))
    line.take_in()
    mirror_all(line)
    assert "trait:so_giay" not in people(reader)[0]

    wish = Wish(label="Số giày", label_en="Shoe size", kind="text", pii="none")
    change_attribute("so_giay", wish, actor="linh", at=line.clock())
    add_attribute(
        Wish(label="Ngày cưới", label_en="Wedding", kind="date", pii="linkable"),
        actor="linh",
        at=line.clock(),
    )
    mirror_all(line)
    [hoa] = people(reader)
    assert (hoa["trait:so_giay"], hoa["trait:ngay_cuoi"]) == ("38", None)

    wish = Wish(label="Số giày", label_en="Shoe size", kind="number", pii="none")
    change_attribute("so_giay", wish, actor="linh", at=line.clock.advance(minutes=1))
    keeper(line)
    mirror_all(line)
    assert people(reader)[0]["trait:so_giay"] == 38.0


@pytest.mark.django_db
def test_who_became_part_of_another_is_gone_and_comes_back(line: Line, reader: LakeReader) -> None:
    line.till(identify("hoa", "m-1", name="Hoa"), identify("lan", "m-2", name="Lan"))
    line.take_in()
    mirror_all(line)
    hoa, lan = (row["profile_id"] for row in people(reader))

    act = settle(line, partial(join_people, hoa, lan))
    mirror_all(line)
    assert [row["profile_id"] for row in people(reader)] == [hoa]

    settle(line, partial(undo, act))
    mirror_all(line)
    assert [(row["profile_id"], row["name"]) for row in people(reader)] == [
        (hoa, "Hoa"),
        (lan, "Lan"),
    ]


@pytest.mark.django_db
def test_households_move_with_staffs_word(line: Line, reader: LakeReader) -> None:
    line.till(identify("hoa", "m-1"), identify("lan", "m-2"))
    line.take_in()
    mirror_all(line)
    hoa, lan = (row["profile_id"] for row in people(reader))

    add_to_household(hoa, lan, evidence="declared", actor="linh", at=line.clock())
    mirror_all(line)
    [home] = {row["household_id"] for row in people(reader)}
    assert home is not None

    leave_household(lan, actor="linh", at=line.clock())
    mirror_all(line)
    assert [row["household_id"] for row in people(reader)] == [None, None]


@pytest.mark.django_db
def test_what_was_there_before_is_written_a_part_at_a_time(
    line: Line, reader: LakeReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    line.website(*(page(f"a-{n}", messageId=f"m-{n}") for n in range(7)))
    line.take_in()
    Touched.objects.all().delete()  # as by a version that left nothing behind
    monkeypatch.setattr(mirroring, "_PART", 3)
    monkeypatch.setattr(mirroring, "_PART_AT_REST", 3)
    kept = keeper(line)

    assert mirror_people(Round(kept, line.clock(), "one"))
    assert Building.objects.values_list("done", "total", "finished_at").get() == (3, 7, None)
    line.website(page("a-1", messageId="m-8"))
    line.take_in()
    assert mirror_all(line) == 3
    check_equal(reader)
    assert [row["events"] for row in people(reader)] == [1, 2, 1, 1, 1, 1, 1]


STEPS = st.lists(
    st.sampled_from(
        ["visit", "tell", "buy", "join", "part", "home", "cancel", "mirror", "join files"]
    ),
    min_size=6,
    max_size=24,
)


@pytest.mark.django_db(transaction=True)
@settings(
    max_examples=tries(6),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    phases=[Phase.explicit, Phase.generate],
)
@given(steps=STEPS, seed=st.integers(0, 1000))
def test_whatever_happens_the_mirror_is_what_is_kept(
    line: Line, reader: LakeReader, steps: list[str], seed: int
) -> None:
    chance, number = random.Random(seed), Segment.objects.count() * 1000
    for step in [*steps, "mirror"]:
        number += 1
        _happen(line, step, chance, number)
    check_equal(reader)
    assert not Touched.objects.exists()


def _happen(line: Line, step: str, chance: random.Random, n: int) -> None:
    user, at = f"u{chance.randrange(5)}", line.clock.advance(seconds=1)
    when = (at - timedelta(days=chance.randrange(3))).isoformat()
    told = {"messageId": f"m-{n}-{chance.random()}", "userId": user, "timestamp": when}
    if step == "visit":
        line.website(page(f"a-{chance.randrange(6)}", **told))
    elif step == "tell":
        gender, city = chance.choice(["nam", "nữ", "??"]), chance.choice(["Huế", "Hà Nội"])
        phone = f"091234567{chance.randrange(3)}"
        traits = {"gender": gender, "city": city, "phone": phone, "birthday": "01/02/1990"}
        line.till({"type": "identify", **told, "traits": traits})
    elif step in ("buy", "cancel"):
        message = order(f"D-{chance.randrange(4)}", 1000 * chance.randrange(9), **told)
        if step == "cancel":
            message["event"] = "Order Cancelled"
        line.till(message)
    elif step == "mirror":
        mirror_all(line)
    elif step == "join files":
        for group in filter(None, [find_work("people", files=2)]):
            compact(line.data / "lake", "people", group, label=f"c-{n}", at=line.clock())
    else:
        _decide(line, step, chance)
    line.take_in()


def _decide(line: Line, step: str, chance: random.Random) -> None:
    living = list(Profile.objects.filter(merged_into=None).values_list("id", flat=True))
    if len(living) < 2:
        return
    one, other = sorted(chance.sample(living, 2))
    try:
        if step == "join":
            settle(line, partial(join_people, one, other))
        elif step == "part":
            nodes = list(Node.objects.filter(profile_id=one).values_list("id", flat=True))
            settle(line, partial(split_person, one, nodes[:1]))
        else:
            add_to_household(one, other, evidence="phone", actor="linh", at=line.clock())
    except KhachQuenError:
        pass  # refused: nothing happened


POINTS = [*(step.__name__ for step in (*mirroring.STEPS, *mirroring.COMMIT)), "commit"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
@pytest.mark.parametrize("point", POINTS)
def test_killed_after_a_step_nobody_is_lost(line: Line, reader: LakeReader, point: str) -> None:
    def before() -> None:
        line.till(identify("hoa", "m-1", name="Hoa"), identify("lan", "m-2", name="Lan"))
        line.take_in()
        mirror_all(line)
        line.till(order("W-1", 90_000, messageId="m-3", userId="lan"))
        line.take_in()

    assert in_a_process(before) == 0

    def work() -> None:
        mirror_all(line, after_step=lambda name: die() if name == point else None)

    assert in_a_process(work) == -signal.SIGKILL

    def go_on() -> None:
        line.ingester.recover()
        mirror_all(line)

    assert in_a_process(go_on) == 0
    check_equal(reader)
    assert line.loose_files() == []
