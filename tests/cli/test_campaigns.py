"""``khachquen campaigns``: listed, sent and stopped from the terminal, by the same door as ever."""

from datetime import UTC, datetime

import pytest
from click.testing import CliRunner, Result
from django.conf import settings

from khachquen.activate.campaigns import approving
from khachquen.activate.campaigns.models import Account, Campaign, Recipient, Run
from khachquen.cli import cli
from khachquen.govern import User, list_audit
from khachquen.understand.segments import add_segment
from tests.cli.conftest import Terminal

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
EVERYBODY = {"kind": "all", "of": []}


@pytest.fixture
def shop(desk: Terminal, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """Chị Hoa's terminal, where customers can open the shop's addresses."""
    monkeypatch.setenv("KHACHQUEN_SERVER_BASE_URL", "https://khach.nhamay.vn")
    return desk


@pytest.fixture
def campaign(shop: Terminal) -> int:
    account = Account.objects.create(
        name="Nhà May", host="mail.nhamay.vn", from_address="tin@nhamay.vn", created_at=NOW
    )
    made = Campaign.objects.create(
        name="Gốm mới", purpose="ads", account=account, subject="[QC] Gốm mới", text="Chào",
        segment_id=add_segment("Mọi người", EVERYBODY, actor="hoa", at=NOW).id,
        created_at=NOW, created_by="hoa", changed_at=NOW,
    )  # fmt: skip
    return made.pk


def ask_for_approval(shop: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on two people are wanted for every campaign."""
    monkeypatch.setenv("KHACHQUEN_SENDING_NEEDS_APPROVAL", "true")
    shop.look_into(shop.data)
    assert settings.CONFIG.sending.needs_approval


def type_in(shop: Terminal, *words: str, typed: str) -> Result:
    """A command, and what is typed when it asks."""
    told = ["campaigns", *words, "--data", str(shop.data)]
    return CliRunner().invoke(cli, told, input=f"{typed}\n")


def test_a_campaign_is_looked_over_sent_stopped_and_cancelled(
    shop: Terminal, campaign: int
) -> None:
    number = str(campaign)
    [listed] = shop.ask("campaigns", "list")
    assert (listed["id"], listed["name"], listed["state"]) == (campaign, "Gốm mới", "")
    assert "not sent              Gốm mới" in shop.run("campaigns", "list").output
    shown = shop.ask("campaigns", "show", number)
    assert (shown["missing"], shown["approval"], shown["counts"]) == ([], "", None)

    begun = shop.ask("campaigns", "send", number, "--yes")
    assert (begun["state"], begun["counts"]["targeted"]) == ("scheduled", 0)
    assert Run.objects.get().by == "khachquen campaigns"
    twice = shop.ask("campaigns", "send", number, "--yes", code=1)
    assert twice["error"]["code"] == "campaigns.is_running"
    early = shop.ask("campaigns", "pause", number, code=1)
    assert early["error"]["code"] == "campaigns.cannot"

    Run.objects.update(state="sending", is_frozen=True)
    assert shop.ask("campaigns", "pause", number)["state"] == "paused"
    assert shop.ask("campaigns", "resume", number, "--yes")["state"] == "sending"
    assert shop.ask("campaigns", "cancel", number, "--yes")["state"] == "cancelling"
    done = {one.action for one in list_audit() if one.actor == "khachquen campaigns"}
    assert {"campaign.start", "campaign.pause", "campaign.resume", "campaign.cancel"} <= done


def test_nothing_goes_before_its_number_was_typed(shop: Terminal, campaign: int) -> None:
    number = str(campaign)
    for typed in ("", "y", "99"):
        refused = type_in(shop, "send", number, typed=typed)
        assert (refused.exit_code, refused.stdout) == (1, "")
        assert "“Gốm mới”: 0 of the 0 people looked at would get it." in refused.stderr
        assert f"Nothing was done. Type {number}, or give --yes." in refused.stderr
    closed = shop.ask("campaigns", "send", number, code=1)  # nobody there to be asked
    assert closed["error"]["code"] == "cli.not_confirmed"
    assert not Run.objects.exists()

    assert type_in(shop, "send", number, typed=number).exit_code == 0
    Run.objects.update(state="paused")
    for word in ("resume", "cancel"):
        assert type_in(shop, word, number, typed="").exit_code == 1
        assert Run.objects.get().state == "paused"
    assert type_in(shop, "cancel", number, typed=number).exit_code == 0


def test_it_goes_at_a_time_that_names_its_zone(shop: Terminal, campaign: int) -> None:
    number = str(campaign)
    for wrong in ("2036-12-24T08:00:00", "mai"):
        told = shop.ask("campaigns", "send", number, "--at", wrong, "--yes", code=1)
        assert (told["error"]["code"], told["error"]["path"]) == ("campaigns.no_time_zone", "--at")
    assert not Run.objects.exists()
    shop.ask("campaigns", "send", number, "--at", "2036-12-24T08:00:00+07:00", "--yes")
    assert Run.objects.get().start_at == datetime(2036, 12, 24, 1, tzinfo=UTC)


def test_what_nobody_else_approved_does_not_go_from_here_either(
    shop: Terminal, campaign: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask_for_approval(shop, monkeypatch)
    number, hoa = str(campaign), User.objects.get()
    nam = User.objects.create(email="nam@nhamay.vn", is_admin=True, created_at=NOW)

    def refused() -> str:
        told = shop.ask("campaigns", "send", number, "--yes", code=1)
        assert told["error"]["code"] == "campaigns.not_approved"
        assert not Run.objects.exists()
        return str(shop.ask("campaigns", "show", number)["approval"])

    assert refused() == "none"
    approving.ask(campaign, user=hoa, at=NOW)
    assert refused() == "asked"
    seen = approving.digest_of(Campaign.objects.get())
    approving.answer(campaign, "approve", seen=seen, user=nam, at=NOW)
    Campaign.objects.update(subject="[QC] Giảm nửa giá")
    assert refused() == "changed"
    Campaign.objects.update(subject="[QC] Gốm mới")
    assert (
        "Approval: given for exactly what is sent" in shop.run("campaigns", "show", number).output
    )
    assert shop.ask("campaigns", "send", number, "--yes")["approval"] == "used"


def test_the_numbers_of_its_report_are_those_of_its_page(shop: Terminal, campaign: int) -> None:
    number = str(campaign)
    shop.ask("campaigns", "send", number, "--yes")
    Run.objects.update(state="done", began_at=NOW)
    run = Run.objects.get()
    for person, (state, reason) in enumerate([("sent", ""), ("skipped", "unknown")], 1):
        Recipient.objects.create(
            run=run, person_id=person, state=state, reason=reason, due_at=NOW, ended_at=NOW
        )
    told = shop.ask("campaigns", "report", number, "--run", str(run.pk))
    figures = {one["key"]: one["value"] for one in told["figures"]}
    assert (figures["targeted"], figures["sent"], figures["skipped"]) == (2, 1, 1)
    assert told["reasons"] == [{"state": "skipped", "reason": "unknown", "people": 1}]
    said = shop.run("campaigns", "report", number).output.splitlines()
    assert said[0] == "Gốm mới"
    shown = shop.run("campaigns", "show", number).output
    assert "1  Never asked" in shown
    wrong = shop.ask("campaigns", "report", number, "--days", "5", code=1)
    assert wrong["error"]["code"] == "campaigns.bad_report"


def test_a_campaign_there_is_not_and_one_that_was_not_sent(shop: Terminal, campaign: int) -> None:
    for word in ("show", "report", "pause"):
        assert shop.ask("campaigns", word, "77", code=1)["error"]["code"] == "campaigns.none"
    for word in ("send", "resume", "cancel"):
        told = shop.ask("campaigns", word, "77", "--yes", code=1)
        assert told["error"]["code"] == "campaigns.none"
    told = shop.ask("campaigns", "cancel", str(campaign), "--yes", code=1)
    assert told["error"]["code"] == "campaigns.not_started"
