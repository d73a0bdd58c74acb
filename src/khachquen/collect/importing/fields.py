"""What a file may tell, and the words its columns are headed with.

The catalogue is the one place to teach a new heading: the guess, the checks and the guide read it.
"""

from dataclasses import dataclass
from functools import lru_cache

from khachquen.collect.importing.values import fold


@dataclass(frozen=True, slots=True)
class Field:
    """One thing a column may hold, and its headings, the surest first."""

    name: str
    headings: tuple[str, ...]


CUSTOMER_FIELDS = (
    Field(
        "customer_id",
        ("Mã khách hàng", "Mã KH", "Mã khách", "CustomerID", "Customer Code", "UserId", "ID"),
    ),
    Field(
        "name",
        (
            "Tên khách hàng",
            "Họ và tên",
            "Họ tên",
            "Tên KH",
            "Khách hàng",
            "Full name",
            "Customer Name",
            "Name",
            "Tên",
        ),
    ),
    Field("first_name", ("First name", "Tên gọi")),
    Field("last_name", ("Last name", "Họ")),
    Field(
        "phone",
        (
            "Điện thoại",
            "Số điện thoại",
            "Điện thoại khách hàng",
            "SĐT",
            "SDT",
            "Di động",
            "Phone",
            "Phone number",
            "Mobile",
            "Tel",
        ),
    ),
    Field("email", ("Email", "E-mail", "Thư điện tử", "Email khách hàng", "Email address")),
    Field("zalo_id", ("Zalo ID", "Mã Zalo", "Zalo User ID", "Zalo UID", "Mã người dùng Zalo")),
    Field("zalo_oa", ("Zalo OA", "Zalo OA ID", "Mã OA", "OA ID")),
    Field("facebook_psid", ("Facebook PSID", "PSID", "Messenger ID", "Mã Messenger")),
    Field("facebook_page", ("Facebook Page ID", "Page ID", "Mã trang Facebook", "Mã fanpage")),
    Field(
        "card",
        (
            "Số thẻ thành viên",
            "Mã thẻ thành viên",
            "Mã thẻ",
            "Thẻ thành viên",
            "Mã thẻ khách hàng",
            "Member card",
            "Membership card",
            "Loyalty card",
        ),
    ),
    Field("device_id", ("Mã thiết bị", "Device ID")),
    Field("birthday", ("Ngày sinh", "Sinh nhật", "Birthday", "Date of birth", "DOB")),
    Field("gender", ("Giới tính", "Gender", "Sex")),
    Field("address", ("Địa chỉ", "Address", "Địa chỉ khách hàng", "Street")),
    Field("ward", ("Phường/Xã", "Phường xã", "Ward")),
    Field("district", ("Quận/Huyện", "Quận huyện", "District")),
    Field("province", ("Tỉnh/Thành phố", "Tỉnh thành", "Thành phố", "Province", "City", "State")),
    Field("country", ("Quốc gia", "Nước", "Country")),
    Field("group", ("Nhóm khách hàng", "Nhóm KH", "Customer group")),
    Field("company", ("Công ty", "Company")),
    Field("created_at", ("Ngày tạo", "Created at", "Created")),
    Field("total_spent", ("Tổng bán", "Tổng chi tiêu", "Total spent", "Tổng bán trừ trả hàng")),
)

PRODUCT_FIELDS = (
    Field("sku", ("Mã hàng", "Mã sản phẩm", "Mã SP", "Mã SKU", "SKU", "StockCode", "Product ID")),
    Field("product_name", ("Tên hàng", "Tên sản phẩm", "Tên SP", "Product name", "Description",
                           "Name", "Title", "Tên")),
    Field("category", ("Nhóm hàng", "Nhóm hàng (3 cấp)", "Danh mục", "Loại hàng", "Category",
                       "Product type")),
    Field("brand", ("Thương hiệu", "Nhãn hiệu", "Brand", "Vendor")),
    Field("price", ("Giá bán", "Giá bán lẻ", "Giá", "Đơn giá", "Price", "UnitPrice")),
    Field("currency", ("Tiền tệ", "Loại tiền", "Currency")),
    Field("url", ("Đường dẫn", "Link", "URL")),
    Field("image_url", ("Hình ảnh", "Hình ảnh (url1,url2...)", "Ảnh", "Image URL", "Image Src",
                        "Image")),
)  # fmt: skip

ORDER_FIELDS = (
    Field(
        "order_number",
        (
            "Mã đơn hàng",
            "Mã hóa đơn",
            "Mã hoá đơn",
            "Mã đơn",
            "Số hóa đơn",
            "Số đơn hàng",
            "Số chứng từ",
            "InvoiceNo",
            "Invoice",
            "Invoice number",
            "Order ID",
            "Order number",
            "Order No",
        ),
    ),
    Field(
        "ordered_at",
        (
            "Ngày bán",
            "Ngày đặt hàng",
            "Ngày đặt",
            "Thời gian",
            "Thời gian tạo",
            "Thời gian đặt hàng",
            "Ngày tạo",
            "Ngày giờ",
            "Ngày",
            "InvoiceDate",
            "Order date",
            "Created at",
            "Date",
        ),
    ),
    Field("sku", ("Mã hàng", "Mã sản phẩm", "Mã SP", "Mã SKU", "SKU", "StockCode", "Product ID",
                  "Lineitem sku")),
    Field("product_name", ("Tên hàng", "Tên sản phẩm", "Tên SP", "Sản phẩm", "Product name",
                           "Description", "Lineitem name")),
    Field("category", ("Nhóm hàng", "Danh mục", "Category")),
    Field("quantity", ("Số lượng", "SL", "Quantity", "Qty", "Lineitem quantity")),
    Field("price", ("Đơn giá", "Giá bán", "Giá", "UnitPrice", "Price", "Lineitem price")),
    Field("order_total", ("Khách cần trả", "Tổng cộng", "Tổng tiền", "Tổng thanh toán",
                          "Tổng tiền hàng", "Order total", "Total", "Total amount")),
    Field("currency", ("Tiền tệ", "Loại tiền", "Currency")),
    Field(
        "customer_id",
        ("Mã khách hàng", "Mã KH", "Mã khách", "CustomerID", "Customer Code", "UserId"),
    ),
    Field("name", ("Tên khách hàng", "Khách hàng", "Họ và tên", "Họ tên", "Người mua",
                   "Customer name", "Full name", "Billing Name")),
    Field("phone", ("Điện thoại", "Số điện thoại", "Điện thoại khách hàng", "SĐT", "Phone",
                    "Phone number")),
    Field("email", ("Email", "E-mail", "Email khách hàng", "Customer email")),
    Field("country", ("Quốc gia", "Nước", "Country")),
    Field("channel", ("Kênh bán", "Kênh bán hàng", "Nguồn đơn", "Channel", "Source")),
    Field("store", ("Chi nhánh", "Cửa hàng", "Branch", "Store")),
)  # fmt: skip

CONSENT_FIELDS = (
    Field(
        "customer_id",
        ("Mã khách hàng", "Mã KH", "Mã khách", "CustomerID", "Customer Code", "UserId"),
    ),
    Field("phone", ("Điện thoại", "Số điện thoại", "SĐT", "Di động", "Phone", "Phone number")),
    Field("email", ("Email", "E-mail", "Thư điện tử", "Email address")),
    Field("answer", ("Đồng ý", "Trạng thái", "Trả lời", "Consent", "Status", "Opt-in", "Answer")),
    Field("purpose", ("Mục đích", "Purpose")),
    Field("channels", ("Kênh", "Kênh nhận tin", "Channel", "Channels")),
    Field("said_at", ("Ngày đồng ý", "Thời gian", "Ngày", "Date", "Consent date", "Timestamp")),
    Field("expires_at", ("Hết hạn", "Ngày hết hạn", "Expires", "Expires at")),
    Field("method", ("Hình thức", "Cách thu thập", "Method")),
    Field("evidence", ("Chứng cứ", "Bằng chứng", "Ghi chú", "Evidence", "Note")),
)

SUPPRESSION_FIELDS = (
    Field("phone", ("Điện thoại", "Số điện thoại", "SĐT", "SDT", "Thuê bao", "Số thuê bao",
                    "Di động", "Số", "Phone", "Phone number", "Mobile", "MSISDN", "Number")),
    Field("email", ("Email", "E-mail", "Thư điện tử", "Địa chỉ email", "Email address")),
)  # fmt: skip

FIELDS_OF = {
    "suppressions": SUPPRESSION_FIELDS,
    "consents": CONSENT_FIELDS,
    "customers": CUSTOMER_FIELDS,
    "products": PRODUCT_FIELDS,
    "orders": ORDER_FIELDS,
}


@lru_cache(maxsize=4096)
def squeeze(heading: str) -> str:
    """A heading without case, diacritics, spaces and marks, so that spellings meet.

    >>> squeeze("Mã khách hàng"), squeeze("Customer ID"), squeeze("customer_id")
    ('makhachhang', 'customerid', 'customerid')
    """
    return "".join(c for c in fold(heading) if c.isalnum())


def guess_columns(kind: str, header: tuple[str, ...]) -> dict[str, int]:
    """Field → index of the column that holds it: for each field the surest heading present.

    >>> guess_columns("orders", ("InvoiceNo", "Ghi chú", "Số lượng"))
    {'order_number': 0, 'quantity': 2}
    """
    places: dict[str, int] = {}
    for index, heading in enumerate(header):
        places.setdefault(squeeze(heading), index)
    found: dict[str, int] = {}
    for field in FIELDS_OF[kind]:
        for heading in (*field.headings, field.name):
            index = places.get(squeeze(heading), -1)
            if index >= 0 and index not in found.values():
                found[field.name] = index
                break
    return found
