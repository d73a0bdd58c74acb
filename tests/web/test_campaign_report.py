"""Chị Hoa reads what came of her letter; the page, the file and REST say the same."""

import csv
import io
import re
from datetime import datetime, timedelta

import pytest
from django.conf import settings
from django.test import Client

from khachquen.activate.campaigns.models import Campaign, Recipient, Run
from khachquen.activate.campaigns.planning import save_plan
from khachquen.activate.campaigns.report_counts import Scope
from khachquen.activate.campaigns.report_figures import FIGURES
from khachquen.activate.content.reading import get_template
from khachquen.activate.content.writing import add_template
from khachquen.flows.reporting import Wish, count_report, readings
from khachquen.govern import User, issue_token
from khachquen.govern.models import AuditEntry
from tests.activate.content.wordings import wording
from tests.flows.post import add_run
from tests.flows.test_reporting import HOA, LAN, _lake, heard, run, tell_story
from tests.web.exported import write_file

pytestmark = pytest.mark.django_db
__all__ = ["_lake", "run"]


def read(desk: Client, path: str) -> str:
    answer = desk.get(path)
    assert answer.status_code == 200, path
    return re.sub(r"\s+", " ", answer.content.decode())


def test_the_report_goes_from_the_audience_to_the_orders_and_opens_to_people(
    desk: Client, run: Run, now: datetime
) -> None:
    tell_story(run, now)
    path = f"/campaigns/{run.campaign_id}/report"
    page = read(desk, path)
    assert "75,0 %" in page.replace("\xa0", " ")  # opened of sent
    assert "800.000" in page
    assert "Lần nhấp cuối trước khi đặt" in page
    assert "Mỗi nhóm cần ít nhất 30 người" in page
    counts = count_report(
        settings.CONFIG, Wish(Scope(run.campaign_id)), now=now + timedelta(days=9)
    ).counts
    for key in (key for key, figure in FIGURES.items() if figure.over is None):
        people = read(desk, f"{path}/people?key={key}")
        assert people.count('<th scope="row"><a class="primary"') == getattr(counts, key), key
    assert "HD2" in read(desk, f"{path}/orders")
    people = read(desk, f"{path}/people?key=clicked&link=2")
    assert "Hoa" in people
    assert "Lan" not in people
    people = read(desk, f"{path}/people?key=sent&part=domain:example.vn")
    assert people.count('<th scope="row"><a class="primary"') == 1


def test_page_file_and_rest_say_what_was_counted(
    desk: Client, hoa: User, run: Run, now: datetime
) -> None:
    tell_story(run, now)
    found = count_report(settings.CONFIG, Wish(Scope(run.campaign_id)), now=now + timedelta(days=9))
    expected = {one.figure.key: (one.value, one.of) for one in readings(found.counts)}
    answer = desk.get(f"/campaigns/{run.campaign_id}/report.csv")
    told = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))[1:]
    whole = {row[2]: (int(row[4]), int(row[5]) if row[5] else None) for row in told if not row[0]}
    assert whole.pop("net_minor_VND") == (800_000, None)
    assert whole == expected
    by_domain = [row for row in told if row[0] == "Theo hộp thư của khách" and row[2] == "sent"]
    assert {row[1]: row[4] for row in by_domain} == {
        "gmail.com": "3",
        "example.vn": "1",
        "Không có email": "0",
    }
    page = read(desk, f"/campaigns/{run.campaign_id}/report").replace("\xa0", " ")
    for key, (value, of) in expected.items():
        if of is None:
            assert re.search(rf'key={key}">{value}</a>', page), key
        else:
            assert f"{value} / {of}" in page, key
    token = issue_token(hoa, name="Bảng tính", at=now).value
    asked = desk.get(
        f"/api/v1/campaigns/{run.campaign_id}/report",
        headers={"Authorization": f"Bearer {token}", "Accept-Language": "vi"},
    ).json()
    assert {one["key"]: (one["value"], one["of"]) for one in asked["figures"]} == expected
    assert asked["earned"][0]["net"]["minor"] == 800_000
    assert [one["people"] for one in asked["links"]] == [2, 1]
    assert asked["cost"] is None
    assert sum(one["figures"]["sent"] for one in asked["parts"]["domain"]) == 4
    refused = desk.get(f"/api/v1/campaigns/{run.campaign_id}/report")
    assert refused.status_code == 401


def test_of_texts_page_and_rest_speak_of_the_phone(
    desk: Client, hoa: User, run: Run, now: datetime
) -> None:
    Campaign.objects.filter(pk=run.campaign_id).update(channel="sms")
    Run.objects.filter(pk=run.pk).update(channel="sms")
    Recipient.objects.filter(run=run).update(state="skipped", reason="no_address")
    path = f"/campaigns/{run.campaign_id}/report"
    assert "Chưa có số điện thoại" in read(desk, path)
    assert "Chưa có số điện thoại" in read(desk, f"{path}/people?key=targeted")
    token = issue_token(hoa, name="Bảng tính", at=now).value
    asks = {"Authorization": f"Bearer {token}", "Accept-Language": "vi"}
    (reason,) = desk.get(f"/api/v1{path}", headers=asks).json()["reasons"]
    assert reason["words"] == "Chưa có số điện thoại"
    listed = f"/api/v1/campaigns/{run.campaign_id}/recipients?state=skipped"
    (*_, person) = desk.get(listed, headers=asks).json()["items"]
    assert person["reason_text"] == "Chưa có số điện thoại"


def test_the_page_says_what_it_cost_and_brought(desk: Client, run: Run, now: datetime) -> None:
    tell_story(run, now)
    path = f"/campaigns/{run.campaign_id}/report"
    assert "Chi phí" not in read(desk, path)
    told = {"cost_each": 500, "budget": 5_000}
    save_plan(run.campaign_id, told, by="hoa@gom-moc.example", at=now)
    page = read(desk, path).replace("\xa0", " ")
    assert "<dt>Chi phí</dt><dd>2.000 ₫" in page
    assert "Ngân sách 5.000 ₫" in page
    assert "<dt>Lãi trên chi phí</dt><dd>39.900 %" in page


def test_the_letter_shows_what_each_link_brought_and_leads_nowhere(
    desk: Client, run: Run, now: datetime
) -> None:
    tell_story(run, now)
    said = (
        '<p><a href="https://gom.example/den?cho={{ name }}">Đèn <b>dầu</b></a> '
        '<a href="https://gom.example/binh"><img src="/b.png" alt="Bình hoa"></a>'
    )
    Run.objects.filter(pk=run.pk).update(html=f"{said}<script>alert(1)</script></p>")
    path = f"/campaigns/{run.campaign_id}/report"
    answer = desk.get(f"{path}/letter")
    letter = answer.content.decode().replace("\xa0", " ")
    assert re.findall(r"[0-9,]+ %(?=</span>)", letter) == ["100,0 %", "50,0 %"]
    assert "href" not in letter
    assert "sandbox" in answer["Content-Security-Policy"]
    assert "script-src" not in answer["Content-Security-Policy"]
    page = read(desk, path)
    assert re.search(r"Đèn dầu<span[^>]*>gom.example/den\?cho=…</span>", page)
    assert re.search(r"Bình hoa<span[^>]*>gom.example/binh</span>", page)
    assert "{{" not in page


def test_each_variant_has_a_map_of_its_own(
    desk: Client, hoa: User, run: Run, now: datetime
) -> None:
    """Link 1 of one wording is not link 1 of the other."""
    tell_story(run, now)
    Recipient.objects.filter(run=run).update(variant="A")
    Recipient.objects.filter(run=run, person_id=LAN).update(variant="B")
    words = wording("<a href='https://gom.example/tet'>Quà Tết</a>", subject="[QC] Quà Tết")
    other = get_template(add_template("Quà Tết", words, user=hoa, at=now)).version.id
    Run.objects.filter(pk=run.pk).update(
        html='<p><a href="https://gom.example/den">Đèn</a> <a href="/x">X</a></p>',
        experiment={
            "variants": [
                {"key": "A", "share": 50},
                {"key": "B", "share": 50, "version_id": other},
            ]
        },
    )
    path = f"/campaigns/{run.campaign_id}/report"
    page = read(desk, path)
    assert "Phương án A" in page
    assert "Phương án B" in page
    assert re.search(r"Đèn<span[^>]*>gom.example/den</span>", page)
    assert re.search(r"Quà Tết<span[^>]*>gom.example/tet</span>", page)
    assert "100,0 %" in read(desk, f"{path}/letter?variant=B").replace("\xa0", " ")
    people = read(desk, f"{path}/people?key=clicked&part=variant:B&link=1")
    assert ">Lan</a>" in people
    assert ">Hoa</a>" not in people


def test_the_goal_stands_beside_what_was_reached(desk: Client, run: Run, now: datetime) -> None:
    tell_story(run, now)
    path = f"/campaigns/{run.campaign_id}/report"
    assert "So với mục tiêu" not in read(desk, path)
    told = {"goal": "revenue", "goal_number": 1_000_000}
    save_plan(run.campaign_id, told, by="hoa@gom-moc.example", at=now)
    page = read(desk, path).replace("\xa0", " ")
    assert "1.000.000 ₫" in page
    assert "80 %" in page
    assert "Chưa đạt" in page


def test_the_people_behind_a_figure_leave_by_the_door_all_lists_leave_by(
    desk: Client, hoa: User, run: Run, now: datetime
) -> None:
    tell_story(run, now)
    path = f"/campaigns/{run.campaign_id}/report/people"
    asked = "?key=clicked&part=stage:&days=14"
    assert desk.get(f"{path}.csv{asked}").status_code == 405
    answer = desk.post(f"{path}.csv{asked}")
    assert answer.status_code == 302
    [entry] = AuditEntry.objects.filter(action="customers.export")
    assert (entry.detail["rows"], entry.detail["figure"]) == (2, "clicked")
    told = desk.post(f"/customers/many/{write_file()}/file")
    body = b"".join(told.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    names = {row[2] for row in csv.reader(io.StringIO(body))}
    assert names == {"Họ tên", "Hoa", "Lan"}
    assert AuditEntry.objects.filter(action="customers.fetch").count() == 1
    assert desk.post(f"{path}.csv?key=open_rate").status_code == 404


def test_two_campaigns_stand_side_by_side(desk: Client, run: Run, now: datetime) -> None:
    tell_story(run, now)
    other = add_run(run.account, [HOA], at=now, name="Gốm Tết")
    Recipient.objects.filter(run=other).update(state="sent", ended_at=now)
    heard(other, HOA, "opened", now)
    page = read(desk, f"/campaigns/compare?id={run.campaign_id}&id={other.campaign_id}")
    assert "Gốm Tết" in page
    assert "100,0 %" in page.replace("\xa0", " ")
    assert f"/campaigns/{other.campaign_id}/report/people?" in page
    assert "Hãy chọn ít nhất hai chiến dịch" in read(
        desk, f"/campaigns/compare?id={run.campaign_id}"
    )


def test_what_is_not_there_is_refused_and_a_report_of_nothing_says_so(
    desk: Client, run: Run
) -> None:
    path = f"/campaigns/{run.campaign_id}/report"
    assert desk.get(f"{path}?model=magic").status_code == 400
    assert desk.get(f"{path}/people?key=open_rate").status_code == 404
    assert desk.get("/campaigns/999/report").status_code == 404
    assert desk.post(path).status_code == 405
    Recipient.objects.all().delete()
    assert "Chưa có gì để báo cáo" in read(desk, path)
