"""Webhooks by REST: registered, tested, rotated, redriven; by administrators only."""

from contextlib import closing
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

import pytest
from django.conf import settings

from khachquen.activate.egress import Answer
from khachquen.activate.webhooks.models import Delivery
from khachquen.activate.webhooks.owed import Lanes, claim, settle
from khachquen.base import system_clock
from khachquen.flows.calling import open_calling
from khachquen.flows.identifying import give_identifiers
from khachquen.govern import create_user, issue_token
from tests.api.conftest import PASSWORD, Caller
from tests.api.test_segments import BUYERS, follow
from tests.clock import FrozenClock
from tests.receiver import receiving

if TYPE_CHECKING:
    from khachquen.govern import User

WISH = {"name": "Phần mềm kho", "url": "http://127.0.0.1:9/nhan"}


@pytest.fixture(autouse=True)
def _house(_own_lake: None, monkeypatch: pytest.MonkeyPatch) -> None:
    config = settings.CONFIG
    told = replace(config, egress=replace(config.egress, inside=["127.0.0.0/8"]))
    monkeypatch.setattr(settings, "CONFIG", told)


def test_one_is_registered_read_changed_and_removed(caller: Caller, told: int) -> None:
    _, segment = caller.post("segments", {"name": "Người mua", "rule": BUYERS})
    status, made = caller.post("webhooks", WISH | {"segments": [segment["id"]]})
    assert status == 200
    assert made["secret"].startswith("whsec_")
    webhook = made["webhook"]
    assert (webhook["state"], webhook["waiting"], webhook["dead"]) == ("on", 0, 0)
    assert webhook["segments"] == [segment["id"]]

    path = f"webhooks/{webhook['id']}"
    status, changed = caller.put(path, WISH | {"kinds": ["segment.left"], "per_second": 5})
    assert (status, changed["kinds"], changed["segments"]) == (200, ["segment.left"], [])
    assert caller.get(path) == (200, changed)
    assert caller.get("webhooks")[1] == {"items": [changed], "next_cursor": ""}
    assert made["secret"] not in str([caller.get(path), caller.get("webhooks")])

    status, other = caller.post(f"{path}/rotate", {"valid_hours": 1})
    assert (status, other["secret"] != made["secret"]) == (200, True)
    assert caller.post(f"{path}/pause", {})[1]["why"] == "staff"
    assert caller.post(f"{path}/resume", {"skips_missed": True})[1]["state"] == "on"
    assert caller.post(f"{path}/remove", {}) == (200, {"items": [], "next_cursor": ""})
    status, gone = caller.get(path)
    assert (status, gone["error"]["code"]) == (404, "webhooks.unknown")


def test_a_wish_that_cannot_be_met_says_where(caller: Caller, told: int) -> None:
    bad = {
        "url": ("https://10.0.0.1/", "egress.inside"),
        "name": (" ", "webhooks.bad_wish"),
        "per_second": (0, "webhooks.bad_wish"),
        "kinds": ([], "webhooks.bad_wish"),
    }
    for field, (value, code) in bad.items():
        status, body = caller.post("webhooks", {**WISH, field: value})
        assert (status, body["error"]["code"], body["error"]["path"]) == (422, code, field)
    _, unknown = caller.post("webhooks", WISH | {"segments": [99]})
    assert unknown["error"]["code"] == "segments.unknown"
    _, nobody = caller.post("webhooks", WISH | {"gives_identifiers": True})
    assert nobody["error"]["path"] == "purpose"
    assert caller.get("webhooks")[1]["items"] == []


def test_only_an_administrator_sends_data_out(caller: Caller, told: int, now: datetime) -> None:
    _, made = caller.post("webhooks", WISH)
    path = f"webhooks/{made['webhook']['id']}"
    nam: User = create_user(email="nam@example.vn", password=PASSWORD, name="Nam", at=now)
    clerk = Caller(issue_token(nam, name="Máy", at=now).value)
    assert clerk.get(path)[0] == 200
    for action in ("test", "rotate", "pause", "resume", "redrive", "remove"):
        status, body = clerk.post(f"{path}/{action}", {})
        assert (status, body["error"]["code"]) == (403, "webhooks.admins_only"), action
    assert clerk.post("webhooks", WISH)[0] == clerk.put(path, WISH)[0] == 403
    assert caller.get("webhooks")[1]["items"] == [made["webhook"]]


def test_what_was_given_up_is_read_by_pages_and_sent_again(
    caller: Caller, told: int, now: datetime
) -> None:
    _, made = caller.post("webhooks", WISH)
    path = f"webhooks/{made['webhook']['id']}"
    numbers = [caller.post(f"{path}/test", {})[1]["delivery"] for _ in range(3)]
    Delivery.objects.all().update(kind="segment.entered", tries=5, due_at=now)
    answers = {one.id: Answer(503, text="bận") for one in claim(Lanes(), now=now)}
    settle(answers, now=now, jitter=lambda: 0.0)

    _, first = caller.get(f"{path}/deliveries", state="dead", limit=2)
    _, rest = caller.get(f"{path}/deliveries", state="dead", cursor=first["next_cursor"])
    assert [one["id"] for one in first["items"] + rest["items"]] == numbers[::-1]
    assert (first["items"][0]["status"], first["items"][0]["answer"]) == (503, "bận")
    assert caller.get(f"{path}/deliveries", cursor="x")[0] == 422
    assert caller.get(path)[1]["dead"] == 3

    assert caller.post(f"{path}/redrive", {"deliveries": numbers[:1]})[1] == {"messages": 1}
    assert caller.post(f"{path}/redrive", {})[1] == {"messages": 2}
    assert caller.get(f"{path}/deliveries", state="dead")[1]["items"] == []


@pytest.mark.django_db(transaction=True)
def test_phone_and_email_go_along_only_of_whoever_agreed(
    caller: Caller, told: int, clock: FrozenClock
) -> None:
    """Mai agreed to have her e-mail shared, never her phone; then she withdraws."""
    from khachquen.unify.models import Node

    mai = Node.objects.get(key="email:mai@example.vn").profile_id
    says = {"purpose": "sharing", "channels": ["email"], "evidence": {"form": "f-7"}}
    heard = []
    with receiving() as kho:
        wish = {"name": "Kho", "url": kho.url, "gives_identifiers": True, "purpose": "sharing"}
        assert caller.post("webhooks", wish)[0] == 200
        for number, word in enumerate(("", "granted", "withdrawn")):
            if word:
                path = f"profiles/{mai}/consents"
                assert caller.post(path, says | {"says": word})[0] == 200
            caller.post("segments", {"name": f"Người mua {number}", "rule": BUYERS})
            follow(clock)
            with closing(open_calling(settings.CONFIG, system_clock)) as calling:
                calling.finish()
            heard.append(kho.heard[-1].told["data"])

    assert len(kho.heard) == 3
    assert [one["profile_id"] for one in heard] == [mai] * 3
    assert [one["identifiers"] for one in heard] == [{}, {"email": ["mai@example.vn"]}, {}]
    assert give_identifiers(999, "sharing", now=system_clock()) == {}
    assert "mai@example.vn" not in str(list(Delivery.objects.values_list("data", "answer")))
