"""What should be said on a page before anything else: the engine stands still, a source is silent.

Shown wherever somebody looks; nothing is sent to anybody.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext

from khachquen.activate.webhooks import EndpointView, list_endpoints
from khachquen.collect.watching import Silence, list_silent
from khachquen.flows.engine import heartbeat_age_s, read_heartbeat


def engine_alarm(now: datetime) -> str:
    """Why what comes in is not taken further just now; empty while it is."""
    heartbeat = read_heartbeat(settings.CONFIG.data)
    if heartbeat is None:
        return ""  # nobody has served this shop yet
    age_s = heartbeat_age_s(heartbeat, lambda: now)
    if abs(age_s) > settings.CONFIG.server.engine_silence_s:
        words = gettext(
            "Bộ xử lý không trả lời từ %(minutes)s phút trước. Sự kiện vẫn được nhận và cất an "
            "toàn, nhưng chưa vào báo cáo và hồ sơ. Hãy báo người quản trị máy chủ."
        )
        return words % {"minutes": max(1, round(abs(age_s) / 60))}
    if heartbeat.trouble:
        return gettext(
            "Bộ xử lý gặp lỗi và đang tự thử lại. Sự kiện vẫn được nhận và cất an toàn, nhưng "
            "chưa vào báo cáo và hồ sơ."
        )
    return ""


def silent_sources(now: datetime) -> list[Silence]:
    """The sources that should have been heard of, by the shop's clock."""
    return list_silent(now, ZoneInfo(timezone.get_current_timezone_name()))


def stopped_webhooks() -> list[EndpointView]:
    """Webhooks that stopped without anybody asking them to."""
    return [one for one in list_endpoints() if one.why in ("failing", "gone")]
