"""Whose key is it: the first one named decides, and a dead key is dead."""

import base64
import json
import threading
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connections

from khachquen.collect import Keyring
from khachquen.receive import keys
from tests.receive.conftest import (
    PUBLIC,
    SECRET,
    TILL,
    WEBSITE,
    Door,
    basic,
    keyring,
    open_door,
)
from tests.waiting import wait_for

VIEW = {"messageId": "hoa-1", "anonymousId": "may-cua-hoa", "event": "Product Viewed"}
WRONG = "kqp_khong-ai-biet"


def knock(
    door: Door,
    *,
    authorization: str | None = None,
    header: str | None = None,
    body: str | None = None,
    query: str | None = None,
    kind: str = "track",
) -> int:
    """Send a view with keys in these places; the status."""
    headers = {}
    if authorization is not None:
        headers["Authorization"] = authorization
    if header is not None:
        headers["X-Write-Key"] = header
    message: dict[str, Any] = dict(VIEW) if kind == "track" else {"batch": [VIEW]}
    if body is not None:
        message["writeKey"] = body
    path = f"/v1/{kind}" + (f"?writeKey={query}" if query is not None else "")
    return door.ask("POST", path, json.dumps(message).encode(), headers).status


@pytest.mark.parametrize("kind", ["track", "batch"])
@pytest.mark.parametrize(
    "place",
    [
        {"authorization": basic(SECRET)},
        {"authorization": "Basic " + base64.b64encode(SECRET.encode()).decode()},  # no colon
        {"authorization": "basic " + base64.b64encode(f"{SECRET}:x".encode()).decode()},
        {"header": SECRET},
        {"body": SECRET},
        {"query": SECRET},
    ],
)
def test_a_key_is_found_in_each_place(own_door: Door, place: dict[str, str], kind: str) -> None:
    assert knock(own_door, **place, kind=kind) == 200
    assert own_door.kept()[0].source_id == TILL


PLACES = ["authorization", "header", "body", "query"]


@pytest.mark.parametrize("kind", ["track", "batch"])
@pytest.mark.parametrize(
    ("higher", "lower"), [(a, b) for n, a in enumerate(PLACES) for b in PLACES[n + 1 :]]
)
def test_a_wrong_key_in_a_higher_place_is_refused_though_a_lower_one_is_right(
    own_door: Door, higher: str, lower: str, kind: str
) -> None:
    def place(name: str, key: str) -> str:
        return basic(key) if name == "authorization" else key

    wrong: dict[str, Any] = {higher: place(higher, WRONG), lower: place(lower, PUBLIC)}
    right: dict[str, Any] = {higher: place(higher, SECRET), lower: place(lower, WRONG)}
    assert knock(own_door, **wrong, kind=kind) == 401
    assert own_door.kept() == []
    assert knock(own_door, **right, kind=kind) == 200
    assert [record.source_id for record in own_door.kept()] == [TILL]


@pytest.mark.parametrize(
    "nothing", [{"authorization": basic("")}, {"authorization": ""}, {"header": ""}, {"body": ""}]
)
def test_an_empty_place_is_no_key_and_the_next_one_counts(
    own_door: Door, nothing: dict[str, str]
) -> None:
    assert knock(own_door, **nothing, query=PUBLIC) == 200
    assert knock(own_door, **nothing) == 401


def test_a_bearer_token_leaves_the_key_to_the_body(own_door: Door) -> None:
    assert knock(own_door, authorization="Bearer abc", body=PUBLIC) == 200
    assert knock(own_door, authorization="Bearer abc") == 401


@pytest.mark.parametrize("broken", ["Basic !!!", "Basic a", "Basic \xe9\xe9\xe9\xe9", "Basic /w=="])
def test_a_broken_basic_header_is_a_wrong_key(own_door: Door, broken: str) -> None:
    assert knock(own_door, authorization=broken, body=PUBLIC) == 401
    assert own_door.kept() == []


@pytest.mark.parametrize(
    "key", [WRONG, PUBLIC[:-1], PUBLIC.upper(), PUBLIC + " ", "\x00", "chị Hoa", "k" * 5000]
)
def test_a_key_that_is_nobodys_is_401_and_says_how_to_send_one(own_door: Door, key: str) -> None:
    reply = own_door.post("/v1/track", {**VIEW, "writeKey": key}, key=None)

    assert (reply.status, reply.said["code"]) == (401, "collect.unknown_key")
    assert "Basic user name" in reply.said["hint"]
    assert key not in reply.said["message"]
    assert own_door.kept() == []


@pytest.mark.parametrize("key", [17, ["a"], {"a": 1}, None, True])
def test_a_key_that_is_no_text_is_no_key(own_door: Door, key: Any) -> None:
    body = {"batch": [VIEW], "writeKey": key}
    assert own_door.post("/v1/batch", body, key=None).status == 401
    assert own_door.post("/v1/track", {**VIEW, "writeKey": key}, key=None).status == 401
    assert own_door.kept() == []


def test_an_unknown_key_costs_neither_unpacking_nor_reading(own_door: Door) -> None:
    """Who has no key is told so before anything of the body is looked at."""
    assert own_door.post("/v1/batch", b"no json", key=WRONG).status == 401
    assert own_door.post("/v1/batch", b"\x1f\x8b no gzip", key=WRONG).status == 401


def test_a_state_that_cannot_be_asked_is_503_for_a_key_nobody_knows(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The key may be one made a moment ago: its sender must come again, not give up."""
    monkeypatch.setattr(keys, "_MISS_REFRESH_S", 0.0)
    is_broken = False

    def load() -> Keyring:
        if is_broken:
            raise RuntimeError("the database is gone")
        return keyring()

    with open_door(data, load=load) as door:
        is_broken = True
        reply = door.post("/v1/track", VIEW, key=WRONG)
        assert (reply.status, reply.headers["retry-after"]) == (503, "1")
        assert reply.said["code"] == "collect.keys_unavailable"
        assert door.post("/v1/track", VIEW).status == 200  # a known one needs no database
        is_broken = False
        assert door.post("/v1/track", VIEW, key=WRONG).status == 401


@pytest.fixture
def _quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(keys, "REFRESH_S", 0.05)
    monkeypatch.setattr(keys, "_MISS_REFRESH_S", 0.0)
    return


def load_from_database() -> Keyring:
    """As the web child does, leaving no connection behind."""
    from khachquen.collect import load_keyring

    try:
        return load_keyring()
    finally:
        if threading.current_thread() is not threading.main_thread():
            connections.close_all()


@pytest.mark.usefixtures("_quick")
@pytest.mark.django_db(transaction=True)
def test_a_new_key_works_at_once_and_a_revoked_one_dies(data: Path, now: datetime) -> None:
    from khachquen.collect import create_source, issue_key, revoke_key

    with open_door(data, load=load_from_database) as door:
        website = create_source(name="Trang web", kind="website", at=now)
        assert door.post("/v1/track", VIEW, key="kqp_chua-co").status == 401

        key = issue_key(website.pk, trusted=False, at=now)
        assert door.post("/v1/track", VIEW, key=key.value).status == 200

        revoke_key(key.key.pk, at=now)
        wait_for(lambda: door.post("/v1/track", VIEW, key=key.value).status == 401)
        before = len(door.kept())
        assert door.post("/v1/track", VIEW, key=key.value).status == 401
        assert len(door.kept()) == before


def test_the_website_and_the_till_are_told_apart(own_door: Door) -> None:
    for key in (PUBLIC, SECRET):
        assert own_door.post("/v1/track", VIEW, key=key).status == 200

    told = [(record.source_id, record.trusted) for record in own_door.kept()]
    assert told == [(WEBSITE, False), (TILL, True)]
