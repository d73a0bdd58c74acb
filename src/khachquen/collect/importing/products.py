"""Rows of a product list → one 'Product Updated' message each."""

from collections.abc import Iterator
from typing import Any

from khachquen.collect.importing.mapping import Plan
from khachquen.collect.importing.messages import Message, Numbering, encode
from khachquen.collect.importing.sheets import Sheet
from khachquen.collect.importing.summary import Problem, Tally
from khachquen.collect.importing.values import clean_cell, parse_id, parse_number

MAX_ID = 200
EVENT = "Product Updated"


class ProductReader:
    """Turns rows into messages, and counts what became of each row."""

    def __init__(self, sheet: Sheet, plan: Plan, numbering: Numbering, tally: Tally):
        self._sheet, self._plan = sheet, plan
        self._numbering, self._tally = numbering, tally
        price = plan.fields.get("price", -1)
        self._style = "plain" if price in sheet.numeric else plan.number_style

    def messages(self) -> Iterator[bytes]:
        """One encoded message a row with a product code."""
        columns = list(self._plan.fields.values())
        for number, cells in self._sheet.rows(columns, self._tally.unread):
            self._tally.rows += 1
            told = {
                field: clean_cell(cell)
                for field, cell in zip(self._plan.fields, cells, strict=True)
                if cell and not cell.isspace()
            }
            message = self._read(number, told)
            if message is not None:
                yield encode(message)

    def _read(self, number: int, told: dict[str, str]) -> Message | None:
        if not told:
            self._tally.fates["blank"] += 1
            return None
        sku = parse_id(told.get("sku", ""))
        if not sku or len(sku) > MAX_ID:
            self._report(number, "sku", sku, "too_long" if sku else "no_sku")
            return None
        self._tally.fates["product"] += 1
        self._tally.events[EVENT] += 1
        return Message(
            type="track",
            messageId=self._numbering.id_of_place(str(number)),
            event=EVENT,
            properties=self._properties(number, sku, told),
            context={"import": {"id": self._numbering.scope[:16], "row": number}},
        )

    def _properties(self, number: int, sku: str, told: dict[str, str]) -> dict[str, Any]:
        properties: dict[str, Any] = {"product_id": sku, "sku": sku}
        properties["currency"] = told.get("currency", self._plan.currency).upper()
        if name := told.get("product_name"):
            properties["name"] = name
        for field in ("category", "brand", "url"):
            if field in told:
                properties[field] = told[field]
        if image := told.get("image_url"):
            properties["image_url"] = image.split(",")[0].strip()  # a list of pictures: the first
        if "price" in told:
            price = parse_number(told["price"], self._style)
            if price is None:
                self._report(number, "price", told["price"], "bad_price", refused=False)
            else:
                properties["price"] = price
        return properties

    def _report(
        self, number: int, field: str, value: str, code: str, *, refused: bool = True
    ) -> None:
        column = self._sheet.header[self._plan.fields[field]]
        self._tally.report(Problem(number, column, value, code, refused))
