"""What is the same for everybody is written out once, and nobody's letter is another for it."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from liquid import BoundTemplate
from liquid.builtin.content import ContentNode
from liquid.exceptions import LiquidError

from khachquen.activate.content.language.grammar import parse
from khachquen.activate.content.language.settling import settle

ABOUT = {"shop": {"name": "Gốm <Mộc>", "phone": "0912 345 678"}, "today": "2026-11-22"}
HOA = {"person": {"name": "Hoa", "city": "Huế"}}
NOBODY: dict[str, Any] = {"person": {}}


def said(template: BoundTemplate, person: Mapping[str, Any]) -> str:
    """What it says, or what is wrong with it."""
    try:
        return template.render({**ABOUT, **person})
    except LiquidError as error:
        return f"{type(error).__name__}: {error}"


def looked_up(source: str) -> int:
    """How many parts are still asked for of each person."""
    settled = settle(parse(source, is_html=True), ABOUT)
    return sum(not isinstance(node, ContentNode) for node in settled.nodes)


@pytest.mark.parametrize(
    ("source", "left"),
    [
        ("{{ shop.name }}, {{ today }}: {{ shop.none }}", 0),
        ("{% if shop.phone and shop.name %}Gọi {{ shop.phone }}{% else %}-{% endif %}", 0),
        ("{% if shop.none %}a{% elsif shop.phone %} {% endif %}", 0),
        ("{{ shop.name }} chào {{ person.name }}, {{ shop.phone }}", 1),
        ("{% if shop.phone %}{{ person.name }}{% endif %}", 1),
        ("{% if shop.phone and person.name %}a{% endif %}", 1),
        ("{{ shop.name | upcase }}", 1),
        ("{{ shop[person.name] }}", 1),
        ("{% assign shop = person %}{{ shop.name }}", 2),
        ("{% for shop in person %}{{ shop.name }}{% endfor %}{{ shop.name }}", 2),
        ("{% capture today %}x{% endcapture %}{{ today }}", 2),
    ],
)
def test_only_what_is_nobodys_own_is_written_out(source: str, left: int) -> None:
    assert looked_up(source) == left
    whole = parse(source, is_html=True)
    for person in (HOA, NOBODY):
        assert said(settle(whole, ABOUT), person) == said(whole, person)


def test_a_name_of_the_shop_is_text_in_it_too() -> None:
    source = "<b>{{ shop.name }}</b>"
    assert said(settle(parse(source, is_html=True), ABOUT), HOA) == "<b>Gốm &lt;Mộc&gt;</b>"
    assert said(settle(parse(source, is_html=False), ABOUT), HOA) == "<b>Gốm <Mộc></b>"


paths = st.sampled_from(
    "shop.name shop.phone shop.none today person.name person.city x shop shop[person.name]".split()
)
pieces = st.recursive(
    st.one_of(
        st.sampled_from(["Chào ", " ", "\n", "<b>"]),
        paths.map(lambda one: f"{{{{ {one} }}}}"),
        paths.map(lambda one: f"{{{{ {one} | upcase }}}}"),
        st.tuples(st.sampled_from(["x", "shop", "today"]), paths).map(
            lambda one: f"{{% assign {one[0]} = {one[1]} %}}"
        ),
    ),
    lambda inner: st.one_of(
        st.tuples(paths, st.sampled_from(["", " and person.city", " or shop.none", " == 'Hoa'"]),
                  inner, paths, inner).map(
            lambda one: f"{{% if {one[0]}{one[1]} %}}{one[2]}{{% elsif {one[3]} %}}{one[4]}"
            "{% else %} {% endif %}"
        ),
        st.tuples(paths, inner).map(
            lambda one: f"{{% unless {one[0]} %}}{one[1]}{{% endunless %}}"
        ),
        st.tuples(paths, inner).map(lambda one: f"{{% for x in {one[0]} %}}{one[1]}{{% endfor %}}"),
        st.lists(inner, max_size=4).map("".join),
    ),
    max_leaves=12,
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(pieces, st.booleans())
def test_whatever_is_written_everybody_reads_the_same(source: str, is_html: bool) -> None:
    whole = parse(source, is_html=is_html)
    settled = settle(whole, ABOUT)
    for person in (HOA, NOBODY):
        assert said(settled, person) == said(whole, person)
