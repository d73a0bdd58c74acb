"""The starters in English: sentence by sentence, so that a change of looks is made once."""

from collections.abc import Mapping

__all__ = ["SUBJECTS", "in_english"]

SUBJECTS: Mapping[str, tuple[str, str]] = {
    "welcome": (
        "[AD] Good to meet you, {{ person.given_name | default: 'friend' }}",
        "What you can expect from {{ shop.name }}",
    ),
    "thank_you": (
        "{{ shop.name }} has your order {{ order.number | default: '' }}",
        "We are getting your things ready",
    ),
    "order_lines": (
        "Your order {{ data.order.number | default: '' }} at {{ shop.name }}",
        "What you ordered, line by line",
    ),
    "confirm": (
        "Confirm that you want mail from {{ shop.name }}",
        "One step left: confirm in this letter",
    ),
    "win_back": (
        "[AD] It has been a while, {{ person.given_name | default: 'friend' }}",
        "A small present for your next visit",
    ),
    "birthday": (
        "[AD] Happy birthday, {{ person.given_name | default: 'friend' }}",
        "{{ shop.name }} has a small present for you this month",
    ),
    "newsletter": ("[AD] This week at {{ shop.name }}", "A few things that just came in"),
}
"""Starter → subject and preheader."""

_WHO = "{{ person.greeting }}"
_NAME = "{{ person.given_name | default: 'friend' }}"
_WORDS: Mapping[str, str] = {
    '<mjml lang="vi">': '<mjml lang="en">',
    # the foot all of them have
    "Điện thoại:": "Phone:",
    "Bạn nhận thư này vì đã đồng ý nhận tin của chúng tôi.": (
        "You get this letter because you agreed to hear from us."
    ),
    "Hủy nhận tin": "Unsubscribe",
    "Chọn loại tin muốn nhận": "Choose what you want to get",
    # welcome
    f"{_WHO} ơi, rất vui được làm quen": f"Good to meet you, {_NAME}",
    f"Cảm ơn {_WHO} đã đăng ký nhận tin của {{{{ shop.name }}}}. Mỗi lần viết, chúng tôi chỉ kể "
    "điều đáng đọc: hàng mới về, cách dùng bền hơn, và ưu đãi dành riêng cho khách quen.": (
        "Thank you for signing up with {{ shop.name }}. We only write when there is something "
        "worth reading: what came in, how to make things last, and offers for regulars."
    ),
    "Ghé cửa hàng": "Visit the shop",
    "Ba điều bạn có thể trông đợi": "Three things you can expect",
    "1. Không quá một thư mỗi tuần.": "1. No more than one letter a week.",
    "2. Lời thật về từng món hàng, cả điều chưa hay.": (
        "2. The truth about every product, the less good too."
    ),
    "3. Muốn dừng lúc nào cũng được, chỉ một lần bấm ở cuối thư.": (
        "3. Stop whenever you like, with one click at the end of a letter."
    ),
    f"Có điều gì muốn hỏi, {_WHO} cứ trả lời thư này nhé.": (
        "If you have a question, just answer this letter."
    ),
    # after an order
    f"Cảm ơn {_WHO}!": f"Thank you, {_NAME}",
    "Chúng tôi đã nhận đơn <strong>{{ order.number }}</strong>": (
        "We have your order <strong>{{ order.number }}</strong>"
    ),
    " đặt ngày {{ order.placed_at | date }}": " of {{ order.placed_at | date }}",
    "{% endif %} và đang chuẩn bị.{% else %}": "{% endif %} and are getting it ready.{% else %}",
    "Chúng tôi đã nhận đơn của bạn và đang chuẩn bị.": (
        "We have your order and are getting it ready."
    ),
    "Mã đơn": "Order",
    "Số món": "Items",
    f"Khi hàng rời cửa hàng, chúng tôi sẽ báo để {_WHO} tiện nhận. Cần đổi địa chỉ hay giờ nhận, "
    "chỉ cần trả lời thư này": (
        "We will tell you when it leaves the shop. To change the address or the time, just answer "
        "this letter"
    ),
    " hoặc gọi {{ shop.phone }}": " or call {{ shop.phone }}",
    f"Đây là lần thứ {{{{ person.orders_count | number }}}} {_WHO} chọn {{{{ shop.name }}}}. "
    "Chúng tôi rất trân trọng.": (
        "You have chosen {{ shop.name }} {{ person.orders_count | number }} times now. "
        "It means a lot to us."
    ),
    f"Đây là lần đầu chúng ta làm quen. Mong món hàng hợp ý {_WHO}.": (
        "This is our first time together. We hope you will like it."
    ),
    "Thư này báo về đơn hàng của bạn.": "This letter is about your order.",
    # an order line by line
    f"Đơn của {_WHO}": f"Your order, {_NAME}",
    "Chúng tôi đã nhận đơn{% if data.order.number %}": (
        "We have your order{% if data.order.number %}"
    ),
    f"{{% endif %}} và đang chuẩn bị. Dưới đây là từng món, để {_WHO} xem lại.": (
        "{% endif %} and are getting it ready. Here it is line by line, for you to check."
    ),
    ">Món<": ">Product<",
    ">Số lượng<": ">Quantity<",
    ">Đơn giá<": ">Price<",
    ">Thành tiền<": ">Total<",
    "Phí giao hàng": "Delivery",
    "Tổng tiền": "Total",
    "Cần đổi món, địa chỉ hay giờ nhận, chỉ cần trả lời thư này": (
        "To change a product, the address or the time, just answer this letter"
    ),
    # a sign-up
    "Còn một bước nữa": "One step left",
    "Địa chỉ này vừa được điền vào biểu mẫu đăng ký nhận tin của {{ shop.name }}. Nếu đúng là quý "
    "khách, hãy bấm nút dưới đây rồi chọn Xác nhận trên trang mở ra.": (
        "This address was just entered into a sign-up form of {{ shop.name }}. If that was you, "
        "press the button and confirm on the page that opens."
    ),
    "Xác nhận đăng ký": "Confirm the sign-up",
    "Nếu không phải quý khách, cứ bỏ qua thư này: chúng tôi không gửi thêm thư nào nữa.": (
        "If it was not you, do nothing: we will not write again."
    ),
    "Thư này chỉ gửi một lần, để hỏi có đúng quý khách đã đăng ký.": (
        "This letter is sent once, to ask whether it was you who signed up."
    ),
    # not seen for long
    f"Lâu rồi chưa gặp {_WHO}": f"It has been a while, {_NAME}",
    "Lần gần nhất bạn ghé {{ shop.name }} là ngày {{ person.last_order_at | date }}. ": (
        "You were last at {{ shop.name }} on {{ person.last_order_at | date }}. "
    ),
    "Từ đó cửa hàng có thêm nhiều điều mới, và chúng tôi giữ cho bạn một món quà nhỏ ở lần ghé "
    "tới.": "Much is new since, and we keep a small present for your next visit.",
    "Nhập mã khi thanh toán": "Enter this code when you pay",
    "GAPLAI": "SEEYOU",
    "Dùng một lần, cho một đơn bất kỳ.": "For one order of any kind, once.",
    "Xem có gì mới": "See what is new",
    f"Nếu lần trước có điều gì chưa vừa ý, {_WHO} trả lời thư này giúp nhé. Chúng tôi đọc từng "
    "lá.": "If something was not right last time, please answer this letter. We read every one.",
    # a birthday
    f"Chúc mừng sinh nhật {_WHO}": f"Happy birthday, {_NAME}",
    f"{{{{ shop.name }}}} chúc {_WHO} một tuổi mới thật nhiều sức khỏe và niềm vui": (
        "{{ shop.name }} wishes you a healthy and happy new year of life"
    ),
    ", nhất là trong ngày": ", above all on",
    "Món quà nhỏ của cửa hàng: <strong>giảm 10%</strong> cho một đơn bất kỳ trong tháng sinh nhật. "
    "Mã dùng một lần, không cộng với chương trình khác.": (
        "Our small present: <strong>10% off</strong> one order in the month of your birthday. "
        "The code works once and does not add to other offers."
    ),
    "MUNGTUOIMOI": "MYBIRTHDAY",
    "Chọn quà cho mình": "Choose your present",
    # a newsletter
    "Tuần này ở {{ shop.name }}": "This week at {{ shop.name }}",
    f"Chào {_WHO}, đây là những món vừa về mà chúng tôi thích nhất. Giá ghi lúc gửi thư; số lượng "
    "mỗi món không nhiều.": (
        f"Hello {_NAME}, these are our favourites of what just came in. Prices are those of the "
        "day we write; there are not many of each."
    ),
    "Xem món này": "See it",
    "Mẹo nhỏ trong tuần": "A small tip",
    "Viết ở đây một điều có ích về cách chọn, cách dùng hay cách giữ đồ cho bền.": (
        "Write here something useful about choosing, using or keeping things."
    ),
    "Xem tất cả": "See everything",
}


def in_english(body: str) -> str:
    """A starter's body with English words; longer sentences first, as some hold shorter ones."""
    for vietnamese in sorted(_WORDS, key=len, reverse=True):
        body = body.replace(vietnamese, _WORDS[vietnamese])
    return body
