"""Where people live: the 34 provinces since July 2025, some of their wards, usual street names."""

from typing import NamedTuple

from khachquen.demo.draw import Dice, spread

# Province, weight (inhabitants in millions; the two big cities count double, for they buy more
# online), and wards of today.
_PROVINCES = """
Hà Nội 17.6: Ba Đình, Hoàn Kiếm, Cửa Nam, Tây Hồ, Cầu Giấy, Nghĩa Đô, Đống Đa, Hai Bà Trưng
Cao Bằng 0.6: Thục Phán, Nùng Trí Cao, Tân Giang
Tuyên Quang 1.9: Nông Tiến, Minh Xuân, Mỹ Lâm, An Tường, Bình Thuận
Điện Biên 0.7: Điện Biên Phủ, Mường Lay, Mường Thanh
Lai Châu 0.5: Đoàn Kết, Tân Phong
Sơn La 1.4: Tô Hiệu, Chiềng An, Chiềng Cơi, Chiềng Sinh, Mộc Sơn, Mộc Châu
Lào Cai 1.8: Lào Cai, Cam Đường, Sa Pa, Yên Bái, Nam Cường, Văn Phú
Thái Nguyên 1.8: Đức Xuân, Bắc Kạn, Phan Đình Phùng, Quyết Thắng, Gia Sàng, Quan Triều
Lạng Sơn 0.9: Đông Kinh, Lương Văn Tri, Tam Thanh, Kỳ Lừa
Quảng Ninh 1.6: Hà Tu, Cao Xanh, Việt Hưng, Bãi Cháy, Hà Lầm, Hồng Gai
Bắc Ninh 3.6: Bắc Giang, Đa Mai, Chũ, Phượng Sơn, Yên Dũng, Tân An
Phú Thọ 4.0: Tân Hòa, Hòa Bình, Thống Nhất, Kỳ Sơn, Nông Trang, Việt Trì
Hải Phòng 4.7: Thành Đông, Hải Dương, Lê Thanh Nghị, Tân Hưng, Việt Hòa, Chí Linh
Hưng Yên 3.6: Phố Hiến, Hồng Châu, Sơn Nam, Mỹ Hào, Thượng Hồng, Đường Hào
Ninh Bình 4.4: Phủ Lý, Phù Vân, Châu Sơn, Duy Tiên, Duy Tân, Duy Hà
Thanh Hóa 4.3: Hàm Rồng, Hạc Thành, Bỉm Sơn, Quang Trung, Đông Tiến, Nguyệt Viên
Nghệ An 3.8: Thành Vinh, Trường Vinh, Vinh Phú, Vinh Lộc, Cửa Lò, Thái Hòa
Hà Tĩnh 1.6: Thành Sen, Trần Phú, Bắc Hồng Lĩnh, Nam Hồng Lĩnh, Hà Huy Tập, Sông Trí
Quảng Trị 1.9: Đồng Thuận, Đồng Sơn, Đồng Hới, Ba Đồn, Bắc Gianh, Đông Hà
Huế 1.5: Phú Xuân, Kim Long, Vỹ Dạ, Thuận Hóa, Hương An, Thủy Xuân
Đà Nẵng 4: Hải Vân, Liên Chiểu, Hòa Khánh, Thanh Khê, Hải Châu, Hòa Cường
Quảng Ngãi 2.2: Kon Tum, Cẩm Thành, Nghĩa Lộ, Trương Quang Trọng, Đức Phổ, Trà Câu
Gia Lai 3.6: Quy Nhơn Bắc, Quy Nhơn, Quy Nhơn Tây, Quy Nhơn Nam, Quy Nhơn Đông, Tam Quan
Khánh Hòa 2.2: Bắc Nha Trang, Nha Trang, Tây Nha Trang, Nam Nha Trang, Bắc Cam Ranh, Cam Ranh
Đắk Lắk 3.3: Tuy Hòa, Bình Kiến, Sông Cầu, Xuân Đài, Phú Yên, Đông Hòa
Lâm Đồng 3.9: Mũi Né, Phú Thủy, Hàm Thắng, Phan Thiết, Tiến Thành, Bình Thuận
Đồng Nai 4.5: Bình Phước, Đồng Xoài, Phước Long, Phước Bình, Lộc Ninh, Bình Long
Hồ Chí Minh 28: Sài Gòn, Bến Thành, Tân Định, Thủ Đức, Bình Thạnh, Gò Vấp, Tân Bình, Phú Nhuận
Tây Ninh 3.3: Tân Ninh, Bình Minh, Ninh Thạnh, Long Hoa, Thanh Điền, Hòa Thành
Đồng Tháp 4.4: Đạo Thạnh, Mỹ Tho, Thới Sơn, Mỹ Phong, Trung An, Long Thuận
Vĩnh Long 4.3: Phú Khương, An Hội, Sơn Đông, Bến Tre, Phú Tân, Trà Vinh
An Giang 4.9: Bình Đức, Mỹ Thới, Long Xuyên, Châu Đốc, Vĩnh Tế, Tân Châu
Cần Thơ 4.2: Cái Khế, Ninh Kiều, Tân An, An Bình, Ô Môn, Thới Long
Cà Mau 2.6: Bạc Liêu, Vĩnh Trạch, Hiệp Thành, Giá Rai, Láng Tròn, An Xuyên
"""
_STREETS = """Lê Lợi, Trần Phú, Nguyễn Trãi, Hai Bà Trưng, Lý Thường Kiệt, Quang Trung, Hùng Vương
Phan Chu Trinh, Nguyễn Huệ, Trần Hưng Đạo, Lê Duẩn, Nguyễn Văn Cừ, Điện Biên Phủ, Võ Thị Sáu
Cách Mạng Tháng Tám, Hoàng Diệu, Ngô Quyền, Phan Đình Phùng, Nguyễn Thị Minh Khai, Lê Hồng Phong
Phạm Văn Đồng, Nguyễn Du, Hoàng Văn Thụ, Bà Triệu, Đinh Tiên Hoàng, Lạc Long Quân, Trường Chinh
Nguyễn Đình Chiểu, Phan Bội Châu, Tôn Đức Thắng, Lê Thánh Tôn, Nguyễn Công Trứ, Tô Hiến Thành"""
STREETS = tuple(name.strip() for name in _STREETS.replace("\n", ",").split(","))


class Address(NamedTuple):
    """Where one person lives, in today's two levels."""

    street: str
    ward: str
    province: str

    def in_full(self) -> str:
        """One line, as on a parcel."""
        return f"{self.street}, {self.ward}, {self.province}"


def _read() -> tuple[dict[str, float], dict[str, tuple[str, ...]]]:
    weights, wards = {}, {}
    for line in _PROVINCES.strip().splitlines():
        head, _, names = line.partition(": ")
        province, _, weight = head.rpartition(" ")
        weights[province] = float(weight)
        wards[province] = tuple(f"Phường {name}" for name in names.split(", "))
    return weights, wards


_WEIGHTS, WARDS = _read()
PROVINCES = tuple(_WEIGHTS)
_PROVINCE = spread(_WEIGHTS)


def draw_address(dice: Dice) -> Address:
    """A place to live, the more people live there the likelier."""
    province = dice.pick(_PROVINCE)
    number = dice.between(1, 480)
    lane = dice.random()
    if lane < 0.25:
        house = f"{number}/{dice.between(1, 60)}"
    elif lane < 0.4:
        house = f"Số {dice.between(1, 40)} ngõ {number}"
    else:
        house = str(number)
    return Address(f"{house} {dice.pick(STREETS)}", dice.pick(WARDS[province]), province)
