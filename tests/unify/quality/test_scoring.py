"""From counts to scores, by hand."""

from khachquen.unify.quality import score
from khachquen.unify.quality.scoring import Counted, scores


def test_a_score_is_the_weighted_mean_of_what_is_right_rounded_down() -> None:
    # no contact: weight 3, half right; no name: weight 2, all right; (3 x 1/2 + 2 x 1) / 5 = 0.7
    counted = {"contact_missing": Counted(10, 5), "name_missing": Counted(10, 0)}

    assert score("complete", counted).per_mille == 700
    assert score("complete", counted).failed == 5


def test_a_thousand_says_that_nothing_was_found() -> None:
    assert score("fresh", {"not_seen": Counted(1_000_000, 1)}).per_mille == 999
    assert score("fresh", {"not_seen": Counted(1_000_000, 0)}).per_mille == 1000
    assert score("fresh", {"not_seen": Counted(3, 3)}).per_mille == 0


def test_a_check_with_nothing_to_look_at_stays_out() -> None:
    counted = {"not_seen": Counted(4, 1), "late": Counted(0, 0)}

    assert score("fresh", counted).per_mille == 750
    assert score("unique", counted).per_mille is None


def test_a_source_that_gave_nothing_has_no_scores() -> None:
    assert [one.per_mille for one in scores({})] == [None] * 5
    assert [one.axis for one in scores({})] == [
        "complete",
        "valid",
        "unique",
        "fresh",
        "consistent",
    ]
