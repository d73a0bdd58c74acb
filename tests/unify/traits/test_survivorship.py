"""Which of several words counts, why, and that the order of arrival never matters."""

from itertools import permutations

import pytest

from khachquen.unify.traits import Word, choose
from khachquen.unify.traits.definition import Rule

_DAY = 86_400_000_000
TILL, WEBSITE, BOUGHT = 1, 2, 3


def test_the_newest_word_counts_and_the_older_ones_stay_with_the_reason() -> None:
    words = [Word("Đà Nẵng", 10, WEBSITE), Word("Huế", 20, TILL), Word("Đà Nẵng", 5, BOUGHT)]

    verdict = choose(words)

    assert (words[verdict.index].value, verdict.why.vi) == ("Huế", "lời mới nhất")
    assert [(words[lost.index].at, lost.why.vi) for lost in verdict.lost] == [
        (10, "cũ hơn"),
        (5, "cũ hơn"),
    ]


def test_the_shop_decides_that_the_till_is_believed_before_a_bought_list() -> None:
    words = [Word("1990-12-24", 10, TILL, rank=2), Word("1991-01-01", 99, BOUGHT, rank=8)]

    verdict = choose(words, "best_source")

    assert words[verdict.index].value == "1990-12-24"
    assert verdict.why.en == "from the source that is trusted most"
    assert verdict.lost[0].why.en == "from a source trusted less"
    assert words[choose(words, "newest").index].value == "1991-01-01"


def test_what_cannot_be_read_hides_nothing_however_new() -> None:
    words = [Word("1990-12-24", 1), Word("mai hỏi lại", 9, is_readable=False)]

    verdict = choose(words)

    assert verdict.index == 0
    assert verdict.why.vi == "lời duy nhất đọc được"
    assert verdict.lost[0].why.vi == "không đọc được"


def test_a_word_too_old_to_hold_loses_to_a_fresh_one_and_says_when_it_is_all_there_is() -> None:
    old, fresh = Word("giáo viên", 1 * _DAY, rank=1), Word("kế toán", 400 * _DAY, rank=9)

    verdict = choose([old, fresh], "best_source", valid_days=365, now=500 * _DAY)

    assert (verdict.index, verdict.is_expired) == (1, False)
    assert verdict.lost[0].why.en == "too old to hold"
    assert choose([old], valid_days=365, now=500 * _DAY).is_expired


def test_the_best_spelling_of_the_newest_name() -> None:
    words = [Word("Nguyễn Thị Hoa", 1), Word("NGUYEN THI HOA", 2), Word("Trần Văn Nam", 0)]

    verdict = choose(words, "best_written")

    assert words[verdict.index].value == "Nguyễn Thị Hoa"
    assert [lost.why.en for lost in verdict.lost] == ["the same, written less completely", "older"]


def test_the_first_word_for_what_never_changes() -> None:
    assert choose([Word("2024", 5), Word("2019", 2)], "first").index == 1


@pytest.mark.parametrize("rule", ["newest", "best_source", "best_written", "first"])
def test_any_order_of_arrival_gives_the_same_verdict(rule: Rule) -> None:
    words = [
        Word("Lê Mai", 5, TILL, rank=3),
        Word("LE MAI", 5, WEBSITE, rank=3),
        Word("Lê Mai", 5, BOUGHT, rank=7),
        Word({"không": "đọc được"}, 9, WEBSITE, rank=1, is_readable=False),
    ]
    found = set()

    for order in permutations(words):
        verdict = choose(order, rule)
        losers = tuple((str(order[x.index].value), order[x.index].source_id) for x in verdict.lost)
        found.add((str(order[verdict.index]), verdict.why.en, losers))

    assert len(found) == 1
