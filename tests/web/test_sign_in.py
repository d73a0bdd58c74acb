"""Signing in, and being kept out."""

import pytest
from django.test import Client

from khachquen.govern import User
from tests.web.conftest import PASSWORD


def attempt(browser: Client, email: str, password: str, **more: str) -> tuple[int, str]:
    """Status and page (or the address led to) of one attempt."""
    answer = browser.post("/sign-in", {"email": email, "password": password, **more})
    return answer.status_code, answer.get("Location") or answer.content.decode()


def test_chi_hoa_signs_in_whatever_the_case_of_her_email(stranger: Client) -> None:
    assert attempt(stranger, "HOA@example.vn", PASSWORD) == (302, "/")
    assert stranger.get("/account").status_code == 200


def test_she_goes_on_to_where_she_wanted(stranger: Client) -> None:
    assert attempt(stranger, "hoa@example.vn", PASSWORD, next="/tokens") == (302, "/tokens")


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "\\\\evil.example"])
def test_but_never_to_another_site(stranger: Client, target: str) -> None:
    assert attempt(stranger, "hoa@example.vn", PASSWORD, next=target) == (302, "/")


def test_an_unknown_email_and_a_wrong_password_get_the_same_answer(stranger: Client) -> None:
    def words(page: str) -> str:
        return page[page.index("form-error") : page.index("</p>", page.index("form-error"))]

    unknown = attempt(stranger, "khong-ai@example.vn", "sai-mat-khau")
    wrong = attempt(stranger, "hoa@example.vn", "sai-mat-khau")

    assert unknown[0] == wrong[0] == 400
    assert words(unknown[1]) == words(wrong[1])
    assert "Email hoặc mật khẩu không đúng." in words(wrong[1])


def test_five_wrong_passwords_pause_the_sign_in_even_for_the_right_one(stranger: Client) -> None:
    spellings = [
        "hoa@example.vn",
        "Hoa@example.vn",
        "HOA@EXAMPLE.VN",
        " hoa@example.vn",
        "hOa@example.vn",
    ]
    for number, spelling in enumerate(spellings):
        status, _ = attempt(stranger, spelling, f"sai-{number}")
    assert status == 429

    status, page = attempt(stranger, "hoa@example.vn", PASSWORD)

    assert status == 429
    assert "Tạm khóa đăng nhập" in page
    assert "Try again in 15 minutes" in page
    assert stranger.get("/account").status_code == 302


def test_a_forged_forwarded_header_does_not_lift_the_pause(stranger: Client) -> None:
    for number in range(5):
        attempt(stranger, "hoa@example.vn", f"sai-{number}")

    answer = stranger.post(
        "/sign-in",
        {"email": "hoa@example.vn", "password": PASSWORD},
        headers={"x-forwarded-for": "203.0.113.9"},
    )

    assert answer.status_code == 429


def test_the_pause_of_one_account_does_not_touch_another(stranger: Client, nam: User) -> None:
    for number in range(5):
        attempt(stranger, "hoa@example.vn", f"sai-{number}")

    assert attempt(stranger, "nam@example.vn", PASSWORD) == (302, "/")


def test_somebody_who_left_cannot_sign_in(stranger: Client, nam: User) -> None:
    User.objects.filter(pk=nam.pk).update(is_active=False)

    status, page = attempt(stranger, "nam@example.vn", PASSWORD)

    assert status == 400
    assert "Email hoặc mật khẩu không đúng." in page


def test_signing_out_ends_the_session(desk: Client) -> None:
    assert desk.post("/sign-out")["Location"] == "/sign-in"
    assert desk.get("/account").status_code == 302


def test_a_password_is_never_written_back_into_the_page(stranger: Client) -> None:
    _, page = attempt(stranger, "hoa@example.vn", "bi-mat-cua-toi")

    assert "bi-mat-cua-toi" not in page
