"""The starters: good for everybody, also for those mails usually forget."""

import re
import unicodedata
from dataclasses import replace

import pytest

from khachquen.activate.content import Reader, render_batch
from khachquen.activate.content.checks.all_checks import examine
from khachquen.activate.content.checks.examined import Examined
from khachquen.activate.content.making.compiling import make
from khachquen.activate.content.starters import STARTERS, Starter, start
from khachquen.activate.content.trying import AWKWARD
from tests.activate.content.wordings import SHELF, TODAY, VOCABULARY, hoa, version

EVERYBODY = [hoa(), *(reader for _, reader in AWKWARD.values()), Reader(99)]
_LEFT = {"content.placeholder_left"}


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("starter", STARTERS, ids=lambda one: one.key)
def test_everybody_gets_a_whole_mail(starter: Starter, language: str) -> None:
    told = start(starter.key, ["BAT-01", "DIA-02"], language)
    for one in render_batch(version(told), EVERYBODY, today=TODAY):
        assert one.problems == ()
        for part in (one.subject, one.preheader, one.html, one.text):
            assert part.strip()
            assert "{{" not in part.replace("{{ con }}", "")  # a name of one of them
            assert "{%" not in part
        assert "<script" not in one.html
        assert "<b>O" not in one.html
        assert one.subject.isprintable()
        assert "\n\n\n" not in one.text
        assert len(one.html.encode()) < 40_000


@pytest.mark.parametrize("starter", STARTERS, ids=lambda one: one.key)
def test_outlook_gets_tables_of_a_fixed_width(starter: Starter) -> None:
    made = make(start(starter.key, ["BAT-01"]), SHELF, VOCABULARY)
    assert "<!--[if mso | IE]>" in made.html
    assert 'width="600"' in made.html
    assert made.html.count("<!--[if") == made.html.count("<![endif]-->")
    assert "fonts.googleapis" not in made.html
    assert not re.search(r"https?://(?!nhamay|www\.w3\.org)", made.html)
    assert '<meta name="color-scheme" content="light dark">' in made.html


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("starter", STARTERS, ids=lambda one: one.key)
def test_nothing_but_its_placeholders_has_to_be_mended(starter: Starter, language: str) -> None:
    told = start(starter.key, ["BAT-01"], language)
    found = examine(Examined(told, make(told, SHELF, VOCABULARY)))
    wrong = {one.code for one in found if one.level == "error"}
    assert wrong <= _LEFT
    if starter.key in ("welcome", "thank_you"):
        assert found == []


def test_a_shop_without_products_gets_a_newsletter_without_a_shelf() -> None:
    assert "kq-products" not in start("newsletter").mjml
    assert 'skus="BAT-01"' in start("newsletter", ["BAT-01", 'x" onload="y']).mjml


@pytest.mark.parametrize("starter", STARTERS, ids=lambda one: one.key)
def test_an_english_shop_finds_no_vietnamese_word(starter: Starter) -> None:
    told = start(starter.key, ["BAT-01"], "en")
    plain = unicodedata.normalize("NFD", told.subject + told.preheader + told.mjml)
    assert [one for one in plain if unicodedata.combining(one) or one in "đĐ"] == []
    assert told.purpose_kind == "transactional" or told.subject.startswith("[AD] ")


@pytest.mark.parametrize("key", ["welcome", "birthday", "newsletter", "win_back"])
def test_a_shop_without_a_website_has_no_button_that_leads_nowhere(key: str) -> None:
    made = version(start(key))
    (at_home,) = render_batch(
        replace(made, shop={**made.shop, "website": ""}), [hoa()], today=TODAY
    )
    (online,) = render_batch(made, [hoa()], today=TODAY)
    assert 'href=""' not in at_home.html
    assert online.html.count("<a ") == at_home.html.count("<a ") + 1


def test_the_lines_of_an_order_are_what_the_till_told() -> None:
    line = {"name": "<b>Bát</b> men lam", "quantity": 3, "price": 120_000, "total": 360_000}
    told = {"order": {"number": "DH-7", "total": 360_000}, "lines": [line]}
    (one,) = render_batch(version(start("order_lines")), [replace(hoa(), data=told)], today=TODAY)
    assert one.subject.endswith("đã nhận đơn DH-7")
    for words in ("&lt;b&gt;Bát&lt;/b&gt; men lam", "120.000", "360.000"):
        assert words in one.html, words
    assert "Phí giao hàng" not in one.html
    assert "<b>Bát</b> men lam" in one.text
