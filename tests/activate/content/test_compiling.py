"""From what a person wrote to what is sent: errors by line, blocks, products, plain text."""

import pytest

from khachquen.activate.content.finding import WordingError
from khachquen.activate.content.making.compiling import check_wording, make
from khachquen.activate.content.making.plain_text import to_plain_text
from tests.activate.content.wordings import SHELF, VOCABULARY, body, wording

_SECTION = "<mj-section><mj-column>{}</mj-column></mj-section>"


def found(mjml: str) -> list[tuple[str, int, str]]:
    findings = check_wording(wording(mjml=mjml), SHELF, VOCABULARY)
    return [(one.code.partition(".")[2], one.line, one.message.en) for one in findings]


@pytest.mark.parametrize(
    ("inside", "code", "line"),
    [
        ("<mj-txt>a</mj-txt>", "unknown_element", 2),
        ("<mj-text>a</mj-text>\n<mj-column></mj-column>", "misplaced", 3),
        ("<mj-text>a\n</mj-section>", "not_closed", 3),
        ("<mj-text>a</mj-text>\n<p>b</p>", "misplaced", 3),
        ("<mj-text><script>x</script></mj-text>", "forbidden_html", 2),
        ("<mj-text><!--><script>x</script>--></mj-text>", "forbidden_html", 2),
        ("<mj-text><a href='#' onclick='x()'>a</a></mj-text>", "forbidden_html", 2),
        ("<mj-text><a href='javascript:x()'>a</a></mj-text>", "forbidden_html", 2),
        ("<mj-text><svg onload=x></svg></mj-text>", "forbidden_html", 2),
        ("<mj-text><b style='background:url(//x)'>a</b></mj-text>", "forbidden_css", 2),
        ("<mj-text><form><input></form></mj-text>", "forbidden_html", 2),
        ('<mj-include path="/etc/passwd" />', "no_include", 2),
        ("<mj-text>{{ person.naem }}</mj-text>", "unknown_name", 2),
        ("<mj-text>\n\n{{ person.income }}</mj-text>", "may_not_use", 4),
        ("<mj-text>{{ person[person.name] }}</mj-text>", "unknown_name", 2),
        ("<mj-text>{{ request.user }}</mj-text>", "unknown_name", 2),
        ("<mj-text>{{ a b }}</mj-text>", "not_liquid", 2),
        ("<mj-text>{% for x in (1..3) %}</mj-text>", "not_liquid", 0),
        ("<mj-text>{{ snippet.so-la }}</mj-text>", "unknown_snippet", 2),
    ],
)
def test_what_is_wrong_is_said_with_its_line(inside: str, code: str, line: int) -> None:
    told = found(f"<mjml><mj-body>\n{_SECTION.format(inside)}</mj-body></mjml>")
    assert (code, line) in [(one[0], one[1]) for one in told]


def test_all_that_is_wrong_is_said_at_once_with_the_nearest_name() -> None:
    told = wording(
        "{{ person.naem }}", subject="{{ person.spnet | mony }}", preheader="{{ shop.nam }}"
    )
    with pytest.raises(WordingError) as refused:
        make(told, SHELF, VOCABULARY)
    said = [(one.path, one.hint.en if one.hint else "") for one in refused.value.findings]
    assert said == [
        ("subject:1", "Did you mean money?"),
        ("subject:1", "Did you mean person.spent?"),
        ("preheader:1", "Did you mean shop.name?"),
        ("mjml:3", "Did you mean person.name?"),
    ]
    assert refused.value.code == "content.unknown_filter"


@pytest.mark.parametrize(
    "subject", ["", "  ", "a\nb", "a\r\nBcc: x@example.vn", "x" * 301, "a\x00b"]
)
def test_a_subject_is_one_line(subject: str) -> None:
    with pytest.raises(WordingError) as refused:
        make(wording(subject=subject), SHELF, VOCABULARY)
    assert refused.value.findings[0].part == "subject"


def test_liquid_comes_out_as_it_went_in_wherever_it_stands() -> None:
    marks = (
        '{{ person.name | default: "bạn <3 & tôi" }}',
        "{% if person.spent < 5 and person.spent > 1 %}",
    )
    mjml = body(f"{marks[0]}{marks[1]}x{{% endif %}}").replace(
        "<mj-section>", f'{marks[1]}<mj-section css-class="{{{{ person.name }}}}">{{% endif %}}', 1
    )
    made = make(wording(mjml=mjml), SHELF, VOCABULARY)
    assert made.html.count(marks[1]) == 2
    assert marks[0] in made.html
    assert 'class="{{ person.name }}' in made.html
    assert "kqliquid" not in made.html + made.text
    assert "fonts.googleapis" not in made.html


def test_blocks_snippets_and_products_take_their_places() -> None:
    mjml = (
        '<mjml><mj-body><kq-products skus="BAT-01, DIA-02" button="Mua" />'
        f"{_SECTION.format('<mj-text>Gọi {{ snippet.hotline }}</mj-text>')}"
        '<kq-block name="chan-trang" /><!-- <kq-block name="khong-co" /> --></mj-body></mjml>'
    )
    made = make(wording(mjml=mjml, subject="Gọi {{ snippet.hotline }}"), SHELF, VOCABULARY)
    assert made.subject == "Gọi 0912 345 678 & Zalo"
    assert "Gọi 0912 345 678 &amp; Zalo" in made.html
    assert "120.000\xa0đ" in made.html
    assert "Bát men lam (( x ))" in made.html  # a name of the catalogue is never Liquid
    assert "&lt;b&gt;" in made.html
    assert "<b>" not in made.html
    assert made.prices == {"BAT-01": 120_000, "DIA-02": None}
    assert made.blocks == ("chan-trang",)
    assert "links.unsubscribe" in made.html
    assert made.fields == ()


def test_a_block_or_product_the_shop_lacks_is_named() -> None:
    told = found(
        '<mjml><mj-body>\n<kq-block name="chan-trag" />\n'
        '<kq-products skus="BAT-1" /></mj-body></mjml>'
    )
    assert told == [
        ("unknown_block", 2, "There is no block named 'chan-trag'."),
        ("unknown_product", 3, "There is no product with the SKU 'BAT-1'."),
    ]


def test_a_line_stays_short_enough_for_mail() -> None:
    made = make(wording("Chào bạn. " * 40), SHELF, VOCABULARY)
    assert max(len(line) for line in made.html.splitlines()) < 2000


def test_text_of_its_own_is_kept() -> None:
    told = wording(text="Chào {{ person.greeting }}\n\n{{ links.unsubscribe }}")
    assert make(told, SHELF, VOCABULARY).text == told.text


def test_plain_text_says_what_the_html_says() -> None:
    html = (
        "<head><title>x</title><style>a{}</style></head><h1>Tin mới</h1><!-- ẩn -->"
        '<div style="display:none">lén</div><ul><li>Một<li>Hai</ul>'
        '<a href="https://nhamay.vn/a"><img src="x.png" alt="Bát"></a>'
        '<p>Bát đẹp &amp; bền<br>lắm</p><a href="https://nhamay.vn/a">Xem</a>'
    )
    assert to_plain_text(html) == (
        "Tin mới\n\n- Một\n- Hai\n\nBát đẹp & bền\nlắm\n\nXem: https://nhamay.vn/a\n"
    )


def test_giant_sources_are_refused() -> None:
    assert found(body("x" * 500_000))[0][0] == "too_long"
    deep = "{% if true %}" * 60 + "x" + "{% endif %}" * 60
    assert found(body(deep))[0][0] == "not_liquid"
