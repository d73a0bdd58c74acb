"""``khachquen webhooks``: listed, tested and redriven from the terminal."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from django.conf import settings

from khachquen.activate.egress import Answer
from khachquen.activate.webhooks import Wish, add_endpoint
from khachquen.activate.webhooks.models import Delivery
from khachquen.activate.webhooks.owed import Lanes, claim, settle
from tests.cli.conftest import Terminal
from tests.receiver import Receiver, receiving

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db(transaction=True)


def register(desk: Terminal, kho: Receiver, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setenv("KHACHQUEN_EGRESS_INSIDE", "127.0.0.0/8")
    config = settings.CONFIG
    told = replace(config, egress=replace(config.egress, inside=["127.0.0.0/8"]))
    monkeypatch.setattr(settings, "CONFIG", told)
    return add_endpoint(Wish("Phần mềm kho", kho.url), actor="hoa", at=NOW)[0].id


def test_a_test_says_what_came_of_it_without_an_engine(
    desk: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    with receiving(200, 500) as kho:
        number = register(desk, kho, monkeypatch)
        told = desk.ask("webhooks", "test", str(number))
        assert (told["state"], told["status"], told["answer"], told["is_good"]) == (
            "done",
            200,
            "ok",
            True,
        )
        assert kho.heard[0].told["type"] == "webhook.test"
        failed = desk.run("webhooks", "test", str(number))
        assert failed.exit_code == 1
        assert failed.output.startswith("500 (")
    assert [one["id"] for one in desk.ask("webhooks", "list")] == [number]
    assert "Phần mềm kho" in desk.run("webhooks", "list").output


def test_what_was_given_up_is_sent_again(desk: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    with receiving() as kho:
        number = register(desk, kho, monkeypatch)
        desk.ask("webhooks", "test", str(number))
    Delivery.objects.update(kind="segment.left", state="owed", tries=5, due_at=NOW)
    [one] = claim(Lanes(), now=NOW)
    settle({one.id: Answer(None, "timeout")}, now=NOW, jitter=lambda: 0.0)
    assert desk.ask("webhooks", "list")[0]["counts"] == {"dead": 1}
    assert desk.ask("webhooks", "redrive", str(number)) == {"messages": 1}
    assert desk.ask("webhooks", "list")[0]["counts"] == {"owed": 1}
    assert "0 messages" in desk.run("webhooks", "redrive", str(number)).output


def test_a_webhook_there_is_not(desk: Terminal) -> None:
    for word in ("test", "redrive"):
        told = desk.ask("webhooks", word, "7", code=1)
        assert told["error"]["code"] == "webhooks.unknown"
