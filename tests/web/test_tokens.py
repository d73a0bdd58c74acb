"""Tokens: shown once, revoked for ever."""

import re

from django.test import Client

from khachquen.govern import User, list_tokens, verify_token


def create(browser: Client, name: str, mark: str = "m1") -> str | None:
    """Ask for a token and return its value, if the page shows one."""
    page = browser.post("/tokens", {"name": name, "mark": mark}).content.decode()
    found = re.search(r"kqt_\w{12}_[\w-]+", page)
    return found[0] if found else None


def test_a_token_works_and_is_shown_only_once(desk: Client, hoa: User) -> None:
    value = create(desk, "Máy tính tiền")

    assert value is not None
    assert verify_token(value) == hoa
    assert value not in desk.get("/tokens").content.decode()
    assert value not in str(dict(desk.session))


def test_reloading_the_answer_makes_no_second_token(desk: Client, hoa: User) -> None:
    create(desk, "Máy tính tiền", mark="same")

    again = desk.post("/tokens", {"name": "Máy tính tiền", "mark": "same"})

    assert again.status_code == 302
    assert len(list_tokens(hoa)) == 1


def test_a_revoked_token_opens_nothing(desk: Client, hoa: User) -> None:
    value = create(desk, "Máy tính tiền")
    assert value is not None

    desk.post(f"/tokens/{list_tokens(hoa)[0].pk}/revoke")

    assert verify_token(value) is None
    assert "Đã thu hồi" in desk.get("/tokens").content.decode()


def test_anh_nam_cannot_revoke_the_token_of_chi_hoa(desk: Client, hoa: User, nam: User) -> None:
    value = create(desk, "Máy tính tiền")
    assert value is not None
    browser = Client()
    browser.force_login(nam, backend="django.contrib.auth.backends.ModelBackend")

    answer = browser.post(f"/tokens/{list_tokens(hoa)[0].pk}/revoke")

    assert answer.status_code == 403
    assert verify_token(value) == hoa


def test_a_token_needs_a_name(desk: Client, hoa: User) -> None:
    answer = desk.post("/tokens", {"name": "", "mark": "m"})

    assert answer.status_code == 400
    assert list_tokens(hoa) == []


def test_a_token_that_is_not_there_is_a_404(desk: Client) -> None:
    assert desk.post("/tokens/999/revoke").status_code == 404


def test_a_token_may_send_only_when_an_administrator_said_so(desk: Client, hoa: User) -> None:
    assert create(desk, "Đọc") is not None
    told = {"name": "Đơn hàng", "mark": "m2", "scopes": ["campaigns:send"]}
    assert "kqt_" in desk.post("/tokens", told).content.decode()
    assert [token.scopes for token in list_tokens(hoa)] == [["campaigns:send"], []]
    assert "campaigns:send" in desk.get("/tokens").content.decode()

    assert desk.post("/tokens", {**told, "mark": "m3", "scopes": ["all"]}).status_code == 400
    User.objects.update(is_admin=False)
    refused = desk.post("/tokens", {**told, "mark": "m4"})
    assert refused.status_code == 400
    assert "Chỉ quản trị viên tạo được mã có quyền gửi tin." in refused.content.decode()
    assert len(list_tokens(hoa)) == 2
