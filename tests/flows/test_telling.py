"""Nam writes something on Hoa's page: one more word about her, with its source and time."""

from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest

from khachquen.base import Config, ConflictError, InputError, NotFoundError
from khachquen.collect import create_source, list_sources
from khachquen.flows.engine import ONE_TIME_STREAMS
from khachquen.flows.telling import tags_of, tell_tags, tell_trait
from khachquen.govern import list_audit
from khachquen.store.eventlog import read_log
from khachquen.unify.models import Node
from khachquen.unify.profiles import ProfileView, find_profile
from khachquen.unify.traits.declaring import Wish, add_attribute, set_archived
from khachquen.unify.traits.models import SealedValue
from tests.flows.line import Line

pytestmark = pytest.mark.django_db
NAM = "nam@example.vn"


@pytest.fixture
def line(data: Path) -> Line:
    return Line(data)


def person(line: Line, **named: Any) -> ProfileView:
    create_source(name="Trang web", kind="website", at=line.clock())
    create_source(name="Máy tính tiền", kind="server", at=line.clock())
    line.till({"type": "identify", "messageId": "m-1", **named})
    line.take_in()
    return found()


def found() -> ProfileView:
    seen = find_profile(str(Node.objects.order_by("id").values_list("key", flat=True)[0]))
    assert seen is not None
    return seen


def tell(line: Line, hoa: ProfileView, key: str, value: str) -> None:
    line.clock.advance(seconds=5)
    tell_trait(Config(line.data), hoa, key, value, actor=NAM, clock=line.clock)


@pytest.mark.parametrize(
    "named",
    [
        {"userId": "KH01"},
        {"traits": {"email": "hoa@example.vn"}},
        {"traits": {"phone": "0912345678"}},
        {"anonymousId": "a-hoa", "traits": {"gender": "nữ"}},
    ],
)
def test_it_reaches_the_person_by_whatever_names_them(line: Line, named: dict[str, Any]) -> None:
    hoa = person(line, **named)
    before = [(one.kind, one.value) for one in hoa.identifiers]

    tell(line, hoa, "occupation", "kế toán")
    line.take_in()

    after = found()
    [job] = [trait for trait in after.traits if trait.name == "occupation"]
    [staff] = [source.id for source in list_sources() if source.kind == "staff"]
    assert (job.value, job.said[0].source_id) == ("kế toán", staff)
    assert [(one.kind, one.value) for one in after.identifiers] == before
    assert after.row.id == hoa.row.id
    [entry] = list_audit()
    assert (entry.actor, entry.action, entry.detail) == (NAM, "trait.tell", {"trait": "occupation"})


def test_a_value_of_the_wrong_type_is_refused_with_what_is_right(line: Line) -> None:
    hoa = person(line, userId="KH01")
    add_attribute(Wish("Ngày cưới", kind="date", pii="linkable"), actor=NAM, at=line.clock())

    for value in ("ba mươi", "  "):
        with pytest.raises(InputError) as refused:
            tell(line, hoa, "ngay_cuoi", value)
        assert (refused.value.code, refused.value.path) == ("traits.bad_value", "value")
    with pytest.raises(NotFoundError):
        tell(line, hoa, "khong_co", "x")
    set_archived("ngay_cuoi", True, actor=NAM, at=line.clock())
    for key, value in (("ngay_cuoi", "24/12/2019"), ("email", "nam@example.vn"), ("age", "30")):
        with pytest.raises(ConflictError) as refused_too:
            tell(line, hoa, key, value)
        assert refused_too.value.code == "traits.not_by_hand"

    line.take_in()
    assert [trait.name for trait in found().traits] == []


def test_an_id_number_typed_by_hand_is_sealed_before_even_the_log_has_it(line: Line) -> None:
    hoa = person(line, userId="KH01")

    tell(line, hoa, "national_id", "079195012345")

    records = list(read_log(line.data / "log", {}, max_bytes=1 << 20))
    assert b"079195012345" not in b"".join(record.payload for record in records)
    line.take_in()
    assert SealedValue.objects.count() == 1
    assert "079195012345" not in str(found().traits)


def test_the_stream_of_one_word_is_let_go_of_with_its_file(line: Line) -> None:
    tell(line, person(line, userId="KH01"), "occupation", "kế toán")

    [stream] = [path.name for path in line.ingester.log.iterdir() if path.name.startswith("staff-")]
    assert any(fnmatch(stream, pattern) for pattern in ONE_TIME_STREAMS)


def test_tags_are_said_whole_given_and_taken(line: Line) -> None:
    hoa = person(line, userId="KH01", traits={"tags": ["VIP", "Quận 1"]})

    def tag(**told: Any) -> int:
        line.clock.advance(seconds=5)
        made = tell_tags(Config(line.data), [found()], actor=NAM, clock=line.clock, **told)
        line.take_in()
        return made

    assert tag(add=["vip", "Khách sỉ"]) == 1
    assert tags_of(found()) == ["VIP", "Quận 1", "Khách sỉ"]
    assert tag(remove=["VIP", "quan 1", "Khách sỉ"]) == 1
    assert tags_of(found()) == []
    assert tag(remove=["VIP"]) == 0
    assert [one.action for one in list_audit(9)] == ["tags.tell", "tags.tell"]
    assert found().row.id == hoa.row.id
