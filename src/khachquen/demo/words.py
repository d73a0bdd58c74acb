"""What customers type: searches and reviews."""

from khachquen.demo.draw import Dice

_SEARCHES = {
    "Áo": "áo sơ mi, ao thun, áo khoác, áo len, áo polo nam, áo hoodie, sơ mi trắng, ao kieu",
    "Quần": "quần jean, quần ống rộng, quan short, quần tây công sở, legging",
    "Váy đầm": "váy hoa, đầm công sở, dam maxi, chân váy, đầm dự tiệc, đầm bầu",
    "Áo dài": "áo dài tết, áo dài cách tân, ao dai lua, áo dài cưới, áo dài bé gái",
    "Đồ mặc nhà": "pijama, đồ bộ, do ngu, váy ngủ, đồ cặp đôi",
    "Giày dép": "sneaker trắng, giày cao gót, dép đi trong nhà, sandal nữ, giay chay bo",
    "Phụ kiện": "túi tote, túi xách, vi nu, thắt lưng da, balo laptop, quà 8/3, quà tặng mẹ",
    "Chăn ga": "ga gối 1m8, chăn lông cừu, bộ ga cotton, topper, ga chong tham",
    "Bếp": "bát đĩa bát tràng, chảo chống dính, bình giữ nhiệt, bo noi inox, khay mứt",
    "Trang trí": "thảm trải sàn, đèn bàn, bình hoa, nen thom, đồ trang trí tết, rèm cửa",
}
SEARCHES = {category: tuple(words.split(", ")) for category, words in _SEARCHES.items()}

_GOOD = (
    "Hàng đẹp đúng như hình, rất ưng ý.",
    "Chất vải mát, mặc thoải mái.",
    "Đường may chắc chắn, đáng tiền.",
    "Giao hàng nhanh, đóng gói cẩn thận.",
    "Mua lần thứ ba rồi, vẫn hài lòng.",
    "Mình tặng mẹ, mẹ thích lắm.",
    "Shop tư vấn nhiệt tình, sẽ ủng hộ tiếp.",
    "Form chuẩn, lên dáng đẹp.",
    "Giá hợp lý, chất lượng tốt.",
    "Màu ngoài đời còn đẹp hơn trong ảnh.",
    "sp ok lắm, ship nhanh, cho shop 5 sao",
)
_FAIR = (
    "Hàng tạm ổn so với giá tiền.",
    "Vải hơi mỏng nhưng mặc cũng được.",
    "Giao hơi chậm, còn lại thì ổn.",
    "Màu hơi khác hình một chút.",
    "Size hơi nhỏ, nên lấy lớn hơn một size.",
)
_POOR = (
    "Giao nhầm màu, nhắn shop trả lời chậm.",
    "Vải mỏng quá, không giống mô tả.",
    "Đường chỉ bị bung sau một lần giặt.",
    "Chờ hơn một tuần mới nhận được hàng.",
    "Hộp móp méo, hàng bị trầy.",
    "hàng ko giống hình, thất vọng",
)
_STARS = (5,) * 58 + (4,) * 24 + (3,) * 9 + (2,) * 4 + (1,) * 5

REFUND_REASONS = ("Không vừa size", "Giao sai màu", "Hàng lỗi", "Đổi ý", "Không giống hình")
CANCEL_REASONS = ("Khách đổi ý", "Không liên lạc được khách", "Hết hàng", "Đặt trùng đơn")


def draw_review(dice: Dice) -> tuple[int, str]:
    """Stars, and words that go with them."""
    stars = dice.pick(_STARS)
    words = _GOOD if stars >= 4 else _FAIR if stars == 3 else _POOR
    first = dice.pick(words)
    second = dice.pick(words)
    if second == first or dice.chance(0.45):
        return stars, first
    return stars, f"{first} {second}"
