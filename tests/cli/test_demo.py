"""``khachquen demo``: a believable shop; the same seed tells the same story."""

from typing import Any

import pytest

from tests.cli.conftest import Terminal

SMALL = ("demo", "--customers", "30", "--days", "60", "--until", "2026-11-21T12:00")


def counts() -> dict[str, Any]:
    """What the shop holds."""
    from khachquen.store import Question, ask
    from khachquen.unify.profiles import count_profiles

    events = "SELECT type, name, count(*) FROM events GROUP BY ALL ORDER BY ALL"
    refused = "SELECT outcome, reason, count(*) FROM refusals GROUP BY ALL ORDER BY ALL"
    return {
        "events": ask(Question("events", events)).rows,
        "refused": ask(Question("refused", refused)).rows,
        "customers": count_profiles(),
    }


def test_it_fills_the_shop_and_a_second_time_adds_only_duplicates(desk: Terminal) -> None:
    told = desk.ask(*SMALL)
    first = counts()
    stored = sum(row[2] for row in first["events"])

    assert (told["customers"], told["seed"]) == (30, 7)
    assert first["customers"] > 15  # the last of the 30 come after the end
    assert {"Order Completed", "Product Viewed"} <= {row[1] for row in first["events"]}
    assert stored + sum(row[2] for row in first["refused"]) == told["messages"] > 1000

    again = desk.ask(*SMALL)
    second = counts()

    assert again == told
    assert (second["events"], second["customers"]) == (first["events"], first["customers"])
    duplicates = {(o, r): n for o, r, n in second["refused"] if o == "duplicate"}
    before = {(o, r): n for o, r, n in first["refused"] if o == "duplicate"}
    assert duplicates["duplicate", ""] == before.get(("duplicate", ""), 0) + stored + sum(
        before.values()
    )


def test_an_end_with_a_zone_is_that_moment(desk: Terminal) -> None:
    utc = desk.ask("demo", "--customers", "5", "--days", "20", "--until", "2026-11-21T05:00")
    events = counts()["events"]

    hanoi = desk.ask(
        "demo", "--customers", "5", "--days", "20", "--until", "2026-11-21T12:00+07:00"
    )

    assert hanoi == utc
    assert counts()["events"] == events


@pytest.mark.parametrize(
    "words",
    [("--until", "hôm qua"), ("--customers", "0"), ("--days", "-1"), ("--seed", "x")],
    ids=lambda words: words[0],
)
def test_wrong_usage_is_2_and_nothing_is_told(desk: Terminal, words: tuple[str, str]) -> None:
    result = desk.run("demo", *words)

    assert result.exit_code == 2
    assert f"Invalid value for '{words[0]}'" in result.stderr
    assert not (desk.data / "log").exists()
