"""From a rule to questions: who belongs, and how many."""

from collections.abc import Sequence
from datetime import UTC, datetime

from khachquen.store.engine import Question
from khachquen.understand.query.among import EVERYBODY, Among
from khachquen.understand.query.catalogue import Catalogue
from khachquen.understand.query.combining import due_of
from khachquen.understand.query.comparing import Turning
from khachquen.understand.query.dialect import DuckDialect
from khachquen.understand.query.expressions import (
    FALSE,
    NULL,
    Call,
    Column,
    Expression,
    IsNull,
    Select,
    Statement,
    both,
    either,
    opposite,
)
from khachquen.understand.query.needs import Needed, Needs
from khachquen.understand.query.plan import COUNT, Plan
from khachquen.understand.query.reads import Reads, columns_read
from khachquen.understand.query.rewrites import read_once, rows_first
from khachquen.understand.query.rewriting import REWRITES, rewrite_rule
from khachquen.understand.query.rule import Rule, answer
from khachquen.understand.query.windows import Moment

ALL = REWRITES
_ANY_TIME = datetime(2026, 1, 1, tzinfo=UTC)


def needs_of(rule: Rule) -> Needs:
    """What has to change before the answer can."""
    needed = Needed()
    rule.need(needed)
    return needed.done()


def compile_members(
    rule: Rule,
    catalogue: Catalogue,
    *,
    now: datetime,
    timezone: str,
    only: bool = False,
    rewrites: frozenset[str] = ALL,
) -> Question:
    """Every member, and whoever will become one or cease to be by time alone.

    Rows (``profile_id``, ``is_member``, ``due_at``): until ``due_at`` the answer stays as it is
    unless new data comes; where it is null, for ever. What turns at midnight has no row's due:
    see ``Needs.next_edge``. With ``only`` the tables of touched people are read instead.
    """
    moment = Moment(now, timezone)
    plan = Plan(catalogue, moment, only, with_due=True, rewrites=rewrites)
    whole = _whole(rule, plan)
    due = due_of(whole)
    if due == NULL:
        due = Call("instant", (NULL,))
    select = Select(
        ((Column("profile_id"), "profile_id"), (whole.yes, "is_member"), (due, "due_at")),
        plan.answers(),
        where=_is_told(whole),
    )
    return make_question("members", plan, select)


def compile_together(
    rules: Sequence[tuple[Rule, Catalogue]], *, now: datetime, timezone: str
) -> Question:
    """The answers of several rules about each touched person, in one statement.

    A row a person: ``profile_id``, and of the n-th rule from 0 on ``is_member<n>`` and, where it
    can turn by time alone, ``due_at<n>``; both as ``compile_members`` of that rule has them. Most
    of what a question about a few people costs is planning it, so two hundred at once cost what
    some five cost one after the other.
    """
    return make_question("together", *_together(rules, Moment(now, timezone)))


def reads_of(rule: Rule, catalogue: Catalogue, *, timezone: str) -> Reads:
    """Which columns of the tables of touched people its answer rests on."""
    plan, select = _together([(rule, catalogue)], Moment(_ANY_TIME, timezone))
    return columns_read(Statement(plan.all_parts(), select))


def _together(rules: Sequence[tuple[Rule, Catalogue]], moment: Moment) -> tuple[Plan, Select]:
    plan = Plan(rules[0][1], moment, True, True, ALL, readings={})
    columns: list[tuple[Expression, str]] = [(Column("profile_id"), "profile_id")]
    for number, (rule, plan.catalogue) in enumerate(rules):
        whole = answer(rewrite_rule(rule, ALL), plan, f"{number}$")
        columns.append((whole.yes, f"is_member{number}"))
        if (due := due_of(whole)) != NULL:
            columns.append((due, f"due_at{number}"))
    return plan, Select(tuple(columns), plan.answers())


def compile_count(
    rule: Rule,
    catalogue: Catalogue,
    *,
    now: datetime,
    timezone: str,
    among: Among = EVERYBODY,
    rewrites: frozenset[str] = ALL,
) -> Question:
    """How many belong: one row, ``members``."""
    plan, whole = ask_whether(rule, catalogue, now, timezone, rewrites)
    where = plan.picks(both((whole.yes, among.holds())))
    select = Select(((COUNT, "members"),), "people", where=where)
    by_person = [scan.name for scan in plan.scans]
    if "rows_first" in rewrites and (who := rows_first.rewrite(where, by_person)):
        select = Select(((COUNT, "members"),), who)
    return make_question("count", plan, select)


def _is_told(whole: Turning) -> Expression:
    is_due = FALSE if due_of(whole) == NULL else opposite(IsNull(Column("due_at")))
    return either((Column("is_member"), is_due))


def ask_whether(
    rule: Rule, catalogue: Catalogue, now: datetime, timezone: str, rewrites: frozenset[str]
) -> tuple[Plan, Turning]:
    """The plan of a statement without due times, and whether the rule holds of a person."""
    plan = Plan(catalogue, Moment(now, timezone), rewrites=rewrites)
    return plan, _whole(rule, plan)


def _whole(rule: Rule, plan: Plan) -> Turning:
    rule = rewrite_rule(rule, plan.rewrites)
    if "read_once" in plan.rewrites:
        plan.shared = read_once.shared(rule)
    return answer(rule, plan, "$")


def make_question(name: str, plan: Plan, select: Select) -> Question:
    """The statement of a plan as a question with its parameters."""
    dialect = DuckDialect()
    sql = dialect.write(Statement(plan.all_parts(), select))
    return Question(f"query.{name}", sql, dialect.params)
