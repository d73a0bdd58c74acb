"""An address has one form to be matched in; what is no person's address has none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khachquen.unify.normalise import normalise_email
from khachquen.unify.normalise.emails import _validate
from khachquen.unify.normalise.reading import Email, read_email


@pytest.mark.parametrize(
    ("typed", "matched"),
    [
        ("hoa@example.vn", "hoa@example.vn"),
        (" Hoa.Nguyen@EXAMPLE.vn ", "hoa.nguyen@example.vn"),
        ("hoa+khuyenmai@example.vn", "hoa+khuyenmai@example.vn"),
        ("mailto:hoa@example.vn", "hoa@example.vn"),
        ("<hoa@example.vn>", "hoa@example.vn"),
        ("hoa\u200b@example.vn", "hoa@example.vn"),
        ("ｈｏａ@example.vn", "hoa@example.vn"),
        ("hoa@cửahàng.vn", "hoa@cửahàng.vn"),
    ],
)
def test_every_way_to_write_an_address_is_one_address(typed: str, matched: str) -> None:
    assert normalise_email(typed) == matched


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "hoa",
        "hoa@",
        "@example.vn",
        "hoa@@example.vn",
        "hoa@example",
        "hoa@example..vn",
        ".hoa@example.vn",
        "hoa nguyen@example.vn",
        "hoa@localhost",
        "hoa@shop.test",
        "noreply@example.vn",
        "No-Reply@example.vn",
        "h***@example.vn",
        "a" * 65 + "@example.vn",
        "0912345678",
    ],
)
def test_what_is_no_address_of_a_person_is_none(typed: str) -> None:
    assert normalise_email(typed) is None


@given(st.from_regex(r"[a-z0-9_.+\-]{1,12}@[a-z0-9\-.]{1,14}\.[a-z]{2,6}", fullmatch=True))
def test_the_fast_way_and_the_careful_way_agree(typed: str) -> None:
    assert normalise_email(typed) == _validate(typed)


@given(st.text(max_size=60))
def test_no_text_breaks_it(text: str) -> None:
    assert normalise_email(text) is None or "@" in text or "＠" in text or "﹫" in text


def test_what_is_too_long_for_an_address_is_none() -> None:
    assert normalise_email("hoa@" + "a." * 200 + "vn") is None


def test_the_given_form_stays_beside_the_matched_one() -> None:
    email = read_email(" A.B@X-Shop.VN ")
    assert email == Email(" A.B@X-Shop.VN ", "A.B@x-shop.vn", "a.b@x-shop.vn")
    assert read_email("a.b@X-SHOP.vn").matched == email.matched


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("hoa@gmial.com", "hoa@gmail.com"),
        ("hoa@gamil.com", "hoa@gmail.com"),
        ("hoa@gmai.com", "hoa@gmail.com"),
        ("hoa@gmail.con", "hoa@gmail.com"),
        ("hoa@gmail.co", "hoa@gmail.com"),
        ("hoa@gmail,com", "hoa@gmail.com"),
        ("hoa@gmail", "hoa@gmail.com"),
        ("hoa@yaho.com.vn", "hoa@yahoo.com.vn"),
        ("hoa@hotmial.com", "hoa@hotmail.com"),
        ("hoa@gmail.com", ""),
        ("hoa@ymail.com", ""),
        ("hoa@mail.com", ""),
        ("hoa@nhamay.vn", ""),
        ("hoa@fpt.com.vn", ""),
        ("hoa", ""),
        ("@gmial.com", ""),
    ],
)
def test_a_mistyped_domain_is_suggested_and_never_changed(typed: str, meant: str) -> None:
    email = read_email(typed)
    assert email.suggestion == meant
    assert email.matched == normalise_email(typed)
    assert email.matched != meant or not meant


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "empty"),
        ("h***@gmail.com", "masked"),
        ("noreply@nhamay.vn", "nobody"),
        ("hoa@", "no_address"),
    ],
)
def test_what_is_no_address_says_why(typed: str, reason: str) -> None:
    email = read_email(typed)
    assert (email.raw, email.address, email.matched, email.reason) == (typed, None, None, reason)


@given(st.one_of(st.text(max_size=40), st.emails()))
def test_the_long_and_the_short_answer_are_one(typed: str) -> None:
    email = read_email(typed)
    assert email.matched == normalise_email(typed)
    if email.matched and email.address:
        assert email.address.lower() == email.matched
        assert read_email(email.address).matched == email.matched
