"""Rows of an order file → one message for each order, return or adjustment."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import ROUND_HALF_EVEN, Decimal
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import Any

from khachquen.base import exponent_of
from khachquen.collect.importing.mapping import OrderKind, Plan
from khachquen.collect.importing.messages import Message, Numbering, ProductLine, encode
from khachquen.collect.importing.moments import Calendar
from khachquen.collect.importing.order_kinds import OrderRow, decide_kind
from khachquen.collect.importing.sheets import Cells, Sheet
from khachquen.collect.importing.summary import Problem, Tally
from khachquen.collect.importing.values import (
    NumberStyle,
    clean_cell,
    is_walk_in,
    parse_id,
    parse_number,
)

MAX_LINES = 5000
MAX_ID = 200
_EVENTS: dict[OrderKind, tuple[str, str]] = {  # kind → event, fate of its rows
    "order": ("Order Completed", "order"),
    "refund": ("Order Refunded", "refund"),
    "stock": ("Stock Adjusted", "stock_adjustment"),
    "account": ("Account Adjusted", "account_adjustment"),
}
_ONE, _ZERO = Decimal(1), Decimal(0)
_Keyed = Iterator[tuple[str, int, Cells]]


class OrderReader:
    """Turns the grouped rows of a sheet into messages, and counts what became of each row."""

    def __init__(
        self, sheet: Sheet, plan: Plan, calendar: Calendar, numbering: Numbering, tally: Tally
    ):
        self._sheet, self._plan, self._calendar = sheet, plan, calendar
        self._numbering, self._tally = numbering, tally
        names = [name for name in plan.fields if name != "order_number"]
        self._place = {name: place for place, name in enumerate(names)}
        self._columns = [plan.fields[name] for name in names]
        self._amount = "price" if "price" in plan.fields else "order_total"
        self._sku, self._product_name, self._category = (
            self._place.get(name, -1) for name in ("sku", "product_name", "category")
        )
        self._quantity_style = self._style_of("quantity")
        self._amount_style = self._style_of(self._amount)

    def messages(self) -> Iterator[bytes]:
        """One encoded message an order, in the order of their first rows."""
        number = self._plan.fields["order_number"]
        keyed = self._sheet.grouped(self._columns, number, self._tally.unread)
        for key, group in groupby(keyed, key=itemgetter(0)):
            message = self._read_order(parse_id(key), group)
            if message is not None:
                yield encode(message)

    def _read_order(self, number: str, group: _Keyed) -> Message | None:
        rows = list(self._read_rows(number, group))
        if not rows:
            return None
        at = self._ordered_at(rows)
        if at is None:
            for row in rows:
                self._refuse(row.number, "ordered_at", self._cell(row.cells, "ordered_at"))
            return None
        buyer = self._buyer(rows)
        known = bool(buyer)
        kind = decide_kind(number, rows, is_known=known, prefixes=self._plan.kinds)
        event, fate = _EVENTS[kind]
        self._tally.fates[fate] += len(rows)
        self._tally.events[event] += 1
        if not known:
            self._tally.notes["without_customer"] += 1
        return self._message(number, event, at, rows, buyer)

    def _message(
        self, number: str, event: str, at: datetime, rows: list[OrderRow], buyer: dict[str, Any]
    ) -> Message:
        user_id = buyer.pop("id", "")
        message = Message(
            type="track",
            messageId="",
            event=event,
            userId=user_id,
            timestamp=at.isoformat(),
            properties=self._properties(number, rows, is_refund=event == "Order Refunded"),
            context={"traits": buyer} if buyer else {},
        )
        message.messageId = self._numbering.id_of_content(message)
        message.context["import"] = {"id": self._numbering.scope[:16], "row": rows[0].number}
        return message

    def _properties(self, number: str, rows: list[OrderRow], *, is_refund: bool) -> dict[str, Any]:
        currency = self._first(rows, "currency").upper() or self._plan.currency
        exact = sum((row.quantity * row.price for row in rows), _ZERO)
        if self._amount == "order_total":  # one total an order, repeated on each of its rows
            exact = rows[0].price
        total = exact.quantize(_ONE.scaleb(-exponent_of(currency)), ROUND_HALF_EVEN)
        if total != exact:  # many of these: the file is in a currency with smaller coins
            self._tally.notes["amounts_rounded"] += 1
        total = abs(total) if is_refund else total
        properties: dict[str, Any] = {
            "order_id": number,
            "currency": currency,
            "total": total,
            "revenue": total,
        }
        if self._amount == "price":
            properties["products"] = [self._line(row, is_refund=is_refund) for row in rows]
        for name in ("country", "channel", "store"):
            if value := self._first(rows, name):
                properties[name] = value
        return properties

    def _line(self, row: OrderRow, *, is_refund: bool) -> ProductLine:
        quantity, price, measure = _whole(row.quantity), row.price, ""
        if quantity is None:
            # 1.5 kg: one line at its whole amount, the measure beside it
            measure, price = str(row.quantity), abs(row.quantity) * price
            quantity = -1 if row.quantity < 0 else 1
            self._tally.notes["fractional_quantity"] += 1
        if is_refund:
            quantity, price = abs(quantity), abs(price)
        cells = row.cells
        return ProductLine(
            product_id=parse_id(cells[self._sku])[:MAX_ID] if self._sku >= 0 else "",
            quantity=quantity,
            price=price,
            name=row.product_name[:300],
            category=clean_cell(cells[self._category])[:300] if self._category >= 0 else "",
            measure=measure,
        )

    def _read_rows(self, number: str, group: _Keyed) -> Iterator[OrderRow]:
        """The rows of one order that can be read; the others are reported."""
        kept = 0
        for _, row, cells in group:
            self._tally.rows += 1
            if not number:
                if any(cells):
                    self._refuse(row, "order_number", "", "no_order_number")
                else:
                    self._tally.fates["blank"] += 1
            elif len(number) > MAX_ID:
                self._refuse(row, "order_number", number, "too_long")
            elif kept >= MAX_LINES:
                self._refuse(row, "order_number", number, "too_many_lines")
            else:
                found = self._read_row(row, cells)
                if found:
                    kept += 1
                    yield found

    def _read_row(self, row: int, cells: Cells) -> OrderRow | None:
        place = self._place.get("quantity", -1) if self._amount == "price" else -1
        quantity = parse_number(cells[place], self._quantity_style) if place >= 0 else _ONE
        if quantity is None:
            self._refuse(row, "quantity", cells[place], "bad_quantity")
            return None
        amount = cells[self._place[self._amount]]
        price = parse_number(amount, self._amount_style)
        if price is None:
            code = "bad_price" if self._amount == "price" else "bad_total"
            self._refuse(row, self._amount, amount, code)
            return None
        named = self._product_name
        product_name = clean_cell(cells[named]) if named >= 0 else ""
        return OrderRow(row, quantity, price, product_name, cells)

    def _ordered_at(self, rows: list[OrderRow]) -> datetime | None:
        """The first row's time; rows of one order may say different ones."""
        place = self._place["ordered_at"]
        if any(row.cells[place] != rows[0].cells[place] for row in rows):
            self._tally.notes["several_dates"] += 1
        for row in rows:
            at = self._calendar.moment(row.cells[place])
            if at is not None:
                return at
        return None

    def _buyer(self, rows: list[OrderRow]) -> dict[str, Any]:
        """Who bought, as ``id`` and traits; empty when nobody was asked (khách lẻ)."""
        ids = {parse_id(self._cell(row.cells, "customer_id")) for row in rows} - {""}
        if len(ids) > 1:
            self._tally.notes["several_customers"] += 1
        buyer: dict[str, Any] = {"id": parse_id(self._first(rows, "customer_id"))[:MAX_ID]}
        for name in ("phone", "email"):
            buyer[name] = parse_id(self._first(rows, name))
        buyer = {name: value for name, value in buyer.items() if value}
        if not buyer:
            return {}
        name = self._first(rows, "name")
        if name and not is_walk_in(name):
            buyer["name"] = name
        if country := self._first(rows, "country"):
            buyer["address"] = {"country": country}
        return buyer

    def _first(self, rows: Sequence[OrderRow], name: str) -> str:
        """The first value any row of the order has in this column."""
        place = self._place.get(name, -1)
        if place < 0:
            return ""
        return next((clean_cell(row.cells[place]) for row in rows if row.cells[place]), "")

    def _style_of(self, name: str) -> NumberStyle:
        is_number = self._plan.fields.get(name, -1) in self._sheet.numeric
        return "plain" if is_number else self._plan.number_style

    def _cell(self, cells: Cells, name: str) -> str:
        place = self._place.get(name, -1)
        return cells[place] if place >= 0 else ""

    def _refuse(self, row: int, field: str, value: str, code: str = "bad_date") -> None:
        column = self._sheet.header[self._plan.fields[field]]
        self._tally.report(Problem(row, column, value, code))


@lru_cache(maxsize=4096)
def _whole(quantity: Decimal) -> int | None:
    """The count, or None for a measure such as 1.5."""
    return int(quantity) if quantity == quantity.to_integral_value() else None
