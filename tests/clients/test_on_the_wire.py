"""What makes each client special was really on the wire."""

import json

import pytest

from tests.clients.relay import Request
from tests.clients.speaking import Spoken

Heard = dict[str, Spoken]


def paths(heard: Spoken) -> set[str]:
    return {request.path for request in heard.relay.told if request.status == 200}


def posts(heard: Spoken) -> list[Request]:
    return [request for request in heard.relay.told if request.method == "POST"]


def kinds(heard: Spoken) -> set[str]:
    return {request.headers.get("content-type", "") for request in posts(heard)}


def is_zipped(heard: Spoken) -> bool:
    return all(request.raw[:2] == b"\x1f\x8b" for request in posts(heard))


def preflights(heard: Spoken) -> set[str]:
    return {request.path for request in heard.relay.requests if request.method == "OPTIONS"}


def test_gzip_under_the_name_of_a_form(spoken: Heard) -> None:
    heard = spoken["@rudderstack/rudder-sdk-node"]
    assert kinds(heard) == {"application/x-www-form-urlencoded"}
    assert is_zipped(heard)


@pytest.mark.parametrize("name", ["rudder-sdk-python", "posthog-node"])
def test_gzip_by_default(spoken: Heard, name: str) -> None:
    assert is_zipped(spoken[name])


def test_short_paths_and_plain_text_with_nothing_but_cdn_url(spoken: Heard) -> None:
    heard = spoken["@segment/analytics-next"]
    assert paths(heard) == {f"/v1/projects/{heard.key}/settings", *map("/v1/{}".format, "pitsga")}
    assert kinds(heard) == {"text/plain"}
    assert preflights(heard) == {f"/v1/{kind}" for kind in "pitsga"}  # for its Authorization


def test_batches_as_plain_text(spoken: Heard) -> None:
    heard = spoken["@segment/analytics-next batches"]
    assert paths(heard) == {f"/v1/projects/{heard.key}/settings", "/v1/b"}
    assert kinds(heard) == {"text/plain"}


def test_the_beacon_of_a_page_that_is_left(spoken: Heard) -> None:
    heard = spoken["@rudderstack/analytics-js beacon"]
    assert paths(heard) == {"/sourceConfig/", "/beacon/v1/batch"}
    assert all("authorization" not in request.headers for request in posts(heard))
    assert all(f"writeKey={heard.key}" in request.target for request in posts(heard))


def test_a_preflight_that_asks_for_headers_of_its_own(spoken: Heard) -> None:
    heard = spoken["@rudderstack/analytics-js"]
    assert preflights(heard) >= {"/v1/page", "/v1/track"}
    assert all({"anonymousid", "sentat"} <= set(request.headers) for request in posts(heard))


def test_a_masked_key_in_the_body(spoken: Heard) -> None:
    heard = spoken["@jitsu/js"]
    assert all(path.startswith("/api/s/") for path in paths(heard))
    for request in posts(heard):
        assert json.loads(request.body)["writeKey"].endswith(":***")
        assert request.headers["x-write-key"] == f"{heard.key}:khach"


def test_the_paths_of_posthog_and_snowplow(spoken: Heard) -> None:
    assert paths(spoken["posthog"]) == paths(spoken["posthog-node"]) == {"/batch/"}
    assert "/e/" in paths(spoken["posthog-js"])
    tp2 = "/com.snowplowanalytics.snowplow/tp2"
    for name in ("snowplow-tracker", "@snowplow/node-tracker", "@snowplow/browser-tracker"):
        assert paths(spoken[name]) == {tp2}
    assert paths(spoken["snowplow-tracker pixels"]) == {"/i"}
