"""What answers advise: honest about how few they are."""

import pytest

from khachquen.unify.suggestions import Band, advise

NOTHING = Band(0.98, 1.0, 0, 0)
BARS = {"joins": False, "join_at": 0.98, "ask_at": 0.3}


def test_forty_answers_are_a_share_with_its_doubt() -> None:
    band = Band(0.8, 0.9, 37, 3)
    assert (band.looked_at, round(band.share, 3)) == (40, 0.925)
    assert (round(band.least, 2), round(band.most, 2)) == (0.8, 0.97)


@pytest.mark.parametrize(
    ("bands", "sure", "joins", "expected"),
    [
        ([Band(0.3, 0.4, 0, 29)], NOTHING, False, None),  # too few
        ([Band(0.3, 0.4, 0, 40)], NOTHING, False, ("raise_ask", 0.4)),
        ([Band(0.3, 0.4, 5, 35)], NOTHING, False, None),  # may be one in ten
        ([Band(0.3, 0.4, 30, 8)], NOTHING, False, ("lower_ask", 0.2)),
        ([Band(0.8, 0.9, 0, 40)], NOTHING, False, None),  # says nothing of the bar
        ([], Band(0.98, 1.0, 40, 0), False, None),  # forty right ones do not show 95 %
        ([], Band(0.98, 1.0, 80, 0), False, ("join_by_itself", 0.98)),
        ([], Band(0.98, 1.0, 80, 0), True, None),
        ([], Band(0.98, 1.0, 80, 20), True, ("stop_joining", 0.99)),
    ],
)
def test_a_bar_moves_only_when_the_whole_doubt_is_on_one_side(
    bands: list[Band], sure: Band, joins: bool, expected: tuple[str, float] | None
) -> None:
    advice = advise(bands, sure, **BARS | {"joins": joins})  # type: ignore[arg-type]  # a bool
    found = (advice.kind, round(advice.to, 3)) if advice else None
    assert found == expected
