"""What a statement is built on: the tables it reads, once each, and how a person's answer is made.

Every condition gives a ``Turning``: whether it holds of the person, never null, and when that may
change by time alone. Conditions over events ask for a scan: one grouping by person. In a statement
that wants due times the scans are joined to the people; in one that only counts they are asked "is
she among them", which engines answer fastest.
"""

from collections.abc import Sequence, Set
from dataclasses import dataclass, field
from typing import Literal

from khachquen.understand.query.catalogue import Catalogue
from khachquen.understand.query.comparing import Turning
from khachquen.understand.query.expressions import (
    TRUE,
    Call,
    Column,
    Compare,
    Expression,
    IsNull,
    Join,
    Literally,
    Opposite,
    Select,
    Value,
    Within,
    both,
    holds,
    opposite,
)
from khachquen.understand.query.reading import PROFILE, SKIPS_NOTHING, Reading
from khachquen.understand.query.rewrites import null_is_no
from khachquen.understand.query.windows import Moment

Table = Literal["people", "human_events", "orders", "memberships"]
_TOUCHED = {
    "people": "touched_people",
    "human_events": "touched_events",
    "orders": "touched_orders",
    "memberships": "touched_memberships",
}
COUNT = Call("count_rows")


@dataclass(slots=True)
class Scan:
    """One reading of a table: the rows that count, and what is made of them for each person.

    ``of``: several rules are asked together, and this is but a part of what they all read, unless
    what is made takes more than an aggregate that leaves nothing out: that is read ``apart``.
    """

    name: str
    table: str
    where: Expression
    unnest: str = ""
    among: str = ""
    columns: dict[Expression, str] = field(default_factory=dict)
    of: Reading | None = None
    apart: "Scan | None" = None

    @property
    def who(self) -> Expression:
        """Something where the person has such a row, nothing where not."""
        if self.of:
            return Call("nullif", (self.made(COUNT), Literally(0)))
        return Column("profile_id", self.name)

    def made(self, what: Call) -> Column:
        """A column of what the rows of each person come to; the same one twice is one."""
        if self.of and what.function in SKIPS_NOTHING:
            return self.of.made(what, self.where)
        if self.apart:
            return self.apart.made(what)
        name = self.columns.setdefault(what, f"v{len(self.columns) + 1}")
        return Column(name, self.name)

    def select(self) -> Select:
        """The grouping as a selection: ``profile_id`` and the columns."""
        made = tuple(self.columns.items())
        return Select(
            ((PROFILE, "profile_id"), *made),
            self.table,
            where=self.where,
            group_by=(PROFILE,),
            unnest=self.unnest,
            among=self.among,
        )


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer by the names of its columns, and what stands in them."""

    answer: Turning
    columns: tuple[tuple[Expression, str], ...]
    height: int


@dataclass(slots=True)
class Plan:
    """A statement being made. ``with_due``: it wants to know when answers turn; with ``readings``
    several rules are asked in it, and each table is read once for all of them.
    """

    catalogue: Catalogue
    moment: Moment
    is_touched_only: bool = False
    with_due: bool = False
    rewrites: frozenset[str] = frozenset()
    profile_id: int | None = None
    shared: Set[object] = frozenset()
    scans: list[Scan] = field(default_factory=list)
    parts: list[tuple[str, Select]] = field(default_factory=list)
    kept: dict[str, Kept] = field(default_factory=dict)
    shown: dict[tuple[str, str], Expression] = field(default_factory=dict)
    readings: dict[tuple[str, str], Reading] | None = None
    aparts: list[Scan] = field(default_factory=list)

    def table(self, name: Table) -> str:
        """The table, or the one of its name that holds the touched people only."""
        return _TOUCHED[name] if self.is_touched_only else name

    def picks(self, where: Expression) -> Expression:
        """A condition as a filter of rows."""
        return null_is_no.rewrite(where) if "null_is_no" in self.rewrites else where

    def person(self, column: str) -> Column:
        """A column of the person the statement is about."""
        return Column(column, self.table("people"))

    def part(self, what: str, select: Select) -> str:
        """The name of a selection beside the statement; the same one twice is one."""
        known = next((name for name, part in self.parts if part == select), "")
        if not known:
            known = f"{what}{len(self.parts) + 1}"
            self.parts.append((known, select))
        return known

    def scan(
        self, table: Table, where: Sequence[Expression], unnest: str = "", among: str = ""
    ) -> Scan:
        """A reading of the rows of a table; with ``read_once`` equal ones are one."""
        if self.readings is not None:
            return self._shared(self.readings, table, self.picks(both(where)), unnest)
        whole = self.picks(both((*where, *self.of_people())))
        if "read_once" in self.rewrites:
            for known in self.scans:
                if (known.table, known.where, known.unnest) == (self.table(table), whole, unnest):
                    return known
        scan = Scan(f"c{len(self.scans) + 1}", self.table(table), whole, unnest, among)
        self.scans.append(scan)
        return scan

    def _shared(
        self, readings: dict[tuple[str, str], Reading], table: Table, where: Expression, unnest: str
    ) -> Scan:
        name = f"r{len(readings) + 1}"
        whole = Reading(name, self.table(table), unnest, self.of_people())
        read = readings.setdefault((table, unnest), whole)
        whose = both((where, *read.where))
        known = (one for one in self.aparts if (one.table, one.where) == (read.table, whose))
        apart = next(known, None)
        if apart is None:
            apart = Scan(f"a{len(self.aparts) + 1}", read.table, whose, unnest)
            self.aparts.append(apart)
        return Scan(read.name, read.table, where, of=read, apart=apart)

    def scan_of(self, part: str) -> Scan:
        """A reading of a selection made before."""
        scan = Scan(f"c{len(self.scans) + 1}", part, TRUE)
        self.scans.append(scan)
        return scan

    def of_each(self, scan: Scan, turning: Turning, *, if_none: bool) -> Turning:
        """The answer for each person; ``if_none`` for those without a single row."""
        if self.with_due:
            return Turning(_beside(scan, turning.yes, if_none=if_none), turning.due)
        asked = opposite(turning.yes) if if_none else turning.yes
        among = Select(((PROFILE, "profile_id"),), scan.name, where=self.picks(asked))
        within = Within(self.person("profile_id"), among)
        return Turning(opposite(within) if if_none else within)

    def among(
        self, table: Table, where: Sequence[Expression], unnest: str = "", among: str = ""
    ) -> Turning:
        """Whether the person has a row at all."""
        if self.with_due:
            scan = self.scan(table, where, unnest, among)
            return Turning(opposite(IsNull(scan.who)))
        rows = Select(
            ((PROFILE, "profile_id"),),
            self.table(table),
            where=self.picks(both((*where, *self.of_people()))),
            unnest=unnest,
            among=among,
        )
        return Turning(Within(self.person("profile_id"), rows))

    def keep(self, path: str, turning: Turning, height: int) -> Turning:
        """The answer at this place of the rule, under a name, so that others can build on it.

        ``height``: how many levels of groups it is built of; answers build on lower ones only.
        """
        if not self.with_due:
            return turning
        number = len(self.kept) + 1
        columns: list[tuple[Expression, str]] = []

        def name(of: Expression, what: str) -> Expression:
            if isinstance(of, Literally):
                return of
            columns.append((of, f"{what}{number}"))
            return Column(f"{what}{number}")

        yes, due = name(turning.yes, "yes"), name(turning.due, "due")
        ends = None
        if turning.ends:
            ends = (name(turning.ends[0], "holds"), name(turning.ends[1], "fails"))
        self.kept[path] = Kept(Turning(yes, due, ends), tuple(columns), height)
        return self.kept[path].answer

    def show(self, path: str, what: str, evidence: Expression) -> None:
        """What the answer at this place rests on, if one person is asked about."""
        if self.profile_id is not None:
            self.shown[path, what] = evidence

    def answers(self, *beside: tuple[Expression, str]) -> Select:
        """Everybody with every answer kept: level by level, each selected from the one below."""
        me = (self.person("profile_id"), "profile_id")
        levels = range(max((one.height for one in self.kept.values()), default=0) + 1)
        known = [me, *beside, *self._columns(0)]
        people = self.table("people")
        select = Select(tuple(known), people, joins=self.joins(), where=everybody(self))
        for height in levels[1:]:
            known = [(Column(name), name) for _, name in known]
            columns = self._columns(height)
            select = Select((*known, *columns), select)
            known += columns
        return select

    def _columns(self, height: int) -> list[tuple[Expression, str]]:
        return [c for one in self.kept.values() if one.height == height for c in one.columns]

    def joins(self) -> tuple[Join, ...]:
        """The scans beside the people, where due times are wanted."""
        if not self.with_due:
            return ()
        me = self.person("profile_id")
        return tuple(
            Join(scan.name, Compare(Column("profile_id", scan.name), "=", me))
            for scan in self._all_scans()
        )

    def all_parts(self) -> tuple[tuple[str, Select], ...]:
        """The named selections the statement reads from, those without use left out."""
        return (*self.parts, *((scan.name, scan.select()) for scan in self._all_scans()))

    def _all_scans(self) -> tuple[Scan | Reading, ...]:
        apart = (scan for scan in self.aparts if scan.columns)
        return (*self.scans, *(self.readings or {}).values(), *apart)

    def of_people(self) -> tuple[Expression, ...]:
        """Rows that belong to somebody, or to the one person asked about."""
        if self.profile_id is not None:
            return (Compare(PROFILE, "=", Value(self.profile_id)),)
        return (opposite(IsNull(PROFILE)),)


def _beside(scan: Scan, yes: Expression, *, if_none: bool) -> Expression:
    """The answer next to people, where columns of the scan are null for who has no row."""
    bare = yes.arguments[0] if isinstance(yes, Call) and yes.function == "or_false" else yes
    if if_none:
        return Call("or_true", (bare,))
    has_row = opposite(IsNull(scan.who))
    return both((has_row, yes)) if isinstance(yes, Opposite) else holds(yes)


def everybody(plan: Plan) -> Expression:
    """Which people a statement is about."""
    if plan.profile_id is None:
        return TRUE
    return Compare(plan.person("profile_id"), "=", Value(plan.profile_id))
