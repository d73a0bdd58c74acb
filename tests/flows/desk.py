"""A shop whose people may be one, the engine's rests, and chị Linh at the review queue."""

import itertools
from dataclasses import replace
from pathlib import Path
from typing import Any

from khachquen.base import Config, load_config
from khachquen.flows.deciding import apply_decisions
from khachquen.flows.reviewing import answer
from khachquen.flows.suggesting import Suggesting
from khachquen.unify.decisions import Ruling
from khachquen.unify.models import Node, Profile
from khachquen.unify.suggestions import SuggestionView, next_suggestion
from khachquen.unify.suggestions.runs import latest_run, request_run
from tests.clock import FrozenClock
from tests.flows.comparing import Here
from tests.flows.line import Line, order


class Desk:
    """The line, the engine's rests, and chị Linh who answers."""

    def __init__(self, data: Path, clock: FrozenClock, **matching: Any):
        self.line, self.clock, self.here = Line(data, clock), clock, Here()
        self.bills = itertools.count()
        config = load_config(data, env={})
        self.config: Config = replace(config, matching=replace(config.matching, **matching))
        self.suggesting = Suggesting(self.config, beside=self.here)

    def rest(self, times: int = 1) -> None:
        """Rests of the engine, ten seconds apart; what was decided is applied before each."""
        for _ in range(times):
            self.clock.advance(seconds=10)
            apply_decisions(self.line.ingester, now=self.clock(), label=f"d{self.clock()}")
            self.suggesting.tend(self.clock())

    def run(self) -> None:
        """A run from asking to its end."""
        request_run(actor="linh@nhamay.vn", at=self.clock())
        self.rest(4)
        found = latest_run()
        assert found is not None
        assert (found.state, found.trouble) == ("done", "")

    def customer(self, number: str, name: str, **traits: Any) -> None:
        """A customer of the till, by the shop's own number."""
        told, bill = {"name": name, **traits}, f"HD-{next(self.bills)}"
        self.line.till(
            order(bill, 100_000, messageId=bill, userId=number, context={"traits": told})
        )

    def stranger(self, name: str, *, secret: bool = True, **traits: Any) -> None:
        """Somebody without a number of ours, told of by the till, or by their own browser."""
        bill = f"HD-{next(self.bills)}"
        told = {"name": name, **traits}
        if secret:
            self.line.till(order(bill, 50_000, messageId=bill, context={"traits": told}))
            return
        browser = {"anonymousId": f"a-{bill}", "messageId": bill, "traits": told}
        self.line.website({"type": "identify", **browser})

    def next(self) -> SuggestionView:
        found = next_suggestion(self.clock())
        assert found is not None
        return found

    def names(self) -> tuple[str, ...]:
        """Whom the queue asks about now."""
        found = next_suggestion(self.clock())
        people = found.people if found else ()
        return tuple(Profile.objects.get(id=one).name for one in people)

    def says(self, said: Any) -> SuggestionView:
        """Linh answers what she is asked now."""
        asked = self.next()
        answer(asked.id, said, self.ruling)
        return asked

    @property
    def ruling(self) -> Ruling:
        return Ruling("linh@nhamay.vn", self.clock())


def two_of_hoa(desk: Desk) -> None:
    """Chị Hoa bought at the till and on the web, with two numbers of the shop's own; Nam is Nam."""
    desk.customer(
        "KH-1", "Nguyễn Thị Hoa", birthday="1990-03-12", address="12 Lý Tự Trọng", ward="Bến Nghé"
    )
    desk.customer(
        "KH-2",
        "NGUYEN THI HOA",
        birthday="12/03/1990",
        address="12 lý tự trọng",
        ward="P. Bến Nghé",
    )
    desk.customer("KH-3", "Trần Văn Nam", birthday="1985-07-01", address="7 Hai Bà Trưng")
    desk.line.take_in()


def person(number: str) -> int:
    return Node.objects.get(key=f"user:{number}").profile_id
