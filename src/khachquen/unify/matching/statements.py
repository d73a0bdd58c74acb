"""The statements of this room: files with places for our own column names and expressions.

Nothing of a record gets into a statement; records get in as a file or as parameters.
"""

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from string import Template

from khachquen.unify.matching.comparisons import Comparison
from khachquen.unify.matching.model import Model

_SELDOM = 0.02  # how often records of one person may contradict each other, and it still count
_FOLDER = Path(__file__).with_name("sql")


@lru_cache
def _read(name: str) -> Template:
    return Template((_FOLDER / f"{name}.sql").read_text(encoding="utf-8").strip())


def statement(name: str, /, **places: str | float) -> str:
    """The statement of that name with its places filled; every place must be."""
    return _read(name).substitute(places)


def sided(columns: Iterable[str], side: str) -> str:
    """``given AS given_l, ...``: the columns of one side of a pair."""
    return ", ".join(f"{column} AS {column}_{side}" for column in columns)


def weight_sql(model: Model) -> str:
    """What all comparisons say of a pair, in bits, as one expression."""
    return " + ".join(_weight_of(one, model) for one in model.comparisons) or "0.0"


def _weight_of(one: Comparison, model: Model) -> str:
    cases = [f"WHEN {one.unknown} THEN 0.0"]
    for level, weight in zip(one.levels, model.weights[one.name], strict=True):
        said = f"{weight.bits}"
        if level.frequency_of:
            said = f"{weight.bits_when_rare} - rarity_{level.frequency_of}_l"
        cases.append(f"WHEN {level.when} THEN {said}" if level.when else f"ELSE {said}")
    return f"CASE {' '.join(cases)} END"


def held_sql(model: Model) -> str:
    """Whether a pair must not come together by its own weight.

    It needs a phone, an e-mail, a birth date, a number or a street that speaks for it, for many
    people have one name; and two of them where a birth date or number contradicts. Unless these
    data are so full of errors that records of one person often contradict each other.
    """
    conflicts = [
        f"coalesce({_level_of(one)} = {len(one.levels) - 1}, false)"
        for one in model.comparisons
        if one.conflicts and model.weights[one.name][-1].m <= _SELDOM
    ]
    agreed = " + ".join(_agreeing(one, model) for one in model.comparisons if one.identifies)
    needed = f"CASE WHEN {' OR '.join(conflicts) or 'false'} THEN 2 ELSE 1 END"
    return f"({agreed or 0}) < {needed}"


def _agreeing(one: Comparison, model: Model) -> str:
    """1 where the comparison speaks for one person, else 0."""
    likely = [number for number, weight in enumerate(model.weights[one.name]) if weight.bits > 0]
    return f"({_level_of(one)} IN ({', '.join(map(str, likely)) or -2}))::INTEGER"


def levels_sql(comparisons: Iterable[Comparison]) -> str:
    """The number of the level each comparison is on, as columns named after the comparisons."""
    return ", ".join(f"{_level_of(one)} AS is_{one.name}" for one in comparisons)


def _level_of(one: Comparison) -> str:
    cases = [f"WHEN {one.unknown} THEN -1"]
    for number, level in enumerate(one.levels):
        cases.append(f"WHEN {level.when} THEN {number}" if level.when else f"ELSE {number}")
    return f"CASE {' '.join(cases)} END"
