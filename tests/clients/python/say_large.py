"""analytics-python tells of 20 events too large to be taken in one request from a public key."""

import json
import sys

import analytics

told = json.load(sys.stdin)
complaints: list[str] = []
analytics.write_key = told["key"]
analytics.host = told["host"]
analytics.on_error = lambda error, items: complaints.append(str(error))

for number in range(20):
    analytics.track(told["user"], f"Xem {number}", {"note": "gốm " * 2500})

analytics.shutdown()
json.dump(complaints, sys.stdout)
