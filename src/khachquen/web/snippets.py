"""Code to paste: how a source sends its first event here.

Each piece is also in the guide, word for word: there it names an example's address and key, which
take their real values here.
"""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

EXAMPLE_BASE, EXAMPLE_HOST = "https://khach.example.vn", "khach.example.vn"
EXAMPLE_KEYS = ("kqp_…", "kqs_…")


@dataclass(frozen=True, slots=True)
class Snippet:
    """A piece of code, and what it is for; ``is_more`` for those one has to look for."""

    title: str | Promise
    code: str
    is_more: bool = False


TAG = """\
<script async src="https://khach.example.vn/kq.js" data-key="kqp_…"></script>"""

TAG_CALLS = """\
<script>
  window.kq = window.kq || function () { (kq.q = kq.q || []).push(arguments) };
  kq("identify", "KH-001", { name: "Nguyễn Thị Hoa", phone: "0912345678" });
  kq("track", "Product Viewed", { sku: "AO-01", name: "Áo lụa", price: 450000, currency: "VND" });
</script>"""

CONTACT = """\
<script async src="https://khach.example.vn/kq-contact.js"
  data-phone="0912345678" data-zalo="0912345678"
  data-messenger="ten-trang" data-email="cuahang@example.vn"></script>"""

SEGMENT_BROWSER = """\
// npm install @segment/analytics-next
import { AnalyticsBrowser } from "@segment/analytics-next";

const analytics = AnalyticsBrowser.load({
  writeKey: "kqp_…",
  cdnURL: "https://khach.example.vn",
});
analytics.page();"""

RUDDER_BROWSER = """\
// npm install @rudderstack/analytics-js
import { RudderAnalytics } from "@rudderstack/analytics-js/bundled";

const analytics = new RudderAnalytics();
analytics.load("kqp_…", "https://khach.example.vn", { configUrl: "https://khach.example.vn" });
analytics.page();"""

JITSU_BROWSER = """\
// npm install @jitsu/js
import { jitsuAnalytics } from "@jitsu/js";

const analytics = jitsuAnalytics({
  host: "https://khach.example.vn",
  writeKey: "kqp_…:web",
});
analytics.page();"""

POSTHOG_BROWSER = """\
// npm install posthog-js
import posthog from "posthog-js";

posthog.init("kqp_…", { api_host: "https://khach.example.vn" });"""

SNOWPLOW_BROWSER = """\
// npm install @snowplow/browser-tracker
import { newTracker, trackPageView } from "@snowplow/browser-tracker";

newTracker("sp", "https://khach.example.vn", { appId: "kqp_…" });
trackPageView();"""

CURL_VIEW = """\
curl https://khach.example.vn/v1/track \\
  -u "kqp_…:" \\
  -H "Content-Type: application/json" \\
  -d '{
  "anonymousId": "thu-nghiem",
  "event": "Product Viewed",
  "properties": {"sku": "AO-01", "name": "Áo lụa", "price": 450000, "currency": "VND"}
}'"""

CURL_ORDER = """\
curl https://khach.example.vn/v1/track \\
  -u "kqs_…:" \\
  -H "Content-Type: application/json" \\
  -d '{
  "userId": "KH-001",
  "event": "Order Completed",
  "properties": {
    "order_id": "DH-1001", "total": 900000, "currency": "VND",
    "products": [{"sku": "AO-01", "name": "Áo lụa", "price": 450000, "quantity": 2}]
  }
}'"""

SEGMENT_PYTHON = """\
# pip install segment-analytics-python
import segment.analytics as analytics

analytics.write_key = "kqs_…"
analytics.host = "https://khach.example.vn"
analytics.identify("KH-001", {"name": "Nguyễn Thị Hoa", "phone": "0912345678"})
analytics.track("KH-001", "Order Completed", {"order_id": "DH-1001", "total": 900000})
analytics.flush()"""

SEGMENT_NODE = """\
// npm install @segment/analytics-node
import { Analytics } from "@segment/analytics-node";

const analytics = new Analytics({ writeKey: "kqs_…", host: "https://khach.example.vn" });
analytics.identify({ userId: "KH-001", traits: { name: "Nguyễn Thị Hoa" } });
await analytics.closeAndFlush();"""

RUDDER_PYTHON = """\
# pip install rudder-sdk-python
import rudderstack.analytics as analytics

analytics.write_key = "kqs_…"
analytics.dataPlaneUrl = "https://khach.example.vn"
analytics.identify("KH-001", {"name": "Nguyễn Thị Hoa"})
analytics.flush()"""

RUDDER_NODE = """\
// npm install @rudderstack/rudder-sdk-node
import RudderAnalytics from "@rudderstack/rudder-sdk-node";

const analytics = new RudderAnalytics("kqs_…", { dataPlaneUrl: "https://khach.example.vn" });
analytics.identify({ userId: "KH-001", traits: { name: "Nguyễn Thị Hoa" } });
await analytics.flush();"""

POSTHOG_PYTHON = """\
# pip install posthog
from posthog import Posthog

posthog = Posthog("kqs_…", host="https://khach.example.vn")
order = {"order_id": "DH-1001", "total": 900000}
posthog.capture("Order Completed", distinct_id="KH-001", properties=order)
posthog.shutdown()"""

POSTHOG_NODE = """\
// npm install posthog-node
import { PostHog } from "posthog-node";

const posthog = new PostHog("kqs_…", { host: "https://khach.example.vn" });
posthog.identify({ distinctId: "KH-001", properties: { name: "Nguyễn Thị Hoa" } });
await posthog.shutdown();"""

SNOWPLOW_PYTHON = """\
# pip install snowplow-tracker
from snowplow_tracker import Emitter, PageView, Subject, Tracker

emitter = Emitter("khach.example.vn", protocol="https")
tracker = Tracker("shop", emitter, subject=Subject().set_user_id("KH-001"), app_id="kqs_…")
tracker.track(PageView("https://cuahang.example.vn/ao-lua", "Áo lụa"))
tracker.flush()"""

SNOWPLOW_NODE = """\
// npm install @snowplow/node-tracker
import { buildPageView, newTracker } from "@snowplow/node-tracker";

const shop = { namespace: "shop", appId: "kqs_…" };
const tracker = newTracker(shop, { endpoint: "https://khach.example.vn" });
tracker.setUserId("KH-001");
tracker.track(buildPageView({ pageUrl: "https://cuahang.example.vn/ao-lua" }));
await tracker.flush();"""

_OF_KIND: dict[str, list[Snippet]] = {
    "website": [
        Snippet(_("Dán vào trước thẻ </head> của mọi trang"), TAG),
        Snippet(_("Khi khách đăng nhập, hoặc để kể thêm một việc"), TAG_CALLS),
        Snippet(_("Nút liên hệ: gọi điện, Zalo, Messenger, email"), CONTACT),
        Snippet(_("Thử bằng curl"), CURL_VIEW, is_more=True),
        Snippet(_("Đang dùng Segment trong trình duyệt"), SEGMENT_BROWSER, is_more=True),
        Snippet(_("Đang dùng RudderStack trong trình duyệt"), RUDDER_BROWSER, is_more=True),
        Snippet(_("Đang dùng Jitsu trong trình duyệt"), JITSU_BROWSER, is_more=True),
        Snippet(_("Đang dùng PostHog trong trình duyệt"), POSTHOG_BROWSER, is_more=True),
        Snippet(_("Đang dùng Snowplow trong trình duyệt"), SNOWPLOW_BROWSER, is_more=True),
    ],
    "server": [
        Snippet(_("Thử bằng curl"), CURL_ORDER),
        Snippet(_("Python, thư viện của Segment"), SEGMENT_PYTHON),
        Snippet(_("Node.js, thư viện của Segment"), SEGMENT_NODE),
        Snippet(_("Python, thư viện của RudderStack"), RUDDER_PYTHON, is_more=True),
        Snippet(_("Node.js, thư viện của RudderStack"), RUDDER_NODE, is_more=True),
        Snippet(_("Python, thư viện của PostHog"), POSTHOG_PYTHON, is_more=True),
        Snippet(_("Node.js, thư viện của PostHog"), POSTHOG_NODE, is_more=True),
        Snippet(_("Python, thư viện của Snowplow"), SNOWPLOW_PYTHON, is_more=True),
        Snippet(_("Node.js, thư viện của Snowplow"), SNOWPLOW_NODE, is_more=True),
    ],
}


def snippets_for(kind: str, key: str, request: HttpRequest) -> list[Snippet]:
    """The code for a kind of source with this key; kinds that only read files have none."""
    base = settings.CONFIG.server.base_url or f"{request.scheme}://{request.get_host()}"
    return [
        Snippet(snippet.title, fill_in(snippet.code, base.rstrip("/"), key), snippet.is_more)
        for snippet in _OF_KIND.get(kind, [])
    ]


def fill_in(code: str, base: str, key: str) -> str:
    """A piece of code with this shop's own address and key.

    >>> fill_in('Emitter("khach.example.vn", protocol="https")', "http://127.0.0.1:8901", "kqp_1")
    'Emitter("127.0.0.1", protocol="http", port=8901)'
    """
    scheme, _colon, place = base.partition("://")
    host, _colon, port = place.partition(":")
    with_port = f', protocol="{scheme}"' + (f", port={port}" if port else "")
    code = code.replace(EXAMPLE_BASE, base)
    code = code.replace(f'"{EXAMPLE_HOST}", protocol="https"', f'"{host}"{with_port}')
    for example in EXAMPLE_KEYS:
        code = code.replace(example, key)
    return code
