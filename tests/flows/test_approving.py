"""Two people for every campaign: what chị Hoa asks for, anh Nam looks at, and nothing else goes."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import settings

from khachquen.activate.campaigns import approving, running
from khachquen.activate.campaigns.approving import Again
from khachquen.activate.campaigns.making import change_campaign
from khachquen.activate.campaigns.models import Account, Approval, Campaign, Run
from khachquen.activate.campaigns.repeating import begin_due, save_repeat
from khachquen.activate.campaigns.resending import ask_again, begin_again
from khachquen.base import ConflictError, ForbiddenError, InputError, KhachQuenError
from khachquen.base.config import Sending
from khachquen.flows.rehearsing import zone_of
from khachquen.govern import User, list_audit
from khachquen.understand.segments import add_segment, change_segment, put_in
from tests.flows.post import HTML, TEXT, add_account, add_people
from tests.flows.test_repeating import EVERY_MORNING

pytestmark = pytest.mark.django_db(transaction=True)
RULE = {"kind": "trait", "trait": "is_known", "is": "is", "value": True}
OTHER = {"kind": "trait", "trait": "is_known", "is": "is", "value": False}


@pytest.fixture(autouse=True)
def _two_people(monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = replace(settings.CONFIG, sending=Sending(needs_approval=True))
    monkeypatch.setattr(settings, "CONFIG", wanted)


def staff(name: str, now: datetime, **more: Any) -> User:
    told = {"email": f"{name}@gom-moc.example", "is_admin": True, "created_at": now}
    return User.objects.create(**told | more)


@pytest.fixture
def asker(now: datetime) -> User:
    return staff("hoa", now)


@pytest.fixture
def boss(now: datetime) -> User:
    return staff("nam", now)


@pytest.fixture
def account(now: datetime) -> Account:
    return add_account(25, at=now)


@pytest.fixture
def campaign(account: Account, now: datetime) -> Campaign:
    """To the regulars, who are those a rule names that asks about another segment."""
    known = add_segment("Có tên", RULE, actor="hoa", at=now)
    regulars = {"kind": "segment", "segment": known.id}
    return Campaign.objects.create(
        name="Gốm mới", purpose="ads", account=account, subject="[QC] Gốm mới", html=HTML,
        text=TEXT, created_at=now, created_by="hoa", changed_at=now,
        segment_id=add_segment("Khách quen", regulars, actor="hoa", at=now).id,
    )  # fmt: skip


def begin(campaign: Campaign, at: datetime, **more: Any) -> Run:
    told = {"start_at": at, "links_open": True, "by": "hoa", "at": at}
    return running.begin(campaign.pk, **told | more)


def approve(campaign: Campaign, user: User, at: datetime) -> Approval:
    seen = approving.digest_of(Campaign.objects.get(pk=campaign.pk))
    return approving.answer(campaign.pk, "approve", seen=seen, user=user, at=at)


def refusal(campaign: Campaign, at: datetime) -> str:
    """Why it does not go; nothing was begun."""
    before = Run.objects.count()
    with pytest.raises(KhachQuenError) as said:
        begin(campaign, at)
    assert Run.objects.count() == before
    return f"{said.value.code}: {said.value.hint.en if said.value.hint else ''}"


def test_it_goes_only_after_another_administrator_has_said_yes(
    campaign: Campaign, asker: User, boss: User, now: datetime
) -> None:
    assert refusal(campaign, now) == "campaigns.not_approved: Ask for an approval first."
    approving.ask(campaign.pk, note="Cho thứ Bảy", user=asker, at=now)
    assert refusal(campaign, now) == "campaigns.not_approved: It waits for somebody's approval."

    with pytest.raises(ForbiddenError, match="Who asked for it cannot approve it"):
        approve(campaign, asker, now)
    clerk = staff("lan", now, is_admin=False)
    with pytest.raises(ForbiddenError, match="Only an administrator may approve"):
        approve(campaign, clerk, now)
    assert approving.stand(campaign).state == "asked"

    approve(campaign, boss, now)
    found = approving.stand(campaign)
    assert found.state == "approved"
    assert found.approval is not None
    assert found.approval.answered_by == "nam@gom-moc.example"
    begin(campaign, now)
    done = [(one.actor, one.action) for one in list_audit() if "campaign." in one.action]
    assert set(done) == {
        ("hoa@gom-moc.example", "campaign.approval_ask"),
        ("nam@gom-moc.example", "campaign.approve"),
        ("hoa", "campaign.start"),
    }


def test_who_changed_their_own_address_meanwhile_is_still_who_asked(
    campaign: Campaign, asker: User, now: datetime
) -> None:
    approving.ask(campaign.pk, user=asker, at=now)
    asker.email = "hoa.moi@gom-moc.example"
    asker.save()
    with pytest.raises(ForbiddenError, match="Who asked for it cannot approve it"):
        approve(campaign, asker, now)


CHANGES: dict[str, dict[str, Any]] = {
    "subject": {"subject": "[QC] Giảm giá"},
    "words": {"text": "Gốm khác"},
    "html": {"html": "<p>Gốm khác</p>"},
    "purpose": {"purpose": "care"},
    "segment": {"segment_id": None},
    "holdout": {"holdout_percent": 10},
    "account": {"account": None},
}


@pytest.mark.parametrize("what", CHANGES)
def test_any_change_after_it_takes_the_approval_back(
    campaign: Campaign, asker: User, boss: User, now: datetime, what: str
) -> None:
    approving.ask(campaign.pk, user=asker, at=now)
    approve(campaign, boss, now)
    before = {key: getattr(campaign, key) for key in CHANGES[what]}
    change_campaign(campaign.pk, CHANGES[what], by="hoa", at=now)
    assert approving.stand(Campaign.objects.get(pk=campaign.pk)).state == "changed"
    assert "campaign.approval_withdraw" in {one.action for one in list_audit()}
    change_campaign(campaign.pk, before, by="hoa", at=now)
    expected = "campaigns.not_approved: It was changed since. Ask for an approval anew."
    assert refusal(campaign, now) == expected


def test_changes_elsewhere_are_seen_too(
    campaign: Campaign, account: Account, asker: User, boss: User, now: datetime
) -> None:
    """The rule of a segment the campaign's own segment asks about; the sender's name."""
    approving.ask(campaign.pk, user=asker, at=now)
    approve(campaign, boss, now)
    known = campaign.segment_id and campaign.segment_id - 1
    change_segment(known or 0, name="Có tên", rule=OTHER, actor="hoa", at=now)
    assert refusal(campaign, now).startswith("campaigns.not_approved: It was changed since")
    change_segment(known or 0, name="Có tên", rule=RULE, actor="hoa", at=now)
    assert approving.stand(campaign).state == "approved"
    Account.objects.filter(pk=account.pk).update(from_name="Gốm Sứ")
    assert refusal(campaign, now).startswith("campaigns.not_approved: It was changed since")


def test_somebody_more_in_a_list_made_by_hand_is_a_change(
    campaign: Campaign, asker: User, boss: User, now: datetime
) -> None:
    people = add_people("Hoa", "Nam", at=now)
    by_hand = add_segment("Khách mời", None, actor="hoa", at=now)
    put_in(by_hand.id, people[:1], actor="hoa", at=now)
    Campaign.objects.filter(pk=campaign.pk).update(segment_id=by_hand.id)
    approving.ask(campaign.pk, user=asker, at=now)
    approve(campaign, boss, now)
    put_in(by_hand.id, people[1:], actor="hoa", at=now)
    assert refusal(campaign, now).startswith("campaigns.not_approved: It was changed since")


def test_nobody_approves_what_they_have_not_seen(
    campaign: Campaign, asker: User, boss: User, now: datetime
) -> None:
    seen = approving.ask(campaign.pk, user=asker, at=now).digest
    change_campaign(campaign.pk, {"subject": "[QC] Khác"}, by="hoa", at=now)
    approving.ask(campaign.pk, user=asker, at=now)
    with pytest.raises(ConflictError, match="changed since"):
        approving.answer(campaign.pk, "approve", seen=seen, user=boss, at=now)
    assert approving.stand(Campaign.objects.get(pk=campaign.pk)).state == "asked"


def test_one_approval_is_for_one_sending(
    campaign: Campaign, asker: User, boss: User, now: datetime
) -> None:
    approving.ask(campaign.pk, user=asker, at=now)
    approve(campaign, boss, now)
    Run.objects.filter(pk=begin(campaign, now).pk).update(state="done")
    assert refusal(campaign, now).startswith("campaigns.not_approved: The approval was used")


def test_a_recurring_campaign_goes_on_by_its_approval_until_something_changes(
    campaign: Campaign, asker: User, boss: User, now: datetime
) -> None:
    zone = zone_of(settings.CONFIG)
    told = EVERY_MORNING | {"from_day": now.date()}
    save_repeat(campaign.pk, told, zone=zone, by="hoa", at=now)
    approving.ask(campaign.pk, user=asker, at=now)
    approve(campaign, boss, now)
    for days in (1, 2):
        run = begin(campaign, now, occurrence=now.date() + timedelta(days=days))
        Run.objects.filter(pk=run.pk).update(state="done")
    save_repeat(campaign.pk, told | {"again_days": 7}, zone=zone, by="hoa", at=now)
    assert refusal(campaign, now).startswith("campaigns.not_approved: It was changed since")


@pytest.fixture
def gone(campaign: Campaign, asker: User, boss: User, now: datetime) -> Run:
    """Its first sending, approved and over."""
    approving.ask(campaign.pk, user=asker, at=now)
    approve(campaign, boss, now)
    run = begin(campaign, now)
    Run.objects.filter(pk=run.pk).update(state="done", ended_at=now)
    return Run.objects.get(pk=run.pk)


def write_again(gone: Run, at: datetime, **more: Any) -> Run:
    told = {"who": "silent", "subject": "", "start_at": at, "links_open": True, "by": "hoa"}
    return begin_again(gone.pk, **told | more, at=at)


def ask_second(gone: Run, user: User, at: datetime, **more: Any) -> Approval:
    told = {"who": "silent", "subject": ""} | more
    return ask_again(Again(gone, **told), note="", links_open=True, user=user, at=at)


def answer_second(
    gone: Run, user: User, at: datetime, *, how: str = "approve", seen: str = ""
) -> Approval:
    told: dict[str, Any] = {"again_of": gone.pk, "user": user, "at": at}
    row = approving.stand(gone.campaign, again_of=gone.pk).approval
    return approving.answer(gone.campaign_id, how, seen=seen or (row.digest if row else ""), **told)


def second_refused(gone: Run, at: datetime, **more: Any) -> str:
    """Why a second letter does not go; nothing was begun, and no approval used."""
    before = list(Approval.objects.order_by("pk").values_list("state", "digest"))
    with pytest.raises(ForbiddenError) as said:
        write_again(gone, at, **more)
    assert Run.objects.count() == 1
    assert list(Approval.objects.order_by("pk").values_list("state", "digest")) == before
    assert (said.value.code, bool(said.value.hint)) == ("campaigns.not_approved", True)
    return said.value.hint.en if said.value.hint else ""


def test_a_second_letter_goes_after_another_person_approved_just_that(
    gone: Run, asker: User, boss: User, now: datetime
) -> None:
    assert second_refused(gone, now) == "Ask for an approval first."
    ask_second(gone, asker, now)
    assert second_refused(gone, now) == "It waits for somebody's approval."
    with pytest.raises(ForbiddenError, match="Who asked for it cannot approve it"):
        answer_second(gone, asker, now)
    with pytest.raises(ConflictError, match="changed since"):
        answer_second(gone, boss, now, seen="0" * 64)
    assert second_refused(gone, now) == "It waits for somebody's approval."

    answer_second(gone, boss, now)
    second = write_again(gone, now)
    assert (second.resend_of_id, second.resend_to) == (gone.pk, "silent")
    used = Approval.objects.get(again_of=gone)
    assert (used.state, used.run_id, used.answered_by) == (
        "used", second.pk, "nam@gom-moc.example",
    )  # fmt: skip
    told = [one.detail for one in list_audit() if one.action == "campaign.approve"]
    assert [one.get("again_of") for one in told] == [gone.pk, None]


def test_another_second_letter_than_was_approved_does_not_go(
    gone: Run, account: Account, asker: User, boss: User, now: datetime
) -> None:
    """To more people, or under another subject, or from somebody else."""
    ask_second(gone, asker, now)
    answer_second(gone, boss, now)
    changed = "It was changed since. Ask for an approval anew."
    assert second_refused(gone, now, who="unknown_too") == changed
    Account.objects.filter(pk=account.pk).update(from_name="Gốm Sứ")
    assert second_refused(gone, now) == changed
    Account.objects.filter(pk=account.pk).update(from_name="Gốm Mộc")
    ask_second(gone, asker, now, who="unknown_too")
    assert second_refused(gone, now, who="unknown_too") == "It waits for somebody's approval."
    answer_second(gone, boss, now, how="refuse")
    assert second_refused(gone, now, who="unknown_too") == "It was refused."


def test_the_approval_of_a_campaign_and_of_its_second_letter_are_two(
    gone: Run, campaign: Campaign, asker: User, boss: User, now: datetime
) -> None:
    """Neither is good for the other, nor ends with it."""
    approving.ask(campaign.pk, user=asker, at=now)
    approve(campaign, boss, now)
    assert second_refused(gone, now) == "Ask for an approval first."
    ask_second(gone, asker, now)
    answer_second(gone, boss, now)
    change_campaign(campaign.pk, {"subject": "[QC] Khác"}, by="hoa", at=now)
    fresh = Campaign.objects.get(pk=campaign.pk)
    assert approving.stand(fresh).state == "changed"
    assert approving.stand(fresh, again_of=gone.pk).state == "approved"
    assert refusal(campaign, now).endswith("It was changed since. Ask for an approval anew.")
    assert write_again(gone, now).subject == "[QC] Gốm mới"


def test_what_could_not_be_sent_is_not_asked_for(gone: Run, asker: User, now: datetime) -> None:
    with pytest.raises(InputError, match="cannot be sent again yet"):
        ask_second(gone, asker, now, subject="Không nhãn")
    Run.objects.filter(pk=gone.pk).update(state="sending")
    gone.refresh_from_db()
    with pytest.raises(ConflictError, match="has not ended"):
        ask_second(gone, asker, now)
    assert not Approval.objects.filter(again_of=gone).exists()


def test_by_its_rhythm_it_does_not_go_unapproved_either(
    campaign: Campaign, asker: User, boss: User, now: datetime
) -> None:
    zone = zone_of(settings.CONFIG)
    told = EVERY_MORNING | {"from_day": now.date()}
    row = save_repeat(campaign.pk, told, zone=zone, by="hoa", at=now)
    assert row.next_at is not None
    due: dict[str, Any] = {"zone": zone, "late": timedelta(hours=6), "links_open": True}
    assert begin_due(row.next_at, **due) == []
    row.refresh_from_db()
    assert "Nobody else has approved this campaign." in row.trouble["en"]
    assert not Run.objects.exists()
    approving.ask(campaign.pk, user=asker, at=now)
    approve(campaign, boss, now)
    assert row.next_at is not None
    assert [run.by for run in begin_due(row.next_at, **due)] == ["hoa"]


def test_a_sending_that_waits_ends_when_its_segment_has_another_rule_by_then(
    campaign: Campaign, asker: User, boss: User, now: datetime
) -> None:
    approving.ask(campaign.pk, user=asker, at=now)
    approve(campaign, boss, now)
    run = begin(campaign, now, start_at=now + timedelta(hours=2))
    change_segment(campaign.segment_id or 0, name="Khách quen", rule=OTHER, actor="hoa", at=now)
    running.start_due(now + timedelta(hours=3))
    run.refresh_from_db()
    assert (run.state, run.began_at) == ("cancelled", None)
    assert {"why": "segment_changed"} in [one.detail for one in list_audit()]


def test_refused_and_withdrawn_it_does_not_go(
    campaign: Campaign, asker: User, boss: User, now: datetime
) -> None:
    for how, said in (("refuse", "It was refused."), ("withdraw", "The approval was withdrawn.")):
        approving.ask(campaign.pk, user=asker, at=now)
        approving.answer(campaign.pk, how, seen="", user=boss, at=now)
        assert refusal(campaign, now) == f"campaigns.not_approved: {said}"
    with pytest.raises(ConflictError, match="Nothing waits"):
        approve(campaign, boss, now)


def test_a_shop_that_does_not_want_it_sends_as_before(
    campaign: Campaign, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "CONFIG", replace(settings.CONFIG, sending=Sending()))
    assert begin(campaign, now).state == "scheduled"
    assert not Approval.objects.exists()
