"""Every metric there is. A page, the REST interface and the docs all read this list.

A new metric is an entry here, its rows in ``sql/<key>.sql`` and a golden pair.
"""

from khachquen.base import NotFoundError, Text, nearest
from khachquen.understand.metrics import columns as c
from khachquen.understand.metrics.metric import Metric

VISITORS = Metric(
    key="visitors",
    name=Text(vi="Khách truy cập", en="Visitors"),
    definition=Text(
        vi="Số thiết bị khác nhau có xem trang hoặc thao tác trên website, ứng dụng trong kỳ. Mỗi "
        "mã ẩn danh (anonymousId) là một thiết bị; sự kiện không có mã ẩn danh thì tính theo mã "
        "khách hàng. Một thiết bị quay lại nhiều ngày trong kỳ vẫn là một. Sự kiện do máy chủ, "
        "quầy bán hay tệp nhập gửi lên không tính, robot cũng không tính.",
        en="The different devices that saw a page or did something on the website or in the app "
        "in the period. Each anonymous id is one device; where an event has none, the user id "
        "stands for it. A device that comes back on several days of the period is one. Events "
        "sent by servers, tills and imported files do not count, nor do robots.",
    ),
    unit="count",
    how="distinct",
    columns=(c.AT, c.PERSON, c.VISITOR, c.PAGE, c.CHANNEL, c.CAME_FROM, c.REFERRER),
    parts=("device_events",),
)
VISITS = Metric(
    key="visits",
    name=Text(vi="Lượt truy cập", en="Visits"),
    definition=Text(
        vi="Số phiên truy cập bắt đầu trong kỳ. Phiên mới bắt đầu khi khách truy cập có thao tác "
        "sau 30 phút trở lên không có thao tác nào. Một khách truy cập có thể có nhiều lượt. Kênh "
        "của một lượt là kênh của thao tác đầu tiên. Robot không tính.",
        en="The sessions that began in the period. A session begins with a visitor's event after "
        "30 minutes or more without one. One visitor can make many visits. A visit's channel is "
        "that of its first event. Robots do not count.",
    ),
    unit="count",
    how="sum",
    columns=(c.AT, c.PERSON, c.VISITOR, c.PAGE, c.CHANNEL, c.CAME_FROM, c.REFERRER),
    parts=("device_events",),
    split=c.CHANNEL,
)
PAGE_VIEWS = Metric(
    key="page_views",
    name=Text(vi="Lượt xem trang", en="Page views"),
    definition=Text(
        vi="Số lần một trang web hoặc màn hình ứng dụng được mở trong kỳ; mở lại cùng một trang "
        "vẫn tính thêm. Robot không tính.",
        en="How many times a page or an app screen was shown in the period; the same page again "
        "counts again. Robots do not count.",
    ),
    unit="count",
    how="sum",
    columns=(c.AT, c.PERSON, c.VISITOR, c.PAGE, c.TITLE),
    parts=("device_events",),
)
SIGN_UPS = Metric(
    key="sign_ups",
    name=Text(vi="Lượt đăng ký", en="Sign-ups"),
    definition=Text(
        vi="Số lần mở tài khoản (sự kiện Signed Up) và đăng ký nhận tin (sự kiện Subscribed) "
        "trong kỳ. Người vừa mở tài khoản vừa đăng ký nhận tin tính hai lượt. Robot không tính.",
        en="Accounts opened (event Signed Up) and subscriptions to news (event Subscribed) in the "
        "period. Somebody who does both counts twice. Robots do not count.",
    ),
    unit="count",
    how="sum",
    columns=(c.AT, c.PERSON, c.EVENT, c.PAGE),
)
NEWLY_KNOWN = Metric(
    key="newly_known",
    name=Text(vi="Khách hàng mới biết tên", en="Newly known customers"),
    definition=Text(
        vi="Số người lần đầu tiên để lại mã khách hàng, email, số điện thoại hoặc đơn hàng, và "
        "lần đầu ấy nằm trong kỳ. Robot không tính.",
        en="People whose first user id, e-mail address, phone number or order of all falls into "
        "the period. Robots do not count.",
    ),
    unit="count",
    how="sum",
    columns=(c.AT, c.PERSON, c.EVENT),
)
ORDERS = Metric(
    key="orders",
    name=Text(vi="Đơn hàng", en="Orders"),
    definition=Text(
        vi="Số đơn đặt trong kỳ, trừ các đơn đã bị hủy. Đơn có hàng trả lại vẫn được tính. Chỉ "
        "tính đơn do nguồn tin cậy báo (máy chủ, quầy bán, tệp nhập).",
        en="Orders placed in the period, without those cancelled since. Orders with returns still "
        "count. Only orders told by a trusted source (server, till, import) count.",
    ),
    unit="count",
    how="sum",
    columns=(c.AT, c.ORDER, c.PERSON, c.UNITS, c.ORDER_TOTAL),
)
CANCELLED_ORDERS = Metric(
    key="cancelled_orders",
    name=Text(vi="Đơn hủy", en="Cancelled orders"),
    definition=Text(
        vi="Số đơn bị hủy trong kỳ, bất kể đặt khi nào.",
        en="Orders cancelled in the period, whenever they were placed.",
    ),
    unit="count",
    how="sum",
    columns=(c.AT, c.ORDER, c.PERSON, c.PLACED_AT, c.ORDER_TOTAL),
    less_is_better=True,
)
REVENUE = Metric(
    key="revenue",
    name=Text(vi="Doanh thu", en="Revenue"),
    definition=Text(
        vi="Doanh thu thuần: tổng tiền các đơn đặt trong kỳ (trừ đơn đã hủy) trừ số tiền hoàn trả "
        "trong kỳ. Tiền hoàn tính vào ngày hoàn, không phải ngày đặt đơn. Mỗi loại tiền cộng "
        "riêng, không quy đổi.",
        en="Net revenue: the totals of the orders placed in the period (cancelled ones left out) "
        "less the refunds given in the period. A refund counts on the day it is given, not on the "
        "order's. Each currency is added up by itself; nothing is converted.",
    ),
    unit="money",
    how="sum",
    columns=(c.AT, c.ORDER, c.PERSON, c.ENTRY, c.AMOUNT),
)
GROSS_REVENUE = Metric(
    key="gross_revenue",
    name=Text(vi="Doanh thu gộp", en="Gross revenue"),
    definition=Text(
        vi="Tổng tiền các đơn đặt trong kỳ, trừ đơn đã hủy, chưa trừ tiền hoàn trả.",
        en="The totals of the orders placed in the period, cancelled ones left out, refunds not "
        "taken off.",
    ),
    unit="money",
    how="sum",
    columns=(c.AT, c.ORDER, c.PERSON, c.UNITS, c.AMOUNT),
)
REFUNDS = Metric(
    key="refunds",
    name=Text(vi="Tiền hoàn trả", en="Refunds"),
    definition=Text(
        vi="Số tiền hoàn trả trong kỳ, bất kể đơn đặt khi nào. Tiền hoàn của đơn đã hủy không "
        "tính, vì đơn ấy cũng không có trong doanh thu. Đơn hoàn nhiều lần tính vào lần hoàn cuối.",
        en="Money given back in the period, whenever the order was placed. Refunds of cancelled "
        "orders are left out, as those orders are no revenue either. An order refunded several "
        "times counts at its last refund.",
    ),
    unit="money",
    how="sum",
    columns=(c.AT, c.ORDER, c.PERSON, c.UNITS_RETURNED, c.AMOUNT),
    less_is_better=True,
)
AVERAGE_ORDER_VALUE = Metric(
    key="average_order_value",
    name=Text(vi="Giá trị đơn trung bình", en="Average order value"),
    definition=Text(
        vi="Tổng tiền chia cho số đơn đặt trong kỳ. Bỏ ra các đơn đã hủy và các đơn có hàng trả "
        "lại, dù chỉ trả một phần.",
        en="Order totals divided by the number of orders placed in the period. Orders cancelled "
        "or returned, even in part, are left out.",
    ),
    unit="money",
    how="mean",
    columns=(c.AT, c.ORDER, c.PERSON, c.UNITS, c.AMOUNT),
    denominator=Text(
        vi="đơn không hủy, không trả hàng", en="orders neither cancelled nor returned"
    ),
)
UNITS = Metric(
    key="units",
    name=Text(vi="Số món bán ra", en="Units sold"),
    definition=Text(
        vi="Tổng số lượng hàng trong các đơn đặt trong kỳ, trừ đơn đã hủy. Hàng trả lại không trừ "
        "vào đây.",
        en="The quantities in the orders placed in the period, cancelled ones left out. Returned "
        "units are not taken off.",
    ),
    unit="count",
    how="sum",
    columns=(c.AT, c.ORDER, c.PERSON, c.COUNTED),
)
RETURNS = Metric(
    key="returns",
    name=Text(vi="Đơn có hàng trả", en="Orders with returns"),
    definition=Text(
        vi="Số đơn có hàng trả lại trong kỳ, bất kể đặt khi nào, kể cả đơn không có ở đây. Đơn "
        "hủy không tính.",
        en="Orders of which something came back in the period, whenever they were placed, also "
        "those not known here. Cancelled orders do not count.",
    ),
    unit="count",
    how="sum",
    columns=(c.AT, c.ORDER, c.PERSON, c.UNITS_RETURNED, c.REFUNDED),
    less_is_better=True,
)
BUYERS = Metric(
    key="buyers",
    name=Text(vi="Khách mua hàng", en="Customers who bought"),
    definition=Text(
        vi="Số người khác nhau có đơn đặt trong kỳ và không hủy. Đơn của khách lẻ không để lại "
        "thông tin thì không tính, vì không phân biệt được ai với ai.",
        en="The different people with an order placed in the period and not cancelled. Orders of "
        "walk-ins who left no identifier are left out: nobody can tell them apart.",
    ),
    unit="count",
    how="distinct",
    columns=(c.AT, c.PERSON, c.ORDER, c.ORDER_TOTAL),
    parts=("people",),
)
NEW_BUYERS = Metric(
    key="new_buyers",
    name=Text(vi="Khách mua lần đầu", en="First-time buyers"),
    definition=Text(
        vi="Số người có đơn đầu tiên từ trước đến nay (không kể đơn hủy) đặt trong kỳ.",
        en="People whose first order of all, cancelled ones left out, was placed in the period.",
    ),
    unit="count",
    how="sum",
    columns=(c.AT, c.PERSON, c.ORDER, c.ORDER_TOTAL),
    parts=("people",),
)
ROBOT_EVENTS = Metric(
    key="robot_events",
    name=Text(vi="Sự kiện của robot", en="Robot events"),
    definition=Text(
        vi="Số sự kiện trong kỳ do robot gây ra: máy tìm kiếm, xem trước liên kết, quét bảo mật "
        "thư, giám sát website, trình duyệt tự động. Các sự kiện này vẫn được giữ và tra cứu được, "
        "nhưng không tính vào chỉ số nào khác. Chương trình tự gửi sự kiện bằng khóa công khai "
        "được đánh dấu nhưng không tính ở đây, vì có thể là máy chủ của cửa hàng.",
        en="The events of the period that robots caused: search engines, link previews, mail "
        "security scanners, uptime monitors, automated browsers. They are kept and can be looked "
        "up, and are part of no other metric. A program that sends events in its own name with a "
        "public key is marked and not counted here: it may be the shop's own server.",
    ),
    unit="count",
    how="sum",
    columns=(c.AT, c.ROBOT, c.ROBOT_KIND, c.EVENT, c.PAGE),
    less_is_better=True,
    split=c.ROBOT_KIND,
)

METRICS: dict[str, Metric] = {
    metric.key: metric
    for metric in (
        VISITORS,
        VISITS,
        PAGE_VIEWS,
        SIGN_UPS,
        NEWLY_KNOWN,
        ORDERS,
        CANCELLED_ORDERS,
        REVENUE,
        GROSS_REVENUE,
        REFUNDS,
        AVERAGE_ORDER_VALUE,
        UNITS,
        RETURNS,
        BUYERS,
        NEW_BUYERS,
        ROBOT_EVENTS,
    )
}
"""Every metric by its key, in the order the dictionary shows them."""


def get_metric(key: str) -> Metric:
    """The metric of that name.

    Raises:
        NotFoundError: there is none; the hint names the nearest.
    """
    if key not in METRICS:
        raise NotFoundError(
            "metrics.unknown_metric",
            Text(vi=f"Không có chỉ số {key[:60]!r}.", en=f"There is no metric {key[:60]!r}."),
            hint=nearest(key, METRICS),
        )
    return METRICS[key]
