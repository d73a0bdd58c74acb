"""The words of the builder of segments: operators as they stand in a list, buttons, questions."""

from django.utils.translation import gettext as _


def operator_words() -> dict[str, dict[str, str]]:
    """Each operator, for values in general and as numbers and days say it differently."""
    return {"any": _general(), "number": _of_numbers(), "time": _of_times()}


def _general() -> dict[str, str]:
    return {
        "is": _("là"),
        "is_not": _("không phải là"),
        "in": _("là một trong"),
        "not_in": _("không thuộc"),
        "contains": _("có chứa"),
        "not_contains": _("không chứa"),
        "starts": _("bắt đầu bằng"),
        "at_least": _("từ … trở lên"),
        "at_most": _("nhiều nhất"),
        "more": _("hơn"),
        "less": _("dưới"),
        "between": _("từ … đến …"),
        "has": _("có"),
        "has_not": _("không có"),
        "has_any": _("có một trong"),
        "is_set": _("đã biết"),
        "is_not_set": _("chưa biết"),
    }


def _of_numbers() -> dict[str, str]:
    return {"is": _("đúng bằng"), "is_not": _("khác")}


def _of_times() -> dict[str, str]:
    return {
        "is": _("đúng ngày"),
        "before": _("trước ngày"),
        "after": _("sau ngày"),
        "between": _("từ ngày … đến ngày …"),
        "in_last": _("trong … vừa qua"),
        "longer_ago": _("cách đây hơn …"),
        "in_next": _("trong … sắp tới"),
        "this": _("trong khoảng này"),
        "anniversary_this": _("tới ngày kỷ niệm trong"),
        "anniversary_in_next": _("tới ngày kỷ niệm trong … sắp tới"),
    }


def builder_words() -> dict[str, object]:
    """Everything else the script says."""
    return {
        "kinds": _kinds(),
        "sides": _sides(),
        "measures": _measures(),
        "windows": _windows(),
        "units": {"minute": _("phút"), "hour": _("giờ"), "day": _("ngày"), "week": _("tuần")},
        "stretches": {
            "day": _("hôm nay"),
            "week": _("tuần này"),
            "month": _("tháng này"),
            "year": _("năm nay"),
        },
        **_buttons(),
        **_labels(),
        **_said(),
    }


def _kinds() -> dict[str, str]:
    return {
        "trait": _("Thông tin khách"),
        "did": _("Hành vi"),
        "bought": _("Mua hàng"),
        "sequence": _("Chuỗi hành vi"),
        "segment": _("Phân khúc khác"),
        "sample": _("Bốc thăm"),
        "group": _("Nhóm điều kiện"),
        "raw": _("Điều kiện viết tay"),
    }


def _sides() -> dict[str, list[str]]:
    """How a condition is asked for, and how it is excluded."""
    return {
        "trait": [_("Có"), _("Loại trừ ai có")],
        "did": [_("Đã làm"), _("Không làm")],
        "bought": [_("Đã mua"), _("Không mua")],
        "sequence": [_("Đã làm lần lượt"), _("Không làm lần lượt")],
        "segment": [_("Thuộc"), _("Không thuộc")],
        "sample": [_("Lấy"), _("Loại trừ")],
        "group": [_("Lấy ai thỏa"), _("Loại trừ ai thỏa")],
        "raw": [_("Lấy"), _("Loại trừ")],
    }


def _measures() -> dict[str, dict[str, str]]:
    return {
        "did": {
            "count": _("số lần"),
            "sum": _("tổng của"),
            "distinct": _("số giá trị khác nhau của"),
            "first": _("lần đầu"),
            "last": _("lần gần nhất"),
        },
        "bought": {
            "orders": _("số đơn"),
            "units": _("số món"),
            "spent": _("số tiền"),
            "first": _("đơn đầu tiên"),
            "last": _("đơn gần nhất"),
        },
    }


def _windows() -> dict[str, str]:
    return {
        "ever": _("bất cứ lúc nào"),
        "last": _("trong … vừa qua"),
        "this": _("trong hôm nay, tuần, tháng hay năm này"),
        "dates": _("từ ngày … đến ngày …"),
        "ago": _("cách đây từ … đến …"),
    }


def _buttons() -> dict[str, str]:
    return {
        "addCondition": _("Thêm điều kiện"),
        "addGroup": _("Thêm nhóm"),
        "addWhere": _("Thêm chi tiết"),
        "addStep": _("Thêm bước"),
        "addNot": _("Thêm “và sau đó không”"),
        "addValue": _("Thêm giá trị"),
        "remove": _("Xóa"),
        "up": _("Đưa lên"),
        "down": _("Đưa xuống"),
        "wrap": _("Gói vào nhóm mới"),
        "copy": _("Nhân đôi"),
    }


def _labels() -> dict[str, str]:
    return {
        "side": _("Lấy hay loại trừ"),
        "mode": _("Ghép các điều kiện"),
        "all": _("tất cả điều kiện sau"),
        "any": _("ít nhất một điều kiện sau"),
        "and": _("và"),
        "or": _("hoặc"),
        "trait": _("Thông tin"),
        "event": _("Hành vi"),
        "is": _("Cách so sánh"),
        "value": _("Giá trị"),
        "from": _("Từ"),
        "until": _("đến"),
        "amount": _("Bao nhiêu"),
        "unit": _("Đơn vị"),
        "window": _("Thời gian"),
        "measure": _("Tính"),
        "property": _("Chi tiết"),
        "custom": _("Thuộc tính khác…"),
        "propertyName": _("Tên thuộc tính"),
        "segment": _("Phân khúc"),
        "percent": _("phần trăm khách"),
        "salt": _("Tên lần bốc thăm"),
        "part": _("Phần thứ"),
        "step": _("Bước"),
        "withinOfStep": _("trong vòng"),
        "everAfter": _("bất cứ lúc nào sau đó"),
        "whose": _("mà"),
        "choose": _("Chọn…"),
        "unknown": _("không còn nữa"),
        "times": _("lần"),
        "thenNot": _("và sau đó không"),
        "raw": _("Điều kiện dạng JSON"),
    }


def _said() -> dict[str, str]:
    return {
        "condition": _("Điều kiện {n}"),
        "emptyGroup": _("Nhóm này chưa có điều kiện nào."),
        "emptyRoot": _("Chưa có điều kiện: mọi khách đều thuộc. Thêm điều kiện đầu tiên bên dưới."),
        "unfinished": _("Chưa điền xong."),
        "waiting": _("Điền xong {n} điều kiện còn trống để đếm."),
        "removed": _("Đã xóa điều kiện. Bấm Ctrl Z để lấy lại."),
        "undone": _("Đã hoàn tác."),
        "moved": _("Đã chuyển đến vị trí {n}."),
        "counting": _("Đang đếm…"),
        "lost": _("Không hỏi được máy chủ. Sửa điều kiện hoặc thử lại."),
        "badJson": _("Chưa phải JSON đúng, nên các thẻ chưa đổi theo."),
    }
