"""Cleaning: what is safe is done and can be taken back; what somebody said is never touched."""

from datetime import datetime, timedelta

import pytest

from khachquen.base import ConflictError, NotFoundError
from khachquen.unify import quality
from khachquen.unify.models import Profile, Trait
from khachquen.unify.quality import cleaning
from khachquen.unify.quality.cleaning import decide_repair, list_repairs, request_cleaning
from tests.unify.quality.shop import NOW, TILL, node, open_shop, person, says

pytestmark = pytest.mark.django_db
NAM = "nam@example.vn"


def clean(at: datetime = NOW) -> None:
    request_cleaning(actor="", at=at)
    while cleaning.advance(at):
        pass


def measure() -> None:
    quality.request_measurement(actor="", at=NOW)
    while quality.find_progress():
        quality.tend(NOW, is_idle=False)


@pytest.fixture
def hoa() -> None:
    """A line written by older rules: shouted, and the tone in the other school's place."""
    person(1, "NGUYỄN THỊ HOÀ", phone="+84912345678", search="nguyen thi hoa")
    node(11, "phone:+84912345678", 1)
    says(TILL, 10, name="NGUYỄN THỊ HOÀ")


def line() -> tuple[str, str]:
    one = Profile.objects.get(id=1)
    return one.name, one.search


@pytest.mark.usefixtures("hoa")
def test_a_line_of_older_rules_is_written_anew_and_the_words_stay() -> None:
    clean()

    assert line() == ("Nguyễn Thị Hòa", "nguyen thi hoa +84912345678 0912345678 1")
    [repair] = list_repairs("applied")
    assert repair.changes == (("name", "NGUYỄN THỊ HOÀ", "Nguyễn Thị Hòa"),)
    assert (repair.kind, repair.profile_id, repair.at) == ("lines", 1, NOW)
    assert cleaning.REPAIRS[repair.kind].why.vi
    assert Trait.objects.get(node_id=10).value == '"NGUY\\u1ec4N TH\\u1eca HO\\u00c0"'


@pytest.mark.usefixtures("hoa")
def test_taken_back_it_is_as_before_and_stays_so() -> None:
    before = line()
    clean()
    [repair] = list_repairs("applied")

    decide_repair(repair.id, "undo", actor=NAM, at=NOW)

    assert line() == before
    assert [(one.state, one.decided_by) for one in list_repairs("undone")] == [("undone", NAM)]
    clean(NOW + timedelta(days=7))
    assert line() == before, "what somebody took back is not done again"
    with pytest.raises(NotFoundError):
        decide_repair(repair.id, "undo", actor=NAM, at=NOW)


@pytest.mark.usefixtures("hoa")
def test_what_changed_since_is_not_overwritten_by_an_undo() -> None:
    clean()
    [repair] = list_repairs("applied")
    Profile.objects.filter(id=1).update(name="Nguyễn Thị Hồng Hòa")

    with pytest.raises(ConflictError) as refused:
        decide_repair(repair.id, "undo", actor=NAM, at=NOW)

    assert refused.value.code == "quality.changed_since"
    assert line()[0] == "Nguyễn Thị Hồng Hòa"
    assert len(list_repairs("applied")) == 1


def test_what_would_become_another_value_or_none_is_left_alone() -> None:
    person(1, "Hoa", phone="+84912345678")  # nobody's word says either
    person(2, "Trần Văn Nam")
    says(TILL, 20, name="Lê Văn Tám")

    clean()

    assert list_repairs("applied") == []
    assert line() == ("Hoa", "")
    assert Profile.objects.get(id=2).name == "Trần Văn Nam"


def test_a_clean_record_is_left_alone() -> None:
    person(1, "Nguyễn Thị Hoa", phone="+84912345678")
    node(11, "phone:+84912345678", 1)
    says(TILL, 10, name="Nguyễn Thị Hoa")
    clean()
    first = line()

    clean(NOW + timedelta(days=7))

    assert line() == first
    assert len(list_repairs("applied")) == 1  # the search words it was told without


def test_a_mistyped_address_is_proposed_once_and_changes_nothing() -> None:
    open_shop()
    measure()
    clean()
    clean(NOW + timedelta(days=7))

    [repair] = list_repairs("proposed")
    assert repair.kind == "email_typo"
    assert (repair.person, repair.changes) == (
        "Trần Văn Nam",
        (("email", "nam@gmial.com", "nam@gmail.com"),),
    )
    assert Trait.objects.get(node_id=20, name="email").value == '"nam@gmial.com"'
    decide_repair(repair.id, "dismiss", actor=NAM, at=NOW)
    clean(NOW + timedelta(days=14))
    assert list_repairs("proposed") == []
    decide_repair(repair.id, "undo", actor=NAM, at=NOW)
    assert len(list_repairs("proposed")) == 1


def test_nobody_is_removed_however_long_ago_they_came() -> None:
    open_shop()
    measure()
    people, words = Profile.objects.count(), Trait.objects.count()

    clean()

    assert (Profile.objects.count(), Trait.objects.count()) == (people, words)


def test_it_comes_every_week_after_the_first_measurement() -> None:
    open_shop()
    while quality.tend(NOW, is_idle=True):
        pass

    assert len(cleaning.list_cleanings()) == 1
    while quality.tend(NOW + timedelta(days=6), is_idle=True):
        pass
    assert len(cleaning.list_cleanings()) == 1
    while quality.tend(NOW + timedelta(days=7), is_idle=True):
        pass
    assert [one.state for one in cleaning.list_cleanings()] == ["done", "done"]


def test_stopped_half_way_what_was_done_stays_and_can_be_taken_back() -> None:
    open_shop()
    request_cleaning(actor=NAM, at=NOW)
    cleaning.advance(NOW)

    assert cleaning.cancel_cleaning(actor=NAM, at=NOW)

    assert not cleaning.advance(NOW)
    newest = cleaning.latest_cleaning()
    assert newest is not None
    assert (newest.state, newest.looked_at, newest.repaired) == ("cancelled", 4, 1)
    [repair] = list_repairs("applied")
    assert repair.profile_id == 3, "only Lan's record is explained whole by what was said"
    decide_repair(repair.id, "undo", actor=NAM, at=NOW)
    assert Profile.objects.get(id=3).search == ""
