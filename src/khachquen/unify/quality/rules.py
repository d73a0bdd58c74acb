"""Every check there is, as data: what it looks at, when it is wrong, why it matters, what to do.

A rule about people has a ``judge``; those about orders, messages and events are counted by the
step of their subject (``steps.py``) under the rule's key.
"""

from collections.abc import Mapping

from khachquen.base import NotFoundError, Text
from khachquen.unify.quality import checks
from khachquen.unify.quality.checks import of_person, of_words
from khachquen.unify.quality.rule import Rule

RULES: tuple[Rule, ...] = (
    Rule(
        key="contact_missing",
        axis="complete",
        subject="person",
        weight=3,
        name=Text("Không có số điện thoại lẫn email", "Neither phone nor e-mail"),
        counts=Text(
            "Khách đã biết mà hồ sơ không có số điện thoại hợp lệ và cũng không có email hợp lệ.",
            "Known customers whose record has no valid phone and no valid e-mail.",
        ),
        why=Text(
            "Không cách nào liên lạc hay nhận ra họ ở kênh khác.",
            "They cannot be reached, nor recognised on another channel.",
        ),
        fix=Text(
            "Xin số điện thoại khi thanh toán; thêm ô số điện thoại vào biểu mẫu của nguồn.",
            "Ask for a phone number at the till; add the field to the form of the source.",
        ),
        mend="plan",
        judge=of_person(checks.has_no_contact),
    ),
    Rule(
        key="name_missing",
        axis="complete",
        subject="person",
        weight=2,
        field="name",
        name=Text("Chưa có tên", "No name"),
        counts=Text(
            "Khách đã biết mà chưa nguồn nào cho một cái tên dùng được.",
            "Known customers no source has given a usable name of.",
        ),
        why=Text(
            "Tin nhắn phải mở đầu bằng “Quý khách”.", "Messages must begin without their name."
        ),
        fix=Text(
            "Bổ sung tên ở nguồn rồi gửi lại, hoặc nhập tệp có cột họ tên.",
            "Fill the name in at the source and send it again, or import a file with names.",
        ),
        mend="plan",
        judge=of_person(checks.has_no_name),
    ),
    Rule(
        key="order_without_customer",
        axis="complete",
        subject="order",
        weight=2,
        name=Text("Đơn hàng không rõ của ai", "Order of nobody"),
        counts=Text(
            "Đơn hàng không mang mã khách, số điện thoại, email hay thiết bị nào.",
            "Orders that carry no user id, phone, e-mail or device.",
        ),
        why=Text(
            "Tiền đã thu nhưng không cộng vào khách nào.", "The money counts for no customer."
        ),
        fix=Text(
            "Ở máy tính tiền, gửi số điện thoại hoặc mã khách cùng đơn hàng.",
            "Send a phone number or user id with the order from the till.",
        ),
        mend="source",
    ),
    Rule(
        key="name_junk",
        axis="valid",
        subject="person",
        field="name",
        name=Text("Tên không phải tên người", "A name that names nobody"),
        counts=Text(
            "Khách có tên được gửi đến, mà tên là “khách lẻ”, chữ số, tên bị che, hay tên công ty.",
            "Customers with a name sent, where it is a walk-in, digits, masked, or a company.",
        ),
        why=Text("Gọi tên sai làm khách phật lòng.", "Being called wrongly annoys a customer."),
        fix=Text(
            "Sửa tên ở nguồn; để trống khi không biết, đừng gõ tên tạm.",
            "Correct it at the source; leave it empty when unknown.",
        ),
        mend="source",
        judge=of_words("name", checks.names_nobody),
    ),
    Rule(
        key="name_old_keys",
        axis="valid",
        subject="person",
        field="name",
        name=Text("Tên hỏng dấu", "Name with broken marks"),
        counts=Text(
            "Khách có tên được gửi đến, mà tên còn phím gõ VNI, Telex hoặc phông TCVN3, VNI.",
            "Customers with a name sent, where keystrokes or an old font were left in it.",
        ),
        why=Text("Tên hiện ra không đọc được.", "The name cannot be read."),
        fix=Text("Sửa tên ở nguồn theo gợi ý.", "Correct the name at the source as proposed."),
        mend="source",
        judge=of_words("name", checks.is_from_old_keys),
        propose=checks.meant_name,
    ),
    Rule(
        key="phone_invalid",
        axis="valid",
        subject="person",
        weight=2,
        field="phone",
        name=Text("Số điện thoại không dùng được", "Phone that is no number"),
        counts=Text(
            "Khách có số điện thoại được gửi đến, mà không phải số của một người: thiếu số, bịa,"
            " bị che, tổng đài.",
            "Customers with a phone sent that is no person's number: too short, made up, masked,"
            " a service number.",
        ),
        why=Text("Không gọi, không nhắn được.", "Nobody can be called or texted there."),
        fix=Text(
            "Hỏi lại khách; sửa ở nguồn rồi gửi lại.",
            "Ask the customer; correct it at the source and send it again.",
        ),
        mend="source",
        judge=of_words("phone", checks.is_no_phone),
    ),
    Rule(
        key="phone_ambiguous",
        axis="valid",
        subject="person",
        field="phone",
        name=Text("Số điện thoại chưa rõ", "Phone that could be two"),
        counts=Text(
            "Khách có số điện thoại được gửi đến, mà là hai số trong một ô, hoặc vừa có thể là máy"
            " bàn cũ vừa có thể là di động.",
            "Customers with a phone sent that is two numbers in one cell, or an old landline or a"
            " mobile of today.",
        ),
        why=Text("Đoán sai là nhắn nhầm người.", "A wrong guess is a message to a stranger."),
        fix=Text("Chọn đúng một số ở nguồn.", "Settle on one number at the source."),
        mend="source",
        judge=of_words("phone", checks.is_open_phone),
    ),
    Rule(
        key="email_invalid",
        axis="valid",
        subject="person",
        weight=2,
        field="email",
        name=Text("Email không dùng được", "E-mail that is no address"),
        counts=Text(
            "Khách có email được gửi đến, mà sai cú pháp, bị che, hoặc là địa chỉ của không ai.",
            "Customers with an e-mail sent that is malformed, masked, or nobody's.",
        ),
        why=Text("Thư không tới được.", "Mail does not get there."),
        fix=Text("Hỏi lại khách; sửa ở nguồn.", "Ask the customer; correct it at the source."),
        mend="source",
        judge=of_words("email", checks.is_no_email),
    ),
    Rule(
        key="email_typo",
        axis="valid",
        subject="person",
        field="email",
        name=Text("Email có thể gõ nhầm", "E-mail that looks mistyped"),
        counts=Text(
            "Khách có email được gửi đến, mà tên miền gần giống một tên miền thông dụng.",
            "Customers with an e-mail sent whose domain is nearly a common one.",
        ),
        why=Text("Thư bị trả lại, hoặc tới người lạ.", "Mail bounces or reaches a stranger."),
        fix=Text(
            "Xác nhận với khách rồi sửa; hệ thống chỉ gợi ý, không tự đổi.",
            "Confirm with the customer, then correct it; nothing is changed by itself.",
        ),
        mend="source",
        judge=of_words("email", checks.has_typo),
        propose=checks.meant_email,
    ),
    Rule(
        key="birthday_impossible",
        axis="valid",
        subject="person",
        field="birthday",
        name=Text("Ngày sinh không thể có", "Impossible date of birth"),
        counts=Text(
            "Khách có ngày sinh được gửi đến, mà không đọc được, ở tương lai, hoặc quá 120 năm.",
            "Customers with a birthday sent that is unreadable, to come, or over 120 years ago.",
        ),
        why=Text("Lời chúc sinh nhật gửi sai ngày.", "Birthday wishes go out on a wrong day."),
        fix=Text("Sửa ở nguồn; ghi ngày/tháng/năm.", "Correct it at the source; day/month/year."),
        mend="source",
        judge=of_words("birthday", checks.is_no_birthday),
    ),
    Rule(
        key="quarantined",
        axis="valid",
        subject="message",
        weight=2,
        name=Text("Tin bị cách ly", "Messages in quarantine"),
        counts=Text(
            "Tin nhận trong 30 ngày qua còn nằm trong khu cách ly, trên số đã lưu hoặc bị cách ly.",
            "Messages of the last 30 days that are in quarantine, of those stored or quarantined.",
        ),
        why=Text("Chúng chưa được tính vào đâu cả.", "They count nowhere yet."),
        fix=Text(
            "Xem lý do trong khu cách ly, sửa rồi xử lý lại.",
            "See the reasons in quarantine, correct them and take them in again.",
        ),
        mend="quarantine",
    ),
    Rule(
        key="phone_of_another",
        axis="unique",
        subject="person",
        weight=2,
        field="phone",
        name=Text("Hai người cùng một số điện thoại", "Two people with one phone"),
        counts=Text(
            "Khách có số điện thoại hợp lệ được gửi đến, mà số đó đang thuộc hồ sơ khác.",
            "Customers with a valid phone sent that belongs to another record.",
        ),
        why=Text(
            "Có thể là một người có hai hồ sơ, hoặc số dùng chung trong nhà.",
            "One person with two records, or a phone a family shares.",
        ),
        fix=Text(
            "Mở hồ sơ, xem hai bên có phải một người không.",
            "Open the record and see whether both are one person.",
        ),
        mend="customer",
        judge=of_words("phone", checks.is_of_another),
    ),
    Rule(
        key="email_of_another",
        axis="unique",
        subject="person",
        weight=2,
        field="email",
        name=Text("Hai người cùng một email", "Two people with one e-mail"),
        counts=Text(
            "Khách có email hợp lệ được gửi đến, mà email đó đang thuộc hồ sơ khác.",
            "Customers with a valid e-mail sent that belongs to another record.",
        ),
        why=Text(
            "Có thể là một người có hai hồ sơ, hoặc hộp thư dùng chung.",
            "One person with two records, or a mailbox several use.",
        ),
        fix=Text(
            "Mở hồ sơ, xem hai bên có phải một người không.",
            "Open the record and see whether both are one person.",
        ),
        mend="customer",
        judge=of_words("email", checks.is_of_another),
    ),
    Rule(
        key="not_seen",
        axis="fresh",
        subject="person",
        weight=2,
        name=Text("Hai năm không gặp", "Not seen for two years"),
        counts=Text(
            "Khách đã biết mà lần gặp gần nhất đã hơn 730 ngày.",
            "Known customers last seen more than 730 days ago.",
        ),
        why=Text(
            "Số điện thoại, địa chỉ và sở thích có thể đã đổi.",
            "Phone, address and taste may have changed.",
        ),
        fix=Text(
            "Hỏi thăm một lần; không trả lời thì ngừng gửi. Không hồ sơ nào bị xóa tự động.",
            "Ask once whether they are still there; else stop writing. No record is removed.",
        ),
        mend="customer",
        judge=of_person(checks.was_not_seen),
    ),
    Rule(
        key="late",
        axis="fresh",
        subject="event",
        name=Text("Sự kiện đến muộn", "Events that came late"),
        counts=Text(
            "Sự kiện nhận trong 30 ngày qua bằng khóa công khai, đến hơn một ngày sau khi xảy ra.",
            "Events of the last 30 days by public keys that came over a day after they happened.",
        ),
        why=Text("Con số của ngày cũ còn đổi.", "Figures of past days keep changing."),
        fix=Text(
            "Xem thiết bị của nguồn có gửi ngay không, đồng hồ có đúng không.",
            "See whether the source sends at once and its clock is right.",
        ),
        mend="source",
    ),
    Rule(
        key="gender_contradicted",
        axis="consistent",
        subject="person",
        field="gender",
        name=Text("Giới tính trái với danh xưng", "Gender against the way of address"),
        counts=Text(
            "Khách có cả giới tính lẫn danh xưng (anh, chị, cô …), mà hai bên trái nhau.",
            "Customers with a gender and an honorific that say the opposite.",
        ),
        why=Text("Tin nhắn chào “Anh” một người là chị.", "A message greets a woman as a man."),
        fix=Text("Hỏi lại khách rồi sửa bên sai.", "Ask the customer and correct the wrong one."),
        mend="source",
        judge=checks.contradicts_gender,
    ),
    Rule(
        key="birthdays_differ",
        axis="consistent",
        subject="person",
        field="birthday",
        name=Text("Các nguồn ghi ngày sinh khác nhau", "Sources differ on the birthday"),
        counts=Text(
            "Khách có ngày sinh từ ít nhất hai nguồn, mà các ngày không giống nhau.",
            "Customers whose birthday at least two sources give, and not the same one.",
        ),
        why=Text(
            "Một bên sai, hoặc đây là hai người bị gộp.", "One is wrong, or these are two people."
        ),
        fix=Text("Mở hồ sơ để so các nguồn.", "Open the record and compare the sources."),
        mend="customer",
        judge=checks.birthdays_differ,
    ),
    Rule(
        key="refund_above_total",
        axis="consistent",
        subject="order",
        name=Text("Hoàn tiền nhiều hơn đơn hàng", "Refund above the order"),
        counts=Text(
            "Đơn hàng đã đặt mà số tiền hoàn lớn hơn tổng đơn.",
            "Placed orders whose refunds are more than their total.",
        ),
        why=Text("Doanh thu của khách thành số âm.", "What the customer spent turns negative."),
        fix=Text("Đối chiếu đơn ở máy tính tiền.", "Check the order at the till."),
        mend="source",
    ),
    Rule(
        key="clamped",
        axis="consistent",
        subject="event",
        name=Text("Giờ sự kiện bị chỉnh", "Event time corrected"),
        counts=Text(
            "Sự kiện nhận trong 30 ngày qua mà giờ gửi lên nằm ở tương lai, nên lấy giờ nhận.",
            "Events of the last 30 days whose time was in the future and was cut to the arrival.",
        ),
        why=Text("Đồng hồ của nguồn chạy sai.", "The clock of the source is wrong."),
        fix=Text("Chỉnh đồng hồ của thiết bị gửi.", "Set the clock of the sending device."),
        mend="source",
    ),
)
BY_KEY: Mapping[str, Rule] = {rule.key: rule for rule in RULES}


def get_rule(key: str) -> Rule:
    """The check of that name.

    Raises:
        NotFoundError: there is none (``quality.unknown_rule``).
    """
    if key not in BY_KEY:
        raise NotFoundError(
            "quality.unknown_rule",
            Text("Không có phép kiểm tra này.", "There is no such check."),
            path="key",
        )
    return BY_KEY[key]
