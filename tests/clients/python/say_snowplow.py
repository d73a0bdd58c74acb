"""snowplow-tracker: the collector's address and method; the write key as the application's id."""

import json
import sys
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from snowplow_tracker import (
    Emitter,
    PageView,
    ScreenView,
    SelfDescribing,
    SelfDescribingJson,
    StructuredEvent,
    Subject,
    Tracker,
)

(method,) = sys.argv[1:]
told = json.load(sys.stdin)
complaints: list[str] = []
collector = urlsplit(told["host"])


def complain(sent: int, unsent: list[Any]) -> None:
    complaints.append(f"{len(unsent)} unsent")


emitter = Emitter(
    collector.hostname,
    protocol=collector.scheme,
    port=collector.port,
    method=method,
    on_failure=complain,
)
hoa = Subject().set_user_id(told["user"]).set_domain_user_id(told["anonymous"])
tracker = Tracker("shop", emitter, subject=hoa, app_id=told["key"])
at = datetime.fromisoformat(told["at"]).timestamp() * 1000
order = SelfDescribingJson("iglu:vn.nhamay/order_completed/jsonschema/1-0-0", told["order"])

for event in (
    PageView("https://nhamay.vn/p/1", "Bát tràng", true_timestamp=at),
    StructuredEvent("Hàng mới", "Xem men", label="men rạn", value=2, true_timestamp=at),
    SelfDescribing(order, true_timestamp=at),
    ScreenView(id_=told["screen"]["id"], name="Giỏ hàng", true_timestamp=at),
):
    tracker.track(event)

tracker.flush()
json.dump(complaints, sys.stdout)
