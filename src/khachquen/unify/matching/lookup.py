"""One new record against all that are known, while somebody waits."""

from collections.abc import Mapping

import numpy as np

from khachquen.unify.matching.agreement import Suggestion
from khachquen.unify.matching.matches import Matches
from khachquen.unify.matching.records import RECORD_COLUMNS, Record, normalise_row
from khachquen.unify.matching.statements import held_sql, levels_sql, sided, statement, weight_sql
from khachquen.unify.matching.workbench import COMPARED, FREQUENT

_NEW = -1  # what a record is called that is not known yet
_USES = 1_000  # look-ups after which the small tables are made anew: deleted rows stay in them


class Lookup:
    """Finds who a new record may be, with the weights and blocks of a finished run.

    The blocks stand in memory, sorted by key, 12 bytes for each; the conditions and weights are
    those of the run, so a pair gets the score it would have got there. It takes the run's tables
    for itself, on one thread: a look-up is over before a second thread would have woken. Not for
    two threads of ours at once.
    """

    def __init__(self, matches: Matches):
        self._matches = matches
        self._bench = matches.bench
        self._keys, self._ids = self._bench.read_blocks()
        self._bench.run("SET threads = 1")
        self._bench.run("CREATE UNIQUE INDEX IF NOT EXISTS record_by_id ON record (id)")
        values = ", ".join(f"${n} AS {name}" for n, name in enumerate(RECORD_COLUMNS, 1))
        self._fill = statement("fill_probe", id=_NEW, values=values)
        self._used = 0

    def find(self, row: Mapping[str, str], *, limit: int = 10) -> list[Suggestion]:
        """Who a row as it was typed may be: the likeliest first, none below ``ask_at``."""
        return self.find_record(normalise_row(row, self._matches.columns), limit=limit)

    def find_record(self, record: Record, *, limit: int = 10) -> list[Suggestion]:
        """The same for a row in its normal form. ``right`` of what is found is -1."""
        if self._used % _USES == 0:
            self._prepare()
        self._used += 1
        self._bench.run("DELETE FROM probe")
        values = [getattr(record, name) or None for name in RECORD_COLUMNS]
        self._bench.connection.execute(self._fill, values).fetchall()
        candidates = self._find_candidates()
        if not candidates:
            return []
        self._bench.run("DELETE FROM candidate")
        self._bench.run(statement("fill_candidate", ids=", ".join(map(str, candidates))))
        bar = self._matches.bits_at(self._matches.settings.ask_at)
        rows = self._bench.run("EXECUTE compare_candidates")
        found = sorted((-row[1], row) for row in rows if row[1] >= bar)[:limit]
        return [
            self._matches.suggestion(left, _NEW, bits, is_held, levels)
            for _, (left, bits, is_held, *levels) in found
        ]

    def _prepare(self) -> None:
        """Make the small tables and plan what is asked of them."""
        model, columns = self._matches.model, ", ".join(RECORD_COLUMNS)
        self._bench.run(statement("probe", columns=columns))
        self._bench.run(statement("candidate"))
        rules = self._matches.blocking.rules
        keys = " UNION ".join(rule.keys_sql(number, "probe") for number, rule in rules)
        compare = statement(
            "compare",
            weight=weight_sql(model),
            held=held_sql(model),
            levels=levels_sql(model.comparisons),
            left=sided(("id", *COMPARED, *(f"rarity_{name}" for name in FREQUENT)), "l"),
            right=sided(("id", *COMPARED), "r"),
        )
        # A plan made over an empty table would trust that nothing in it is ever null, or anything.
        self._bench.run("SET disabled_optimizers = 'statistics_propagation'")
        for name, sql in (("keys_of_probe", keys), ("compare_candidates", compare)):
            self._bench.run(statement("prepare", name=name, sql=sql))

    def _find_candidates(self) -> list[int]:
        found: set[int] = set()
        for key, _ in self._bench.run("EXECUTE keys_of_probe"):
            wanted = np.uint64(key)
            start = np.searchsorted(self._keys, wanted, side="left")
            end = np.searchsorted(self._keys, wanted, side="right")
            found.update(self._ids[start:end].tolist())
        return sorted(found)
