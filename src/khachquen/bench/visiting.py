"""Somebody who opens pages of a served shop over HTTP, signed in as its administrator."""

import http.client
from collections.abc import Mapping
from http.cookies import SimpleCookie
from urllib.parse import urlencode

from khachquen.base import Text, UnavailableError
from khachquen.bench.shop import BENCH_EMAIL, BENCH_PASSWORD, Shop


class Visitor:
    """Opens pages as the administrator, the API by a token, and insists that they open."""

    def __init__(self, shop: Shop) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", shop.port, timeout=120)
        self._token = shop.api_token
        self._cookies: SimpleCookie = SimpleCookie()
        self.get("/sign-in")
        self.post("/sign-in", {"email": BENCH_EMAIL, "password": BENCH_PASSWORD}, wanted=302)
        self.get("/customers")

    def get(self, path: str) -> None:
        """A page, or what the API answers."""
        self._ask("GET", path, "", 200)

    def post(self, path: str, form: Mapping[str, str], *, wanted: int = 200) -> None:
        """A form of a page."""
        mark = next(one.value for one in self._cookies.values() if "csrf" in one.key)
        self._ask("POST", path, urlencode({**form, "csrfmiddlewaretoken": mark}), wanted)

    def close(self) -> None:
        """No more questions."""
        self._connection.close()

    def _ask(self, method: str, path: str, body: str, wanted: int) -> None:
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        if path.startswith("/api/"):
            headers["Authorization"] = f"Bearer {self._token}"
        else:
            told = (f"{one.key}={one.value}" for one in self._cookies.values())
            headers["Cookie"] = "; ".join(told)
        self._connection.request(method, path, body or None, headers)
        answer = self._connection.getresponse()
        answer.read()
        for line in answer.headers.get_all("Set-Cookie", []):
            self._cookies.load(line)
        if answer.status != wanted:
            raise UnavailableError(
                "bench.no_page",
                Text(vi=f"{path} trả lời {answer.status}.", en=f"{path} answered {answer.status}."),
            )
