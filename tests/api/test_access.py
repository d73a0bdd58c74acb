"""Who may ask, how often, and that every refusal has the one form."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.test import Client

from khachquen.base.limits import FixedWindow
from khachquen.govern import issue_token, revoke_token
from tests.api.conftest import Caller

if TYPE_CHECKING:
    from khachquen.govern import User

ADDRESSES = (
    "campaigns/1/report",
    "profiles",
    "profiles/1",
    "profiles/1/timeline",
    "purposes",
    "receipts/m-1",
    "quarantine",
    "quarantine/redrives/redrive-1-ab",
    "quality",
    "metrics",
    "metrics/revenue",
    "sources",
    "segments/1/members",
    "segments/1/changes",
    "segments/1/history",
    "segments/1/overlap/2",
    "segments/1/explain/1",
    "webhooks/1/deliveries",
    "campaigns/1/rehearsal",
    "campaigns/1/recipients",
    "messages/1",
)
POSTED = (
    "quarantine/redrive",
    "profiles/search",
    "segments/preview",
    "segments/1/archive",
    "segments/1/restore",
    "segments/1/members/add",
    "segments/1/members/remove",
    "webhooks/1/test",
    "webhooks/1/rotate",
    "webhooks/1/pause",
    "webhooks/1/resume",
    "webhooks/1/redrive",
    "webhooks/1/remove",
    "campaigns/1/start",
    "campaigns/1/pause",
    "campaigns/1/resume",
    "campaigns/1/cancel",
    "campaigns/1/test",
    "campaigns/1/approval/withdraw",
)
READ_AND_POSTED = (
    *("profiles/1/consents", "segments", "webhooks", "campaigns", "messages"),
    "campaigns/1/approval",
)
READ_AND_PUT = ("segments/1", "webhooks/1", "campaigns/1")


def _form(body: Any) -> list[str]:
    assert list(body) == ["error"]
    return sorted(body["error"])


def test_every_described_address_refuses_a_stranger(stranger: Caller) -> None:
    description = Client().get("/api/v1/openapi.json").json()
    described = {path.removeprefix("/api/v1/").count("/") for path in description["paths"]}

    assert len(description["paths"]) == len(ADDRESSES + POSTED + READ_AND_POSTED + READ_AND_PUT)
    assert described
    for address in ADDRESSES + READ_AND_POSTED + READ_AND_PUT:
        status, body = stranger.get(address)
        assert (status, body["error"]["code"]) == (401, "api.no_token"), address
        assert _form(body) == ["code", "hint", "message", "path"]
    for address in POSTED + READ_AND_POSTED:
        status, body = stranger.post(address, {})
        assert (status, body["error"]["code"]) == (401, "api.no_token"), address


def test_a_wrong_a_revoked_and_a_leavers_token_look_the_same(
    caller: Caller, hoa: "User", now: datetime
) -> None:
    revoked = issue_token(hoa, name="cũ", at=now)
    revoke_token(revoked.token.pk, actor=hoa, at=now)
    wrong = [caller.token[:-1] + ("A" if caller.token[-1] != "A" else "B"), revoked.value, "x"]
    answers = [Caller(token).get("sources") for token in wrong]

    assert caller.get("sources")[0] == 200
    type(hoa).objects.filter(pk=hoa.pk).update(is_active=False)
    answers.append(caller.get("sources"))

    assert [status for status, _ in answers] == [401] * 4
    assert len({str(body) for _, body in answers}) == 1
    assert answers[0][1]["error"]["code"] == "api.bad_token"


def test_a_session_of_the_pages_opens_nothing_here(hoa: "User") -> None:
    browser = Client()
    browser.force_login(hoa, backend="django.contrib.auth.backends.ModelBackend")

    assert browser.get("/api/v1/sources").status_code == 401


def test_errors_speak_vietnamese_unless_asked_otherwise(stranger: Caller) -> None:
    words = {}
    for language in ("", "vi", "en-GB,en;q=0.9", "fr,en;q=0.5", "xx", ";;;", "en" * 5000):
        stranger.language = language
        words[language] = stranger.get("sources")[1]["error"]["message"]

    assert words["en-GB,en;q=0.9"] == words["fr,en;q=0.5"] == "A token is needed."
    assert {words[""], words["vi"], words["xx"], words[";;;"], words["en" * 5000]} == {
        "Cần một token."
    }


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD", "TRACE"])
def test_other_methods_are_refused_and_change_nothing(caller: Caller, method: str) -> None:
    before = caller.get("sources")
    for address in ADDRESSES:
        response = Client().generic(
            method, f"/api/v1/{address}", headers={"Authorization": f"Bearer {caller.token}"}
        )
        assert response.status_code == 405, address
        assert response["Allow"] == "GET"
        if method != "HEAD":
            assert response.json()["error"]["code"] == "api.method_not_allowed"
    assert caller.get("sources") == before


@pytest.mark.parametrize("path", ["", "nothing", "profiles/", "profiles/1/2/3", "../../etc", "%00"])
def test_an_unknown_address_is_json_too(caller: Caller, path: str) -> None:
    status, body = caller.get(path)

    assert status == 404
    assert body["error"]["code"] == "api.unknown_address"


@pytest.mark.parametrize(
    ("query", "path", "hint"),
    [
        ({"limit": 0}, "query.limit", "It must be >= 1."),
        ({"limit": 201}, "query.limit", "It must be <= 200."),
        ({"limit": "nhiều"}, "query.limit", "It must be a whole number."),
        ({"sort": "tiền"}, "query.sort", "One of 'last_seen', 'spent', 'orders' or 'name'."),
    ],
)
def test_a_wrong_parameter_is_named_with_what_would_be_right(
    caller: Caller, query: dict[str, object], path: str, hint: str
) -> None:
    status, body = caller.get("profiles", **query)

    assert status == 422
    assert body["error"]["code"] == "api.invalid_parameter"
    assert (body["error"]["path"], body["error"]["hint"]) == (path, hint)


def test_our_own_mistake_gives_a_number_and_no_values(
    caller: Caller, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    private = "mai@example.vn"

    def broken() -> None:
        raise RuntimeError(private)

    monkeypatch.setattr("khachquen.api.sources.list_sources", broken)

    status, body = caller.get("sources", search="0912345678")

    assert status == 500
    assert body["error"]["code"] == "api.broken"
    number = body["error"]["message"].split()[-1].strip(".")
    assert number in caplog.text
    for said in (caplog.text, str(body)):
        assert private not in said
        assert "0912345678" not in said
    assert caller.token not in caplog.text


def test_asking_too_often_is_told_when_to_come_back(
    caller: Caller, hoa: "User", now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = settings.CONFIG
    slow = replace(config, api=replace(config.api, per_minute=3))
    monkeypatch.setattr(settings, "CONFIG", slow)
    monkeypatch.setattr("khachquen.api.access.time.monotonic", lambda: 130.0)

    statuses = [caller.get("sources")[0] for _ in range(5)]
    other = Caller(issue_token(hoa, name="khác", at=now).value)
    response = Client().get("/api/v1/sources", headers={"Authorization": f"Bearer {caller.token}"})

    assert statuses == [200, 200, 200, 429, 429]
    assert other.get("sources")[0] == 200
    assert response["Retry-After"] == "50"
    assert response.json()["error"]["code"] == "api.too_many_requests"


def test_guessing_is_slowed_by_the_sockets_address_whatever_a_header_claims(
    caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = settings.CONFIG
    slow = replace(config, api=replace(config.api, anonymous_per_minute=4))
    monkeypatch.setattr(settings, "CONFIG", slow)
    monkeypatch.setattr("khachquen.api.access.time.monotonic", lambda: 130.0)

    statuses = [
        Client()
        .get(
            "/api/v1/sources",
            headers={"Authorization": "Bearer kqt_a_b", "X-Forwarded-For": f"10.0.0.{n}"},
        )
        .status_code
        for n in range(6)
    ]

    assert statuses == [401, 401, 401, 401, 429, 429]
    assert caller.get("sources")[0] == 200


def test_a_window_ends_when_its_time_is_over() -> None:
    now = [0.0]
    clock: Callable[[], float] = lambda: now[0]  # noqa: E731
    window = FixedWindow(2, 60.0, clock)

    assert [window.take("a"), window.take("a"), window.take("a")] == [0, 0, 60]
    now[0] = 59.5
    assert window.take("a") == 1
    now[0] = 60.0
    assert window.take("a") == 0


def test_sources_never_show_a_secret(caller: Caller, told: int, now: datetime) -> None:
    from khachquen.collect import issue_key

    secret = issue_key(told, trusted=True, at=now).value
    public = issue_key(told, trusted=False, at=now).value

    _, body = caller.get("sources")

    [till] = body["items"]
    assert [key["public_value"] for key in till["keys"]] == ["", public]
    assert secret not in str(body)
    assert till["keys"][0]["prefix"] == secret[:12]
