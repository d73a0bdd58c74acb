"""Who may change what is written to customers."""

from khachquen.base import ForbiddenError, Text
from khachquen.govern import User

WRITE = "write_content"


def must_write(user: User) -> str:
    """Who it is, for the audit.

    Raises:
        ForbiddenError: they may not change mails (``content.may_not_write``).
    """
    if not user.may(WRITE):
        raise ForbiddenError(
            "content.may_not_write",
            Text(
                vi="Bạn chưa được phép sửa thư gửi khách.",
                en="You may not change what is written to customers.",
            ),
            hint=Text(
                vi="Hãy nhờ quản trị viên của cửa hàng.", en="Ask an administrator of the shop."
            ),
        )
    return user.email
