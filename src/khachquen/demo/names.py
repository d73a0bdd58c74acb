"""Names as they are met in Vietnam, by how often; the weights are our own rounding."""

from khachquen.demo.draw import spread_text

FAMILY = spread_text(
    """Nguyễn 31.5, Trần 10.9, Lê 8.9, Phạm 5.9, Hoàng 3.4, Huỳnh 2.7, Phan 2.8, Vũ 2.4, Võ 2.1
    Trương 2.2, Bùi 2.1, Đặng 2.0, Đỗ 1.9, Ngô 1.7, Hồ 1.5, Dương 1.4, Đinh 1.0, Đoàn 0.9, Lâm 0.8
    Mai 0.7, Trịnh 0.7, Đào 0.7, Cao 0.6, Lý 0.6, Hà 0.6, Lương 0.6, Lưu 0.5, Phùng 0.5, Tạ 0.4
    Tô 0.4, Thái 0.4, Châu 0.4, Vương 0.4, Tăng 0.2, Quách 0.2, Kiều 0.2, Từ 0.1, Thạch 0.1"""
)
MIDDLE_FEMALE = spread_text(
    """Thị 34, Thị Thu 4, Thị Ngọc 4, Thị Thanh 3, Thị Kim 3, Thị Hồng 3, Thị Minh 2, Thị Phương 2
    Ngọc 8, Thu 5, Thanh 6, Minh 4, Phương 4, Kim 4, Bảo 3, Hồng 3, Mỹ 3, Khánh 3, Thùy 3
    Quỳnh 2, Hoàng 2, Diệu 1, Cẩm 1, Tuyết 1, Bích 2, Như 1, Hải 1, Gia 1, Tường 1, Lan 1"""
)
GIVEN_FEMALE = spread_text(
    """Hoa 3, Lan 4, Hương 6, Hằng 5, Linh 7, Trang 6, Thảo 5, Ngọc 5, Hà 5, Anh 7, Mai 5, Phương 5
    Thủy 4, Nga 3, Dung 3, Yến 3, Vy 3, Nhi 3, My 3, Trâm 2, Huyền 3, Nhung 3, Oanh 2, Tuyết 2
    Hạnh 3, Loan 2, Quỳnh 3, Châu 2, Thư 2, Ngân 3, Giang 2, Diệp 1, Tiên 1, Hiền 3, Vân 3, Thúy 3
    Liên 2, Hồng 2, Nguyệt 1, Xuân 1, Đào 1, Diễm 1, Kiều 1, Trinh 1, Uyên 2, Ly 1, Chi 2, Hòa 1"""
)
MIDDLE_MALE = spread_text(
    """Văn 24, Hữu 5, Đức 6, Minh 7, Quang 6, Quốc 5, Thanh 5, Công 3, Anh 2, Ngọc 4, Xuân 3
    Đình 4, Bá 1, Hoàng 4, Tuấn 2, Gia 2, Trung 2, Duy 2, Nhật 2, Thành 2, Viết 1, Trọng 2, Thế 2"""
)
GIVEN_MALE = spread_text(
    """Nam 4, Hùng 5, Dũng 5, Tuấn 6, Minh 5, Hải 4, Long 4, Sơn 4, Thành 4, Đức 4, Hiếu 4, Phúc 3
    Khánh 2, Huy 4, Cường 3, Việt 2, Quân 3, Bình 2, Trung 3, Tùng 3, Thắng 3, Kiên 2, Khoa 2
    Bảo 2, Anh 3, Hoàng 3, Duy 3, Đạt 3, Phong 2, Vinh 2, Tâm 2, Lâm 1, Tiến 2, Tài 2, Lộc 1
    Toàn 2, Nghĩa 1, Thịnh 1, Hưng 2, Khang 1, Nhân 1, Trí 1, An 1, Phát 1, Quý 1, Hậu 1, Hòa 1"""
)
