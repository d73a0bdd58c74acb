"""The parts pages are made of."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.template import engines
from django.test import RequestFactory
from django.utils import timezone, translation

from khachquen.base import Money
from khachquen.web.components.figures import money, number, percent, relative
from khachquen.web.components.people import phone


@pytest.fixture(autouse=True)
def _in_hanoi() -> Iterator[None]:
    with timezone.override(ZoneInfo("Asia/Ho_Chi_Minh")), translation.override("vi"):
        yield


def render(source: str, address: str = "/", **context: object) -> str:
    """A piece of template, rendered as a page would."""
    template = engines["django"].from_string(source)
    return template.render(context, RequestFactory().get(address)).strip()


def test_numbers_in_vietnamese() -> None:
    assert number(1250000) == "1.250.000"
    assert percent(0.125) == "12,5\xa0%"
    assert money(1250000) == "1.250.000\xa0₫"
    assert money(Money(1250, "USD")) == "12,50\xa0$"
    assert number(None) == "–"


def test_numbers_in_english() -> None:
    with translation.override("en"):
        assert number(1250000) == "1,250,000"
        assert percent(0.125) == "12.5\xa0%"
        assert money(1250000) == "1,250,000\xa0₫"
        assert money(Money(1250, "USD")) == "12.50\xa0$"


@pytest.mark.parametrize(
    ("ago", "words"),
    [
        (timedelta(seconds=20), "vừa xong"),
        (timedelta(minutes=5), "5 phút trước"),
        (timedelta(hours=3), "hôm nay 06:00"),
        (timedelta(hours=10), "hôm qua 23:00"),
        (timedelta(days=9), "11/11/2026 09:00"),
        (timedelta(days=-1), "21/11/2026 09:00"),
    ],
)
def test_times_are_said_as_people_say_them(now: datetime, ago: timedelta, words: str) -> None:
    assert relative(now - ago, now) == words


def test_the_exact_moment_is_one_hover_away() -> None:
    at = datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC)

    assert render("{% when at %}", at=at) == (
        '<time datetime="2020-01-02T03:04:05+00:00" title="02/01/2020 10:04:05">'
        "02/01/2020 10:04</time>"
    )


@pytest.mark.parametrize(
    ("value", "words"),
    [("+84912345678", "0912 345 678"), ("+442079460958", "+44 20 7946 0958"), ("x", "x")],
)
def test_phones_are_grouped(value: str, words: str) -> None:
    assert phone(value) == words


def test_an_avatar_takes_the_given_name_and_keeps_its_colour() -> None:
    once = render("{% avatar 'Nguyễn Thị Hoa' 7 %}")

    assert ">H</span>" in once
    assert once == render("{% avatar 'Nguyễn Thị Hoa' 7 %}")
    assert "avatar-0" in render("{% avatar '' 7 %}")


def test_the_nameless_are_said_to_be_so() -> None:
    assert "chưa có tên" in render("{% person_name '' %}")
    assert render("{% person_name n %}", n="<b>Hoa</b>") == "&lt;b&gt;Hoa&lt;/b&gt;"


def test_a_chip_keeps_the_other_filters_and_starts_at_the_first_page() -> None:
    chip = render("{% chip 'Đã mua' 'filter' 'bought' 1200 %}", "/?q=hoa&cursor=abc")

    assert 'href="?q=hoa&amp;filter=bought"' in chip
    assert "aria-current" not in chip
    assert "1.200" in chip
    on = render("{% chip 'Đã mua' 'filter' 'bought' %}", "/?filter=bought")
    assert 'aria-current="true"' in on


def test_a_chart_carries_its_numbers_in_a_table() -> None:
    spec = {
        "kind": "line",
        "labels": ["T2", "T3"],
        "series": [{"name": "Doanh thu", "values": [199000, None]}],
        "currency": "VND",
    }

    chart = render("{% chart spec 'Doanh thu theo ngày' %}", spec=spec)

    assert "199.000\xa0₫" in chart
    assert "–" in chart
    assert 'aria-label="Doanh thu theo ngày"' in chart


def test_a_confirmation_names_what_it_is_about() -> None:
    html = render(
        "{% confirm 'Thu hồi' '/x' name='kq 1' %}Thu hồi “{{ n }}”?{% endconfirm %}", n="<A>"
    )

    assert 'popovertarget="confirm-kq-1"' in html
    assert "Thu hồi “&lt;A&gt;”?" in html
    assert 'action="/x"' in html
