"""The end of a test: decided once, by what was stated before it began, and never sooner.

Each letter of the test is given the same time to be answered, counted from when it left, so the
numbers do not depend on when somebody looks: a pause, a sender that was down for a day, or a
decision made again after a crash before it was kept find the same ones. Whoever waited is released
by parts afterwards; each part is one statement, and going on after a crash releases nobody twice.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count, DurationField, ExpressionWrapper, F, Max, Q, QuerySet

from khachquen.activate.campaigns.comparing import Group, Interval, Pair, judge
from khachquen.activate.campaigns.machines import KNOWN_AFTER
from khachquen.activate.campaigns.models import Decision, Outcome, Recipient, Run
from khachquen.activate.campaigns.variants import NOT_YET, Plan, due_of, plan_of
from khachquen.base import Text
from khachquen.govern import record_audit

__all__ = ["MEASURES", "WHYS", "Ended", "Standing", "find_ended", "standing", "tend"]

_DID: Mapping[str, tuple[str, ...]] = {"clicks": ("clicked",), "opens": ("opened", "clicked")}
MEASURES: Mapping[str, Text] = {
    "clicks": Text(vi="số người bấm liên kết", en="people who clicked"),
    "opens": Text(vi="số người mở thư", en="people who opened"),
}
WHYS: Mapping[str, Text] = {
    "better": Text(vi="Tốt hơn mọi bản khác", en="Better than every other"),
    "no_difference": Text(vi="Không thấy khác biệt", en="No difference found"),
    "too_few": Text(vi="Quá ít người để so sánh", en="Too few people to compare"),
    "uneven": Text(
        vi="Hai bên nhận không đều, không so sánh được",
        en="The variants did not reach people evenly: they cannot be compared",
    ),
}


@dataclass(frozen=True, slots=True)
class Ended:
    """How a test ended, as it was kept."""

    at: datetime
    measure: str
    chosen: str
    why: str
    groups: tuple[Group, ...]
    pairs: tuple[Pair, ...]

    @property
    def is_winner(self) -> bool:
        return self.why == "better"


@dataclass(frozen=True, slots=True)
class Standing:
    """Before the decision: letters of the test still under way, when it will be decided (None while
    some are), how many wait for it. No number of any variant: who looks early sees winners that
    are none."""

    under_way: int
    decides_at: datetime | None
    waiting: int


def tend(run: Run, *, most: int, now: datetime) -> int:
    """Decide when it is time, and release so many of who waited; how many were."""
    plan = plan_of(run)
    is_test = plan.design == "test" and bool(plan.variants) and not run.is_triggered
    if not is_test or not run.is_frozen or run.resend_of_id is not None:
        return 0
    decision = Decision.objects.filter(run=run).first() or _decide(run, plan, now)
    return _release(run, plan, decision.chosen, most, now) if decision else 0


def standing(run: Run) -> Standing:
    """How far a test is that was not decided yet."""
    tested = _tested(run)
    under_way = tested.filter(state__in=("waiting", "claimed", "wire")).count()
    return Standing(
        under_way,
        None if under_way or not run.is_frozen else _decides_at(run, plan_of(run)),
        _waiting(run).count(),
    )


def find_ended(run: Run, *, now: datetime) -> Ended | None:
    """How the test of a run ended; None before. Where everybody was split there is nothing to
    decide, so the same rule is asked, as soon as each letter has had its time."""
    row = Decision.objects.filter(run=run).first()
    if row is not None:
        pairs = (Pair(**{**one, "difference": Interval(**one["difference"])}) for one in row.pairs)
        groups = tuple(Group(**one) for one in row.groups)
        return Ended(row.at, row.measure, row.chosen, row.why, groups, tuple(pairs))
    plan = plan_of(run)
    if plan.design == "test" or not plan.variants or run.state != "done" or run.resend_of_id:
        return None
    if (at := _decides_at(run, plan)) > now:
        return None
    counted = count_groups(run, plan)
    verdict = judge(counted, plan.shares)
    return Ended(at, plan.measure, verdict.chosen, verdict.why, tuple(counted), verdict.pairs)


def _decide(run: Run, plan: Plan, now: datetime) -> Decision | None:
    """The decision, when it is time; by whoever comes first, and no other."""
    if _tested(run).filter(state__in=("waiting", "claimed", "wire")).exists():
        return None
    if _decides_at(run, plan) > now:
        return None
    groups = count_groups(run, plan)
    verdict = judge(groups, plan.shares)
    with transaction.atomic():
        if not Run.objects.select_for_update().filter(pk=run.pk, state="sending").exists():
            return None
        if found := Decision.objects.filter(run=run).first():
            return found
        decision = Decision.objects.create(
            run=run,
            at=now,
            measure=plan.measure,
            chosen=verdict.chosen,
            why=verdict.why,
            groups=[asdict(one) for one in groups],
            pairs=[asdict(one) for one in verdict.pairs],
        )
        record_audit(
            actor=run.by,
            action="campaign.decide",
            subject=f"run:{run.pk}",
            at=now,
            detail={"chosen": verdict.chosen, "why": verdict.why},
        )
    return decision


def count_groups(run: Run, plan: Plan) -> list[Group]:
    """Of the letters that left and could be seen, how many people answered in the time each had.

    Machines are left out; whoever does not want to be followed is in neither number.
    """
    sent = _tested(run).filter(state="sent", is_tracked=True)
    of = dict(sent.values_list("variant").annotate(Count("pk")))
    late = ExpressionWrapper(F("first_at") - F("recipient__ended_at"), DurationField())
    did = Outcome.objects.filter(
        recipient__in=sent, kind__in=_DID[plan.measure], is_machine=False
    ).annotate(late=late)
    in_time = did.filter(late__lte=timedelta(hours=plan.wait_hours))
    many = Count("recipient_id", distinct=True)
    hits = dict(in_time.values_list("recipient__variant").annotate(many))
    return [Group(one.key, of.get(one.key, 0), hits.get(one.key, 0)) for one in plan.variants]


def _decides_at(run: Run, plan: Plan) -> datetime:
    last = _tested(run).filter(state="sent").aggregate(Max("ended_at"))["ended_at__max"]
    begun = last or run.began_at
    assert isinstance(begun, datetime)
    return begun + timedelta(hours=plan.wait_hours) + KNOWN_AFTER


def _tested(run: Run) -> QuerySet[Recipient]:
    return Recipient.objects.filter(run=run, due_at__lt=NOT_YET).exclude(variant="")


def _waiting(run: Run) -> QuerySet[Recipient]:
    return Recipient.objects.filter(run=run, state="waiting", due_at=NOT_YET, variant="")


def _release(run: Run, plan: Plan, chosen: str, most: int, now: datetime) -> int:
    """Some of who waited get the variant and their turn; every guard still asks them."""
    some = list(_waiting(run).order_by("pk").values_list("pk", flat=True)[:most])
    if not some:
        return 0
    variant = next(one for one in plan.variants if one.key == chosen)
    still = _waiting(run).filter(Q(pk__gte=some[0]), Q(pk__lte=some[-1]))
    return still.update(variant=chosen, reason="", due_at=due_of(run, variant, now=now))
