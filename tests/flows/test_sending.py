"""A campaign from its audience to the mail server's answers: who gets it, who does not, and why."""

import email
import email.policy
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime

import dkim
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from khachquen.activate.campaigns import accounts, running
from khachquen.activate.campaigns.models import Account, Recipient
from khachquen.activate.campaigns.people import Hours, is_held_out
from khachquen.activate.content.identity import Identity, save_identity
from khachquen.activate.content.reading import get_template
from khachquen.activate.content.writing import add_template
from khachquen.govern import User
from khachquen.govern.consent.links import Link, Links
from khachquen.govern.consent.suppressing import suppress
from khachquen.unify.models import Node, Profile, Trait
from tests.activate.channels.servers import Box, mail_server
from tests.activate.content.wordings import wording
from tests.clock import FrozenClock
from tests.flows.post import (
    TickingClock,
    add_account,
    add_people,
    add_person,
    add_run,
    config,
    count,
    ends,
    say,
    send_all,
    sender,
    state_of,
    work_until,
)
from tests.served import free_port

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def box() -> Box:
    return Box()


@pytest.fixture
def ticking(clock: FrozenClock) -> TickingClock:
    return TickingClock(clock())


@pytest.fixture
def account(box: Box, now: datetime) -> Iterator[Account]:
    with mail_server(box, port=free_port()) as port:
        yield add_account(port, at=now)


def receivers(box: Box) -> list[str]:
    return sorted(to for _, (to,), _ in box.letters)


def test_everybody_who_agreed_gets_one_signed_letter_of_their_own(
    account: Account, box: Box, now: datetime, ticking: TickingClock
) -> None:
    people = add_people("Nguyễn Thị Hoa", "Trần Văn Nam", "", at=now)
    run = add_run(account, people, at=now)
    send_all(ticking, run)

    assert receivers(box) == [f"khach-{n}@example.vn" for n in people]
    (key,) = accounts.keys_of(account)
    said = {}
    for _, (to,), letter in box.letters:
        assert dkim.DKIM(letter).verify(dnsfunc=lambda *a, **k: key.record.encode())
        found = email.message_from_bytes(letter, policy=email.policy.default)
        assert found["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        said[to] = found["Subject"]
    assert said == {
        "khach-1@example.vn": "[QC] Gốm mới cho Nguyễn Thị Hoa",
        "khach-2@example.vn": "[QC] Gốm mới cho Trần Văn Nam",
        "khach-3@example.vn": "[QC] Gốm mới cho bạn",
    }
    ids = [email.message_from_bytes(one)["Message-ID"] for _, _, one in box.letters]
    assert len(set(ids)) == 3
    total = count(run)
    assert (total.targeted, total.sent, total.open) == (3, 3, 0)


def test_whoever_may_not_be_written_to_is_skipped_with_the_reason(
    account: Account, box: Box, now: datetime, ticking: TickingClock
) -> None:
    add_people("Hoa", "Nam", "Lan", "Tuấn", "Mai", at=now)
    add_people("Dũng", agree=False, at=now, first=6)
    add_person(7, "Bình", "", at=now)
    add_person(8, "Hạnh", "khong phai dia chi", at=now)
    say("email:khong phai dia chi", says="granted", at=now)
    add_person(9, "Em của Hoa", "khach-1@example.vn.", at=now)
    Profile.objects.filter(pk=9).update(email="khach-1@example.vn")
    say("email:khach-2@example.vn", says="withdrawn", at=now)
    suppress(["email:khach-3@example.vn"], channel="email", reason="complained", at=now)
    suppress(["email:khach-4@example.vn"], channel="email", reason="bounced", at=now)
    Profile.objects.filter(pk=5).delete()
    run = add_run(account, range(1, 10), at=now)
    send_all(ticking, run)

    assert ends(run) == {
        1: ("sent", ""),
        2: ("skipped", "withdrawn"),
        3: ("skipped", "complained"),
        4: ("skipped", "bounced"),
        5: ("skipped", "gone"),
        6: ("skipped", "unknown"),
        7: ("skipped", "no_address"),
        8: ("skipped", "bad_address"),
        9: ("skipped", "same_address"),
    }
    assert receivers(box) == ["khach-1@example.vn"]
    total = count(run)
    assert total.targeted == total.sent + sum(total.skipped.values()) == 9


def test_a_template_says_to_each_what_is_theirs(
    account: Account, box: Box, now: datetime, ticking: TickingClock
) -> None:
    hoa = User.objects.create(email="hoa@gom-moc.example", is_admin=True, created_at=now)
    save_identity(Identity(sender="Gốm Mộc", address="12 Hàng Bông, Hà Nội"), user=hoa, at=now)
    words = wording(
        "Chào {{ person.name | default: 'bạn' }}. {{ shop.sender }}, {{ shop.address }}"
        " <a href='{{ links.unsubscribe }}'>Hủy</a> <a href='{{ links.preferences }}'>Chọn</a>",
        subject="[QC] Gốm cho {{ person.given_name | default: 'bạn' }}",
    )
    template = add_template("Gốm mới", words, user=hoa, at=now)
    version_id = get_template(template).version.id
    people = add_people("Nguyễn Thị Hoa", "", at=now)
    run = add_run(account, people, at=now, version_id=version_id, html="", text="")
    send_all(ticking, run)
    assert ends(run) == {1: ("sent", ""), 2: ("sent", "")}
    said = {}
    for _, (to,), letter in box.letters:
        found = email.message_from_bytes(letter, policy=email.policy.default)
        link = found["List-Unsubscribe"].strip("<>")
        html = found.get_body(("html",)).get_content().replace("&amp;", "&")
        assert link in html
        assert Links(config()).read("u", link.rpartition("/")[2]) == Link(
            "u", f"email:{to}", "ads", run.campaign_id
        )
        chosen = Links(config()).preferences_url(f"email:{to}")
        assert chosen in html
        assert chosen in found.get_body(("plain",)).get_content()
        said[to] = (found["Subject"], "Nguyễn Thị Hoa" in html)
    assert said == {
        "khach-1@example.vn": ("[QC] Gốm cho Hoa", True),
        "khach-2@example.vn": ("[QC] Gốm cho bạn", False),
    }


def test_who_was_joined_with_another_gets_one_letter_of_the_two(
    account: Account, box: Box, now: datetime, ticking: TickingClock
) -> None:
    people = add_people("Hoa", "Hoa Nguyễn", at=now)
    run = add_run(account, people, at=now)
    Profile.objects.filter(pk=2).update(merged_into=1)
    Node.objects.filter(pk=2).update(profile_id=1)
    send_all(ticking, run)
    assert receivers(box) == ["khach-1@example.vn"]
    assert ends(run) == {1: ("sent", ""), 2: ("skipped", "same_address")}


def test_nobody_gets_more_advertising_in_a_day_than_the_law_allows(
    account: Account, box: Box, now: datetime, ticking: TickingClock
) -> None:
    hoa = add_people("Hoa", at=now)
    runs = [add_run(account, hoa, at=now) for _ in range(4)]
    send_all(ticking, *runs)
    assert Counter(ends(run)[1] for run in runs) == {
        ("sent", ""): 3,
        ("skipped", "capped_by_law"): 1,
    }
    order = add_run(account, hoa, at=now, purpose="service", lane="prompt")
    send_all(ticking, order)
    assert ends(order) == {1: ("sent", "")}
    ticking.advance(hours=24, minutes=1)
    late = add_run(account, hoa, at=ticking())
    send_all(ticking, late)
    assert ends(late) == {1: ("sent", "")}
    assert len(box.letters) == 5


def test_advertising_waits_for_the_morning_of_whoever_gets_it(
    account: Account, box: Box, now: datetime, ticking: TickingClock
) -> None:
    """22:30 in Hanoi is 16:30 in Paris; a letter about an order goes at any hour."""
    ticking.advance(hours=13, minutes=30)
    people = add_people("Hoa", "Chi ở Paris", at=now)
    Trait.objects.create(
        node_id=2, name="timezone", source_id=1, value='"Europe/Paris"', at=now, message_id="m"
    )
    run = add_run(account, people, at=ticking())
    order = add_run(account, people[:1], at=ticking(), purpose="service")
    with sender(ticking) as mailer:
        work_until(mailer, lambda: len(box.letters) == 2 and ends(run)[1][1] and mailer.is_idle)
        assert receivers(box) == ["khach-1@example.vn", "khach-2@example.vn"]
        assert ends(run) == {1: ("waiting", "quiet_hours"), 2: ("sent", "")}
        work_until(mailer, lambda: state_of(order) == "done")
        due = Recipient.objects.get(run=run, person_id=1).due_at
        assert due == datetime(2026, 11, 21, 0, tzinfo=UTC)  # 07:00 in Hanoi
        ticking.advance(hours=8, minutes=31)
        work_until(mailer, lambda: state_of(run) == "done")
    assert ends(run)[1] == ("sent", "")


def test_hours_are_those_of_the_clock_even_when_it_is_turned() -> None:
    from zoneinfo import ZoneInfo

    hours = Hours(22, 7, ZoneInfo("Asia/Ho_Chi_Minh"))
    assert hours.opens(datetime(2026, 11, 20, 15, 0, tzinfo=UTC)) == datetime(
        2026, 11, 21, 0, tzinfo=UTC
    )
    assert hours.opens(datetime(2026, 11, 20, 14, 59, tzinfo=UTC)).hour == 14
    # Clocks go back in Paris on 2026-10-25: 07:00 there is 06:00 UTC after, 05:00 before.
    night = datetime(2026, 10, 24, 21, tzinfo=UTC)
    assert hours.opens(night, "Europe/Paris") == datetime(2026, 10, 25, 6, tzinfo=UTC)
    assert hours.opens(night, "nowhere/at all").minute == 0


def test_some_are_held_back_to_compare_with_and_always_the_same(
    account: Account, box: Box, now: datetime, ticking: TickingClock
) -> None:
    people = add_people(*["Khách"] * 60, at=now)
    run = add_run(account, people, at=now, holdout_percent=20)
    send_all(ticking, run)
    held = {person for person in people if is_held_out(run.campaign_id, person, 20)}
    assert 3 <= len(held) <= 24
    assert {p for p, end in ends(run).items() if end == ("skipped", "holdout")} == held
    assert len(box.letters) == 60 - len(held)


def test_answers_of_the_server_become_ends_or_another_try(
    account: Account, box: Box, now: datetime, ticking: TickingClock
) -> None:
    people = add_people("Hoa", "Nam", "Lan", "Tuấn", at=now)
    box.refuses["khach-2@example.vn"] = "550 5.1.1 no such user"
    box.answers["khach-3@example.vn"] = "554 5.7.1 looks like spam"
    box.answers["khach-4@example.vn"] = "451 4.7.1 greylisted"
    run = add_run(account, people, at=now)
    with sender(ticking) as mailer:
        work_until(mailer, lambda: "later" in ends(run)[4] and mailer.is_idle)
        assert ends(run) == {
            1: ("sent", ""),
            2: ("failed", "bad_address"),
            3: ("failed", "refused"),
            4: ("waiting", "later"),
        }
        assert count(run).targeted == 4
        box.answers.clear()
        ticking.advance(minutes=6)
        work_until(mailer, lambda: state_of(run) == "done")
    assert receivers(box) == ["khach-1@example.vn", "khach-4@example.vn"]
    assert Recipient.objects.get(run=run, person_id=2).reply == "550 5.1.1 no such user"


def test_a_server_that_always_says_later_is_given_up(
    account: Account, box: Box, now: datetime, ticking: TickingClock
) -> None:
    people = add_people("Hoa", at=now)
    box.answers["khach-1@example.vn"] = "451 4.7.1 greylisted"
    run = add_run(account, people, at=now)
    with sender(ticking, quiet_until=22) as mailer:
        for attempt in range(1, 7):
            work_until(mailer, lambda n=attempt: _tried(run.pk) >= n)  # type: ignore[misc]
            ticking.advance(hours=3)
        work_until(mailer, lambda: state_of(run) == "done")
    assert ends(run) == {1: ("failed", "tried_enough")}
    assert box.letters == []


def _tried(run_id: int) -> int:
    row = Recipient.objects.get(run_id=run_id)
    return row.attempt if row.state in ("waiting", "failed") else 0


def test_a_server_that_is_away_costs_no_letter(
    box: Box, now: datetime, ticking: TickingClock
) -> None:
    port = free_port()
    account = add_account(port, at=now)
    people = add_people(*["Khách"] * 30, at=now)
    run = add_run(account, people, at=now)
    with sender(ticking) as mailer:
        work_until(mailer, lambda: Account.objects.get().trouble)
        assert "refused" in Account.objects.get().trouble
        assert count(run).open == 30
        with mail_server(box, port=port):
            work_until(mailer, lambda: state_of(run) == "done")
    assert len(receivers(box)) == len(set(receivers(box))) == 30


def test_a_paused_run_stops_at_once_and_a_cancelled_one_for_good(
    account: Account, box: Box, now: datetime, ticking: TickingClock
) -> None:
    Account.objects.update(per_second=20)
    people = add_people(*["Khách"] * 200, at=now)
    run = add_run(account, people, at=now)
    by = "hoa@gom-moc.example"
    with sender(ticking) as mailer:
        work_until(mailer, lambda: len(box.letters) >= 3)
        running.change(run.pk, "pause", by=by, at=ticking())
        work_until(mailer, lambda: mailer.is_idle and count(run).open + len(box.letters) == 200)
        paused_at = len(box.letters)
        assert paused_at < 100
        states = Recipient.objects.filter(run=run).values_list("state", flat=True)
        work_until(mailer, lambda: set(states.all()) == {"waiting", "sent"})
        running.change(run.pk, "resume", by=by, at=ticking())
        work_until(mailer, lambda: len(box.letters) > paused_at)
        running.change(run.pk, "cancel", by=by, at=ticking())
        work_until(mailer, lambda: state_of(run) == "cancelled")
    total = count(run)
    assert total.sent == len(box.letters) == len(set(receivers(box)))
    assert total.skipped == {"cancelled": 200 - total.sent}
    assert total.targeted == 200


def test_a_letter_about_an_order_does_not_wait_behind_a_broadcast(
    account: Account, box: Box, now: datetime, ticking: TickingClock
) -> None:
    Account.objects.update(per_second=15)
    people = add_people(*["Khách"] * 100, at=now)
    broadcast = add_run(account, people, at=now)
    with sender(ticking) as mailer:
        work_until(mailer, lambda: len(box.letters) >= 2)
        order = add_run(account, people[-1:], at=now, purpose="service", lane="prompt")
        work_until(mailer, lambda: state_of(order) == "done")
        assert count(broadcast).open > 40
        running.change(broadcast.pk, "cancel", by="hoa", at=ticking())
        work_until(mailer, lambda: state_of(broadcast) == "cancelled")


def test_a_new_sender_begins_with_few_a_day_and_a_broadcast_leaves_room_for_orders(
    account: Account, box: Box, now: datetime, ticking: TickingClock
) -> None:
    """Fifty on the first day. Four are kept for what cannot wait: the broadcast stops before them,
    the letters about orders go at once, and it gets none of theirs."""
    Account.objects.update(warm_from=now.date())
    people = add_people(*["Khách"] * 120, at=now)
    run = add_run(account, people, at=now)
    with sender(ticking, kept_percent=8) as mailer:
        work_until(mailer, lambda: count(run).sent == 46 and mailer.is_idle)
        for _ in range(200):
            mailer.step()
        assert len(box.letters) == 46
        orders = add_run(account, people[-5:], at=now, purpose="service", lane="prompt")
        work_until(mailer, lambda: count(orders).sent == 4 and mailer.is_idle)
        for _ in range(200):
            mailer.step()
        assert (count(run).sent, count(orders).sent, len(box.letters)) == (46, 4, 50)
        ticking.advance(days=1, minutes=1)
        work_until(mailer, lambda: {state_of(run), state_of(orders)} == {"done"})
    assert Counter(Counter(receivers(box)).values()) == {1: 115, 2: 5}


def test_a_shop_that_keeps_nothing_back_uses_the_day_up(
    account: Account, box: Box, now: datetime, ticking: TickingClock
) -> None:
    Account.objects.update(per_day=20)
    run = add_run(account, add_people(*["Khách"] * 30, at=now), at=now)
    with sender(ticking, kept_percent=0) as mailer:
        work_until(mailer, lambda: count(run).sent == 20 and mailer.is_idle)
        for _ in range(100):
            mailer.step()
    assert len(box.letters) == 20


@settings(
    max_examples=6,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(st.sampled_from(["ok", "no", "later", "spam", "never", "left"]), max_size=25))
def test_whatever_happens_the_numbers_add_up(fates: list[str]) -> None:
    """Counted while it runs and at the end: nobody is in two numbers or in none."""
    now = datetime(2026, 11, 20, 2, tzinfo=UTC)
    box, clock = Box(), TickingClock(now)
    for model in (Recipient, Node, Profile):
        model.objects.all().delete()
    people = list(range(1, len(fates) + 1))
    for person, fate in zip(people, fates, strict=True):
        address = f"{fate}-{person}-{id(box)}@example.vn"
        add_person(person, "Khách", address, at=now)
        if fate != "never":
            say(f"email:{address}", says="withdrawn" if fate == "left" else "granted", at=now)
        if fate == "no":
            box.refuses[address] = "550 5.1.1 nobody"
        if fate in ("later", "spam"):
            box.answers[address] = "451 later" if fate == "later" else "554 spam"
    with mail_server(box, port=free_port()) as port:
        run = add_run(add_account(port, at=now), people, at=now)
        with sender(clock) as mailer:

            def is_over() -> bool:
                assert count(run).targeted == len(fates)
                return count(run).open == fates.count("later") and mailer.is_idle

            work_until(mailer, is_over)
    total = count(run)
    assert total.sent == fates.count("ok") == len(box.letters)
    assert sum(total.failed.values()) == fates.count("no") + fates.count("spam")
    assert sum(total.skipped.values()) == fates.count("never") + fates.count("left")
    assert total.unknown == 0
