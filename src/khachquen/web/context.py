"""What every template may use without its view saying so."""

from django.http import HttpRequest

THEMES = ("light", "dark", "auto")
THEME_COOKIE = "kq_theme"
NAV_COOKIE = "kq_nav"


def frame(request: HttpRequest) -> dict[str, str]:
    """The theme, the width of the navigation, and the shop's name."""
    theme = request.COOKIES.get(THEME_COOKIE, "auto")
    shop = getattr(request, "shop", None)
    return {
        "theme": theme if theme in THEMES else "auto",
        "nav_width": "mini" if request.COOKIES.get(NAV_COOKIE) == "mini" else "wide",
        "shop_name": shop.name if shop else "KhachQuen",
        "currency": shop.currency if shop else "VND",
    }
