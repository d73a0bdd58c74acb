"""Everybody a search finds gets a tag, a hundred at a time, and a kill loses nobody."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings

from khachquen.base import InputError
from khachquen.flows.finding import Wanted
from khachquen.flows.tagging import TAG, ask_to_tag, kinds_of
from khachquen.store.jobs import Runner, get_job
from khachquen.unify.models import Node, Profile
from tests.clock import FrozenClock
from tests.findable import make_findable

pytestmark = pytest.mark.django_db


def regulars(number: int, clock: FrozenClock) -> None:
    """Chị Hoa and her namesakes, each with a phone."""
    for key in range(1, number + 1):
        phone = f"+8490{key:07}"
        one = Profile.objects.create(
            id=key,
            name="Nguyễn Thị Hoa",
            search=f"nguyen thi hoa {phone}",
            phone=phone,
            is_known=True,
            first_seen=clock() - timedelta(days=9),
            last_seen=clock(),
        )
        Node.objects.create(
            id=key,
            key=f"phone:{phone}",
            kind="phone",
            profile_id=key,
            first_seen=clock(),
            last_seen=clock(),
        )
        make_findable(one)


def ask(**told: Any) -> int:
    clock = told.pop("clock")
    asked = {"add": [], "remove": [], **told}
    return ask_to_tag(Wanted(search="hoa"), **asked, by="hoa@example.vn", clock=clock).id


def test_a_hundred_at_a_time_and_another_engine_goes_on(clock: FrozenClock) -> None:
    regulars(230, clock)
    job = ask(add=["VIP"], clock=clock)
    first = Runner(kinds_of(settings.CONFIG, clock))

    first.advance(clock())
    assert (get_job(job).done, get_job(job).total, get_job(job).result) == (100, 230, 100)
    second = Runner(kinds_of(settings.CONFIG, clock))
    while second.advance(clock()):
        pass

    done = get_job(job)
    assert (done.kind, done.state, done.done, done.result) == (TAG, "done", 230, 230)


def test_no_tag_is_refused_and_asks_for_nothing(clock: FrozenClock) -> None:
    with pytest.raises(InputError) as refused:
        ask(clock=clock)

    assert json.dumps(refused.value.as_dict("en")["message"]) == '"There is no tag."'
