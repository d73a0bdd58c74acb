"""The published clients: how each is started, and what may befall it."""

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tests.clients import rows
from tests.clients.said import Person, Row
from tests.needs import CLIENTS as INSTALLED

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Client:
    """A library as its registry hands it out, told to say its lines.

    ``way`` tells two uses of a package apart; ``at_leave`` is how many messages a page sends only
    when its visitor leaves; ``lost_answers`` of the server get lost on their way; ``rate`` is how
    many events a second its key may send.
    """

    package: str
    language: str
    script: tuple[str, ...]
    expected: Callable[[Person], Sequence[Row]]
    is_trusted: bool = True
    way: str = ""
    at_leave: int = 0
    options: Mapping[str, Any] = field(default_factory=dict)
    lost_answers: int = 0
    rate: int | None = None

    @property
    def name(self) -> str:
        return f"{self.package} {self.way}".strip()

    @property
    def command(self) -> list[str]:
        """What starts it; a page is opened instead."""
        script, *arguments = self.script
        program = sys.executable if self.language == "python" else "node"
        return [program, str(FOLDER / self.language / script), *arguments]

    @property
    def environment(self) -> dict[str, str]:
        """Nothing but the folder its package was installed into."""
        return {"PYTHONPATH": str(INSTALLED / "python" / self.package)}


def _page(
    package: str, script: str, expected: Callable[[Person], Sequence[Row]], **more: Any
) -> Client:
    return Client(package, "browser", (script,), expected, is_trusted=False, **more)


CLIENTS = (
    *(
        Client(package, "python", ("say_segment.py", module, host), rows.segment_rows)
        for package, module, host in (
            ("segment-analytics-python", "segment.analytics", "host"),
            ("analytics-python", "analytics", "host"),
            ("rudder-sdk-python", "rudderstack.analytics", "dataPlaneUrl"),
            ("customerio-cdp-analytics", "customerio.analytics", "host"),
        )
    ),
    *(
        Client(package, "node", ("say_segment.mjs", package), expected)
        for package, expected in (
            ("@segment/analytics-node", rows.segment_node_rows),
            ("analytics-node", rows.segment_rows),
            ("@rudderstack/rudder-sdk-node", rows.segment_rows),
        )
    ),
    Client("posthog", "python", ("say_posthog.py",), rows.posthog_rows),
    Client("snowplow-tracker", "python", ("say_snowplow.py", "post"), rows.snowplow_rows),
    Client(
        "snowplow-tracker", "python", ("say_snowplow.py", "get"), rows.snowplow_rows, way="pixels"
    ),
    Client("posthog-node", "node", ("say_posthog.mjs",), rows.posthog_node_rows),
    Client("@snowplow/node-tracker", "node", ("say_snowplow.mjs",), rows.snowplow_rows),
    _page("@segment/analytics-next", "segment", rows.segment_page_rows),
    _page(
        "@segment/analytics-next",
        "segment",
        rows.segment_page_rows,
        way="batches",
        at_leave=6,
        options={"integrations": {"Segment.io": {"deliveryStrategy": {"strategy": "batching"}}}},
    ),
    _page("@rudderstack/analytics-js", "rudderstack", rows.rudderstack_page_rows),
    _page(
        "@rudderstack/analytics-js",
        "rudderstack",
        rows.rudderstack_page_rows,
        way="beacon",
        at_leave=5,
        options={"useBeacon": True},
    ),
    _page("@jitsu/js", "jitsu", rows.jitsu_page_rows),
    _page("posthog-js", "posthog", rows.posthog_page_rows, at_leave=1),
    _page("@snowplow/browser-tracker", "snowplow", rows.snowplow_page_rows),
)
"""Each on a good day."""

_BY_NAME = {client.name: client for client in CLIENTS}

UNLUCKY = tuple(
    replace(_BY_NAME[name], way="unlucky", lost_answers=1)
    for name in (
        "segment-analytics-python",
        "analytics-python",
        "posthog",
        "@segment/analytics-node",
        "@rudderstack/rudder-sdk-node",
    )
)
"""What they say first is taken, but they never hear of it."""

CROWDED = tuple(
    replace(
        _BY_NAME[name],
        way="crowded",
        expected=rows.twice(_BY_NAME[name].expected),
        is_trusted=False,
        options={"times": 2},
        rate=1,
    )
    for name in ("segment-analytics-python", "@segment/analytics-node")
)
"""Told to say everything twice, with a key that may tell of one event a second."""

TOO_LARGE = Client(
    "analytics-python", "python", ("say_large.py",), rows.none, is_trusted=False, way="too large"
)
MIXED = Client(
    "@rudderstack/rudder-sdk-node",
    "node",
    ("say_mixed.mjs",),
    rows.mixed_rows,
    is_trusted=False,
    way="mixed",
)
