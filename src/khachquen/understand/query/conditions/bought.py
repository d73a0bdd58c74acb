"""What a person bought: orders, units or money, of everything or of some products only."""

from typing import Any, Literal

import msgspec

from khachquen.base import Text
from khachquen.understand.query.catalogue import Catalogue
from khachquen.understand.query.comparing import Turning
from khachquen.understand.query.conditions.where import Wheres, say_where
from khachquen.understand.query.expressions import (
    Call,
    Column,
    Compare,
    Expression,
    IsNull,
    Value,
    opposite,
)
from khachquen.understand.query.measures import (
    AMOUNT,
    COUNT,
    INSTANT,
    asked_of,
    check_number,
    judge_number,
    judge_value,
    need_of_instant,
)
from khachquen.understand.query.needs import Needed
from khachquen.understand.query.operators import Operator, check_asked
from khachquen.understand.query.plan import Plan, Scan
from khachquen.understand.query.rewrites import orders_among, semi_join
from khachquen.understand.query.windowed import Windowed, look, thresholds_of
from khachquen.understand.query.windows import Window
from khachquen.understand.query.wording import (
    ORDERS,
    UNITS,
    Speech,
    counted,
    number_of,
    window,
)

Measure = Literal["orders", "units", "spent", "first", "last"]
_SAID = {
    "first": Text(vi="đơn đầu tiên", en="first order"),
    "last": Text(vi="đơn gần nhất", en="latest order"),
}
_AT, _CURRENCY = Column("placed_at"), Column("currency")


class Bought(
    msgspec.Struct, frozen=True, tag="bought", tag_field="kind", forbid_unknown_fields=True
):
    """``{"kind": "bought", "where": [{"property": "category", "is": "is", "value": "Giày"}]}``.

    Cancelled orders are out. With conditions on lines (``sku``, ``product``, ``category``,
    ``price``, ``quantity``) only lines with all of them count: an order with such a line, its
    units, its amount. Money is net of refunds for whole orders, the price of lines otherwise, and
    in the shop's currency only.
    """

    where: Wheres = ()
    within: Window | None = None
    measure: Measure = "orders"
    is_: Operator = msgspec.field(name="is", default="at_least")
    value: Any = 1

    def check(self, catalogue: Catalogue, path: str) -> None:
        for place, one in enumerate(self.where):
            here = f"{path}.where[{place}]"
            one.check(catalogue.order_field(one.property, f"{here}.property"), here)
        if self.within:
            self.within.check(f"{path}.within")
        if self.measure in ("first", "last"):
            check_asked(INSTANT, self.is_, self.value, path)
        else:
            of = AMOUNT if self.measure == "spent" else COUNT
            check_number(of, self.is_, self.value, path)

    def need(self, needed: Needed) -> None:
        needed.orders = True
        needed.window(self.within)
        if self.measure in ("first", "last"):
            need_of_instant(needed, self.is_)

    def say(self, speech: Speech) -> Text:
        fields = [speech.catalogue.order_field(one.property) for one in self.where]
        where = say_where(speech, self.where, fields)
        when = window(self.within)
        if self.measure in ("first", "last"):
            which = _SAID[self.measure]
            told = speech.comparison(INSTANT, self.is_, self.value)
            return Text(
                vi=f"có {which.vi}{where.vi}{when.vi} {told.vi}",
                en=f"whose {which.en}{where.en}{when.en} {told.en}",
            )
        asks = semi_join.asked_whether(self.is_, self.value)
        if self.measure == "orders" and asks == "whether":
            return Text(vi=f"đã mua hàng{where.vi}{when.vi}", en=f"who bought{where.en}{when.en}")
        if self.measure == "orders" and asks == "whether not":
            return Text(
                vi=f"chưa mua hàng{where.vi}{when.vi}", en=f"who did not buy{where.en}{when.en}"
            )
        unit = {"orders": ORDERS, "units": UNITS}.get(self.measure)
        amount = counted(self.is_, self.value, number_of(unit) if unit else speech.money)
        vi, en = ("mua", "bought") if unit else ("chi", "spent")
        return Text(
            vi=f"đã {vi} {amount.vi}{where.vi}{when.vi}",
            en=f"who {en} {amount.en}{where.en}{when.en}",
        )

    def answer(self, plan: Plan, path: str) -> Turning:
        seen = look(plan, _AT, self.within)
        rows = [*self._rows(plan), *seen.where]
        lines = "lines" if self._is_of_lines(plan) else ""
        among = orders_among.among(plan, self._of_lines(plan), self.within)
        asks = semi_join.asks(plan, self.is_, self.value)
        if self.measure == "orders" and asks != "how many":
            told = plan.among("orders", rows, lines, among).yes
            return Turning(told if asks == "whether" else opposite(told))
        scan = plan.scan("orders", rows, lines, among)
        if plan.profile_id is not None:
            plan.show(path, "count", self._orders(scan, seen, is_of_lines=bool(lines)))
            plan.show(path, "last", seen.made(scan, "max", _AT))
        if self.measure in ("first", "last"):
            return self._first_or_last(plan, scan, seen)
        return self._number(plan, scan, seen, is_of_lines=bool(lines))

    def _rows(self, plan: Plan) -> list[Expression]:
        rows = [opposite(IsNull(_AT)), IsNull(Column("cancelled_at"))]
        if self.measure == "spent" or any(
            plan.catalogue.order_field(one.property).kind == "money" for one in self.where
        ):
            rows.append(Compare(_CURRENCY, "=", Value(plan.catalogue.currency)))
        for one in self.where:
            if one.property not in plan.catalogue.lines:
                field = plan.catalogue.order_field(one.property)
                rows.append(one.holds(plan, field, Column(field.column)))
        return [*rows, *self._of_lines(plan)]

    def _of_lines(self, plan: Plan) -> list[Expression]:
        told = [one for one in self.where if one.property in plan.catalogue.lines]
        fields = [plan.catalogue.order_field(one.property) for one in told]
        return [
            one.holds(plan, field, Column(field.column, "line"))
            for one, field in zip(told, fields, strict=True)
        ]

    def _is_of_lines(self, plan: Plan) -> bool:
        return any(one.property in plan.catalogue.lines for one in self.where)

    def _number(self, plan: Plan, scan: Scan, seen: Windowed, *, is_of_lines: bool) -> Turning:
        field = AMOUNT if self.measure == "spent" else COUNT
        thresholds = thresholds_of(self.is_, self.value)
        due = seen.due(scan)
        if self.measure == "orders":
            of: Expression = self._orders(scan, seen, is_of_lines=is_of_lines)
            if not is_of_lines or max(thresholds, default=0) <= 1:
                due = seen.due_at_counts(scan, thresholds)
        else:
            of = Call("or_zero", (seen.made(scan, "sum", self._amount(is_of_lines)),))
        return judge_number(plan, scan, asked_of(plan, of, field), due, self.is_, self.value)

    def _orders(self, scan: Scan, seen: Windowed, *, is_of_lines: bool) -> Column:
        """How many orders; of lines, several of them may be of one order."""
        if not is_of_lines:
            return seen.count(scan)
        order = Call("pair", (Column("source_id"), Column("number")))
        return seen.made(scan, "count_different", order)

    def _amount(self, is_of_lines: bool) -> Expression:
        if self.measure == "units":
            return Column("quantity", "line") if is_of_lines else Column("units")
        if is_of_lines:
            return Column("amount_minor", "line")
        return Call("less", (Column("total_minor"), Column("refunded_minor")))

    def _first_or_last(self, plan: Plan, scan: Scan, seen: Windowed) -> Turning:
        is_last = self.measure == "last"
        of = seen.made(scan, "max" if is_last else "min", _AT)
        due = seen.due_at_newest(scan) if is_last else seen.due(scan)
        return judge_value(plan, scan, asked_of(plan, of, INSTANT), due, self.is_, self.value)
