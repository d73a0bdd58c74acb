"""What every template may use without its view saying so."""

from typing import Any

from django.http import HttpRequest

from khachquen.base import system_clock
from khachquen.web.alarms import engine_alarm as find_engine_alarm

THEMES = ("light", "dark", "auto")
THEME_COOKIE = "kq_theme"
NAV_COOKIE = "kq_nav"


def frame(request: HttpRequest) -> dict[str, Any]:
    """The theme, the width of the navigation, the shop's name, and what is wrong with the engine.

    The last is looked up only by a page that shows it.
    """
    theme = request.COOKIES.get(THEME_COOKIE, "auto")
    shop = getattr(request, "shop", None)
    return {
        "theme": theme if theme in THEMES else "auto",
        "nav_width": "mini" if request.COOKIES.get(NAV_COOKIE) == "mini" else "wide",
        "shop_name": shop.name if shop else "KhachQuen",
        "currency": shop.currency if shop else "VND",
        "engine_alarm": lambda: find_engine_alarm(system_clock()),
    }
