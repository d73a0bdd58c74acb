"""No page without a sign-in, no page before the set-up, no change by GET."""

import re

import pytest
from django.test import Client
from django.urls import get_resolver, reverse

from khachquen.govern import User
from khachquen.web.urls import urlpatterns

OPEN_TO_ALL = {
    *("picture", "sign_in", "setup", "setup_admin", "language", "theme"),
    *("public_form", "form_thanks", "preferences", "unsubscribe", "letter_link", "letter_picture"),
    *("take_mail_hook", "zalo_hook", "sms_hook", "confirm_sign_up"),
}
POST_ONLY = {
    "sign_out",
    "language",
    "theme",
    "save_account",
    "new_password",
    "revoke_token",
    "new_key",
    "close_key",
    "switch_source",
}


def addresses() -> dict[str, str]:
    """Every named page of the web, with numbers where its address wants some."""
    found = {}
    for pattern in urlpatterns:
        wanted = get_resolver().reverse_dict.getlist(pattern.name)[0][0][0][1]
        found[str(pattern.name)] = reverse(str(pattern.name), args=[1] * len(wanted))
    return found


@pytest.mark.parametrize("name", sorted(set(addresses()) - OPEN_TO_ALL))
def test_a_stranger_is_sent_to_the_sign_in(stranger: Client, name: str) -> None:
    address = addresses()[name]

    for answer in (stranger.get(address), stranger.post(address)):
        assert answer.status_code == 302
        assert answer["Location"].startswith("/sign-in?next=")


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(addresses()))
def test_before_there_is_an_administrator_every_page_leads_to_the_set_up(name: str) -> None:
    answer = Client().get(addresses()[name])

    if name == "setup":
        assert answer.status_code == 200
    elif name in {"language", "theme"}:
        assert answer.status_code == 405
    else:
        assert (answer.status_code, answer["Location"]) == (302, "/setup")


@pytest.mark.parametrize("name", sorted(POST_ONLY))
def test_what_changes_something_is_not_done_by_get(desk: Client, name: str) -> None:
    assert desk.get(addresses()[name]).status_code == 405


def test_every_page_shows_no_inline_script_or_style(desk: Client) -> None:
    for name, address in addresses().items():
        answer = desk.get(address)
        if answer.status_code not in {200, 404}:
            continue
        html = answer.content.decode()
        assert not re.search(r"<script(?![^>]*\b(src=|type=\"application/json\"))", html), name
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", html), name


def test_every_answer_carries_the_policy_and_is_not_framed(desk: Client) -> None:
    answer = desk.get("/account")

    policy = answer["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "script-src 'self'" in policy
    assert "style-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"


def test_an_unknown_address_is_a_page_with_a_way_back(desk: Client, stranger: Client) -> None:
    for browser in (desk, stranger):
        answer = browser.get("/khong-co")

        assert answer.status_code == 404
        assert "Địa chỉ có thể đã gõ sai" in answer.content.decode()
        assert 'href="/"' in answer.content.decode()


def test_a_form_without_its_mark_is_refused_in_words(hoa: User) -> None:
    browser = Client(enforce_csrf_checks=True)

    answer = browser.post("/sign-in", {"email": "hoa@example.vn", "password": "x"})

    assert answer.status_code == 403
    assert "Biểu mẫu đã cũ" in answer.content.decode()


def test_vietnamese_first_then_what_was_chosen(stranger: Client) -> None:
    before = stranger.get("/sign-in", headers={"accept-language": "en-US,en"})
    stranger.post("/language", {"language": "en", "next": "/sign-in"})
    after = stranger.get("/sign-in")

    assert '<html lang="vi"' in before.content.decode()
    assert "Đăng nhập" in before.content.decode()
    assert '<html lang="en"' in after.content.decode()
    assert "Sign in" in after.content.decode()


def test_the_switch_follows_whoever_is_signed_in_to_other_machines(desk: Client, hoa: User) -> None:
    desk.post("/language", {"language": "en", "next": "/account"})

    hoa.refresh_from_db()
    assert (hoa.language, hoa.name) == ("en", "Nguyễn Thị Hoa")
    phone = Client()
    phone.force_login(hoa, backend="django.contrib.auth.backends.ModelBackend")
    assert '<html lang="en"' in phone.get("/account").content.decode()


def test_a_part_of_a_page_goes_to_the_sign_in_as_a_whole(stranger: Client) -> None:
    answer = stranger.get("/events", headers={"hx-request": "true"})

    assert answer.status_code == 401
    assert answer["HX-Redirect"] == "/sign-in?next=/events"
    assert answer.content == b""


def test_a_language_nobody_speaks_here_is_ignored(stranger: Client) -> None:
    answer = stranger.post("/language", {"language": "xx", "next": "/sign-in"})

    assert answer["Location"] == "/sign-in"
    assert "django_language" not in answer.cookies


@pytest.mark.parametrize("theme", ["light", "dark", "auto"])
def test_the_theme_is_remembered(stranger: Client, theme: str) -> None:
    stranger.post("/theme", {"theme": theme, "next": "/sign-in"})

    assert f'data-theme="{theme}"' in stranger.get("/sign-in").content.decode()


@pytest.mark.parametrize(
    "target", ["https://evil.example", "//evil.example", "javascript:alert(1)"]
)
def test_nobody_is_sent_to_another_site(stranger: Client, target: str) -> None:
    answer = stranger.post("/theme", {"theme": "dark", "next": target})

    assert answer["Location"] == "/"
