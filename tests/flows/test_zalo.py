"""A campaign on Zalo, from its audience to Zalo's answers: once to each, and what is not certain is
said to be unknown."""

import json
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from khachquen.activate.campaigns import running
from khachquen.activate.campaigns.models import Campaign, Recipient, Run
from khachquen.activate.channels.lines import RefusedError
from khachquen.activate.channels.zalo.codes import list_codes
from khachquen.activate.channels.zalo.requests import Zalo
from khachquen.activate.egress import Rules
from khachquen.activate.zalo.accounts import add_oa
from khachquen.activate.zalo.models import OfficialAccount
from khachquen.activate.zalo.saying import Said, write_said
from khachquen.activate.zalo.sources import list_sources
from khachquen.activate.zalo.templates import list_templates
from khachquen.activate.zalo.tokens import access_token
from khachquen.base import Config, InputError
from khachquen.flows.calling import Calls
from khachquen.flows.sending import Mailer
from khachquen.flows.zalo_account import read_account
from khachquen.flows.zalo_messages import ZaloLine
from khachquen.govern.consent import Told, record
from khachquen.govern.consent.suppressing import suppress
from khachquen.unify.models import Node, Profile, Trait
from khachquen.unify.traits.declaring import Wish, add_attribute, change_attribute
from tests.activate.zalo.fake import (
    APP_ID,
    APP_SECRET,
    FIRST,
    HOOK_SECRET,
    OA_ID,
    FakeZalo,
    template,
    zalo_server,
)
from tests.flows.post import TickingClock, config, count, ends, state_of, work_until

pytestmark = pytest.mark.django_db(transaction=True)
NOON = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)  # 12:00 in Vietnam
OPERATOR = "hoa@gom-moc.example"


@pytest.fixture
def fake() -> FakeZalo:
    return FakeZalo()


@pytest.fixture
def told(fake: FakeZalo) -> Iterator[Config]:
    with zalo_server(fake) as url:
        found = config(quiet_from=0, quiet_until=0)
        yield replace(found, zalo=replace(found.zalo, business_url=url, oauth_url=url))


@pytest.fixture
def clock() -> TickingClock:
    return TickingClock(NOON)


@pytest.fixture
def oa(told: Config, clock: TickingClock) -> OfficialAccount:
    made = add_oa(
        {
            "name": "Gốm Mộc trên Zalo",
            "oa_id": OA_ID,
            "app_id": APP_ID,
            "app_secret": APP_SECRET,
            "hook_secret": HOOK_SECRET,
            "refresh_token": FIRST,
        },
        by=OPERATOR,
        at=NOON,
    )
    read_account(told, made.pk, clock)
    return made


def phone(number: int) -> str:
    return f"+8491200{number:04}"


def add_people(*names: str, first: int = 1, says: Any = "granted", purpose: str = "care") -> None:
    for number, name in enumerate(names, first):
        Profile.objects.create(
            id=number,
            name=name,
            phone=phone(number),
            is_known=True,
            first_seen=NOON,
            last_seen=NOON,
        )
        Node.objects.create(
            id=number,
            key=f"phone:{phone(number)}",
            kind="phone",
            profile_id=number,
            first_seen=NOON,
            last_seen=NOON,
        )
        if says:
            agree(number, says, purpose)


def agree(number: int, says: Any, purpose: str, channel: str = "zalo") -> None:
    key = f"phone:{phone(number)}"
    record([Told([key], purpose, says, [channel], method="web_form", at=NOON)], now=NOON)


def campaign(oa: OfficialAccount, template: str = "7895417", **more: Any) -> Campaign:
    said = Said(
        next(one.pk for one in list_templates(oa.pk) if one.key == template),
        sources={"customer_name": "name"},
        otherwise={"customer_name": "quý khách", "order_code": "KQ-2026"},
    )
    return Campaign.objects.create(
        **{
            "name": "Đơn đã gửi",
            "channel": "zalo",
            "purpose": "care",
            "segment_id": 1,
            "account": oa.account,
            "subject": "Xác nhận đơn hàng",
            "text": write_said(said),
            "created_at": NOON,
            "created_by": OPERATOR,
            "changed_at": NOON,
            **more,
        }
    )


def begin(oa: OfficialAccount, people: Any, **more: Any) -> Run:
    made = campaign(oa, **more)
    run = running.begin(made.pk, start_at=NOON, links_open=False, by=OPERATOR, at=NOON)
    running.start_due(NOON)
    running.write_down(run, list(people), is_last=True, now=NOON)
    return run


def send(told: Config, clock: TickingClock, until: Any) -> None:
    with closing(Mailer(told, clock)) as mailer:
        mailer.recover()
        work_until(mailer, until)


def send_all(told: Config, clock: TickingClock, *runs: Run) -> None:
    send(told, clock, lambda: all(state_of(run) == "done" for run in runs))


def test_each_gets_the_template_filled_in_for_them_once(
    oa: OfficialAccount, fake: FakeZalo, told: Config, clock: TickingClock
) -> None:
    long = "Công Tằng Tôn Nữ Hoàng Thị Thanh Tuyền Phương Nghi"
    add_people("Nguyễn Thị Hoa", "", long)
    run = begin(oa, [1, 2, 3])
    send_all(told, clock, run)

    assert {one["phone"]: one["template_data"] for one in fake.accepted} == {
        "84912000001": {"customer_name": "Nguyễn Thị Hoa", "order_code": "KQ-2026"},
        "84912000002": {"customer_name": "quý khách", "order_code": "KQ-2026"},
        "84912000003": {"customer_name": "quý khách", "order_code": "KQ-2026"},
    }
    marks = [one["tracking_id"] for one in fake.accepted]
    assert len(set(marks)) == 3
    assert max(len(one) for one in marks) <= 48
    assert ends(run) == dict.fromkeys((1, 2, 3), ("sent", ""))
    left = OfficialAccount.objects.get()
    assert (left.daily, left.remaining) == (500, 497)


def test_consent_is_asked_for_zalo_and_not_for_letters(
    oa: OfficialAccount, fake: FakeZalo, told: Config, clock: TickingClock
) -> None:
    add_people("Hoa", "Nam", "Lan", "Tuấn", "Mai", "Dũng")
    agree(2, "withdrawn", "care")
    suppress([f"phone:{phone(3)}"], channel="zalo", reason="do_not_contact", at=NOON)
    agree(4, "withdrawn", "care", channel="email")
    Profile.objects.filter(pk=5).update(phone="")
    Profile.objects.filter(pk=6).update(phone="+12025550143")
    run = begin(oa, range(1, 7))
    send_all(told, clock, run)

    assert ends(run) == {
        1: ("sent", ""),
        2: ("skipped", "withdrawn"),
        3: ("skipped", "do_not_contact"),
        4: ("sent", ""),
        5: ("skipped", "no_address"),
        6: ("skipped", "bad_address"),
    }
    assert [one["phone"] for one in fake.accepted] == ["84912000001", "84912000004"]


def test_what_breaks_after_zalo_had_it_is_unknown_and_never_posted_again(
    oa: OfficialAccount, fake: FakeZalo, told: Config, clock: TickingClock
) -> None:
    add_people("Hoa", "Nam", "Lan")
    fake.drops = {"84912000002"}
    run = begin(oa, [1, 2, 3])
    send_all(told, clock, run)

    assert ends(run)[2] == ("unknown", "line_broke")
    assert sorted(one["phone"] for one in fake.accepted) == [
        "84912000001",
        "84912000002",
        "84912000003",
    ]
    assert len(fake.asked) == 3
    total = count(run)
    assert (total.sent, total.unknown, total.targeted) == (2, 1, 3)


def test_an_answer_too_slow_to_wait_for_is_unknown(
    oa: OfficialAccount, fake: FakeZalo, told: Config, clock: TickingClock
) -> None:
    add_people("Hoa")
    fake.slow_s = 2.0
    run = begin(oa, [1])
    send_all(replace(told, egress=replace(told.egress, timeout_s=1)), clock, run)
    assert ends(run) == {1: ("unknown", "line_broke")}
    assert len(fake.asked) <= 1


def test_when_the_day_is_used_up_the_others_wait_for_midnight_and_then_go(
    oa: OfficialAccount, fake: FakeZalo, told: Config, clock: TickingClock
) -> None:
    add_people(*(f"Khách {n}" for n in range(1, 11)))
    fake.daily = fake.remaining = 4
    run = begin(oa, range(1, 11))
    waiting = Recipient.objects.filter(run=run, state="waiting", reason="quota")
    midnight = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)  # 00:00 in Vietnam
    send(told, clock, lambda: waiting.filter(due_at=midnight).count() == 6)
    assert len(fake.accepted) == 4
    assert count(run).open == 6

    fake.remaining = 500
    clock.advance(hours=12, minutes=1)
    send_all(told, clock, run)
    assert len({one["phone"] for one in fake.accepted}) == len(fake.accepted) == 10
    assert count(run).sent == 10


@pytest.mark.parametrize(
    ("code", "end"),
    [
        (-108, ("failed", "bad_address")),
        (-118, ("failed", "bad_address")),
        (-114, ("failed", "refused")),
        (-141, ("failed", "refused")),
    ],
)
def test_what_is_wrong_with_one_person_stops_nobody_else(
    oa: OfficialAccount,
    fake: FakeZalo,
    told: Config,
    clock: TickingClock,
    code: int,
    end: tuple[str, str],
) -> None:
    add_people("Hoa", "Nam")
    fake.answers = {"84912000001": code}
    run = begin(oa, [1, 2])
    send_all(told, clock, run)
    assert ends(run) == {1: end, 2: ("sent", "")}


def test_a_template_stopped_meanwhile_loses_nobody(
    oa: OfficialAccount, fake: FakeZalo, told: Config, clock: TickingClock
) -> None:
    add_people("Hoa", "Nam")
    run = begin(oa, [1, 2])
    fake.templates["7895417"]["status"] = "DISABLE"
    held = Recipient.objects.filter(run=run, state="waiting", reason="held")
    send(told, clock, lambda: held.filter(due_at__gt=NOON + timedelta(minutes=9)).count() == 2)
    assert fake.accepted == []
    assert list_templates(oa.pk)[0].waits_for == "-131 ZNS template not approved"

    fake.templates["7895417"]["status"] = "ENABLE"
    clock.advance(minutes=11)
    send_all(told, clock, run)
    assert count(run).sent == 2


@pytest.mark.parametrize(
    ("code", "tag", "opens"),
    [
        (-146, "PROMOTION", timedelta(minutes=10)),
        (-147, "PROMOTION", timedelta(hours=12)),
        (-1441, "PROMOTION", timedelta(days=7, hours=12)),
        (-133, "PROMOTION", timedelta(hours=18)),
        (-147, "IN_TRANSACTION", timedelta(hours=12)),
    ],
)
def test_what_is_wrong_with_one_template_stops_no_other(
    oa: OfficialAccount,
    fake: FakeZalo,
    told: Config,
    clock: TickingClock,
    code: int,
    tag: str,
    opens: timedelta,
) -> None:
    """One template of the account is held; what another says to the same people goes on."""
    fake.templates["99"] = template("99", templateName="Tết", templateTag=tag)
    fake.templates["98"] = template("98", templateName="Trung thu", templateTag="PROMOTION")
    read_account(told, oa.pk, clock)
    add_people("Hoa", "Nam", "Lan", "Mai", "Tuấn", "Dũng", "Chi")
    for number in range(1, 8):
        agree(number, "granted", "ads")
    fake.held["99"] = code
    purpose = "ads" if tag == "PROMOTION" else "care"
    stopped = begin(oa, range(1, 8), template="99", purpose=purpose, name="Tết")
    other = begin(oa, range(1, 8))
    held = Recipient.objects.filter(run=stopped, state="waiting", reason="held")
    due = held.filter(due_at__gte=NOON + opens, due_at__lt=NOON + opens + timedelta(minutes=1))
    send(told, clock, lambda: due.count() == 7 and state_of(other) == "done")
    assert count(other).sent == len(fake.accepted) == 7
    both = {one.key: one.opens_at is not None for one in list_templates(oa.pk)}
    assert both == {"99": True, "98": code == -1441, "7895417": False}
    fake.held = {}
    clock.advance(days=opens.days + 1)  # promotions wait for the morning besides
    send_all(told, clock, stopped)
    assert count(stopped).sent == 7


def test_what_is_wrong_with_the_account_stops_every_template(
    oa: OfficialAccount, fake: FakeZalo, told: Config, clock: TickingClock
) -> None:
    fake.templates["99"] = template("99", templateName="Tết")
    read_account(told, oa.pk, clock)
    add_people("Hoa")
    fake.held = {"99": -144, "7895417": -144}
    runs = [begin(oa, [1]), begin(oa, [1], template="99", name="Tết")]
    waiting = Recipient.objects.filter(state="waiting", reason="quota")
    midnight = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)
    send(told, clock, lambda: waiting.filter(due_at=midnight).count() == 2)
    assert len(fake.asked) <= 2  # a line each
    fake.held = {}
    clock.advance(hours=12, minutes=1)
    send_all(told, clock, *runs)
    assert len(fake.accepted) == 2


def test_every_code_has_one_meaning_and_a_reason() -> None:
    found = list_codes()
    assert Counter(one.of for one in found.values()) == {
        "person": 29,
        "account": 26,
        "template": 12,
    }
    assert all(one.why for one in found.values())
    held = {code for code, one in found.items() if one.verdict == "held"}
    assert held == {code for code, one in found.items() if one.of == "template"}
    assert {one.until for code, one in found.items() if code in held} == {
        *("soon", "morning", "midnight", "month")
    }


def test_a_parameter_is_any_trait_that_may_be_said_and_what_does_not_fit_is_left_out(
    oa: OfficialAccount, fake: FakeZalo, told: Config, clock: TickingClock
) -> None:
    """The day of birth and what was spent are said as their places want them; whoever has none, or
    too much of it, is left out with the reason."""
    places = [
        {"name": "ten", "require": True, "type": "STRING", "maxLength": 30},
        {"name": "so_tien", "require": True, "type": "CURRENCY", "maxLength": 7},
        {"name": "hang", "require": True, "type": "STRING", "maxLength": 10, "minLength": 2},
    ]
    fake.templates = {"97": template("97", templateName="Hạng thẻ", listParams=places)}
    read_account(told, oa.pk, clock)
    card = add_attribute(Wish("Quà hay chọn", pii="none"), actor=OPERATOR, at=NOON)
    add_people("Hoa", "Nam", "Lan", "Mai")
    Profile.objects.filter(pk=1).update(spent_minor=1_250_000)
    Profile.objects.filter(pk=2).update(spent_minor=125_000_000)
    Profile.objects.filter(pk__in=(3, 4)).update(spent_minor=90_000)
    for number, value in ((1, "Vàng"), (2, "Bạc"), (4, "Kim cương đặc biệt")):
        Trait.objects.create(
            node_id=number,
            name=card.key,
            source_id=1,
            value=json.dumps(value),
            at=NOON,
            message_id=f"m-{number}",
        )
    said = Said(
        next(one.pk for one in list_templates(oa.pk) if one.key == "97"),
        sources={"ten": "name", "so_tien": "spent", "hang": card.key},
    )
    run = begin(oa, range(1, 5), text=write_said(said))
    send_all(told, clock, run)
    assert [one["template_data"] for one in fake.accepted] == [
        {"ten": "Hoa", "so_tien": "1250000", "hang": "Vàng"}
    ]
    assert ends(run) == {
        1: ("sent", ""),
        2: ("skipped", "bad_value"),
        3: ("skipped", "no_value"),
        4: ("skipped", "bad_value"),
    }
    assert count(run).skipped == {"bad_value": 2, "no_value": 1}
    assert len(fake.asked) == 1


def test_a_trait_that_became_sensitive_is_told_no_more(
    oa: OfficialAccount, fake: FakeZalo, told: Config, clock: TickingClock
) -> None:
    card = add_attribute(Wish("Cỡ nhẫn", pii="none"), actor=OPERATOR, at=NOON)
    add_people("Hoa")
    Trait.objects.create(
        node_id=1, name=card.key, source_id=1, value='"12"', at=NOON, message_id="m"
    )
    said = Said(
        list_templates(oa.pk)[0].pk,
        sources={"customer_name": "name", "order_code": card.key},
        otherwise={"order_code": "KQ-2026"},
    )
    assert card.key in list_sources()
    run = begin(oa, [1], text=write_said(said))
    hidden = Wish("Cỡ nhẫn", pii="none", sensitivity="sensitive")
    change_attribute(card.key, hidden, actor=OPERATOR, at=NOON)
    assert card.key not in list_sources()
    send_all(told, clock, run)
    assert [one["template_data"]["order_code"] for one in fake.accepted] == ["KQ-2026"]
    with pytest.raises(InputError) as refused:
        begin(oa, [1], text=write_said(said), name="Lần nữa")
    assert refused.value.hint is not None
    assert "choose something else for order_code" in refused.value.hint.en


def test_a_token_revoked_before_its_time_is_renewed_and_nothing_is_lost(
    oa: OfficialAccount, fake: FakeZalo, told: Config, clock: TickingClock
) -> None:
    add_people("Hoa")
    run = begin(oa, [1])
    fake.revoked.add(fake.access)
    send_all(told, clock, run)
    assert [one["phone"] for one in fake.accepted] == ["84912000001"]


def test_of_twenty_who_find_the_token_worn_one_asks(
    oa: OfficialAccount, fake: FakeZalo, told: Config, clock: TickingClock
) -> None:
    fake.token_slow_s = 0.2
    before = fake.tokens
    OfficialAccount.objects.update(expires_at=NOON)
    calls = Calls(Rules(("127.0.0.0/8",)), timeout_s=5)
    at = Zalo(told.zalo.business_url, told.zalo.oauth_url)

    def take(_: int) -> str:
        try:
            line = ZaloLine(oa, at, calls, clock)
            line.open()
            return line._token
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        tokens = set(pool.map(take, range(20)))
    calls.close()
    assert tokens == {fake.access}
    assert (fake.tokens - before, fake.refusals) == (1, 0)


def test_a_refresh_token_that_is_not_taken_leaves_everybody_waiting(
    oa: OfficialAccount, fake: FakeZalo, told: Config, clock: TickingClock
) -> None:
    add_people("Hoa")
    run = begin(oa, [1])
    OfficialAccount.objects.update(access_token="")
    fake.tokens += 5  # somebody else used ours
    held = Recipient.objects.filter(run=run, state="waiting", reason="account")
    send(told, clock, lambda: held.count() == 1)
    assert fake.accepted == []
    with pytest.raises(RefusedError):
        access_token(oa.pk, lambda app: None, clock=clock)


def test_the_templates_are_read_with_their_parameters_states_and_prices(
    oa: OfficialAccount, fake: FakeZalo, told: Config, clock: TickingClock
) -> None:
    fake.templates["99"] = template("99", templateName="Tết", status="REJECT", templateTag="?")
    del fake.templates["7895417"]
    read_account(told, oa.pk, clock)
    found = {one.key: (one.state, one.price) for one in list_templates(oa.pk)}
    assert found == {"99": ("REJECT", 300), "7895417": ("DELETE", 300)}


def test_what_is_missing_is_said_before_anything_is_sent(
    oa: OfficialAccount, fake: FakeZalo, told: Config, clock: TickingClock
) -> None:
    made = campaign(oa, purpose="ads", text=write_said(Said(list_templates(oa.pk)[0].pk)))
    with pytest.raises(InputError) as refused:
        running.begin(made.pk, start_at=NOON, links_open=True, by=OPERATOR, at=NOON)
    assert refused.value.hint is not None
    assert refused.value.hint.en == (
        "Still to do: choose the purpose the template is of: promotions are advertising, others"
        " are not, choose what stands in customer_name, choose what stands in order_code."
    )
    assert fake.asked == []


def test_promotions_stay_at_home_at_night_and_come_once_a_day(
    oa: OfficialAccount, fake: FakeZalo, told: Config, clock: TickingClock
) -> None:
    fake.templates["7895417"]["templateTag"] = "PROMOTION"
    read_account(told, oa.pk, clock)
    add_people("Hoa", purpose="ads")
    clock.advance(hours=10, minutes=30)  # 22:30 in Vietnam
    run = begin(oa, [1], purpose="ads")
    six = datetime(2026, 11, 23, 23, 0, tzinfo=UTC)
    night = Recipient.objects.filter(run=run, reason="quiet_hours", due_at=six)
    send(told, clock, night.exists)
    assert fake.accepted == []
    clock.advance(hours=7, minutes=31)
    send_all(told, clock, run)
    again = begin(oa, [1], purpose="ads", name="Lần nữa")
    send_all(told, clock, again)
    assert (ends(run), ends(again)) == ({1: ("sent", "")}, {1: ("skipped", "capped_by_law")})


def test_no_secret_stands_readable_in_the_database(oa: OfficialAccount, fake: FakeZalo) -> None:
    row = json.dumps(OfficialAccount.objects.values().get(), default=str)
    for secret in (APP_SECRET, HOOK_SECRET, FIRST, fake.access, "refresh-1"):
        assert secret not in row
