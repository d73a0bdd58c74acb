"""The life of one customer: strolling, buying in three places, coming back or not."""

from typing import Any

from khachquen.demo.buying import draw_habit, next_purchase
from khachquen.demo.catalogue import FOR_TET, draw_favourites
from khachquen.demo.orders import Basket, Order, draw_basket, draw_coupon, make_order
from khachquen.demo.person import draw_person, phone_on_form
from khachquen.demo.places_of_sale import (
    marketplace_number,
    nobody_at_till,
    sale_at_marketplace,
    sale_at_till,
    somebody_at_marketplace,
    somebody_at_till,
)
from khachquen.demo.season import DAY_MS, TILL_HOURS, WEB_HOURS
from khachquen.demo.selling import Sale, Who, tell_order
from khachquen.demo.visits import (
    Visit,
    draw_device,
    land,
    look_around,
    look_at,
    put_in_cart,
    start_checkout,
)
from khachquen.demo.world import Actor, World, iso

_PLACES = ("web",) * 52 + ("pos",) * 30 + ("marketplace",) * 18
_STROLLS_A_WEEK = {"web": 0.33, "pos": 0.1, "marketplace": 0.06}
_STROLLS_BEFORE = {"web": 1.7, "pos": 0.4, "marketplace": 0.2}
_PAYMENTS = ("COD",) * 48 + ("VietQR",) * 30 + ("MoMo",) * 12 + ("Thẻ",) * 10
_SERVER_LIBRARY = {"name": "shop-server", "version": "5.4"}
_METHODS = ("email", "email", "zalo", "google", "facebook")


class Shopper(Actor):
    """Customer ``number``; everything they do follows from the seed and that number."""

    def __init__(self, world: World, number: int):
        super().__init__(world, f"c{number}")
        dice = self.dice
        self.number = number
        self.person = draw_person(dice, world.seed, number)
        self.habit = draw_habit(dice)
        self.home = dice.pick(_PLACES)
        self.favourites = draw_favourites(dice, is_woman=self.person.is_woman)
        self.devices = [draw_device(dice) for _ in range(dice.pick((1, 1, 1, 2, 2, 3)))]
        early = 0.15 if dice.chance(0.2) else 1.0  # some came with the opening
        self.elapsed = dice.random() * early * world.season.weeks
        self.purchases = 0
        self.has_account = self.is_subscribed = self.is_member = False

    def begin(self) -> None:
        """Put the first thing this customer does on the agenda; one in ten only signs up."""
        season = self.world.season
        if self.dice.chance(0.1):
            at = season.moment(self.dice, self.elapsed, WEB_HOURS)
            self.later(at, self.sign_up_only)
            self._plan_strolls(at, season.until, 0.15)
        else:
            self._plan_purchase(season.since)

    def sign_up_only(self, at: int) -> None:
        """Look around, leave name and address, buy nothing yet."""
        visit = self._arrive(at)
        look_around(visit, self.dice, self.favourites)
        self._sign_up(visit)

    def stroll(self, at: int) -> None:
        """A visit without an order; one in seven fills a cart and leaves it."""
        visit, dice = self._arrive(at), self.dice
        if dice.chance(0.25):
            land(visit, dice, dice.pick(self.favourites))
            return
        seen = look_around(visit, dice, self._wishes(at))
        if dice.chance(0.2):
            basket = [(product, 1) for product in {str(p["sku"]): p for p in seen[:2]}.values()]
            put_in_cart(visit, basket)
            if dice.chance(0.35):
                start_checkout(visit, basket)
        elif dice.chance(0.03):
            self._subscribe(visit)

    def buy_on_web(self, at: int) -> None:
        """A visit that ends in an order; the order itself is told by the server."""
        visit, dice = self._arrive(at), self.dice
        basket = draw_basket(dice, self._wishes(at))
        land(visit, dice, str(basket[0][0]["category"]))
        for product, _ in basket:
            look_at(visit, product)
        put_in_cart(visit, basket)
        start_checkout(visit, basket)
        if not self.has_account and dice.chance(0.5):
            self._sign_up(visit)
        who = self._on_form()
        who["userId"] = visit.user_id
        who["anonymousId"] = visit.device.anonymous_id if dice.chance(0.85) else None
        order = self._order(f"DH{self._code()}", basket, visit.at, is_sent=True)
        sale = Sale("server", "web", "annhien.example", dice.pick(_PAYMENTS))
        tell_order(self, order, visit.at, who, sale)
        visit.page("/cam-on", "Cảm ơn bạn đã đặt hàng")
        if not self.is_subscribed and dice.chance(0.2):
            self._subscribe(visit)

    def buy_at_till(self, at: int) -> None:
        """An order at one of the shop's tills, told with what the cashier typed, if anything."""
        dice, person = self.dice, self.person
        who = somebody_at_till(dice, person) if dice.chance(0.78) else nobody_at_till(dice)
        if "phone" in who["context"].get("traits", {}) and not self.is_member and dice.chance(0.3):
            self._join(who, at)
        basket = draw_basket(dice, self._wishes(at))
        order = self._order(f"HD{self._code()}", basket, at, is_sent=False)
        tell_order(self, order, at, who, sale_at_till(dice, person.address.province))

    def buy_at_marketplace(self, at: int) -> None:
        """An order at a marketplace, which hides who it was."""
        dice = self.dice
        sale = sale_at_marketplace(dice)
        day = iso(at)[2:10].replace("-", "")
        number = marketplace_number(dice, day, self.world.seed, self.name, self.purchases)
        order = self._order(number, draw_basket(dice, self._wishes(at)), at, is_sent=True)
        who = somebody_at_marketplace(self.person, sale, f"{self.world.seed}{self.name}")
        tell_order(self, order, at, who, sale)

    def unsubscribe(self, at: int) -> None:
        """Want no more letters."""
        who = self._on_form()
        who["userId"] = self.person.user_id if self.has_account else None
        properties = {"channel": "email", "email": self.person.email}
        self.tell("server", "track", at, event="Unsubscribed", properties=properties, **who)
        self.is_subscribed = False

    def _plan_purchase(self, now: int) -> None:
        """Put the next purchase on the agenda, with the strolls that lead to it."""
        dice, season = self.dice, self.world.season
        place = self.home if dice.chance(0.75) else dice.pick(_PLACES)
        hours = TILL_HOURS if place == "pos" else WEB_HOURS
        at = season.moment(dice, self.elapsed, hours, after=now)
        for _ in range(dice.count(_STROLLS_BEFORE[place])):
            before = at - int(dice.wait(5) * DAY_MS)
            if before > now:
                self.later(before, self.stroll)
        self.later(at, lambda at: self._buy(place, at))

    def _buy(self, place: str, at: int) -> None:
        """Buy, and plan what comes after by the customer's habit."""
        self.purchases += 1
        {
            "web": self.buy_on_web,
            "pos": self.buy_at_till,
            "marketplace": self.buy_at_marketplace,
        }[place](at)
        season = self.world.season
        weeks = next_purchase(self.dice, self.habit, self.purchases)
        if weeks is None:  # gone for good, save for a last look or two
            self._plan_strolls(at, at + 28 * DAY_MS, _STROLLS_A_WEEK[self.home] / 2)
            return
        self.elapsed += weeks
        if self.elapsed < season.weeks:
            self._plan_purchase(at)
        stay = min(season.until, at + int(min(weeks, 26) * 7 * DAY_MS))
        self._plan_strolls(at, stay, _STROLLS_A_WEEK[self.home])

    def _plan_strolls(self, since: int, until: int, weekly: float) -> None:
        span = until - since
        for _ in range(self.dice.count(weekly * span / (7 * DAY_MS))):
            self.later(since + int(self.dice.random() * span), self.stroll)

    def _wishes(self, at: int) -> tuple[str, ...]:
        """The categories somebody thinks of on this day."""
        before_tet = self.world.season.is_before_tet(at)
        return self.favourites + FOR_TET if before_tet else self.favourites

    def _arrive(self, at: int) -> Visit:
        """A visit on one of the customer's devices; often signed in, once there is an account."""
        dice = self.dice
        device = self.devices[0] if dice.chance(0.7) else dice.pick(self.devices)
        signed_in = self.has_account and dice.chance(0.65)
        user_id = self.person.user_id if signed_in else None
        by_letter = self.is_subscribed and dice.chance(0.25)
        return Visit(self, device, at, user_id=user_id, by_letter=by_letter)

    def _sign_up(self, visit: Visit) -> None:
        person, dice = self.person, self.dice
        self.has_account = True
        visit.user_id = person.user_id
        traits: dict[str, Any] = {
            "name": person.name,
            "gender": "female" if person.is_woman else "male",
            "createdAt": iso(visit.at),
            "address": {"city": person.address.province},
        }
        if person.email:
            traits["email"] = person.email
        if not person.email or dice.chance(0.7):
            traits["phone"] = phone_on_form(dice, person)
        if person.birthday:
            traits["birthday"] = person.birthday
        visit.identify(traits)
        visit.track("Signed Up", {"method": dice.pick(_METHODS)})
        if dice.chance(0.35):
            self._subscribe(visit)

    def _subscribe(self, visit: Visit) -> None:
        """Leave the e-mail address for letters; one in eight regrets it."""
        if not self.person.email or self.is_subscribed:
            return
        self.is_subscribed = True
        visit.identify({"email": self.person.email})
        visit.track(
            "Subscribed", {"channel": "email", "purpose": "marketing", "list": "Bản tin An Nhiên"}
        )
        if self.dice.chance(0.12):
            self.later(visit.at + int(self.dice.wait(60) * DAY_MS), self.unsubscribe)

    def _join(self, who: Who, at: int) -> None:
        """Become a member at the till: the cashier's form, with the birthday if it is told."""
        self.is_member = True
        traits = dict(who["context"]["traits"])
        if self.person.birthday:
            traits["birthday"] = self.person.birthday
        self.tell(
            "pos", "identify", at, traits=traits, context={"library": who["context"]["library"]}
        )

    def _on_form(self) -> Who:
        """Who the server says it was: what stands on the checkout form."""
        person = self.person
        traits: dict[str, Any] = {
            "name": person.name,
            "phone": phone_on_form(self.dice, person),
            "address": {
                "street": f"{person.address.street}, {person.address.ward}",
                "city": person.address.province,
                "country": "VN",
            },
        }
        if person.email:
            traits["email"] = person.email
        return {"context": {"traits": traits, "library": _SERVER_LIBRARY}}

    def _order(self, number: str, basket: Basket, at: int, *, is_sent: bool) -> Order:
        month_day = self.world.season.month_day(at)
        coupon = draw_coupon(self.dice, month_day, is_first=self.purchases == 1)
        return make_order(number, basket, coupon, is_sent=is_sent)

    def _code(self) -> str:
        return f"{self.world.seed % 100:02d}{self.number:06d}{self.purchases:02d}"
