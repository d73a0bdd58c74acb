"""Addresses in letters: numbered in the wording, signed in the letter, good for nothing else."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khachquen.activate.campaigns.marking import (
    Mark,
    Marking,
    list_links,
    mark,
    number_links,
    read_mark,
    utm_of,
    write_mark,
)
from khachquen.activate.content import render_batch
from khachquen.activate.content.starters import STARTERS, Starter, start
from tests.activate.content.wordings import TODAY, hoa, version

BASE, KEYS = "https://khach.gom-moc.example", [b"k" * 32]
MARKING = Marking(BASE, KEYS, run_id=7, utm=utm_of("Gốm mới"))
UTM = "utm_source=khachquen&utm_medium=email&utm_campaign=gom-moi"
WORDING = (
    "<html><body>"
    '<a class="nut" href="https://gom-moc.example/den?mau={{ person.colour }}&amp;b=2">Đèn</a>'
    "{% if vip %}<a href='https://gom-moc.example/vip#qua'>Quà</a>{% endif %}"
    '<a href="https://zalo.me/gommoc?utm_source=thu-rieng">Zalo</a>'
    f'<a href="{BASE}/u/1.ads.abc">Hủy</a><a href="mailto:tin@gom-moc.example">Thư</a>'
    '<a href="tel:+842438251234">Gọi</a><a href="#dau">Lên đầu</a>'
    "</body></html>"
)
TEXT = f"Đèn: https://gom-moc.example/den?mau=xanh&b=2.\nHủy: {BASE}/u/1.ads.abc\n"


def said(*, vip: bool) -> str:
    """What the wording says to one person."""
    html = number_links(WORDING).replace("{{ person.colour }}", "xanh")
    return re.sub(r"{%.*?%}(.*?){%.*?%}", r"\1" if vip else "", html)


def leads(html: str, use: str = "l") -> list[Mark]:
    tokens = re.findall(rf'{BASE}/{use}/([^"\s]+)', html)
    found = [read_mark(use, token.removesuffix(".gif").rstrip("."), KEYS) for token in tokens]
    assert None not in found
    return [one for one in found if one]


def test_every_link_of_the_web_is_led_over_us_and_no_other() -> None:
    html, text = mark(said(vip=True), TEXT, MARKING, 4_711)

    trap, *links = leads(html)
    assert (trap.link, trap.to, trap.links) == (0, "", 3)
    assert [(one.link, one.to) for one in links] == [
        (1, f"https://gom-moc.example/den?mau=xanh&b=2&{UTM}&utm_content=link-1"),
        (2, f"https://gom-moc.example/vip?{UTM}&utm_content=link-2#qua"),
        (3, "https://zalo.me/gommoc?utm_source=thu-rieng&utm_medium=email"
            "&utm_campaign=gom-moi&utm_content=link-3"),
    ]  # fmt: skip
    assert {one.recipient_id for one in links} == {4_711}
    for left_alone in (f"{BASE}/u/1.ads.abc", "mailto:tin@", "tel:+8424", 'href="#dau"'):
        assert left_alone in html
    assert html.endswith('style="display:block;border:0"></body></html>')
    assert leads(html, "o") == [Mark(7, 4_711, 0, 3)]
    assert leads(text) == [links[0]]
    assert text.endswith(f".\nHủy: {BASE}/u/1.ads.abc\n")
    assert "data-kq" not in html


def test_a_link_only_some_people_see_has_the_same_number_for_all() -> None:
    shown, hidden = (mark(said(vip=vip), "", MARKING, 4_711)[0] for vip in (True, False))

    assert [one.link for one in leads(shown)] == [0, 1, 2, 3]
    assert [one.link for one in leads(hidden)] == [0, 1, 3]
    assert {one.links for one in leads(hidden)} == {2}
    assert list_links(WORDING)["2"] == "https://gom-moc.example/vip#qua"
    assert "{{ person.colour }}" in list_links(WORDING)["1"]


def test_who_did_not_agree_gets_plain_links_and_no_picture() -> None:
    html, text = mark(said(vip=True), TEXT, MARKING, None)

    assert not any(one in html + text for one in (f"{BASE}/l/", "<img", "display:none"))
    assert f'href="https://gom-moc.example/vip?{UTM.replace("&", "&amp;")}' in html
    untouched, _ = mark(said(vip=True), TEXT, replace(MARKING, utm={}), None)
    assert untouched == re.sub(r'data-kq="\d+" ', "", said(vip=True)).replace(
        "href='https://gom-moc.example/vip#qua'", 'href="https://gom-moc.example/vip#qua"'
    )


TOKEN = write_mark("l", Mark(7, 4_711, 2, 3, "https://gom-moc.example/den"), MARKING)
TOKEN = TOKEN.removeprefix(f"{BASE}/l/")


@given(place=st.integers(0, len(TOKEN) - 1), letter=st.characters(max_codepoint=0x2FF))
def test_not_one_letter_of_a_token_may_be_another(place: int, letter: str) -> None:
    forged = TOKEN[:place] + letter + TOKEN[place + 1 :]

    assert (read_mark("l", forged, KEYS) is None) == (forged != TOKEN)


@pytest.mark.parametrize(
    "forged",
    ["", ".", "....", ".....", TOKEN + "A", TOKEN + "=", TOKEN.upper(), f"{TOKEN}\r\nSet-Cookie: a",
     TOKEN.rpartition(".")[0], TOKEN.rpartition(".")[0] + ".", "7.1267.2.3.x", "é.é.é.é.é.é"],
)  # fmt: skip
def test_nothing_else_is_a_token(forged: str) -> None:
    assert read_mark("l", forged, KEYS) is None


def test_a_token_is_for_one_use_and_old_keys_are_believed() -> None:
    assert read_mark("o", TOKEN, KEYS) is None
    assert read_mark("l", TOKEN, [b"n" * 32]) is None
    assert read_mark("l", TOKEN, [b"n" * 32, *KEYS]) == Mark(
        7, 4_711, 2, 3, "https://gom-moc.example/den"
    )


@pytest.mark.parametrize(
    "hostile",
    ["javascript:alert(1)", "//xau.example", "\\\\xau.example", "https:xau.example",
     "https://gom.example/\r\nX: 1", "data:text/html,x",
     "https://gom.example/" + "a" * 2_000],
)  # fmt: skip
def test_what_is_no_address_of_the_web_is_never_signed(hostile: str) -> None:
    html, _ = mark(number_links(f'<p><a href="{hostile}">x</a></p>'), "", MARKING, 1)

    assert [one.link for one in leads(html)] == [0]
    assert f'href="{hostile}"' in html


@pytest.mark.parametrize("starter", STARTERS, ids=lambda one: one.key)
def test_every_link_of_a_starter_is_led_and_nothing_else_of_it_changes(starter: Starter) -> None:
    plain = version(start(starter.key, ["BAT-01", "DIA-02"]))
    numbered = replace(plain, html=number_links(plain.html), digest=f"{plain.digest}:numbered")
    (before,) = render_batch(plain, [hoa()], today=TODAY)
    (made,) = render_batch(numbered, [hoa()], today=TODAY)

    unmarked, text = mark(made.html, made.text, replace(MARKING, utm={}), None)
    assert (unmarked, text) == (before.html, before.text)
    html, text = mark(made.html, made.text, MARKING, 4_711)
    assert not re.findall(r'<a[^>]*href="https?://nhamay', html)
    assert not re.search(r"https?://nhamay", text)
    _, *links = leads(html)
    assert len(links) == len(re.findall(r'<a[^>]*href="https?://nhamay', before.html))
    assert all(one.to.startswith("https://nhamay.vn") for one in links)
