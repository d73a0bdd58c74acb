"""One new record against all that are known, while somebody waits."""

import json
import shutil
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from khachquen.unify.matching.agreement import Suggestion
from khachquen.unify.matching.blocking import EVERYBODY, RULES, Blocking
from khachquen.unify.matching.clustering import Clusters
from khachquen.unify.matching.columns import Columns, Field
from khachquen.unify.matching.matches import Matches
from khachquen.unify.matching.model import read_model
from khachquen.unify.matching.records import RECORD_COLUMNS, Record, normalise_row
from khachquen.unify.matching.settings import Settings
from khachquen.unify.matching.statements import held_sql, levels_sql, sided, statement, weight_sql
from khachquen.unify.matching.workbench import COMPARED, FREQUENT, Workbench

_NEW = -1  # what a record is called that is not known yet
_USES = 1_000  # look-ups after which the small tables are made anew: deleted rows stay in them


class Lookup:
    """Finds who a new record may be, with the weights and blocks of a finished run.

    The blocks stand in memory, sorted by key, 12 bytes for each; the conditions and weights are
    those of the run, so a pair gets the score it would have got there. It takes the run's tables
    for itself, on one thread: a look-up is over before a second thread would have woken. Not for
    two threads of ours at once.

    ``save`` puts it into a folder and ``open`` takes it from there: then blocks and records stay on
    the disk, and only the pages a look-up touches come into memory.
    """

    def __init__(self, matches: Matches):
        self._begin(matches, *matches.bench.read_blocks())
        self._bench.run("CREATE UNIQUE INDEX IF NOT EXISTS record_by_id ON record (id)")

    @classmethod
    def open(cls, folder: Path, *, memory: str = "256MB") -> "Lookup":
        """What ``save`` wrote; nothing in the folder is changed.

        Raises:
            OSError, ValueError, KeyError, duckdb.Error: it is not there, or not what we write now.
        """
        told = json.loads((folder / "model.json").read_text(encoding="utf-8"))
        keys = np.load(folder / "keys.npy", mmap_mode="r")
        ids = np.load(folder / "ids.npy", mmap_mode="r")
        bench = Workbench(threads=1, memory=memory)
        try:
            bench.run(statement("open_known", file=str(folder / "known.duckdb")))
            bench.run("CREATE VIEW record AS FROM known.record")
            lookup = cls.__new__(cls)
            lookup._begin(_matches_of(told, bench), keys, ids)
        except BaseException:
            bench.close()
            raise
        return lookup

    def save(self, folder: Path) -> None:
        """Write it into a folder, which appears whole or not at all; what was there goes."""
        aside = folder.with_name(folder.name + ".new")
        shutil.rmtree(aside, ignore_errors=True)
        aside.mkdir(parents=True, mode=0o700)
        np.save(aside / "keys.npy", self._keys)
        np.save(aside / "ids.npy", self._ids)
        for step in ("attach_known", "keep_known", "index_known"):
            self._bench.run(statement(step, file=str(aside / "known.duckdb")))
        self._bench.run("DETACH known")
        (aside / "model.json").write_text(json.dumps(_as_told(self._matches)), encoding="utf-8")
        shutil.rmtree(folder, ignore_errors=True)
        aside.rename(folder)

    def close(self) -> None:
        """Let go of the tables."""
        self._bench.close()

    def _begin(self, matches: Matches, keys: Any, ids: Any) -> None:
        self._matches, self._bench = matches, matches.bench
        self._keys, self._ids = keys, ids
        self._bench.run("SET threads = 1")
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


def _as_told(matches: Matches) -> dict[str, Any]:
    return {
        "model": matches.model.as_dict(),
        "rules": [number for number, _ in matches.blocking.rules],
        "prior_bits": matches.prior_bits,
        "settings": asdict(matches.settings),
        "columns": matches.columns.as_dict(),
        "rows": matches.rows,
        "records": matches.records,
    }


def _matches_of(told: dict[str, Any], bench: Workbench) -> Matches:
    """The run, as far as a look-up asks it; its pairs and clusters are not kept."""
    rules = tuple((n, RULES[n - 1] if n else EVERYBODY) for n in told["rules"])
    columns = {Field(name): tuple(names) for name, names in told["columns"].items()}
    return Matches(
        bench=bench,
        settings=Settings(**told["settings"]),
        columns=Columns(columns),
        model=read_model(told["model"]),
        blocking=Blocking(rules, (), 0),
        prior_bits=told["prior_bits"],
        rows=told["rows"],
        records=told["records"],
        linked=Clusters({}, ()),
        took_s={},
        used_s={},
    )
