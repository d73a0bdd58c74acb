"""A report too large to be counted while somebody waits: kept with its moment, counted by a job."""

import re
from datetime import datetime, timedelta

import pytest
from django.conf import settings
from django.test import Client

from khachquen.activate.campaigns import report_kept
from khachquen.activate.campaigns.models import KeptReport, Recipient, Run
from khachquen.activate.campaigns.report_counts import Scope
from khachquen.base import Config, UnavailableError
from khachquen.flows import recounting
from khachquen.flows.recounting import (
    args_of,
    ask_for_due,
    find_report,
    get_report,
    kinds_of,
    wish_of,
    write_report,
)
from khachquen.flows.reporting import Wish, count_report
from khachquen.govern import User, issue_token
from khachquen.store.jobs import Runner, list_jobs
from tests.flows.test_reporting import HOA, _lake, run, tell_story

pytestmark = pytest.mark.django_db
__all__ = ["_lake", "run"]


@pytest.fixture(autouse=True)
def _few_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report_kept, "LARGE", 6)
    monkeypatch.setattr(recounting, "_looked_at", [])


def count_all(now: datetime) -> None:
    """What an engine does of the countings asked for, without its second process."""

    def here(config: Config, wish: Wish, at: datetime):  # type: ignore[no-untyped-def]
        yield None
        yield write_report(config, wish_of(args_of(wish)), at)

    engine = Runner(kinds_of(settings.CONFIG, lambda: now, here))
    while any(job.is_open for job in list_jobs()):
        assert engine.advance(now)


def test_a_large_report_is_counted_by_itself_and_then_shown_as_it_was(
    desk: Client, run: Run, now: datetime
) -> None:
    tell_story(run, now)
    wish = Wish(Scope(run.campaign_id))
    assert find_report(settings.CONFIG, wish, now=now) is None
    ask_for_due(now)
    ask_for_due(now + timedelta(minutes=1))
    assert [job.kind for job in list_jobs()] == ["campaign.count"]  # asked for once
    count_all(now + timedelta(days=9))
    kept = find_report(settings.CONFIG, wish, now=now)
    assert kept == count_report(settings.CONFIG, wish, now=now + timedelta(days=9))
    Recipient.objects.filter(person_id=HOA).update(state="unknown")
    assert find_report(settings.CONFIG, wish, now=now) == kept  # as it was at its moment
    page = desk.get(f"/campaigns/{run.campaign_id}/report").content.decode()
    assert "Đếm lúc" in page
    assert "800.000" in page


def test_a_report_is_counted_the_less_often_the_older_its_letters(run: Run, now: datetime) -> None:
    name = "0:last:7:order"
    report_kept.keep(run.campaign_id, name, "{}", at=now)
    due = [
        report_kept.list_due(name, now + timedelta(**{unit: many})) != []
        for many, unit in ((14, "minutes"), (16, "minutes"), (46, "days"))
    ]
    assert due == [False, True, False]
    week = now + timedelta(days=7)
    report_kept.keep(run.campaign_id, name, "{}", at=week)
    assert report_kept.list_due(name, week + timedelta(minutes=59)) == []
    assert report_kept.list_due(name, week + timedelta(minutes=61)) == [run.campaign_id]


def test_another_choice_is_counted_when_somebody_asks(
    desk: Client, hoa: User, run: Run, now: datetime
) -> None:
    tell_story(run, now)
    path = f"/campaigns/{run.campaign_id}/report"
    page = desk.get(f"{path}?days=14").content.decode()
    assert "Cách tính này chưa được đếm" in page
    assert not list_jobs()  # looking asks for nothing
    token = issue_token(hoa, name="Bảng tính", at=now).value
    head = {"Authorization": f"Bearer {token}"}
    refused = desk.get(f"/api/v1/campaigns/{run.campaign_id}/report?days=14", headers=head)
    assert refused.status_code == 503
    assert refused.json()["error"]["code"] == "campaigns.not_counted"
    answer = desk.post(f"{path}/count", {"days": "14", "model": "last", "action": "order"})
    assert answer.status_code == 302
    assert "days=14" in answer["Location"]
    assert "Đang đếm từng thư" in desk.get(answer["Location"]).content.decode()
    count_all(now + timedelta(days=20))
    told = desk.get(f"/api/v1/campaigns/{run.campaign_id}/report?days=14", headers=head).json()
    assert told["earned"][0]["net"]["minor"] == 1_500_000
    assert "1.500.000" in desk.get(f"{path}?days=14").content.decode()
    assert desk.get(f"{path}/count").status_code == 405
    other = desk.get(f"/campaigns/compare?id={run.campaign_id}&id={run.campaign_id}&days=30")
    assert other.status_code == 200


def test_what_was_kept_by_another_version_is_counted_anew(run: Run, now: datetime) -> None:
    KeptReport.objects.create(
        campaign_id=run.campaign_id, wish="0:last:7:order", at=now, told='{"wish": 3}'
    )
    with pytest.raises(UnavailableError, match="not been counted"):
        get_report(settings.CONFIG, Wish(Scope(run.campaign_id)), now=now)


def test_a_small_one_needs_no_engine(
    desk: Client, run: Run, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report_kept, "LARGE", 7)
    tell_story(run, now)
    ask_for_due(now)
    assert not list_jobs()
    page = desk.get(f"/campaigns/{run.campaign_id}/report").content.decode()
    assert re.search(r"800\.000", page)
    assert "Đếm lại" not in page
