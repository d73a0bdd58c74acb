"""What is known of everybody without a registry: facts of people, orders and events, as data."""

from collections.abc import Mapping

from khachquen.base import Text
from khachquen.understand.query.fields import Field, FieldKind, MovedBy, Source
from khachquen.unify.traits.definition import Pii

_TIMES = Text(vi="lần", en="times")
_DONG = Text(vi="tiền của cửa hàng", en="the shop's currency")
_PIECES = Text(vi="món", en="pieces")


def _fact(
    key: str,
    column: str,
    kind: FieldKind,
    vi: str,
    en: str,
    moved_by: MovedBy = "events",
    pii: Pii = "none",
) -> Field:
    source: Source = "orders" if moved_by == "orders" else "profile"
    unit = {"money": _DONG, "number": _TIMES}.get(kind)
    return Field(key, Text(vi=vi, en=en), kind, source, column, unit, pii=pii, moved_by=moved_by)


def _by_key(*fields: Field) -> Mapping[str, Field]:
    return {field.key: field for field in fields}


PERSON_FIELDS = _by_key(
    _fact("name", "name", "text", "Họ và tên", "Full name", "trait", "linked"),
    _fact("phone", "phone", "text", "Số điện thoại", "Phone number", "trait", "linked"),
    _fact("email", "email", "text", "Email", "E-mail", "trait", "linked"),
    _fact("is_known", "is_known", "yes_no", "Đã biết là ai", "Known by name", "trait"),
    _fact("household", "household_id", "id", "Hộ gia đình", "Household", "trait"),
    _fact(
        "household_size", "household_size", "number", "Số người trong hộ", "Household size", "trait"
    ),
    _fact(
        "is_household_head",
        "is_household_head",
        "yes_no",
        "Người đại diện của hộ",
        "Stands for the household",
        "trait",
    ),
    _fact("first_seen", "first_seen", "time", "Lần đầu gặp", "First seen"),
    _fact("last_seen", "last_seen", "time", "Lần gần nhất gặp", "Last seen"),
    _fact("events_count", "events", "number", "Số sự kiện", "Number of events"),
    _fact("orders_count", "orders", "number", "Số đơn hàng", "Number of orders", "orders"),
    _fact("spent", "spent_minor", "money", "Tổng chi tiêu", "Total spent", "orders"),
    _fact("first_order_at", "first_order_at", "time", "Đơn đầu tiên", "First order", "orders"),
    _fact("last_order_at", "last_order_at", "time", "Đơn gần nhất", "Latest order", "orders"),
)
"""Facts of people; their columns stand in the table ``people`` under their own names."""


def _of(
    source: Source, key: str, column: str, kind: FieldKind, vi: str, en: str, unit: Text | None
) -> Field:
    moved_by: MovedBy = "orders" if source == "order" else "events"
    return Field(key, Text(vi=vi, en=en), kind, source, column, unit, moved_by=moved_by)


ORDER_FIELDS = _by_key(
    _of("order", "total", "total_minor", "money", "Giá trị đơn", "Order total", _DONG),
    _of("order", "units", "units", "number", "Số món trong đơn", "Units in the order", _PIECES),
    _of("order", "number", "number", "code", "Mã đơn", "Order number", None),
    _of("order", "source", "source_id", "id", "Nguồn bán", "Source of the sale", None),
)
LINE_FIELDS = _by_key(
    _of("order", "sku", "sku", "code", "Mã hàng", "SKU", None),
    _of("order", "product", "name", "text", "Tên sản phẩm", "Product name", None),
    _of("order", "category", "category", "text", "Ngành hàng", "Category", None),
    _of("order", "price", "price_minor", "money", "Giá một món", "Price of one", _DONG),
    _of("order", "quantity", "quantity", "number", "Số lượng", "Quantity", _PIECES),
)
"""What the lines of an order hold; a line with all that is asked makes the order count."""

EVENT_FIELDS = _by_key(
    _of("event", "page_path", "page_path", "text", "Đường dẫn trang", "Page path", None),
    _of("event", "page_url", "page_url", "text", "Địa chỉ trang", "Page address", None),
    _of("event", "page_title", "page_title", "text", "Tên trang", "Page title", None),
    _of("event", "referrer", "referrer", "text", "Trang dẫn tới", "Referrer", None),
    _of("event", "channel", "channel", "code", "Kênh", "Channel", None),
    _of("event", "came_from", "came_from", "text", "Đến từ", "Came from", None),
    _of("event", "utm_source", "utm_source", "text", "utm_source", "utm_source", None),
    _of("event", "utm_medium", "utm_medium", "text", "utm_medium", "utm_medium", None),
    _of("event", "utm_campaign", "utm_campaign", "text", "Chiến dịch (utm)", "utm_campaign", None),
    _of("event", "device", "device", "code", "Loại thiết bị", "Kind of device", None),
    _of("event", "os", "os", "text", "Hệ điều hành", "Operating system", None),
    _of("event", "browser", "browser", "text", "Trình duyệt", "Browser", None),
    _of("event", "source", "source_id", "id", "Nguồn dữ liệu", "Source", None),
)
"""What every event can be told apart by, whatever its name; each has a column."""

PROPERTY_LABELS: Mapping[str, Text] = {
    "category": Text(vi="Ngành hàng", en="Category"),
    "name": Text(vi="Tên sản phẩm", en="Product name"),
    "price": Text(vi="Giá", en="Price"),
    "quantity": Text(vi="Số lượng", en="Quantity"),
    "total": Text(vi="Giá trị đơn", en="Total"),
    "brand": Text(vi="Nhãn hiệu", en="Brand"),
    "sku": Text(vi="Mã hàng", en="SKU"),
    "product_id": Text(vi="Mã sản phẩm", en="Product id"),
    "query": Text(vi="Từ khóa tìm", en="Search words"),
    "rating": Text(vi="Điểm đánh giá", en="Rating"),
}
"""Words for well-known properties; of every other one its name is the word."""

PROPERTY_KINDS: Mapping[str, FieldKind] = {
    **dict.fromkeys(("price", "quantity", "total", "rating", "engaged_ms"), "number"),
    **dict.fromkeys(("scroll_percent", "x", "y", "page_width", "page_height"), "number"),
    **dict.fromkeys(("product_id", "sku", "order_id", "form_id", "list_id"), "code"),
    **dict.fromkeys(("name", "category", "brand", "query", "review_body", "currency"), "text"),
    **dict.fromkeys(("analytics", "marketing"), "yes_no"),
}
"""Types of well-known properties; of every other one the value asked for decides."""
