"""Somebody who opens pages of a running installation with a browser without scripts."""

import re
import urllib.request
from http.client import HTTPConnection, HTTPResponse
from http.cookiejar import CookieJar
from urllib.parse import urlencode

from tests.served import EMAIL, PASSWORD, Installation

_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


class Visitor:
    """A browser without scripts, signed in; as the shop's administrator where nobody is named."""

    def __init__(self, shop: Installation, email: str = EMAIL):
        self._url = shop.url
        self._cookies = CookieJar()
        self._open = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(self._cookies)
        ).open
        found = _TOKEN.search(self.read("/sign-in"))
        assert found
        form = {"csrfmiddlewaretoken": found[1], "email": email, "password": PASSWORD}
        self.read("/sign-in", urlencode(form).encode())

    def read(self, path: str, form: bytes | None = None) -> str:
        """The text of a page."""
        with self._open(self._url + path, form, timeout=60) as answer:
            return str(answer.read().decode())

    def press(self, path: str, on: str = "/account", **fields: str) -> str:
        """Send a form of the page ``on``; the page one ends on."""
        found = _TOKEN.search(self.read(on))
        assert found
        return self.read(path, urlencode({"csrfmiddlewaretoken": found[1], **fields}).encode())

    def cookie(self) -> str:
        """The header a browser would send."""
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in self._cookies)

    def listen(self, shop: Installation, path: str, **headers: str) -> HTTPResponse:
        """An answer that goes on and on, read line by line."""
        connection = HTTPConnection("127.0.0.1", shop.port, timeout=30)
        connection.request("GET", path, headers={"Cookie": self.cookie(), **headers})
        return connection.getresponse()
