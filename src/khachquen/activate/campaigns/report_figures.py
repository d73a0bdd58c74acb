"""Every number of a campaign's report with its one definition; pure.

The page, the REST interface, the comparison and ``docs/reference`` read this list, so none can mean
something else by a name. A count is of letters: a person counts once for each sending, however
often they opened or clicked. What machines did is in no number but the two that say so.
"""

from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass

from khachquen.base import Text

__all__ = [
    "COMPLAINTS_STOP",
    "COMPLAINTS_WARN",
    "FEW",
    "FIGURES",
    "FUNNEL",
    "Counts",
    "Figure",
    "rate_of",
    "sum_all",
]


@dataclass(frozen=True, slots=True)
class Counts:
    """What became of some letters. ``targeted = sent + skipped + failed + unknown + open``."""

    targeted: int = 0
    sent: int = 0
    skipped: int = 0
    failed: int = 0
    unknown: int = 0
    open: int = 0
    tracked: int = 0
    personal: int = 0
    delivered: int = 0
    bounced: int = 0
    opened: int = 0
    opened_by_machine: int = 0
    clicked: int = 0
    clicked_opened: int = 0
    opened_tracked: int = 0
    clicked_tracked: int = 0
    visited: int = 0
    acted: int = 0
    ordered: int = 0
    complained: int = 0
    unsubscribed: int = 0


def sum_all(parts: Iterable[Counts]) -> Counts:
    """All together, where no letter is in two of them."""
    rows = [astuple(one) for one in parts]
    return Counts(*map(sum, zip(*rows, strict=True)))


@dataclass(frozen=True, slots=True)
class Figure:
    """A number: what it is called and means. ``over`` of a rate names the two counts it divides;
    ``is_first`` marks the reading shown large, the others stand beside it."""

    key: str
    name: Text
    definition: Text
    over: tuple[str, str] | None = None
    is_first: bool = True


def rate_of(figure: Figure, counts: Counts) -> tuple[int, int]:
    """What a rate divides by what."""
    assert figure.over is not None
    top, bottom = figure.over
    return getattr(counts, top), getattr(counts, bottom)


_COUNTS = (
    Figure(
        "targeted",
        Text(vi="Khách trong danh sách", en="Targeted"),
        Text(
            vi="Số người thuộc phân khúc lúc bắt đầu gửi. Bằng đã gửi, bỏ qua, không gửi được, "
            "không rõ và còn lại cộng lại.",
            en="The people of the segment when the sending began. Sent, skipped, failed, unknown "
            "and still open add up to it.",
        ),
    ),
    Figure(
        "sent",
        Text(vi="Đã gửi", en="Sent"),
        Text(
            vi="Thư mà máy chủ gửi thư đã nhận để chuyển đi. Một người tính một lần cho mỗi lần "
            "gửi.",
            en="Letters our mail server took to pass on. A person counts once for each sending.",
        ),
    ),
    Figure(
        "skipped",
        Text(vi="Bỏ qua", en="Skipped"),
        Text(
            vi="Người không được gửi và lý do: không đồng ý, đã hủy nhận, không có email, đủ số "
            "thư cho phép, thuộc nhóm đối chứng, hay lần gửi bị hủy.",
            en="People nothing was sent to, and why: no consent, unsubscribed, no address, enough "
            "letters already, held out, or the sending was cancelled.",
        ),
    ),
    Figure(
        "failed",
        Text(vi="Không gửi được", en="Failed"),
        Text(
            vi="Thư bị máy chủ từ chối ngay lúc gửi, hoặc không viết được cho người này.",
            en="Letters refused while they were handed over, or that could not be written.",
        ),
    ),
    Figure(
        "unknown",
        Text(vi="Không rõ", en="Unknown"),
        Text(
            vi="Máy gửi dừng hoặc mất kết nối đúng lúc giao thư, nên không biết thư đã tới chưa. "
            "Không tự gửi lại, và không tính vào tỷ lệ nào.",
            en="The sender or the line stopped while the letter was handed over, so nobody knows "
            "whether it arrived. It is not sent again and is in no rate.",
        ),
    ),
    Figure(
        "open",
        Text(vi="Còn lại", en="Still open"),
        Text(vi="Đang đợi tới lượt gửi.", en="Waiting for their turn."),
    ),
    Figure(
        "tracked",
        Text(vi="Cho phép theo dõi", en="Agreed to tracking"),
        Text(
            vi="Thư đã gửi cho người đồng ý cho theo dõi mở và nhấp. Thư của người khác không có "
            "gì để theo dõi, nên việc họ mở hay nhấp không ai biết.",
            en="Letters sent to people who agreed that opens and clicks are followed. The "
            "letters of others hold nothing to follow, so what they did nobody knows.",
        ),
    ),
    Figure(
        "personal",
        Text(vi="Viết riêng cho từng người", en="Personal"),
        Text(
            vi="Thư đã gửi mà lời thư dùng điều riêng của người nhận: tên gọi, thông tin, đơn "
            "hàng. Thư ai cũng đọc như nhau thì không tính. Xem cùng phần chênh lệch so với nhóm "
            "đối chứng để biết viết riêng có đáng công không.",
            en="Letters sent whose words use something of their reader's own: a name, a fact, an "
            "order. One that says the same to everybody is not counted. The lift over those held "
            "out says whether it was worth it.",
        ),
    ),
    Figure(
        "delivered",
        Text(vi="Đã tới (suy ra)", en="Delivered (inferred)"),
        Text(
            vi="Thư đã gửi trừ thư bị trả lại. Thư bị trả lại mà sau đó có người mở hay nhấp thì "
            "vẫn là đã tới. Con số giảm dần khi thư trả lại về muộn.",
            en="Letters sent less those that bounced. One that bounced and was opened or clicked "
            "by a person did arrive. It shrinks as late bounces come in.",
        ),
    ),
    Figure(
        "bounced",
        Text(vi="Bị trả lại", en="Bounced"),
        Text(
            vi="Thư đã gửi mà máy chủ nhận trả lại sau đó, dù lỗi tạm thời hay vĩnh viễn, và "
            "không ai mở hay nhấp.",
            en="Letters sent that came back afterwards, for a while or for good, and that nobody "
            "opened or clicked.",
        ),
    ),
    Figure(
        "opened",
        Text(vi="Đã mở", en="Opened"),
        Text(
            vi="Thư có người mở, mỗi thư một lần. Không tính máy tải ảnh trước. Nhấp mà không "
            "thấy mở thì không tự tính là mở.",
            en="Letters a person opened, each once. Machines that load pictures beforehand are "
            "left out. A click without an open is not made an open.",
        ),
    ),
    Figure(
        "opened_by_machine",
        Text(vi="Chỉ thấy máy mở", en="Opened by machines only"),
        Text(
            vi="Thư chỉ thấy máy mở (Apple tải trước ảnh, máy quét thư), không rõ người nhận có "
            "xem. Không nằm trong tỷ lệ nào.",
            en="Letters only a machine was seen to open (Apple's prefetch, scanners): whether "
            "their reader looked is unknown. In no rate.",
        ),
    ),
    Figure(
        "clicked",
        Text(vi="Đã nhấp", en="Clicked"),
        Text(
            vi="Số khách nhấp ít nhất một liên kết. Nhấp chín lần vẫn là một. Không tính máy "
            "quét, liên kết hủy nhận và trang tùy chọn.",
            en="Customers who clicked at least one link; nine clicks are one. Scanners, and the "
            "links to unsubscribe and to preferences, are left out.",
        ),
    ),
    Figure(
        "clicked_opened",
        Text(vi="Đã mở và nhấp", en="Opened and clicked"),
        Text(
            vi="Số khách vừa mở vừa nhấp.",
            en="Customers who were seen to open and to click.",
        ),
    ),
    Figure(
        "opened_tracked",
        Text(vi="Đã mở, được theo dõi", en="Opened, tracked"),
        Text(
            vi="Thư có người mở, trong số thư gửi cho người đồng ý cho theo dõi.",
            en="Letters a person opened, of those sent to people who agreed to tracking.",
        ),
    ),
    Figure(
        "clicked_tracked",
        Text(vi="Đã nhấp, được theo dõi", en="Clicked, tracked"),
        Text(
            vi="Số khách đã nhấp, trong số người đồng ý cho theo dõi.",
            en="Customers who clicked, of those who agreed to tracking.",
        ),
    ),
    Figure(
        "visited",
        Text(vi="Đã ghé website", en="Visited"),
        Text(
            vi="Số khách đã nhấp rồi có xem trang trên website hay ứng dụng của cửa hàng, trong "
            "số ngày đã chọn kể từ lần nhấp. Máy không tính.",
            en="Customers who clicked and then saw a page of the shop's website or app, within the "
            "chosen days of a click. Robots are left out.",
        ),
    ),
    Figure(
        "acted",
        Text(vi="Đã làm điều mong muốn", en="Acted"),
        Text(
            vi="Số khách đã ghé rồi làm điều đã chọn (đặt hàng, đăng ký, thêm vào giỏ, xem sản "
            "phẩm), trong số ngày đã chọn kể từ lần nhấp. Làm hai lần vẫn là một.",
            en="Customers who visited and then did the chosen thing (order, sign up, add to the "
            "cart, view a product) within the chosen days of the click. Twice is one.",
        ),
    ),
    Figure(
        "ordered",
        Text(vi="Đã đặt hàng nhờ thư", en="Ordered"),
        Text(
            vi="Số khách đã nhấp và có đơn hàng được ghi công cho thư này theo mô hình đã chọn, "
            "kể cả mua tại quầy. Đơn đã hủy không tính. Chỉ mở thì không được ghi công.",
            en="Customers who clicked and whose order is credited to this letter by the chosen "
            "model, bought at the till included. Cancelled orders are left out. Opening earns no "
            "credit.",
        ),
    ),
    Figure(
        "complained",
        Text(vi="Báo thư rác", en="Complained"),
        Text(
            vi="Số khách bấm báo thư rác ở hộp thư của họ, theo báo cáo nhà cung cấp gửi về.",
            en="Customers who marked it as spam, as their mail provider reported.",
        ),
    ),
    Figure(
        "unsubscribed",
        Text(vi="Hủy nhận", en="Unsubscribed"),
        Text(vi="Số khách hủy nhận từ thư này.", en="Customers who unsubscribed from this letter."),
    ),
)


def _rate(key: str, vi: str, en: str, top: str, bottom: str, *, is_first: bool = False) -> Figure:
    names = {one.key: one.name for one in _COUNTS}
    said = Text(
        vi=f"“{names[top].vi}” chia cho “{names[bottom].vi}”.",
        en=f"“{names[top].en}” divided by “{names[bottom].en}”.",
    )
    return Figure(key, Text(vi=vi, en=en), said, (top, bottom), is_first)


_RATES = (
    _rate("open_rate", "Tỷ lệ mở", "Open rate", "opened", "sent", is_first=True),
    _rate("open_rate_delivered", "Mở trên thư đã tới", "Opens of delivered", "opened", "delivered"),
    _rate("personal_rate", "Tỷ lệ viết riêng", "Share personal", "personal", "sent"),
    _rate(
        "open_rate_tracked",
        "Mở trên thư theo dõi được",
        "Opens of tracked",
        "opened_tracked",
        "tracked",
    ),
    _rate("click_rate", "Tỷ lệ nhấp", "Click rate", "clicked", "sent", is_first=True),
    _rate(
        "click_rate_delivered",
        "Nhấp trên thư đã tới",
        "Clicks of delivered",
        "clicked",
        "delivered",
    ),
    _rate(
        "click_rate_tracked",
        "Nhấp trên thư theo dõi được",
        "Clicks of tracked",
        "clicked_tracked",
        "tracked",
    ),
    _rate("click_to_open", "Nhấp trên số đã mở", "Click to open", "clicked_opened", "opened"),
    _rate(
        "conversion_rate", "Tỷ lệ chuyển đổi", "Conversion rate", "acted", "visited", is_first=True
    ),
    _rate("order_rate", "Đặt hàng trên thư gửi", "Orders of sent", "ordered", "sent"),
    _rate(
        "complaint_rate", "Tỷ lệ báo thư rác", "Complaint rate", "complained", "sent", is_first=True
    ),
    _rate(
        "complaint_rate_delivered",
        "Báo thư rác trên thư đã tới",
        "Complaints of delivered",
        "complained",
        "delivered",
    ),
    _rate("bounce_rate", "Tỷ lệ trả lại", "Bounce rate", "bounced", "sent", is_first=True),
    _rate(
        "unsubscribe_rate",
        "Tỷ lệ hủy nhận",
        "Unsubscribe rate",
        "unsubscribed",
        "sent",
        is_first=True,
    ),
    _rate(
        "unsubscribe_rate_delivered",
        "Hủy nhận trên thư đã tới",
        "Unsubscribes of delivered",
        "unsubscribed",
        "delivered",
    ),
)

FIGURES: Mapping[str, Figure] = {one.key: one for one in (*_COUNTS, *_RATES)}
"""Every figure by its key, in the order the dictionary shows them."""
FUNNEL = ("targeted", "sent", "delivered", "opened", "clicked", "visited", "acted", "ordered")
"""From the whole audience to those who bought."""
FEW = 30
"""Below so many a share is said with a warning."""
COMPLAINTS_WARN, COMPLAINTS_STOP = 0.001, 0.003
"""Complaints of letters sent from which on to look, and from which on to stop sending."""
