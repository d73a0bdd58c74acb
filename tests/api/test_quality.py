"""The scores of the data's quality, the same as on the page."""

import pytest

from khachquen.unify import quality
from khachquen.unify.quality import measuring
from tests.api.conftest import Caller
from tests.unify.quality.shop import NOW, WEB, open_shop


@pytest.fixture
def measured(caller: Caller) -> None:
    open_shop()
    quality.request_measurement(actor="", at=NOW)
    while quality.find_progress():
        measuring.advance(NOW)


def test_before_the_first_measurement_there_is_nothing(caller: Caller) -> None:
    assert caller.get("quality") == (200, {"measured_at": None, "source_id": None, "axes": []})


@pytest.mark.usefixtures("measured")
def test_scores_and_what_they_are_made_of(caller: Caller) -> None:
    status, answer = caller.get("quality")

    assert status == 200
    assert answer["measured_at"] == "2026-11-20T02:00:00Z"
    assert [(one["key"], one["per_mille"]) for one in answer["axes"]] == [
        ("complete", 726),
        ("valid", 759),
        ("unique", 833),
        ("fresh", 750),
        ("consistent", 833),
    ]
    [fresh] = answer["axes"][3]["checks"]
    assert (fresh["key"], fresh["checked"], fresh["failed"], fresh["per_mille"]) == (
        "not_seen",
        4,
        1,
        750,
    )
    assert fresh["definition"] == "Known customers last seen more than 730 days ago."


@pytest.mark.usefixtures("measured")
def test_of_one_source_and_of_one_that_gave_nothing(caller: Caller) -> None:
    _, web = caller.get("quality", source_id=WEB)
    _, nothing = caller.get("quality", source_id=99)

    assert [one["per_mille"] for one in web["axes"]] == [1000, 1000, 1000, 1000, None]
    assert [one["per_mille"] for one in nothing["axes"]] == [None] * 5


def test_a_source_that_is_no_number_is_refused(caller: Caller) -> None:
    status, answer = caller.get("quality", source_id="all")

    assert status == 422
    assert answer["error"]["path"] == "query.source_id"
