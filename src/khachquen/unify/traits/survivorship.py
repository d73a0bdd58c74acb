"""Of all that was said of one trait, the word that counts, why it does, and why the others do not.

Pure: the same words give the same verdict, in whatever order they came.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from khachquen.base import Text
from khachquen.unify.normalise import fold
from khachquen.unify.traits.definition import Rule

MIDDLE_RANK = 5
"""The rank of a source nobody ranked; 1 is the most trusted, 9 the least."""
_DAY = 86_400_000_000


@dataclass(frozen=True, slots=True)
class Word:
    """One value somebody said, when (microseconds UTC), and how far its source is trusted."""

    value: Any
    at: int
    source_id: int = 0
    rank: int = MIDDLE_RANK
    is_readable: bool = True


@dataclass(frozen=True, slots=True)
class Lost:
    """A word that does not count: its place in what was given, and why."""

    index: int
    why: Text


@dataclass(frozen=True, slots=True)
class Verdict:
    """Which word counts (its place in what was given), why, and the others, the best first."""

    index: int
    why: Text
    lost: tuple[Lost, ...]
    is_expired: bool = False


def choose(
    words: Sequence[Word], rule: Rule = "newest", *, valid_days: int | None = None, now: int = 0
) -> Verdict:
    """The verdict over at least one word.

    What can be read as its type comes before what cannot, what still holds before what is older
    than ``valid_days`` at ``now``; then the rule decides. Words alike in all of that are told apart
    by source and text, so that the order of arrival never matters.

    >>> till, web = Word("NGUYEN THI HOA", at=2), Word("Nguyễn Thị Hoa", at=1)
    >>> choose([till, web], "best_written").index
    1
    """
    oldest = now - valid_days * _DAY if valid_days and now else 0
    judged = [_judge(word, oldest) for word in words]
    order = sorted(range(len(words)), key=lambda i: _key(judged[i], words[i], rule), reverse=True)
    best = order[0]
    if rule == "best_written":
        alike = [i for i in order if judged[i] == judged[best] and _same(words[i], words[best])]
        best = max(alike, key=lambda i: (_marks(words[i].value), _tie(words[i])))
    others = [i for i in order if i != best]
    reasons = tuple(Lost(i, _why_lost(words[i], words[best], judged[i], rule)) for i in others)
    is_expired = not judged[best].is_fresh
    return Verdict(best, _why_won(words, best, judged, rule), reasons, is_expired)


@dataclass(frozen=True, slots=True, order=True)
class _Judged:
    is_readable: bool
    is_fresh: bool


def _judge(word: Word, oldest: int) -> _Judged:
    return _Judged(word.is_readable, word.at >= oldest)


_Key = tuple[_Judged, int, int, tuple[int, str]]


def _key(judged: _Judged, word: Word, rule: Rule) -> _Key:
    if rule == "first":
        return judged, 0, -word.at, _tie(word)
    if rule == "best_source":
        return judged, -word.rank, word.at, _tie(word)
    return judged, word.at, 0 if rule == "best_written" else -word.rank, _tie(word)


def _tie(word: Word) -> tuple[int, str]:
    return -word.source_id, json.dumps(word.value, sort_keys=True, ensure_ascii=False, default=str)


def _same(one: Word, other: Word) -> bool:
    both = isinstance(one.value, str) and isinstance(other.value, str)
    return fold(one.value) == fold(other.value) if both else one.value == other.value


def _marks(value: object) -> tuple[int, str]:
    """How fully a text is written: its letters beyond ASCII, then the text for a tie."""
    text = value if isinstance(value, str) else ""
    return sum(not letter.isascii() for letter in text), text


_WINS: dict[str, Callable[[], Text]] = {
    "newest": lambda: Text(vi="lời mới nhất", en="the newest word"),
    "first": lambda: Text(vi="lời đầu tiên", en="the first word"),
    "best_source": lambda: Text(
        vi="từ nguồn đáng tin nhất", en="from the source that is trusted most"
    ),
    "best_written": lambda: Text(
        vi="lời mới nhất, viết đầy đủ nhất", en="the newest word, written most completely"
    ),
}


def _why_won(words: Sequence[Word], best: int, judged: Sequence[_Judged], rule: Rule) -> Text:
    if len(words) == 1:
        return Text(vi="chỉ có một lời", en="the only word")
    others = [one for i, one in enumerate(judged) if i != best]
    if judged[best].is_readable and not any(one.is_readable for one in others):
        return Text(vi="lời duy nhất đọc được", en="the only word that can be read")
    if judged[best].is_fresh and not any(one.is_fresh for one in others):
        return Text(vi="lời duy nhất còn hạn", en="the only word that still holds")
    if all(_same(word, words[best]) for word in words) and rule != "best_written":
        return Text(vi="mọi nguồn nói như nhau", en="every source says the same")
    return _WINS[rule]()


def _why_lost(word: Word, best: Word, judged: _Judged, rule: Rule) -> Text:
    if not judged.is_readable:
        return Text(vi="không đọc được", en="cannot be read")
    if not judged.is_fresh:
        return Text(vi="đã quá hạn", en="too old to hold")
    if word.value == best.value:
        return Text(vi="nói như lời được dùng", en="says the same")
    if rule == "best_source" and word.rank != best.rank:
        return Text(vi="nguồn kém tin hơn", en="from a source trusted less")
    if rule == "best_written" and _same(word, best):
        return Text(vi="cùng tên, viết thiếu dấu hơn", en="the same, written less completely")
    if rule == "first":
        return Text(vi="nói sau", en="said later")
    return Text(vi="cũ hơn", en="older")
