"""What the shop has at hand for its wordings, and which names it knows of people."""

from collections.abc import Iterable

from khachquen.activate.content.language.vocabulary import COMPUTED, Vocabulary, written
from khachquen.activate.content.making.assembling import names_of_blocks, skus_of
from khachquen.activate.content.making.wording import Card, Shelf, Wording
from khachquen.activate.content.pieces import sources_of
from khachquen.base import Text
from khachquen.understand.query.fields import Field
from khachquen.understand.segments.catalogue import shop_catalogue
from khachquen.unify.catalogue import read_products
from khachquen.unify.traits import load_registry

__all__ = [
    "list_names",
    "person_fields",
    "shelf_for",
    "shelf_of",
    "shop_vocabulary",
]

_KEPT_SOURCES = ("trait", "profile", "orders")
_NOT_SAID = ("household", "is_known")


def shelf_for(wordings: Iterable[str]) -> Shelf:
    """Every block and snippet of the shop, and the products some bodies show."""
    blocks, snippets = sources_of("block"), sources_of("snippet")
    bodies = list(wordings)
    asked = {name for body in bodies for name in names_of_blocks(body)}
    shown = [*bodies, *(blocks[name] for name in asked if name in blocks)]
    found = read_products({sku for body in shown for sku in skus_of(body)})
    products = {
        sku: Card(sku, one.name, one.price_minor, one.currency, one.url, one.image_url)
        for sku, one in found.items()
    }
    return Shelf(blocks=blocks, snippets=snippets, products=products)


def shelf_of(wording: Wording) -> Shelf:
    """The same for one wording."""
    return shelf_for([wording.mjml])


def person_fields() -> dict[str, Field]:
    """The facts of a person a template may say, by name."""
    return {
        key: field
        for key, field in shop_catalogue().people.items()
        if field.source in _KEPT_SOURCES and not field.is_hidden and key not in _NOT_SAID
    }


def shop_vocabulary() -> Vocabulary:
    """The names of this shop. What is sealed, sensitive or not classified is refused by name: no
    rule of who is asking opens it, for a mail leaves the house."""
    said = person_fields()
    refused = {
        key: one.label
        for key, one in load_registry().definitions.items()
        if key not in said and not one.is_archived
    }
    return Vocabulary({key: field.label for key, field in said.items()}, refused)


def list_names() -> list[tuple[str, Text]]:
    """Every name a wording may use as it is written, with what it means: what a picker offers."""
    labels = {key: field.label for key, field in person_fields().items()}
    told = {**{key: one[0] for key, one in COMPUTED.items()}, **labels}
    people = [(written("person", key), label) for key, label in told.items()]
    return [*people, *_OTHERS]


_OTHERS: tuple[tuple[str, Text], ...] = (
    ("order.number", Text(vi="Mã đơn gần nhất", en="Number of the latest order")),
    ("order.total | money", Text(vi="Tổng tiền đơn gần nhất", en="Total of the latest order")),
    ("order.units", Text(vi="Số món của đơn gần nhất", en="Units of the latest order")),
    ("order.placed_at | date", Text(vi="Ngày đặt đơn gần nhất", en="Day of the latest order")),
    ("links.unsubscribe", Text(vi="Liên kết hủy nhận tin", en="The unsubscribe link")),
    ("links.preferences", Text(vi="Liên kết chọn loại tin", en="The preference page")),
    ("shop.name", Text(vi="Tên cửa hàng", en="The shop's name")),
    ("shop.sender", Text(vi="Tên người gửi", en="Who sends")),
    ("shop.address", Text(vi="Địa chỉ người gửi", en="The sender's address")),
    ("shop.phone", Text(vi="Điện thoại cửa hàng", en="The shop's phone")),
    ("shop.website", Text(vi="Trang web cửa hàng", en="The shop's website")),
    ("today | date", Text(vi="Ngày gửi", en="The day it is sent")),
)
