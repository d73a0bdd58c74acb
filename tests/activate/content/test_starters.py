"""The five starters: good for everybody, also for those mails usually forget."""

import re

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


@pytest.mark.parametrize("starter", STARTERS, ids=lambda one: one.key)
def test_everybody_gets_a_whole_mail(starter: Starter) -> None:
    told = start(starter.key, ["BAT-01", "DIA-02"])
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


@pytest.mark.parametrize("starter", STARTERS, ids=lambda one: one.key)
def test_nothing_but_its_placeholders_has_to_be_mended(starter: Starter) -> None:
    told = start(starter.key, ["BAT-01"])
    found = examine(Examined(told, make(told, SHELF, VOCABULARY)))
    wrong = {one.code for one in found if one.level == "error"}
    assert wrong <= _LEFT
    if starter.key in ("welcome", "thank_you"):
        assert found == []


def test_a_shop_without_products_gets_a_newsletter_without_a_shelf() -> None:
    assert "kq-products" not in start("newsletter").mjml
    assert 'skus="BAT-01"' in start("newsletter", ["BAT-01", 'x" onload="y']).mjml
