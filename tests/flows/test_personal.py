"""How many letters spoke to each reader of what is theirs, and how many said the same to all."""

import json
from datetime import datetime
from typing import Any

import pytest
from msgspec import to_builtins

from khachquen.activate.campaigns.models import Recipient, Run
from khachquen.activate.campaigns.personal import personal_variants
from khachquen.activate.campaigns.report_counts import Scope, count_cells, list_people, sum_by
from khachquen.activate.campaigns.report_letters import read_letters
from khachquen.activate.campaigns.variants import Plan, Variant
from khachquen.activate.content.reading import get_template
from khachquen.activate.content.writing import add_template
from khachquen.flows.dividing import divide
from khachquen.govern import User
from tests.activate.content.wordings import wording
from tests.flows.post import add_account, add_people, add_run
from tests.flows.test_reporting import HANOI, _lake

pytestmark = pytest.mark.django_db
__all__ = ["_lake"]
HOA, NAM, MAI = 1, 2, 3
TO_ALL = {
    "subject": "[QC] Gốm mới về",
    "html": "<p>Mời cả nhà</p> {{ unsubscribe }}",
    "text": "Mời",
}


@pytest.fixture
def sent(now: datetime) -> Run:
    """Hoa and Nam got a letter that calls them by name, Mai's was refused."""
    run = add_run(add_account(1, at=now), add_people("Hoa", "Nam", "Mai", at=now), at=now)
    Recipient.objects.filter(run=run).update(state="sent", ended_at=now)
    Recipient.objects.filter(run=run, person_id=MAI).update(state="failed")
    return Run.objects.get(pk=run.pk)


def say(run: Run, **words: Any) -> Run:
    Run.objects.filter(pk=run.pk).update(**words)
    return Run.objects.get(pk=run.pk)


def personal(run: Run) -> int:
    found = sum_by(count_cells(Scope(run.campaign_id), HANOI), "variant")
    people = list_people(Scope(run.campaign_id), "personal")
    assert len(people) == sum(one.personal for one in found.values())
    stages = divide(read_letters(Scope(run.campaign_id)))["stage"]
    assert sum(one.personal for one in stages.values()) == len(people)
    return len(people)


def test_who_is_called_by_name_got_a_letter_of_their_own(sent: Run) -> None:
    assert personal(sent) == 2
    assert personal(say(sent, **TO_ALL)) == 0  # that everybody may unsubscribe is nobody's own
    assert personal(say(sent, subject="{{ name }}, gốm mới về")) == 2


def test_of_variants_each_by_its_own_words(sent: Run, now: datetime) -> None:
    hoa = User.objects.create(email="hoa@gom-moc.example", is_admin=True, created_at=now)
    alike = get_template(add_template("Như nhau", wording("Mời cả nhà"), user=hoa, at=now))
    own = get_template(add_template("Riêng", wording(), user=hoa, at=now))
    called = Variant("C", 0, None, "{{ person.given_name }} ơi")
    plan = Plan((Variant("A", 50), Variant("B", 50, own.version.id), called))
    run = say(sent, version_id=alike.version.id, experiment=to_builtins(plan), **TO_ALL)
    assert personal_variants([run]) == {run.pk: frozenset("BC")}
    Recipient.objects.filter(run=run, person_id=HOA).update(variant="A")
    Recipient.objects.filter(run=run, person_id=NAM).update(variant="B")
    assert personal(run) == 1
    assert [one.person_id for one in list_people(Scope(run.campaign_id), "personal")] == [NAM]


def test_a_text_a_zalo_message_and_a_call_by_what_they_ask_for(sent: Run) -> None:
    silent = {"subject": "", "html": ""}
    assert personal(say(sent, channel="sms", **silent, text="[QC] Chào {{ name }}")) == 2
    assert personal(say(sent, channel="sms", text="[QC] Gốm mới về")) == 0
    asks = {"template_id": 1, "sources": {"customer_name": "name", "code": ""}}
    assert personal(say(sent, channel="zalo", text=json.dumps(asks))) == 2
    asks["sources"] = {"code": ""}
    assert personal(say(sent, channel="zalo", text=json.dumps(asks))) == 0
    assert personal(say(sent, channel="webhook", text="")) == 0
