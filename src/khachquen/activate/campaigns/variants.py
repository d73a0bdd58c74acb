"""One campaign said in several ways: what is tried out, and who gets which.

A plan belongs to the campaign and is copied to each run when it begins. Who gets what follows from
the campaign and the person alone, so it is the same however often it is asked: while the audience
is written down, after a crash, and in the next run.
"""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Literal

import msgspec
from django.db import transaction

from khachquen.activate.campaigns.comparing import sample_size, smallest_visible
from khachquen.activate.campaigns.models import Campaign, Run
from khachquen.activate.content.reading import get_version_view
from khachquen.activate.content.retitling import check_retitled
from khachquen.base import InputError, Text
from khachquen.govern import record_audit

__all__ = [
    "KEYS",
    "Plan",
    "Seat",
    "Size",
    "Variant",
    "check_words",
    "list_needs",
    "plan_of",
    "save_plan",
    "seats",
    "size_of",
    "words_of",
]

KEYS = "ABCDE"
NOT_YET = datetime(9000, 1, 1, tzinfo=UTC)  # due when the test is decided, and not before
TESTING = "testing"
_MOST_OFFSET = 7 * 24 * 60
_MOST_WAIT = 7 * 24


class Variant(msgspec.Struct, frozen=True):
    """One way to say it: another template's version, another subject, or a later hour. What is left
    empty is the campaign's own. ``share`` is in percent of those who are split."""

    key: str
    share: int
    version_id: int | None = None
    subject: str = ""
    offset_minutes: int = 0


class Plan(msgspec.Struct, frozen=True):
    """What is tried out. The first variant is the one the shop would send without a test.

    ``design``: split (everybody is) or test (``test_percent`` of them are; the others wait for
    what is decided ``wait_hours`` after the last letter, by ``measure``). ``usual_percent`` and
    ``least_points`` say how large the groups must be. ``subject`` is over that of every variant:
    the one a second letter goes out under.
    """

    variants: tuple[Variant, ...] = ()
    design: Literal["split", "test"] = "split"
    test_percent: int = 20
    wait_hours: int = 4
    measure: Literal["clicks", "opens"] = "clicks"
    usual_percent: float = 3.0
    least_points: float = 1.0
    subject: str = ""

    @property
    def shares(self) -> tuple[float, ...]:
        return tuple(float(one.share) for one in self.variants)


class Seat(msgspec.Struct, frozen=True):
    """Where somebody of the audience begins: with which variant, due when, waiting for what."""

    person_id: int
    variant: str
    reason: str
    due_at: datetime


class Size(msgspec.Struct, frozen=True):
    """Whether there are people enough: ``needed`` a group to see the smallest difference worth
    knowing, ``smallest`` the number of people the smallest group has, ``visible_points`` what that
    many do show, ``test_percent`` the share of the audience that would be enough (over 100: none
    is)."""

    needed: int
    smallest: int
    visible_points: float
    test_percent: int

    @property
    def is_enough(self) -> bool:
        return self.smallest >= self.needed


def plan_of(holder: Campaign | Run) -> Plan:
    """What a campaign will try out, or what a run does."""
    return msgspec.convert(holder.experiment, Plan)


def seats(run: Run, people: Sequence[int], *, now: datetime) -> list[Seat]:
    """Where each of these begins."""
    plan = plan_of(run)
    return [seat_of(run, plan, person, now=now) for person in people]


def seat_of(run: Run, plan: Plan, person_id: int, *, now: datetime) -> Seat:
    if not plan.variants:
        return Seat(person_id, "", "", now)
    variant = draw(plan, run.campaign_id, person_id)
    if variant is None:
        return Seat(person_id, "", TESTING, NOT_YET)
    return Seat(person_id, variant.key, "", due_of(run, variant, now=now))


def draw(plan: Plan, campaign_id: int, person_id: int) -> Variant | None:
    """Which variant somebody gets; None who waits for the end of the test.

    A hash of the campaign and the person, of another salt than the holdout's, so that neither says
    anything of the other.
    """
    digest = hashlib.sha256(f"variant:{campaign_id}:{person_id}".encode()).digest()
    place = int.from_bytes(digest[:8], "big") / 2**64 * 100
    if plan.design == "test":
        if place >= plan.test_percent:
            return None
        place = place * 100 / plan.test_percent
    for variant in plan.variants:
        place -= variant.share
        if place < 0:
            return variant
    return plan.variants[-1]


def due_of(run: Run, variant: Variant, *, now: datetime) -> datetime:
    """Not before the variant's hour: counted from the run's beginning, and, for those who waited
    for the decision, at the same hour of the first day that is not over."""
    due = (run.began_at or now) + timedelta(minutes=variant.offset_minutes)
    if not variant.offset_minutes:
        return now
    while due < now:
        due += timedelta(days=1)
    return due


def words_of(run: Run, key: str) -> tuple[int | None, str]:
    """The version and the subject of who has this variant; an empty subject is the version's."""
    plan = plan_of(run)
    found = next((one for one in plan.variants if one.key == key), Variant("", 0))
    return found.version_id or run.version_id, plan.subject or found.subject


def size_of(plan: Plan, audience: int) -> Size:
    """Whether so many people are enough to see what the shop wants to know."""
    usual = plan.usual_percent / 100
    groups = len(plan.variants)
    needed = sample_size(usual, min(1.0, usual + plan.least_points / 100), groups=groups)
    least = min(plan.shares) / 100
    split = audience * (plan.test_percent / 100 if plan.design == "test" else 1)
    smallest = int(split * least)
    seen = smallest_visible(usual, smallest, groups=groups)
    asked = -(-100 * needed // max(1, int(audience * least)))
    return Size(needed, smallest, seen * 100, asked)


def save_plan(campaign_id: int, plan: Plan, holdout_percent: int, *, by: str, at: datetime) -> None:
    """What the campaign will try out from its next run on; a plan without variants ends the test.

    Raises:
        InputError: it is no test, or asks for what cannot be (``campaigns.bad_test``).
        NotFoundError: a template nobody has (``content.no_version``).
    """
    if plan.variants:
        _demand_sound(plan)
    if not 0 <= holdout_percent <= 50:
        raise _refused(
            "holdout_percent",
            "Giữ lại từ 0 đến 50 phần trăm.",
            "Hold out between 0 and 50 percent.",
        )
    for variant in plan.variants:
        if variant.version_id:
            get_version_view(variant.version_id)
    kept = msgspec.to_builtins(plan) if plan.variants else {}
    with transaction.atomic():
        changed = Campaign.objects.filter(pk=campaign_id).update(
            experiment=kept, holdout_percent=holdout_percent, changed_at=at
        )
        assert changed == 1
        detail = {"variants": len(plan.variants), "holdout_percent": holdout_percent}
        subject = f"campaign:{campaign_id}"
        record_audit(actor=by, action="campaign.test", subject=subject, at=at, detail=detail)


def list_needs(campaign: Campaign, *, is_advertising: bool) -> Iterator[tuple[object, Text]]:
    """Whether each variant could be sent as it is, and what to mend where it could not."""
    plan = plan_of(campaign)
    if not plan.variants:
        return
    yield campaign.version_id, Text(vi="chọn mẫu thư để thử", en="choose a template to test")
    if campaign.version_id is None:
        return
    known = {one.message.vi for one in check_retitled(campaign.version_id, "")}
    for one in plan.variants:
        if one.version_id or one.subject:
            version_id = one.version_id or campaign.version_id
            needs = check_words(version_id, one.subject, is_advertising=is_advertising)
            for is_there, words in needs:
                if words.vi not in known:  # said of the campaign's own template already
                    yield is_there, _of_variant(one.key, words)


def _of_variant(key: str, words: Text) -> Text:
    return Text(
        vi=f"sửa bản {key}: {_as_part(words.vi)}", en=f"mend variant {key}: {_as_part(words.en)}"
    )


def _as_part(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:].rstrip(".")


def check_words(
    version_id: int, subject: str, *, is_advertising: bool
) -> Iterator[tuple[object, Text]]:
    """What there is to mend of one version under one subject."""
    kind = get_version_view(version_id).version.wording.purpose_kind
    yield (
        not is_advertising or kind == "advertising",
        Text(vi="Chọn loại Quảng cáo cho mẫu thư.", en="Make the template Advertising."),
    )
    for one in check_retitled(version_id, subject):
        yield one.level != "error", one.message


def _demand_sound(plan: Plan) -> None:
    for is_right, path, vi, en in _rules(plan):
        if not is_right:
            raise _refused(path, vi, en)


def _rules(plan: Plan) -> Iterator[tuple[bool, str, str, str]]:
    ways = [(one.version_id, one.subject.strip(), one.offset_minutes) for one in plan.variants]
    yield (
        2 <= len(ways) <= len(KEYS),
        "",
        f"Một thử nghiệm có từ 2 đến {len(KEYS)} bản.",
        f"A test has between 2 and {len(KEYS)} variants.",
    )
    yield (
        len(set(ways)) == len(ways),
        "",
        "Hai bản giống hệt nhau thì không so sánh được gì.",
        "Two variants are the same: there is nothing to compare.",
    )
    yield (
        all(one.share >= 1 for one in plan.variants) and sum(plan.shares) == 100,
        "",
        f"Các phần phải cộng lại thành 100 phần trăm, hiện là {sum(plan.shares):.0f}.",
        f"The shares must add up to 100 percent; they are {sum(plan.shares):.0f}.",
    )
    yield (
        all(0 <= one.offset_minutes <= _MOST_OFFSET for one in plan.variants),
        "",
        "Giờ gửi của một bản muộn nhất là 7 ngày sau lúc bắt đầu.",
        "A variant goes out at most 7 days after the beginning.",
    )
    yield (
        1 <= plan.test_percent <= 90,
        "test_percent",
        "Phần thử là từ 1 đến 90 phần trăm.",
        "The part that is tested is between 1 and 90 percent.",
    )
    yield (
        1 <= plan.wait_hours <= _MOST_WAIT,
        "wait_hours",
        f"Đợi từ 1 đến {_MOST_WAIT} giờ.",
        f"Wait between 1 and {_MOST_WAIT} hours.",
    )
    yield (
        plan.usual_percent > 0 and 0 < plan.least_points <= 100 - plan.usual_percent,
        "least_points",
        "Tỷ lệ thường và mức chênh lệch phải lớn hơn 0 và cộng lại không quá 100.",
        "The usual rate and the difference are above 0 and together at most 100.",
    )


def _refused(path: str, vi: str, en: str) -> InputError:
    return InputError("campaigns.bad_test", Text(vi=vi, en=en), path=path)
