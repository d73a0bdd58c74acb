"""People the shop never gets to know: passing visitors, khách lẻ, one-time marketplace buyers."""

from khachquen.demo.catalogue import draw_favourites
from khachquen.demo.orders import Basket, draw_basket, draw_coupon, make_order
from khachquen.demo.person import draw_person
from khachquen.demo.places import draw_address
from khachquen.demo.places_of_sale import (
    marketplace_number,
    nobody_at_till,
    sale_at_marketplace,
    sale_at_till,
    somebody_at_marketplace,
)
from khachquen.demo.season import DAY_MS, TILL_HOURS, WEB_HOURS
from khachquen.demo.selling import tell_order
from khachquen.demo.visits import Device, Visit, draw_device, land, look_around, put_in_cart
from khachquen.demo.world import Actor, World, iso

_VISITORS, _WALK_INS, _MARKETPLACE_BUYERS = 5.5, 0.5, 0.25
_STRANGERS = 4_000_000  # their numbers stand this far behind the customers'


class Bystanders(Actor):
    """The strangers met for each customer ``number``."""

    def __init__(self, world: World, number: int):
        super().__init__(world, f"v{number}")
        self.number = number
        self._orders = 0

    def begin(self) -> None:
        """Put everybody's coming on the agenda."""
        dice, season = self.dice, self.world.season
        for _ in range(dice.count(_VISITORS)):
            device = draw_device(dice)
            at = season.moment(dice, dice.random() * season.weeks, WEB_HOURS)
            self._plan_visit(at, device)
            while dice.chance(0.25):
                at += int(dice.wait(9) * DAY_MS)
                self._plan_visit(at, device)
        for _ in range(dice.count(_WALK_INS)):
            at = season.moment(dice, dice.random() * season.weeks, TILL_HOURS)
            self.later(at, self.buy_at_till)
        for _ in range(dice.count(_MARKETPLACE_BUYERS)):
            at = season.moment(dice, dice.random() * season.weeks, WEB_HOURS)
            self.later(at, self.buy_at_marketplace)

    def visit(self, device: Device, at: int) -> None:
        """Three in five turn round on the first page."""
        dice = self.dice
        visit = Visit(self, device, at, user_id=None)
        favourites = draw_favourites(dice, is_woman=True)
        if dice.chance(0.6):
            land(visit, dice, favourites[0])
            return
        seen = look_around(visit, dice, favourites)
        if dice.chance(0.08):
            put_in_cart(visit, [(seen[-1], 1)])

    def buy_at_till(self, at: int) -> None:
        """Buy, pay, go."""
        dice = self.dice
        self._orders += 1
        number = f"HD{self.world.seed % 100:02d}L{self.number:06d}{self._orders:02d}"
        order = make_order(number, self._basket(), ("", 0), is_sent=False)
        sale = sale_at_till(dice, draw_address(dice).province)
        tell_order(self, order, at, nobody_at_till(dice), sale)

    def buy_at_marketplace(self, at: int) -> None:
        """Buy once, behind a mask."""
        dice, seed = self.dice, self.world.seed
        self._orders += 1
        sale = sale_at_marketplace(dice)
        day = iso(at)[2:10].replace("-", "")
        number = marketplace_number(dice, day, seed, self.name, self._orders)
        coupon = draw_coupon(dice, self.world.season.month_day(at), is_first=False)
        order = make_order(number, self._basket(), coupon, is_sent=True)
        stranger = draw_person(dice, seed, _STRANGERS + self.number)
        who = somebody_at_marketplace(stranger, sale, f"{seed}{self.name}x{self._orders}")
        tell_order(self, order, at, who, sale)

    def _plan_visit(self, at: int, device: Device) -> None:
        self.later(at, lambda at: self.visit(device, at))

    def _basket(self) -> Basket:
        return draw_basket(self.dice, draw_favourites(self.dice, is_woman=True))
