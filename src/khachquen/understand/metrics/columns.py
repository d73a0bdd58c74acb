"""The columns rows can have, each named once."""

from khachquen.base import Text
from khachquen.understand.metrics.metric import Column

AT = Column("at", Text(vi="Thời điểm", en="Time"), "time")
PERSON = Column("node_id", Text(vi="Khách hàng", en="Customer"), "person")
VISITOR = Column("visitor", Text(vi="Mã thiết bị", en="Device"), "visitor")
PAGE = Column("page_path", Text(vi="Trang", en="Page"), "path")
TITLE = Column("page_title", Text(vi="Tên trang", en="Page title"), "text")
REFERRER = Column("referrer", Text(vi="Đến từ", en="Came from"), "text")
CHANNEL = Column("channel", Text(vi="Kênh", en="Channel"), "text")
CAME_FROM = Column("came_from", Text(vi="Nguồn", en="Source"), "text")
ROBOT = Column("robot", Text(vi="Robot", en="Robot"), "text")
ROBOT_KIND = Column("robot_kind", Text(vi="Loại robot", en="Kind of robot"), "text")
EVENT = Column("name", Text(vi="Sự kiện", en="Event"), "text")
ORDER = Column("number", Text(vi="Đơn hàng", en="Order"), "order")
ORDER_TOTAL = Column("total_minor", Text(vi="Giá trị đơn", en="Order total"), "money")
REFUNDED = Column("refunded_minor", Text(vi="Tiền hoàn", en="Refunded"), "money")
UNITS = Column("units", Text(vi="Số món", en="Units"), "count")
UNITS_RETURNED = Column("units_returned", Text(vi="Số món trả", en="Units returned"), "count")
PLACED_AT = Column("placed_at", Text(vi="Đặt lúc", en="Placed"), "time")
ENTRY = Column("entry", Text(vi="Bút toán", en="Entry"), "text")
AMOUNT = Column("amount", Text(vi="Cộng vào con số", en="Adds to the number"), "money")
COUNTED = Column("amount", Text(vi="Cộng vào con số", en="Adds to the number"), "count")
