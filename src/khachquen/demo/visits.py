"""A visit to the website, as the tracking script of the page tells it."""

from typing import Any, NamedTuple

from khachquen.demo.catalogue import SHOP_URL, Product, pick_product
from khachquen.demo.draw import Dice, spread
from khachquen.demo.words import SEARCHES
from khachquen.demo.world import Actor
from khachquen.unify.normalise import fold

_ANDROID = "Mozilla/5.0 (Linux; Android 14; {}) AppleWebKit/537.36 (KHTML, like Gecko) "
_WEBKIT = "AppleWebKit/605.1.15 (KHTML, like Gecko)"
_IPHONE = f"Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) {_WEBKIT}"
_MAC = f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {_WEBKIT} "
_DESKTOP = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
_AGENTS = spread(
    {
        _ANDROID.format("SM-A556E") + "Chrome/139.0.0.0 Mobile Safari/537.36": 14,
        _ANDROID.format("CPH2591") + "Chrome/139.0.0.0 Mobile Safari/537.36": 12,
        _ANDROID.format("2312DRA50G") + "Chrome/138.0.0.0 Mobile Safari/537.36": 8,
        _IPHONE + " Version/18.5 Mobile/15E148 Safari/604.1": 24,
        _IPHONE + " Mobile/15E148 Zalo iOS/520": 4,
        _IPHONE + " Mobile/15E148 [FBAN/FBIOS;FBAV/520.0.0.38.101]": 6,
        _DESKTOP + "Chrome/139.0.0.0 Safari/537.36": 20,
        _DESKTOP + "coc_coc_browser/139.0.232 Chrome/133.0.6943.232 Safari/537.36": 6,
        _MAC + "Version/18.5 Safari/605.1.15": 4,
    },
    100,
)
# The shop's campaigns: the last day of each, and its name.
_CAMPAIGNS = (
    ((2, 15), "sam-tet"),
    ((3, 8), "qua-8-3"),
    ((4, 30), "don-he"),
    ((7, 15), "he-mat-lanh"),
    ((9, 5), "tuu-truong"),
    ((10, 20), "qua-20-10"),
    ((11, 12), "sale-11-11"),
    ((11, 30), "black-friday"),
    ((12, 31), "cuoi-nam"),
)
# Referrer, utm_source, utm_medium: where a visit comes from.
_WAYS = spread(
    {
        ("", "", ""): 24,
        ("https://www.google.com/", "", ""): 22,
        ("https://coccoc.com/", "", ""): 3,
        ("https://www.google.com/", "google", "cpc"): 9,
        ("https://l.facebook.com/", "facebook", "paid_social"): 18,
        ("https://www.facebook.com/", "", ""): 6,
        ("https://www.tiktok.com/", "tiktok", "paid_social"): 10,
        ("https://chat.zalo.me/", "zalo", "oa"): 6,
        ("https://www.instagram.com/", "instagram", "social"): 2,
    },
    100,
)
_NEWSLETTER = ("", "newsletter", "email")
_LIBRARY = {"name": "analytics.js", "version": "npm:next-1.79.0"}
_SHELF_PATHS: dict[str, str] = {}


class Device(NamedTuple):
    """A browser somebody uses: the id in its cookie, what it says it is, its address."""

    anonymous_id: str
    user_agent: str
    ip: str


def draw_device(dice: Dice) -> Device:
    """A new browser; its address is from the range set aside for tests (RFC 2544)."""
    code = f"{dice.getrandbits(128):032x}"
    anonymous_id = f"{code[:8]}-{code[8:12]}-4{code[13:16]}-a{code[17:20]}-{code[20:]}"
    ip = f"198.{dice.between(18, 19)}.{dice.between(0, 255)}.{dice.between(1, 254)}"
    return Device(anonymous_id, dice.pick(_AGENTS), ip)


class Visit:
    """One visit of one browser: pages and events, seconds or minutes apart, never after now."""

    def __init__(
        self, actor: Actor, device: Device, at: int, *, user_id: str | None, by_letter: bool = False
    ):
        self._actor = actor
        self._dice = actor.dice
        self._until = actor.world.season.until
        self.device = device
        self._url = ""
        self._page: dict[str, str] = {}
        self.at = at
        self.user_id = user_id
        self._referrer, source, medium = _NEWSLETTER if by_letter else self._dice.pick(_WAYS)
        self._context: dict[str, Any] = {
            "ip": device.ip,
            "userAgent": device.user_agent,
            "locale": "vi-VN",
            "timezone": "Asia/Ho_Chi_Minh",
            "library": _LIBRARY,
        }
        self._query = ""
        if source:
            today = actor.world.season.month_day(at)
            name = next(name for last, name in _CAMPAIGNS if today <= last)
            self._context["campaign"] = {"source": source, "medium": medium, "name": name}
            self._query = f"?utm_source={source}&utm_medium={medium}&utm_campaign={name}"

    def page(self, path: str, title: str) -> None:
        """Open a page of the site."""
        url = f"{SHOP_URL}{path}{self._query}"
        self._page = {
            "path": path.partition("?")[0],
            "url": url,
            "title": f"{title} | An Nhiên",
            "referrer": self._referrer,
            "search": self._query or path.partition("?")[1] + path.partition("?")[2],
        }
        self._say("page", name=title, properties=self._page)
        self._referrer, self._query = url, ""
        self._pass(4_000, 45_000)

    def track(self, event: str, properties: dict[str, Any]) -> None:
        """Something done on the page that is open."""
        self._say("track", event=event, properties=properties)
        self._pass(2_000, 30_000)

    def identify(self, traits: dict[str, Any]) -> None:
        """Say who is sitting there."""
        self._say("identify", traits=traits)

    def _say(self, kind: str, **parts: Any) -> None:
        self._actor.tell(
            "web",
            kind,
            self.at,
            anonymousId=self.device.anonymous_id,
            userId=self.user_id,
            context={**self._context, "page": self._page},
            **parts,
        )

    def _pass(self, least_ms: int, most_ms: int) -> None:
        self.at = min(self.at + self._dice.between(least_ms, most_ms), self._until)


def land(visit: Visit, dice: Dice, category: str) -> None:
    """The first page of a visit: the front page or a shelf."""
    if dice.chance(0.45):
        visit.page("/", "Trang chủ")
    else:
        visit.page(_shelf_path(category), category)


def look_around(visit: Visit, dice: Dice, favourites: tuple[str, ...]) -> list[Product]:
    """Search or open a shelf, look at a few things; what was looked at."""
    category = dice.pick(favourites)
    land(visit, dice, category)
    if dice.chance(0.22):
        words = dice.pick(SEARCHES[category])
        visit.page(f"/tim-kiem?q={words.replace(' ', '+')}", f"Tìm: {words}")
        visit.track("Products Searched", {"query": words})
    seen = []
    for _ in range(1 + min(dice.count(1.3), 5)):
        product = pick_product(dice, category if dice.chance(0.75) else dice.pick(favourites))
        look_at(visit, product)
        seen.append(product)
    return seen


def look_at(visit: Visit, product: Product) -> None:
    """Open a product's page."""
    visit.page(str(product["url"])[len(SHOP_URL) :], str(product["name"]))
    visit.track("Product Viewed", product)


def put_in_cart(visit: Visit, products: list[tuple[Product, int]]) -> None:
    """Add each to the cart, then open the cart."""
    for product, quantity in products:
        visit.track("Product Added", {**product, "quantity": quantity})
    visit.page("/gio-hang", "Giỏ hàng")
    visit.track("Cart Viewed", {"products": _short(products), "currency": "VND"})


def start_checkout(visit: Visit, products: list[tuple[Product, int]]) -> None:
    """Go to the till."""
    value = sum(int(product["price"]) * quantity for product, quantity in products)
    visit.page("/thanh-toan", "Thanh toán")
    visit.track(
        "Checkout Started", {"value": value, "currency": "VND", "products": _short(products)}
    )


def _short(products: list[tuple[Product, int]]) -> list[dict[str, str | int]]:
    return [
        {
            "product_id": p["product_id"],
            "name": p["name"],
            "price": p["price"],
            "quantity": quantity,
        }
        for p, quantity in products
    ]


def _shelf_path(category: str) -> str:
    path = _SHELF_PATHS.get(category)
    if path is None:
        path = _SHELF_PATHS[category] = "/danh-muc/" + fold(category).replace(" ", "-")
    return path
