"""A campaign that heeds which way people like to be written to, and where they say so."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from khachquen.activate.campaigns.capping import Caps
from khachquen.activate.campaigns.claiming import claim, rehearse
from khachquen.activate.campaigns.models import Run
from khachquen.activate.campaigns.people import Hours
from khachquen.base import load_config
from khachquen.flows.choosing import prefer, show_choices
from khachquen.govern.consent.links import Link
from khachquen.unify.models import Trait
from khachquen.unify.profiles import find_profile
from tests.flows.line import Line
from tests.flows.post import add_account, add_people, add_run, ends

pytestmark = pytest.mark.django_db(transaction=True)
HOURS = Hours(0, 0, ZoneInfo("Asia/Ho_Chi_Minh"))
NO_CAPS = Caps()
HOA, NAM, LAN, TUAN = 1, 2, 3, 4


def prefers(person: int, channel: str, *, at: datetime) -> None:
    Trait.objects.update_or_create(
        node_id=person,
        name="preferred_channel",
        source_id=1,
        defaults={"value": json.dumps(channel), "at": at},
    )


def take(run: Run, now: datetime) -> list[int]:
    ready = claim(
        run, owner="kho:1", most=9, hours=HOURS, caps=NO_CAPS, now=now, lease=timedelta(minutes=1)
    )
    return [one.person.id for one in ready]


@pytest.fixture
def four(now: datetime) -> list[int]:
    """Chị Hoa likes letters, anh Nam Zalo, anh Tuấn anything; chị Lan has not said."""
    people = add_people("Nguyễn Thị Hoa", "Trần Văn Nam", "Lê Thị Lan", "Phạm Tuấn", at=now)
    for person, channel in ((HOA, "Email"), (NAM, "zalo"), (TUAN, "kênh nào cũng được")):
        prefers(person, channel, at=now)
    return people


def test_who_prefers_another_channel_is_left_out_where_the_campaign_heeds_it(
    four: list[int], now: datetime
) -> None:
    run = add_run(add_account(25, at=now), four, at=now, heeds_channel=True)

    counts = rehearse(run.campaign, four, hours=HOURS, caps=NO_CAPS, now=now)

    assert (counts["ready"], counts["prefers_other"]) == (3, 1)
    assert take(run, now) == [HOA, LAN, TUAN]
    assert ends(run)[NAM] == ("skipped", "prefers_other")


def test_by_itself_a_campaign_goes_to_everybody_who_agreed(four: list[int], now: datetime) -> None:
    assert take(add_run(add_account(25, at=now), four, at=now), now) == four


def test_what_was_said_last_counts(four: list[int], now: datetime) -> None:
    run = add_run(add_account(25, at=now), four, at=now, heeds_channel=True)
    prefers(NAM, "email", at=now + timedelta(hours=1))
    prefers(HOA, "sms", at=now + timedelta(hours=1))

    assert take(run, now + timedelta(hours=2)) == [NAM, LAN, TUAN]


def test_chi_lan_says_so_by_the_link_in_a_letter(data: Path) -> None:
    line, config, link = Line(data), load_config(data, {}), Link("p", "email:lan@nhamay.vn")
    line.till({"type": "identify", "messageId": "m1",
               "traits": {"email": "lan@nhamay.vn", "phone": "0912345678"}})  # fmt: skip
    line.take_in()
    assert show_choices(link, now=line.clock()).preferred == ""

    assert prefer(config, link, "zalo", clock=line.clock)
    line.take_in()

    assert show_choices(link, now=line.clock()).preferred == "zalo"
    person = find_profile("phone:+84912345678")
    assert person is not None
    assert person.trait("preferred_channel") == "zalo"
    assert not prefer(config, link, "zalo", clock=line.clock), "said already"
    assert not prefer(config, link, "fax", clock=line.clock), "nothing one could prefer"
