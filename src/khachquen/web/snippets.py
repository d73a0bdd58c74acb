"""Code to paste: how a source sends its first event here."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Snippet:
    """A piece of code, and what it is for."""

    title: str | Promise
    code: str


_CURL_VIEW = """\
curl {base}/v1/track \\
  -u "{key}:" \\
  -H "Content-Type: application/json" \\
  -d '{{
  "anonymousId": "thu-nghiem",
  "event": "Product Viewed",
  "properties": {{"sku": "AO-01", "name": "Áo lụa", "price": 450000, "currency": "VND"}}
}}'"""

_CURL_ORDER = """\
curl {base}/v1/track \\
  -u "{key}:" \\
  -H "Content-Type: application/json" \\
  -d '{{
  "userId": "KH-001",
  "event": "Order Completed",
  "properties": {{
    "order_id": "DH-1001", "total": 900000, "currency": "VND",
    "products": [{{"sku": "AO-01", "name": "Áo lụa", "price": 450000, "quantity": 2}}]
  }}
}}'"""

_PAGE = """\
<script>
  (function (base, key) {{
    function fresh() {{ return Date.now().toString(36) + Math.random().toString(36).slice(2); }}
    var visitor = localStorage.kq_id || (localStorage.kq_id = fresh());
    window.khachquen = function (type, data) {{
      var message = Object.assign({{ anonymousId: visitor, messageId: fresh() }}, data);
      message.context = {{ page: {{
        url: location.href, path: location.pathname,
        title: document.title, referrer: document.referrer
      }} }};
      return fetch(base + "/v1/" + type + "?writeKey=" + key, {{
        method: "POST", mode: "no-cors", keepalive: true,
        body: JSON.stringify(message)
      }});
    }};
    khachquen("page", {{ name: document.title }});
  }})("{base}", "{key}");
</script>"""

_PYTHON = """\
# pip install segment-analytics-python
import segment.analytics as analytics

analytics.write_key = "{key}"
analytics.host = "{base}"
analytics.identify("KH-001", {{"name": "Nguyễn Thị Hoa", "phone": "0912345678"}})
analytics.track("KH-001", "Order Completed", {{"order_id": "DH-1001", "total": 900000}})
analytics.flush()"""

_NODE = """\
// npm install @segment/analytics-node
import {{ Analytics }} from "@segment/analytics-node";

const analytics = new Analytics({{ writeKey: "{key}", host: "{base}" }});
analytics.identify({{ userId: "KH-001", traits: {{ name: "Nguyễn Thị Hoa" }} }});
await analytics.closeAndFlush();"""

_OF_KIND: dict[str, list[tuple[str | Promise, str]]] = {
    "website": [
        (_("Dán vào trước thẻ </head> của mọi trang"), _PAGE),
        (_("Thử bằng curl"), _CURL_VIEW),
    ],
    "server": [
        (_("Thử bằng curl"), _CURL_ORDER),
        (_("Python, thư viện của Segment"), _PYTHON),
        (_("Node.js, thư viện của Segment"), _NODE),
    ],
}


def snippets_for(kind: str, key: str, request: HttpRequest) -> list[Snippet]:
    """The code for a kind of source with this key; kinds that only read files have none."""
    base = settings.CONFIG.server.base_url or f"{request.scheme}://{request.get_host()}"
    return [
        Snippet(title, code.format(base=base.rstrip("/"), key=key))
        for title, code in _OF_KIND.get(kind, [])
    ]
