"""Whatever is asked, the answer is JSON in a described form, and never a mistake of ours."""

import json
from typing import Any
from urllib.parse import quote

from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.api.conftest import Caller
from tests.laws import tries

_ODD = (
    "|0|-1|1e400|null|email:|phone:+|' OR 1=1 --|{}|[]|NaN|%|..|🏺|2026-11-20|9999-12-31|0001-01-01"
).split("|")
_TEXT = st.one_of(
    st.text(max_size=60),
    st.sampled_from([*_ODD, "9" * 40, "\x00", "\ud800", "user:\x00", "email:\ud800@x.vn"]),
)
_NAMES = st.sampled_from(
    ["search", "identifier", "sort", "who", "cursor", "limit", "type", "from", "to", "bucket", "x"]
)
_PATHS = st.one_of(
    st.sampled_from(["profiles", "profiles/1", "profiles/1/timeline", "metrics", "sources"]),
    _TEXT.map(lambda text: f"profiles/{_quoted(text)}"),
    _TEXT.map(lambda text: f"profiles/{_quoted(text)}/timeline"),
    _TEXT.map(lambda text: f"receipts/{_quoted(text)}"),
    _TEXT.map(lambda text: f"metrics/{_quoted(text)}"),
    st.sampled_from(["visitors", "revenue", "buyers"]).map(lambda key: f"metrics/{key}"),
)


def _quoted(text: str) -> str:
    return quote(text.encode("utf-8", "surrogatepass"), safe="")


def test_no_question_breaks_the_interface(caller: Caller, told: int) -> None:
    from khachquen.api import access

    client = Client(raise_request_exception=False)
    described = client.get("/api/v1/openapi.json").json()["components"]["schemas"]
    failure = set(described["Failure"]["properties"])

    @settings(
        max_examples=tries(100),
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(_PATHS, st.dictionaries(_NAMES, _TEXT, max_size=4))
    def ask(path: str, query: dict[str, str]) -> None:
        access.token_limit.cache_clear()
        asked = "&".join(f"{name}={_quoted(value)}" for name, value in query.items())
        response = client.get(
            f"/api/v1/{path}?{asked}", headers={"Authorization": f"Bearer {caller.token}"}
        )
        body: Any = json.loads(response.content)
        assert response.status_code in (200, 404, 422), (response.status_code, body)
        if response.status_code != 200:
            assert set(body["error"]) == failure
            assert body["error"]["code"]

    ask()
