"""A shop's line with a configuration, so that what was refused can be asked for again."""

from dataclasses import dataclass, field
from datetime import timedelta

from django.conf import settings

from khachquen.base import Config
from khachquen.collect.models import Source
from khachquen.flows.redrive import Handed, Refused, find_refused, redrive
from khachquen.flows.trace import Fate, trace
from khachquen.store import ask, counts_by_outcome
from khachquen.store.engine import Question
from khachquen.store.redrives import Redrive
from khachquen.understand.quarantine import Filter, quarantined
from tests.flows.line import TILL, WEBSITE, Line

MAI = "mai@nhamay.vn"


@dataclass
class Shop(Line):
    """The line of ``settings.CONFIG``'s folder, with its two sources."""

    config: Config = field(init=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.config = settings.CONFIG
        assert self.config.data == self.data
        for key, name in ((WEBSITE, "Trang web"), (TILL, "Quầy thu ngân")):
            Source.objects.get_or_create(
                id=key, defaults={"name": name, "kind": "website", "created_at": self.clock()}
            )

    def quarantine(self, reason: str = "") -> list[Refused]:
        rows = ask(quarantined(Filter(reason=reason), limit=5000)).dicts()
        return find_refused([row["place"] for row in rows])

    def redrive(self, *wanted: Refused, **corrected: bytes) -> Handed:
        """Ask for messages again; corrected ones by their message id."""
        by_id = {one.message_id: one.place for one in wanted}
        told = {by_id[name.replace("_", "-")]: raw for name, raw in corrected.items()}
        return redrive(self.config, wanted, corrected=told, actor=MAI, clock=self.clock)

    def take_all_in(self) -> None:
        while self.take_in().records:
            pass

    def trace(self, message_id: str) -> list[Fate]:
        return trace(message_id, self.config, now=self.clock())


def tallies(stream: str) -> dict[str, int]:
    """What became of the messages one request asked for."""
    row = Redrive.objects.get(stream=stream)
    names = ("asked", "stored", "duplicate", "dropped", "quarantined", "repeated")
    return {name: n for name in names if (n := getattr(row, name))}


def counts_by_reason(shop: Shop) -> dict[tuple[int, str, str], int]:
    """The counters: source, outcome and reason → n, without those that came to nothing."""
    around = timedelta(days=400)
    found = counts_by_outcome(shop.clock() - around, shop.clock() + around)
    return {ending: n for ending, n in found.items() if n}


def rows_by_reason() -> dict[tuple[int, str, str], int]:
    """The same from the rows the screens show."""
    sql = (
        "SELECT source_id, 'stored', '', count(*) FROM events GROUP BY 1"
        " UNION ALL SELECT source_id, outcome, reason, count(*) FROM refusals GROUP BY 1, 2, 3"
    )
    return {row[:3]: row[3] for row in ask(Question("test", sql)).rows}
