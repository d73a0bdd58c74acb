"""One's own account."""

from django.test import Client

from khachquen.govern import User, list_audit
from tests.web.conftest import PASSWORD

NEW = "trang-sang-ben-song-huong"


def test_chi_hoa_changes_her_name_and_reads_english_from_then_on(desk: Client, hoa: User) -> None:
    answer = desk.post("/account/save", {"name": "Chị Hoa", "language": "en"})

    assert answer["Location"] == "/account"
    hoa.refresh_from_db()
    assert (hoa.name, hoa.language) == ("Chị Hoa", "en")
    page = desk.get("/account").content.decode()
    assert '<html lang="en"' in page
    assert "The account was saved." in page


def test_nobody_makes_himself_an_administrator_by_adding_fields(nam: User) -> None:
    browser = Client()
    browser.force_login(nam, backend="django.contrib.auth.backends.ModelBackend")

    browser.post(
        "/account/save",
        {"name": "Nam", "language": "vi", "is_admin": "1", "email": "hoa@example.vn", "id": "1"},
    )

    nam.refresh_from_db()
    assert (nam.is_admin, nam.email) == (False, "nam@example.vn")


def test_a_new_password_ends_every_other_session(desk: Client, hoa: User) -> None:
    phone = Client()
    phone.force_login(hoa, backend="django.contrib.auth.backends.ModelBackend")

    answer = desk.post("/account/password", {"current": PASSWORD, "password": NEW})

    assert answer["Location"] == "/account"
    assert desk.get("/account").status_code == 200
    assert phone.get("/account").status_code == 302
    hoa.refresh_from_db()
    assert hoa.check_password(NEW)
    assert list_audit()[0].action == "password.change"


def test_without_the_current_password_nothing_changes(desk: Client, hoa: User) -> None:
    answer = desk.post("/account/password", {"current": "khong-biet", "password": NEW})

    assert answer.status_code == 400
    assert "Mật khẩu hiện tại không đúng." in answer.content.decode()
    hoa.refresh_from_db()
    assert hoa.check_password(PASSWORD)


def test_a_weak_new_password_is_refused_with_the_reason(desk: Client, hoa: User) -> None:
    answer = desk.post("/account/password", {"current": PASSWORD, "password": "ngan"})

    assert answer.status_code == 400
    assert "cần ít nhất 10 ký tự" in answer.content.decode()
    hoa.refresh_from_db()
    assert hoa.check_password(PASSWORD)
