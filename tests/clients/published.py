"""The published clients: how each is started, and what its calls must have become."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.clients.relay import Fault
from tests.clients.said import COMPANY, PAGE, SCREEN, Person, Row
from tests.needs import CLIENTS as INSTALLED

FOLDER = Path(__file__).parent
PYTHON_PACKAGES = INSTALLED / "python"


@dataclass(frozen=True)
class Client:
    """A library as its registry hands it out; ``name`` is its name there."""

    name: str
    language: str
    script: tuple[str, ...]
    expected: Callable[[Person], Sequence[Row]]
    is_trusted: bool = True

    @property
    def command(self) -> list[str]:
        """What starts it: none for a page, which a browser opens."""
        script, *arguments = self.script
        program = sys.executable if self.language == "python" else "node"
        return [program, str(FOLDER / self.language / script), *arguments]

    @property
    def environment(self) -> dict[str, str]:
        """Nothing but the folder its package was installed into."""
        return {"PYTHONPATH": str(PYTHON_PACKAGES / self.name)}


@dataclass(frozen=True)
class Run:
    """A client told to say its lines; ``faults`` befall its first requests."""

    name: str
    client: Client
    faults: tuple[Fault, ...] = ()


def segment_rows(hoa: Person, *, page: tuple[str, ...] = ()) -> list[Row]:
    """What a server library of Segment's family says."""
    user = hoa.user
    return [
        Row("identify", user_id=user, anonymous_id=hoa.anonymous, traits=hoa.traits),
        Row("track", "Order Completed", user, properties=hoa.order),
        Row("page", "Bát tràng", user, properties=PAGE, adds=page),
        Row("screen", "Giỏ hàng", user, properties=SCREEN, adds=page),
        Row("group", None, user, group_id=hoa.group, traits=COMPANY),
        Row("alias", None, user, previous_id=hoa.anonymous),
    ]


def segment_node_rows(hoa: Person) -> list[Row]:
    """It puts a page's name and category among its properties too."""
    return segment_rows(hoa, page=("name", "category"))


CLIENTS = (
    *(
        Client(name, "python", ("say_segment.py", module, host), segment_rows)
        for name, module, host in (
            ("segment-analytics-python", "segment.analytics", "host"),
            ("analytics-python", "analytics", "host"),
            ("rudder-sdk-python", "rudderstack.analytics", "dataPlaneUrl"),
            ("customerio-cdp-analytics", "customerio.analytics", "host"),
        )
    ),
    *(
        Client(name, "node", ("say_segment.mjs", name), rows)
        for name, rows in (
            ("@segment/analytics-node", segment_node_rows),
            ("analytics-node", segment_rows),
            ("@rudderstack/rudder-sdk-node", segment_rows),
        )
    ),
)
