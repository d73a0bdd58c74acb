"""Telling an order, and planning what may become of it: cancelled, sent back, praised or not."""

from functools import partial
from typing import Any, NamedTuple

from khachquen.demo.orders import Order, cancelled, completed, refunded
from khachquen.demo.season import DAY_MS, HOUR_MS
from khachquen.demo.words import CANCEL_REASONS, REFUND_REASONS, draw_review
from khachquen.demo.world import Actor

# Who an order is told of: userId, anonymousId and context of the message, as far as known.
Who = dict[str, Any]

_CANCELLED, _REFUNDED, _REVIEWED = 0.038, 0.041, 0.14


class Sale(NamedTuple):
    """How an order came about."""

    source: str
    channel: str
    affiliation: str
    payment: str


def tell_order(actor: Actor, order: Order, at: int, who: Who, sale: Sale) -> None:
    """Order Completed now; later perhaps Cancelled, Refunded or Reviewed, by the same source."""
    properties = completed(
        order, channel=sale.channel, affiliation=sale.affiliation, payment=sale.payment
    )
    actor.tell(sale.source, "track", at, event="Order Completed", properties=properties, **who)
    dice = actor.dice
    fate = dice.random()
    if fate < _CANCELLED and sale.source != "pos":
        later = at + dice.between(1, 60) * HOUR_MS
        actor.later(later, partial(_cancel, actor, order, who, sale.source))
    elif fate < _CANCELLED + _REFUNDED:
        later = at + dice.between(2 * 24, 12 * 24) * HOUR_MS
        actor.later(later, partial(_refund, actor, order, who, sale.source))
    elif sale.source == "server" and dice.chance(_REVIEWED):
        later = at + int((3 + dice.wait(4)) * DAY_MS)
        actor.later(later, partial(_review, actor, order, who))


def _cancel(actor: Actor, order: Order, who: Who, source: str, at: int) -> None:
    properties = cancelled(order, actor.dice.pick(CANCEL_REASONS))
    actor.tell(source, "track", at, event="Order Cancelled", properties=properties, **who)


def _refund(actor: Actor, order: Order, who: Who, source: str, at: int) -> None:
    properties = refunded(actor.dice, order, actor.dice.pick(REFUND_REASONS))
    actor.tell(source, "track", at, event="Order Refunded", properties=properties, **who)


def _review(actor: Actor, order: Order, who: Who, at: int) -> None:
    line = actor.dice.pick(order.lines)
    stars, words = draw_review(actor.dice)
    properties = {
        "product_id": line["product_id"],
        "name": line["name"],
        "order_id": order.number,
        "rating": stars,
        "review_body": words,
    }
    actor.tell("server", "track", at, event="Product Reviewed", properties=properties, **who)
