"""One new record against all that are known, while somebody waits."""

from collections.abc import Mapping

from khachquen.unify.matching.agreement import Suggestion, agreements_of, probability_of
from khachquen.unify.matching.matches import Matches
from khachquen.unify.matching.records import RECORD_COLUMNS, Record, normalise_row
from khachquen.unify.matching.statements import statement
from khachquen.unify.matching.workbench import likeness_sql, score_sql

_PROBE = "probe"
_NEW = -1  # what a record is called that is not known yet


class Lookup:
    """Finds who a new record may be, with the weights and blocks of a finished run.

    The blocks are sorted by key, so that a look-up reads the few it needs; the conditions and
    weights are those of the run, so a pair gets the score it would have got there. Not for two
    threads at once.
    """

    def __init__(self, matches: Matches):
        self._matches = matches
        self._bench = matches.bench
        columns = (*RECORD_COLUMNS, "full_name")
        self._bench.run(statement("probe", columns=", ".join(columns)))
        values = ", ".join(f"${n} AS {name}" for n, name in enumerate(RECORD_COLUMNS, 1))
        self._fill = statement("fill_probe", id=_NEW, values=values)
        self._keys = " UNION ".join(
            rule.keys_sql(number, _PROBE) for number, rule in matches.blocking.rules
        )

    def find(self, row: Mapping[str, str], *, limit: int = 10) -> list[Suggestion]:
        """Who a row as it was typed may be: the likeliest first, none below ``ask_at``."""
        return self.find_record(normalise_row(row, self._matches.columns), limit=limit)

    def find_record(self, record: Record, *, limit: int = 10) -> list[Suggestion]:
        """The same for a row in its normal form. ``right`` of what is found is -1."""
        self._bench.run("DELETE FROM probe")
        values = [getattr(record, name) or None for name in RECORD_COLUMNS]
        self._bench.connection.execute(self._fill, values).fetchall()
        candidates = self._find_candidates()
        if not candidates:
            return []
        found = self._score(candidates)
        bar = self._matches.bits_at(self._matches.settings.ask_at)
        best = sorted((-bits, left) for left, bits in found if bits >= bar)[:limit]
        return self._explain([(left, -minus) for minus, left in best])

    def _find_candidates(self) -> list[int]:
        if not self._keys:
            return []
        keys = self._bench.run(self._keys)
        if not keys:
            return []
        listed = ", ".join(str(key) for key, _ in keys)
        rows = self._bench.run(statement("candidates", keys=listed))
        return [record for (record,) in rows]

    def _score(self, candidates: list[int]) -> list[tuple[int, float]]:
        sql = score_sql(self._matches.model, **self._places(candidates))
        return [(left, bits) for left, _, bits in self._bench.run(sql)]

    def _explain(self, best: list[tuple[int, float]]) -> list[Suggestion]:
        if not best:
            return []
        model, prior = self._matches.model, self._matches.prior_bits
        sql = likeness_sql(model, **self._places([left for left, _ in best]))
        levels = {left: numbers for left, _, *numbers in self._bench.run(sql)}
        told = []
        for left, bits in best:
            score = probability_of(bits + prior)
            is_sure = score >= self._matches.settings.join_at
            agreements = agreements_of(model, levels[left])
            told.append(Suggestion(left, _NEW, score, bits + prior, agreements, is_sure))
        return told

    def _places(self, candidates: list[int]) -> dict[str, str]:
        ids = ", ".join(map(str, candidates))
        return {
            "pairs": statement("against_probe", ids=ids, id=_NEW),
            "records": statement("some_records", ids=ids),
            "others": _PROBE,
        }
