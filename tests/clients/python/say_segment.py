"""Any of the Python libraries that speak as Segment's does: ``say_segment.py MODULE HOST_OPTION``.

Nothing is set but the key, the host and who hears of errors.
"""

import json
import sys
from datetime import datetime
from importlib import import_module

module, host_option = sys.argv[1:]
told = json.load(sys.stdin)
complaints: list[str] = []
at = datetime.fromisoformat(told["at"])
user, anonymous = told["user"], told["anonymous"]

analytics = import_module(module)
analytics.write_key = told["key"]
setattr(analytics, host_option, told["host"])
analytics.on_error = lambda error, items: complaints.append(str(error))

for _ in range(told["options"].get("times", 1)):
    analytics.identify(user, told["traits"], anonymous_id=anonymous, timestamp=at)
    analytics.track(user, "Order Completed", told["order"], timestamp=at)
    analytics.page(user, "Hàng mới", "Bát tràng", told["page"], timestamp=at)
    analytics.screen(user, "Ứng dụng", "Giỏ hàng", told["screen"], timestamp=at)
    analytics.group(user, told["group"], told["company"], timestamp=at)
    analytics.alias(anonymous, user, timestamp=at)
    analytics.flush()

analytics.shutdown()
json.dump(complaints, sys.stdout)
