"""A campaign to another system, made in steps, sent, and its numbers opened."""

from datetime import datetime

import pytest
from django.test import Client

from khachquen.activate.campaigns.models import Account, Campaign, Run
from khachquen.activate.webhooks import Wish, add_endpoint, remove_endpoint
from khachquen.govern.consent import Told, record
from khachquen.store.touched import touch
from khachquen.understand.segments import add_segment
from tests.flows.post import TickingClock, add_people, ends, send_all
from tests.receiver import receiving
from tests.web.segmented import keep_segments
from tests.web.test_campaigns import _house, read

__all__ = ["_house"]

pytestmark = pytest.mark.django_db(transaction=True)
FIRST = {"name": "Mời dùng thử", "purpose": "ads", "holdout_percent": "0"}


def register(url: str, now: datetime, name: str = "Tổng đài") -> int:
    return add_endpoint(Wish(name, url), actor="hoa@example.vn", at=now)[0].id


def test_without_an_endpoint_nobody_is_asked_by_which_channel(desk: Client, now: datetime) -> None:
    assert 'name="channel"' not in read(desk, "/campaigns/new")
    desk.post("/campaigns/new", FIRST | {"channel": "webhook"})
    assert Campaign.objects.get().channel == "email"
    with receiving() as centre:
        number = register(centre.url, now)
    assert 'name="channel"' in read(desk, "/campaigns/new")
    remove_endpoint(number, actor="hoa@example.vn", at=now)
    assert 'name="channel"' not in read(desk, "/campaigns/new")


def test_a_campaign_goes_to_another_system_and_its_numbers_open(
    desk: Client, now: datetime
) -> None:
    with receiving() as centre:
        number = register(centre.url, now)
        people = add_people("Hoa", "Nam", "Lan", agree=False, at=now)
        keys = [[f"email:khach-{one}@example.vn"] for one in people[:2]]
        agreed = [Told(key, "ads", "granted", ["any"], method="web_form", at=now) for key in keys]
        record(agreed, now=now)
        touch(people, at=now, moved=people)
        known = {"kind": "trait", "trait": "is_known", "is": "is", "value": True}
        segment = add_segment("Mọi khách", known, actor="hoa@example.vn", at=now)
        keep_segments(now)

        told = FIRST | {"channel": "webhook", "segment_id": str(segment.id)}
        answer = desk.post("/campaigns/new", told)
        campaign = Campaign.objects.get()
        assert answer["Location"] == f"/campaigns/{campaign.pk}/edit/content"
        page = read(desk, answer["Location"])
        assert "Tổng đài (127.0.0.1" in page
        assert 'name="version_id"' not in page
        assert 'name="account_id"' not in page
        assert "chọn webhook" in read(desk, f"/campaigns/{campaign.pk}")
        desk.post(answer["Location"], {"endpoint_id": str(number)})

        page = read(desk, f"/campaigns/{campaign.pk}")
        assert "Còn phải" not in page
        assert "Tổng đài (webhook" in page
        assert "Gắn UTM" not in page
        desk.post(f"/campaigns/{campaign.pk}/start", {"start_at": ""})
        run = Run.objects.get()
        send_all(TickingClock(run.start_at), run, quiet_from=0, quiet_until=0)
        assert sorted(ends(run).values()) == [("sent", ""), ("sent", ""), ("skipped", "unknown")]
        assert sorted(one.told["data"]["profile_id"] for one in centre.heard) == [1, 2]
        page = read(desk, f"/campaigns/{campaign.pk}")
        assert "trả lời là đã nhận tin" in page
        people_page = read(desk, f"/campaigns/runs/{run.pk}/people?state=sent")
        assert "profile:1" in people_page
        assert "HTTP 200" in people_page


def test_changing_the_channel_lets_go_of_what_the_other_needed(desk: Client, now: datetime) -> None:
    with receiving() as centre:
        number = register(centre.url, now)
    desk.post("/campaigns/new", FIRST | {"channel": "webhook"})
    campaign = Campaign.objects.get()
    desk.post(f"/campaigns/{campaign.pk}/edit/content", {"endpoint_id": str(number)})
    campaign.refresh_from_db()
    assert campaign.account == Account.objects.get()
    desk.post(f"/campaigns/{campaign.pk}/edit/recipients", FIRST)
    campaign.refresh_from_db()
    assert (campaign.channel, campaign.account) == ("webhook", Account.objects.get())
    desk.post(f"/campaigns/{campaign.pk}/edit/recipients", FIRST | {"channel": "email"})
    campaign.refresh_from_db()
    assert (campaign.channel, campaign.account) == ("email", None)
    assert 'name="version_id"' in read(desk, f"/campaigns/{campaign.pk}/edit/content")
