"""The counts of a report: worked examples, and random letters counted one by one."""

import random
from collections import Counter, defaultdict
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from khachquen.activate.campaigns import report_counts as counts
from khachquen.activate.campaigns.models import Outcome, Recipient, Run
from khachquen.activate.campaigns.report_figures import FIGURES, Counts, rate_of, sum_all
from khachquen.activate.campaigns.report_letters import read_letters
from khachquen.base import to_micros
from tests.flows.post import add_account, add_run

pytestmark = pytest.mark.django_db
HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
STATES = ("sent",) * 8 + ("skipped", "failed", "unknown", "waiting", "wire")


def begin(people: int, at: datetime) -> Run:
    return add_run(add_account(1, at=at), list(range(1, people + 1)), at=at)


def tell(letter: Recipient, kind: str, at: datetime, **rest: object) -> None:
    told = {"is_machine": False, "detail": "", **rest}
    Outcome.objects.create(recipient=letter, kind=kind, first_at=at, last_at=at, **told)


def test_the_seeds_rates_and_those_over_delivered_stand_side_by_side(now: datetime) -> None:
    """1,000 sent, 50 came back, 190 opened; one of them clicked nine times."""
    run = begin(1000, now)
    Recipient.objects.filter(run=run).update(state="sent", address="khach@example.vn")
    letters = list(Recipient.objects.filter(run=run).order_by("pk"))
    for letter in letters[:50]:
        tell(letter, "bounced", now, detail="hard")
    for letter in letters[100:290]:
        tell(letter, "opened", now)
    tell(letters[100], "clicked", now, detail="1", times=9)
    tell(letters[101], "complained", now)
    found = whole_of(counts.Scope(run.campaign_id))
    rates = {
        key: top / bottom
        for key in ("open_rate", "open_rate_delivered", "click_rate", "complaint_rate")
        for top, bottom in [rate_of(FIGURES[key], found)]
    }
    assert rates == {
        "open_rate": 0.19,
        "open_rate_delivered": 0.2,
        "click_rate": 0.001,
        "complaint_rate": 0.001,
    }


def whole_of(scope: counts.Scope) -> Counts:
    return sum_all(cell.counts for cell in counts.count_cells(scope, HANOI))


def scatter(run: Run, at: datetime, seed: int) -> None:
    """Every letter in some state, with some of everything that may be heard of it."""
    dice = random.Random(seed)
    for letter in Recipient.objects.filter(run=run):
        letter.state = dice.choice(STATES)
        letter.variant = dice.choice("AB")
        letter.is_tracked = dice.random() < 0.7
        letter.address = f"khach-{letter.person_id}@{dice.choice(['gmail.com', 'Example.vn', ''])}"
        letter.save()
        for kind in ("opened", "clicked", "bounced", "complained", "unsubscribed", "delivered"):
            for is_machine in (False, True) if kind in ("opened", "clicked") else (False,):
                for detail in ("1", "2") if kind == "clicked" else ("",):
                    if dice.random() < 0.25:
                        when = at + timedelta(minutes=dice.randrange(3000))
                        tell(letter, kind, when, is_machine=is_machine, detail=detail)


def one_by_one(letter: Recipient) -> Counts:
    """What a letter counts as, said as plainly as it can be."""
    told = {(row.kind, row.is_machine) for row in letter.outcomes.all()}
    opened, clicked = ("opened", False) in told, ("clicked", False) in told
    is_back = ("bounced", False) in told and not opened and not clicked
    state = "open" if letter.state in ("waiting", "wire") else letter.state
    found = Counts(targeted=1, **{state: 1})
    if letter.state == "sent":
        found = replace(
            found,
            tracked=int(letter.is_tracked),
            delivered=int(not is_back),
            bounced=int(is_back),
            opened=int(opened),
            opened_by_machine=int(("opened", True) in told and not opened and not clicked),
            clicked=int(clicked),
            clicked_opened=int(clicked and opened),
            opened_tracked=int(opened and letter.is_tracked),
            clicked_tracked=int(clicked and letter.is_tracked),
            complained=int(("complained", False) in told),
            unsubscribed=int(("unsubscribed", False) in told),
        )
    return found


@pytest.mark.parametrize("seed", range(4))
def test_every_count_is_what_counting_one_by_one_finds_and_parts_add_up(
    now: datetime, seed: int
) -> None:
    run = begin(60, now)
    scatter(run, now, seed)
    scope = counts.Scope(run.campaign_id, run.pk)
    by_domain: dict[str, Counts] = defaultdict(Counts)
    by_variant: dict[str, Counts] = defaultdict(Counts)
    behind: Counter[str] = Counter()
    for letter in Recipient.objects.filter(run=run):
        found = one_by_one(letter)
        domain = letter.address.partition("@")[2].lower()
        by_domain[domain] = sum_all((by_domain[domain], found))
        by_variant[letter.variant] = sum_all((by_variant[letter.variant], found))
        behind.update({key: many for key, many in asdict(found).items() if many})
    whole = whole_of(scope)
    cells = counts.count_cells(scope, HANOI)
    assert counts.sum_by(cells, "domain") == by_domain
    assert counts.sum_by(cells, "variant") == by_variant
    assert sum_all(by_domain.values()) == whole
    letters = read_letters(scope)
    assert sum_all(letters.counts[code] for code in letters.codes) == whole
    assert set(letters.ats) == {to_micros(now)}
    assert whole == whole_of(counts.Scope(run.campaign_id))
    assert whole.targeted == (
        whole.sent + whole.skipped + whole.failed + whole.unknown + whole.open
    )
    assert whole.sent >= whole.delivered >= max(whole.opened, whole.clicked)
    assert min(whole.opened, whole.clicked) >= whole.clicked_opened
    hours = Counter(
        row.first_at.astimezone(HANOI).hour
        for row in Outcome.objects.filter(recipient__state="sent", kind="opened", is_machine=False)
    )
    found: Counter[int] = Counter()
    for cell in cells:
        if cell.hour is not None:
            found[cell.hour] += cell.counts.opened
    assert found == hours
    assert found.total() == whole.opened
    assert len({one.recipient_id for one in counts.iter_clicks(scope)}) == whole.clicked
    assert sum(many for _, _, many in counts.count_reasons(scope)) == whole.skipped + whole.failed
    for top, bottom in (rate_of(one, whole) for one in FIGURES.values() if one.over):
        assert top <= bottom
    for key in counts.PEOPLE:
        people = counts.list_people(scope, key, limit=100)
        assert len(people) == getattr(whole, key) == behind[key], key
        part = by_domain["gmail.com"]
        people = counts.list_people(scope, key, part=("domain", "gmail.com"), limit=100)
        assert len(people) == getattr(part, key), key
