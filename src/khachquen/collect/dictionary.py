"""The event names that mean something here, in words: Segment's e-commerce spec, and our own."""

from dataclasses import dataclass

from khachquen.base import Text


@dataclass(frozen=True, slots=True)
class StandardEvent:
    """One name a ``track`` call may carry and what is read from it.

    ``trusted_only``: from a public key it is kept as it came, and changes nothing.
    Every other name is kept and can be asked about all the same.
    """

    name: str
    label: Text
    meaning: Text
    properties: tuple[str, ...] = ()
    trusted_only: bool = False


_LINES = "products[].{product_id, sku, name, category, price, quantity}"
_CONSENT = ("purpose", "channels", "method", "text_version", "expires_at", "at_most", "per_days")
_EMAIL = ("email_id", "email_subject", "campaign_id", "campaign_name")
_ORDER = ("order_id", "total", "currency", _LINES)
_PRODUCT = ("product_id", "sku", "name", "category", "price", "currency")


def _event(
    name: str, vi: str, en: str, *properties: str, trusted_only: bool = False
) -> StandardEvent:
    label, _, meaning = vi.partition(": ")
    told = Text(vi=meaning[:1].upper() + meaning[1:], en=en)
    return StandardEvent(name, Text(vi=label, en=name), told, properties, trusted_only)


STANDARD_EVENTS: tuple[StandardEvent, ...] = (
    _event(
        "Page Engaged",
        "Thời gian xem trang: trang hiện trên màn hình bao lâu, cuộn tới đâu; cộng theo lượt xem.",
        "How long a page was in view and how far it was scrolled; those of one view add up.",
        "engaged_ms",
        "scroll_percent",
        "view_id",
    ),
    _event(
        "Element Clicked",
        "Bấm trên trang: chỗ khách bấm, theo phần của trang và của phần tử; dùng cho bản đồ nhiệt.",
        "Where a visitor clicked, as parts of the page and of the element; for heat maps.",
        "x",
        "y",
        "page_width",
        "page_height",
        "selector",
        "element_x",
        "element_y",
        "tag",
        "text",
    ),
    _event(
        "Outbound Link Clicked",
        "Bấm liên kết ra ngoài: khách bấm một liên kết dẫn sang trang web khác.",
        "A visitor followed a link to another site.",
        "href",
        "host",
        "text",
    ),
    _event(
        "File Downloaded",
        "Tải tệp: khách tải một tệp từ trang web.",
        "A visitor downloaded a file.",
        "href",
        "file_name",
        "file_extension",
        "text",
    ),
    _event(
        "Form Submitted",
        "Gửi biểu mẫu: khách gửi một biểu mẫu; điều khách gõ không được ghi lại.",
        "A form was sent; what was typed is not told.",
        "form_id",
        "form_name",
        "form_action",
        "method",
    ),
    _event(
        "Contact Opened",
        "Mở nút liên hệ: khách mở nút liên hệ nhiều kênh.",
        "A visitor opened the contact button.",
        "channels",
    ),
    _event(
        "Contact Clicked",
        "Bấm liên hệ: khách bấm gọi điện, nhắn Zalo, Messenger, SMS hoặc gửi email.",
        "A visitor chose to call, to write on Zalo or Messenger, by SMS or e-mail.",
        "channel",
        "href",
        "place",
    ),
    _event(
        "Consent Updated",
        "Đổi lựa chọn riêng tư: khách cho phép hoặc rút lại việc ghi nhận, theo từng mục đích.",
        "A visitor allowed or withdrew, by purpose, that a record is kept.",
        "analytics",
        "marketing",
        "shown",
    ),
    _event(
        "Consent Granted",
        "Đồng ý: khách đồng ý cho dùng dữ liệu hoặc nhận tin, theo mục đích, kênh; vào sổ đồng ý.",
        "Somebody agreed to a purpose on some channels; goes into the consent ledger.",
        *_CONSENT,
        trusted_only=True,
    ),
    _event(
        "Consent Requested",
        "Chờ xác nhận đồng ý: khách đã đăng ký và còn phải bấm xác nhận.",
        "Somebody signed up and has still to confirm it (double opt-in).",
        *_CONSENT,
        trusted_only=True,
    ),
    _event(
        "Consent Refused",
        "Không đồng ý: khách được hỏi và từ chối.",
        "Somebody was asked and refused.",
        *_CONSENT,
        trusted_only=True,
    ),
    _event(
        "Consent Withdrawn",
        "Rút lại sự đồng ý: từ lúc này không được dùng dữ liệu cho mục đích ấy nữa.",
        "Somebody took their consent back; it holds from that moment.",
        *_CONSENT,
        trusted_only=True,
    ),
    _event(
        "Products Searched",
        "Tìm sản phẩm: khách tìm hàng trên website hoặc ứng dụng.",
        "A visitor searched the shop.",
        "query",
    ),
    _event(
        "Product List Viewed",
        "Xem danh mục: khách xem một danh sách sản phẩm.",
        "A visitor saw a list of products.",
        "list_id",
        "category",
    ),
    _event(
        "Product Viewed",
        "Xem sản phẩm: khách mở trang của một sản phẩm.",
        "A visitor saw one product.",
        *_PRODUCT,
    ),
    _event(
        "Product Added",
        "Thêm vào giỏ: khách cho sản phẩm vào giỏ hàng.",
        "A visitor put a product into the cart.",
        *_PRODUCT,
        "quantity",
    ),
    _event(
        "Product Removed",
        "Bỏ khỏi giỏ: khách lấy sản phẩm ra khỏi giỏ hàng.",
        "A visitor took a product out of the cart.",
        *_PRODUCT,
        "quantity",
    ),
    _event("Cart Viewed", "Xem giỏ hàng: khách mở giỏ hàng.", "A visitor looked at the cart."),
    _event(
        "Checkout Started",
        "Bắt đầu thanh toán: khách bấm thanh toán; chưa phải đơn hàng.",
        "A visitor began to pay; not an order yet.",
        *_ORDER,
    ),
    _event(
        "Order Completed",
        "Đặt hàng: một đơn hàng mới; tính vào đơn hàng và doanh thu.",
        "A new order; counts as an order and as revenue.",
        *_ORDER,
        trusted_only=True,
    ),
    _event(
        "Order Updated",
        "Sửa đơn hàng: nội dung mới của đơn thay cho nội dung cũ.",
        "The order as it is now; takes the place of what was told before.",
        *_ORDER,
        trusted_only=True,
    ),
    _event(
        "Order Refunded",
        "Trả hàng: hàng hoặc tiền được trả lại, một phần hoặc toàn bộ.",
        "Goods or money came back, in part or whole.",
        *_ORDER,
        trusted_only=True,
    ),
    _event(
        "Order Cancelled",
        "Hủy đơn: đơn hàng bị hủy, không tính là doanh thu.",
        "The order was called off and is no revenue.",
        *_ORDER,
        trusted_only=True,
    ),
    _event(
        "Product Updated",
        "Cập nhật sản phẩm: một sản phẩm của cửa hàng, mới hoặc đã sửa.",
        "A product of the shop, new or changed.",
        *_PRODUCT,
        "brand",
        "url",
        "image_url",
        trusted_only=True,
    ),
    _event(
        "Stock Adjusted",
        "Điều chỉnh kho: dòng hàng hỏng, thất lạc, kiểm kê trong tệp nhập; không phải đơn hàng.",
        "A line of an imported file about damaged, lost or counted goods; not an order.",
        trusted_only=True,
    ),
    _event(
        "Account Adjusted",
        "Điều chỉnh sổ: dòng phí, nợ xấu, bút toán trong tệp nhập; không phải đơn hàng.",
        "A line of an imported file about fees, bad debt or bookings; not an order.",
        trusted_only=True,
    ),
    _event(
        "Product Reviewed",
        "Đánh giá sản phẩm: khách chấm điểm hoặc viết nhận xét.",
        "A customer rated or reviewed a product.",
        "product_id",
        "rating",
        "review_body",
    ),
    _event("Signed Up", "Đăng ký: khách tạo tài khoản.", "Somebody made an account.", "method"),
    _event(
        "Subscribed",
        "Đăng ký nhận tin: khách muốn nhận tin của cửa hàng.",
        "Somebody asked for the newsletter.",
        "channel",
    ),
    _event(
        "Unsubscribed",
        "Hủy nhận tin: khách không muốn nhận tin nữa.",
        "Somebody no longer wants the newsletter.",
        "channel",
    ),
    _event(
        "Message Delivered",
        "Tin đã tới máy: nhà mạng nhắn tin báo rằng tin của cửa hàng đã tới máy khách.",
        "A messaging service said that a message of the shop is on the customer's phone.",
        *_EMAIL,
        "channel",
        "message_id",
        trusted_only=True,
    ),
    _event(
        "Email Opened",
        "Mở email: một email của cửa hàng được mở; vài hộp thư tự mở thay khách.",
        "One of the shop's e-mails was opened; some mailboxes open them by themselves.",
        *_EMAIL,
    ),
    _event(
        "Email Link Clicked",
        "Bấm trong email: khách bấm một liên kết trong email của cửa hàng.",
        "A link in one of the shop's e-mails was clicked.",
        *_EMAIL,
        "link_id",
        "link_url",
    ),
    _event(
        "Email Opened By Machine",
        "Máy tự mở email: hộp thư hoặc máy quét tải ảnh trong thư, không phải khách.",
        "A mailbox or a scanner loaded the pictures of an e-mail; nobody read it.",
        *_EMAIL,
        "machine_reason",
    ),
    _event(
        "Email Link Clicked By Machine",
        "Máy tự bấm trong email: máy quét mở liên kết trong thư, không phải khách.",
        "A scanner followed a link in an e-mail; nobody clicked.",
        *_EMAIL,
        "link_id",
        "link_url",
        "machine_reason",
    ),
)
