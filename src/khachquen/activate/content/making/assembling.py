"""Blocks, snippets and products put where a wording names them."""

import html
import re
from collections.abc import Callable, Mapping

from khachquen.activate.content.finding import Finding
from khachquen.activate.content.language.filters import FILTERS
from khachquen.activate.content.language.grammar import MARKS
from khachquen.activate.content.making.wording import Card, Shelf
from khachquen.base import Text, nearest

_BLOCK = re.compile(r"<kq-block\b([^<>]*?)/?>(?:\s*</kq-block>)?")
_PRODUCTS = re.compile(r"<kq-products\b([^<>]*?)/?>(?:\s*</kq-products>)?")
_TOLD = re.compile(r"""([\w-]+)\s*=\s*("([^"]*)"|'([^']*)')""")
_SNIPPET = re.compile(r"\{\{-?\s*snippet\.([\w-]+)\s*-?\}\}")
_COMMENT = re.compile(r"<!--(?!\[if).*?-->", re.DOTALL)
_MOST_PRODUCTS = 12
_A_ROW = 3


def names_of_blocks(mjml: str) -> list[str]:
    """The blocks a body asks for, in order."""
    return [_told(found[1]).get("name", "") for found in _BLOCK.finditer(_bare(mjml))]


def skus_of(mjml: str) -> list[str]:
    """The products a body shows, in order."""
    return [sku for found in _PRODUCTS.finditer(_bare(mjml)) for sku in _skus(_told(found[1]))]


def check_pieces(source: str, shelf: Shelf, *, is_block: bool = False) -> list[Finding]:
    """Blocks, snippets and products the shop does not have, with the nearest one."""
    found: list[Finding] = []
    for name, line in _named(_BLOCK, source, lambda told: [told.get("name", "")]):
        if is_block:
            found.append(
                _error(
                    "content.nested_block",
                    line,
                    "Khối không chứa khối khác được.",
                    "A block cannot hold another block.",
                )
            )
        elif name not in shelf.blocks:
            found.append(
                _error(
                    "content.unknown_block",
                    line,
                    f"Không có khối nào tên {name!r}.",
                    f"There is no block named {name!r}.",
                    _near(name, shelf.blocks),
                )
            )
    for name, line in _snippets(source):
        if name not in shelf.snippets:
            found.append(
                _error(
                    "content.unknown_snippet",
                    line,
                    f"Không có đoạn chữ nào tên {name!r}.",
                    f"There is no snippet named {name!r}.",
                    _near(name, shelf.snippets),
                )
            )
    for sku, line in _named(_PRODUCTS, source, lambda told: _skus(told) or [""]):
        if sku not in shelf.products:
            found.append(
                _error(
                    "content.unknown_product",
                    line,
                    f"Không có mã hàng {sku!r}.",
                    f"There is no product with the SKU {sku!r}.",
                    _near(sku, shelf.products),
                )
            )
    return found


def put_snippets(source: str, shelf: Shelf, *, is_html: bool) -> str:
    """The source with its snippets in place."""

    def put(found: re.Match[str]) -> str:
        text = shelf.snippets.get(found[1], "")
        return escape_around(text) if is_html else text

    return _SNIPPET.sub(put, source)


def put_blocks(mjml: str, shelf: Shelf) -> str:
    """The body with its blocks in place."""
    return _BLOCK.sub(
        lambda found: shelf.blocks.get(_told(found[1]).get("name", ""), ""), _bare(mjml)
    )


def put_products(mjml: str, shelf: Shelf) -> str:
    """The body with its products in place, as rows of up to three."""
    return _PRODUCTS.sub(lambda found: _rows(_told(found[1]), shelf.products), _bare(mjml))


def escape_around(text: str) -> str:
    """Text as HTML; the Liquid inside stays as it is."""
    pieces, last = [], 0
    for mark in MARKS.finditer(text):
        pieces += [html.escape(text[last : mark.start()]), mark[0]]
        last = mark.end()
    return "".join([*pieces, html.escape(text[last:])])


def _bare(mjml: str) -> str:
    return _COMMENT.sub(lambda found: "\n" * found[0].count("\n"), mjml)


def _told(attributes: str) -> dict[str, str]:
    return {one[1]: html.unescape(one[3] or one[4] or "") for one in _TOLD.finditer(attributes)}


def _skus(told: Mapping[str, str]) -> list[str]:
    return [sku.strip() for sku in told.get("skus", "").split(",") if sku.strip()][:_MOST_PRODUCTS]


def _named(
    what: re.Pattern[str], source: str, names: Callable[[dict[str, str]], list[str]]
) -> list[tuple[str, int]]:
    return [
        (name, source.count("\n", 0, found.start()) + 1)
        for found in what.finditer(_bare(source))
        for name in names(_told(found[1]))
    ]


def _snippets(source: str) -> list[tuple[str, int]]:
    return [(one[1], source.count("\n", 0, one.start()) + 1) for one in _SNIPPET.finditer(source)]


def _rows(told: Mapping[str, str], products: Mapping[str, Card]) -> str:
    """The products as sections of up to three columns. What the catalogue says is text, not MJML
    and not Liquid."""
    cards = [products[sku] for sku in _skus(told) if sku in products]
    rows = [cards[at : at + _A_ROW] for at in range(0, len(cards), _A_ROW)]
    button = told.get("button", "Xem sản phẩm")
    return "".join(
        f'<mj-section css-class="sheet" padding="0 12px" background-color="#ffffff">'
        f"{''.join(_column(card, button) for card in row)}</mj-section>"
        for row in rows
    )


def _column(card: Card, button: str) -> str:
    name, url = _safe(card.name or card.sku), _safe(card.url)
    price = _safe(FILTERS["money"](card.price_minor, card.currency, context=None))
    image = (
        f'<mj-image src="{_safe(card.image_url)}" alt="{name}" href="{url}" padding="8px" />'
        if card.image_url.startswith("https://")
        else ""
    )
    link = (
        f'<mj-button href="{url}" padding="4px 8px 16px">{_safe(button)}</mj-button>'
        if card.url.startswith("https://")
        else ""
    )
    return (
        f'<mj-column>{image}<mj-text align="center" padding="4px 8px"><strong>{name}</strong>'
        f"<br />{price}</mj-text>{link}</mj-column>"
    )


def _safe(text: str) -> str:
    return html.escape(text.replace("{", "(").replace("}", ")"))


def _near(name: str, known: Mapping[str, object]) -> Text:
    if known:
        return nearest(name, known)
    return Text(vi="Cửa hàng chưa có mục nào loại này.", en="The shop has none yet.")


def _error(code: str, line: int, vi: str, en: str, hint: Text | None = None) -> Finding:
    return Finding("error", code, Text(vi=vi, en=en), hint, "mjml", line)
