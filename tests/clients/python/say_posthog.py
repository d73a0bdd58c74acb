"""posthog: ``host``."""

import json
import sys
from datetime import datetime

from posthog import Posthog

told = json.load(sys.stdin)
complaints: list[str] = []
at = datetime.fromisoformat(told["at"])
user = told["user"]
client = Posthog(
    told["key"],
    host=told["host"],
    on_error=lambda error, items: complaints.append(str(error)),
)

client.set(distinct_id=user, properties=told["traits"], timestamp=at)
client.capture("Order Completed", distinct_id=user, properties=told["order"], timestamp=at)
client.capture("$pageview", distinct_id=user, properties=told["page"], timestamp=at)
screen = {"$screen_name": "Giỏ hàng", **told["screen"]}
client.capture("$screen", distinct_id=user, properties=screen, timestamp=at)
client.group_identify("company", told["group"], told["company"], timestamp=at)
client.alias(told["anonymous"], user, timestamp=at)

client.shutdown()
json.dump(complaints, sys.stdout)
