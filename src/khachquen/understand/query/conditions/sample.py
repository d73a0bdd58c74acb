"""A part of all people by lot: the same people every time, on every engine, and in Python."""

import hashlib

import msgspec

from khachquen.base import Text
from khachquen.understand.query import problems
from khachquen.understand.query.catalogue import Catalogue
from khachquen.understand.query.comparing import Turning
from khachquen.understand.query.expressions import Call, Compare, Value, both
from khachquen.understand.query.needs import Needed
from khachquen.understand.query.plan import Plan
from khachquen.understand.query.wording import Speech, number

_BUCKETS = 10_000


class Sample(
    msgspec.Struct, frozen=True, tag="sample", tag_field="kind", forbid_unknown_fields=True
):
    """``{"kind": "sample", "percent": 10, "salt": "thu-tet", "part": 2}``.

    With one ``salt`` the parts 1, 2, 3 … of equal ``percent`` never overlap. Drawn of the person's
    number: after a merge the part is that of the person who stays.
    """

    percent: float
    salt: str
    part: int = 1

    def check(self, catalogue: Catalogue, path: str) -> None:
        if not 0.01 <= self.percent <= 100:
            wanted = Text(vi="phần trăm từ 0,01 đến 100", en="a percentage from 0.01 to 100")
            problems.wrong_value(f"{path}.percent", self.percent, wanted, "10")
        if self.part < 1 or self._last > _BUCKETS:
            most = int(_BUCKETS / self._size)
            wanted = Text(vi=f"phần thứ 1 đến {most}", en=f"a part from 1 to {most}")
            problems.wrong_value(f"{path}.part", self.part, wanted, "1")
        if not 1 <= len(self.salt) <= 100:
            wanted = Text(vi="một từ để bốc thăm", en="a word to draw by")
            problems.wrong_value(f"{path}.salt", self.salt, wanted, '"thu-tet"')

    def need(self, needed: Needed) -> None:
        """Nothing: a lot once drawn stays."""

    def say(self, speech: Speech) -> Text:
        share = number(self.percent)
        part = self.part if self.part > 1 else ""
        return Text(
            vi=f"được bốc thăm {share.vi}% theo «{self.salt}»{part and f', phần {part}'}",
            en=f"who were drawn by lot, {share.en}% by “{self.salt}”{part and f', part {part}'}",
        )

    def answer(self, plan: Plan, path: str) -> Turning:
        bucket = Call("bucket", (Value(self.salt), plan.person("profile_id")))
        first = Compare(bucket, ">=", Value(self._last - self._size))
        return Turning(both((first, Compare(bucket, "<", Value(self._last)))))

    def holds(self, profile_id: int) -> bool:
        """The same answer without an engine.

        >>> sum(Sample(10, "thu-tet").holds(n) for n in range(10_000))
        1038
        """
        return self._last - self._size <= bucket_of(self.salt, profile_id) < self._last

    @property
    def _size(self) -> int:
        return max(1, round(self.percent * _BUCKETS / 100))

    @property
    def _last(self) -> int:
        return self._size * self.part


def bucket_of(salt: str, profile_id: int) -> int:
    """Which of ten thousand buckets a person falls into."""
    digest = hashlib.md5(f"{salt}:{profile_id}".encode(), usedforsecurity=False).hexdigest()
    return int(digest[:8], 16) % _BUCKETS
