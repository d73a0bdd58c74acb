"""Files and lists of many people: part by part, gone on with after a kill, the same as the page."""

import csv
import io
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from django.conf import settings
from django.test import Client

from khachquen.activate.audiences import writing
from khachquen.base import ForbiddenError, InputError, NotFoundError
from khachquen.flows import exporting, gathering
from khachquen.flows.exporting import ask_to_export, fetch_export, forget_old_files, path_of
from khachquen.flows.finding import Wanted, find_people
from khachquen.flows.gathering import ask_to_gather
from khachquen.govern import User, create_user, issue_token, list_audit
from khachquen.store.jobs import Runner, cancel, get_job
from khachquen.understand.segments import add_segment, list_segments
from khachquen.understand.segments.models import Entry
from khachquen.unify.models import Profile
from tests.clock import FrozenClock
from tests.flows.test_tagging import regulars
from tests.web.segmented import keep_segments

pytestmark = pytest.mark.django_db
BY = "hoa@example.vn"
ROUND = {"kind": "trait", "trait": "phone", "is": "contains", "value": "0"}
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def runner(clock: FrozenClock) -> Runner:
    """An engine that has just begun."""
    config = settings.CONFIG
    return Runner({**exporting.kinds_of(config, clock), **gathering.kinds_of(clock)})


def finish(clock: FrozenClock, job: int) -> None:
    """Every engine does two parts and knows nothing of those before: as if each were killed."""
    for _ in range(100):
        if not get_job(job).is_open:
            return
        one = runner(clock)
        one.advance(clock())
        one.advance(clock())
    raise AssertionError("it never ends")


def export(clock: FrozenClock, wanted: Wanted, kind: Any = "csv") -> int:
    told = {"columns": ["phone"], "language": "vi", "by": BY, "clock": clock}
    return ask_to_export(wanted, kind=kind, **told).id


def ids_in(file: Path) -> list[str]:
    """The numbers of the people in a file, in its order."""
    if file.suffix == ".csv":
        return [row[0] for row in list(csv.reader(io.StringIO(file.read_text("utf-8-sig"))))[1:]]
    sheet = ElementTree.fromstring(zipfile.ZipFile(file).read("xl/worksheets/sheet1.xml"))
    rows = list(sheet.iter(f"{MAIN}row"))
    return ["".join(next(iter(row)).itertext()) for row in rows[1:]]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_file_written_by_many_engines_is_the_same_file(
    clock: FrozenClock, kind: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    regulars(60, clock)
    monkeypatch.setattr(exporting, "_PART", 7)
    config = settings.CONFIG

    whole = export(clock, Wanted(search="hoa"), kind)
    one = runner(clock)
    while get_job(whole).is_open:
        one.advance(clock())
    broken = export(clock, Wanted(search="hoa"), kind)
    first = runner(clock)
    first.advance(clock())
    first.advance(clock())
    growing = path_of(config, get_job(broken)).with_suffix(".part")
    growing.write_bytes(growing.read_bytes() + b"torn by a kill before its place was kept")
    finish(clock, broken)

    files = [path_of(config, get_job(job)) for job in (whole, broken)]
    assert files[0].read_bytes() == files[1].read_bytes()
    assert ids_in(files[1]) == [str(n) for n in range(1, 61)]
    assert get_job(broken).result == {"rows": 60}
    assert not growing.exists()


def test_killed_between_the_end_and_being_told_so_it_is_done(clock: FrozenClock) -> None:
    regulars(3, clock)
    job = export(clock, Wanted())
    one = runner(clock)
    one.advance(clock())
    file = path_of(settings.CONFIG, get_job(job))
    file.with_suffix(".part").replace(file)

    finish(clock, job)

    assert ids_in(file) == ["1", "2", "3"]
    assert get_job(job).state == "done"


def test_killed_while_the_workbook_is_made_it_is_made_again(
    clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    regulars(5, clock)
    whole = export(clock, Wanted(), "xlsx")
    finish(clock, whole)
    job = export(clock, Wanted(), "xlsx")
    file = path_of(settings.CONFIG, get_job(job))
    file.unlink(missing_ok=True)  # of another story, whose jobs had the same numbers
    monkeypatch.setattr(writing, "_ROWS_AT_ONCE", 2)
    killed = runner(clock)
    for _ in range(2):
        killed.advance(clock())
    assert not file.exists()
    assert file.with_suffix(".part").exists()
    monkeypatch.undo()

    finish(clock, job)

    assert file.read_bytes() == path_of(settings.CONFIG, get_job(whole)).read_bytes()
    assert ids_in(file) == ["1", "2", "3", "4", "5"]
    assert not file.with_suffix(".part").exists()


def test_who_takes_people_away_is_written_down_and_who_fetches_too(clock: FrozenClock) -> None:
    regulars(3, clock)
    hoa = create_user(email=BY, password="mot-mat-khau-dai", is_admin=False, at=clock())
    nam = create_user(email="nam@shop.vn", password="mot-mat-khau-khac", is_admin=False, at=clock())
    lan = create_user(email="lan@shop.vn", password="mot-mat-khau-nua", is_admin=True, at=clock())
    job = export(clock, Wanted(search="hoa"))

    def fetch(user: User) -> Path:
        return fetch_export(settings.CONFIG, job, user=user, at=clock())

    with pytest.raises(NotFoundError):
        fetch(hoa)
    finish(clock, job)
    with pytest.raises(ForbiddenError):
        fetch(nam)
    assert ids_in(fetch(hoa)) == ids_in(fetch(lan)) == ["1", "2", "3"]

    told = [(one.actor, one.action) for one in list_audit(10) if "customers" in one.action]
    assert told == [
        ("lan@shop.vn", "customers.fetch"),
        (BY, "customers.fetch"),
        (BY, "customers.export"),
    ]
    asked = next(one for one in list_audit(10) if one.action == "customers.export")
    assert asked.detail == {
        "rows": 3, "kind": "csv", "who": "known", "searched": True, "filters": 0,
        "ticked": False, "columns": ["phone"],
    }  # fmt: skip
    forget_old_files(settings.CONFIG, clock.advance(hours=48) + timedelta(days=400))
    with pytest.raises(NotFoundError):
        fetch(hoa)


def test_more_people_than_a_workbook_holds_are_refused(
    clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    regulars(3, clock)
    monkeypatch.setitem(exporting.MOST_ROWS, "xlsx", 2)

    with pytest.raises(InputError) as refused:
        export(clock, Wanted(), "xlsx")

    assert refused.value.message.en == "3 people are more than the 2 rows of a workbook."
    assert list_audit(10) == []


def test_people_are_put_into_a_list_and_taken_out_once_whoever_is_killed(
    clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    regulars(50, clock)
    monkeypatch.setattr(gathering, "_PART", 8)
    told: dict[str, Any] = {"by": BY, "clock": clock}

    job = ask_to_gather(Wanted(), segment_id=None, new_name="Khách mời", way="in", **told)
    finish(clock, job.id)
    [made] = list_segments()
    assert (made.name, made.kind) == ("Khách mời", "static")
    assert Entry.objects.filter(segment_id=made.id).count() == 50
    assert (get_job(job.id).done, get_job(job.id).result) == (50, 50)

    some = Wanted(ids=tuple(range(1, 21)), who="all")
    keep_segments(clock())
    job = ask_to_gather(some, segment_id=made.id, way="out", **told)
    finish(clock, job.id)
    assert Entry.objects.filter(segment_id=made.id).count() == 30


def test_what_is_no_list_takes_nobody_in_and_a_stopped_job_stays_where_it_is(
    clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    regulars(20, clock)
    monkeypatch.setattr(gathering, "_PART", 5)
    told: dict[str, Any] = {"by": BY, "clock": clock}
    live = add_segment("Có số", ROUND, actor=BY, at=clock())
    for segment, name in ((live.id, ""), (None, " ")):
        with pytest.raises(InputError) as refused:
            ask_to_gather(Wanted(), segment_id=segment, new_name=name, way="in", **told)
        assert refused.value.code == "people.no_list"

    job = ask_to_gather(Wanted(), segment_id=None, new_name="Nửa chừng", way="in", **told)
    one = runner(clock)
    one.advance(clock())
    one.advance(clock())
    cancel(job.id, at=clock())
    one.advance(clock())
    assert (Entry.objects.count(), get_job(job.id).state) == (10, "cancelled")


def test_the_screen_the_file_and_the_interface_say_the_same_people(
    clock: FrozenClock, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    regulars(40, clock)
    Profile.objects.filter(id__gt=30).update(name="Trần Văn Nam", search="tran van nam")
    Profile.objects.filter(id__lt=5).update(orders=3, spent_minor=900_000)
    keep_segments(clock())
    rule = {"kind": "trait", "trait": "spent", "is": "at_most", "value": 500_000}
    wanted = Wanted(search="hoa", rules=(rule,))

    shown, cursor = [], ""
    for _ in range(10):
        page = find_people(wanted, cursor=cursor, size=6, now=clock())
        shown += [row.id for row in page.rows]
        if not (cursor := page.next_cursor):
            break
    job = export(clock, wanted, "xlsx")
    finish(clock, job)
    token = issue_token(
        create_user(email=BY, password="mot-mat-khau-dai", is_admin=True, at=clock()),
        name="Bảng tính",
        at=clock(),
    ).value
    asked = {"rule": rule, "search": "hoa", "limit": 200}
    answer = client.post(
        "/api/v1/profiles/search",
        asked,
        content_type="application/json",
        headers={"Authorization": f"Bearer {token}"},
    ).json()

    assert sorted(shown) == list(range(5, 31))
    assert [int(one) for one in ids_in(path_of(settings.CONFIG, get_job(job)))] == sorted(shown)
    assert [one["id"] for one in answer["items"]] == shown
    assert answer["total"] == len(shown)
