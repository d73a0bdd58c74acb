"""The one client that calls out: bounded in time, size and connections, and never inside.

A name is resolved once and the address that was judged is the one connected to: the judge sits
where the socket is made, so a name that changes its mind in between gains nothing. Redirects are
not followed, proxies and cookies of the machine are not used, what comes back is not unpacked.
"""

import asyncio
import errno
import socket
import ssl
import time
from dataclasses import replace
from types import TracebackType
from typing import Any, Self

import aiohttp

from khachquen.activate.egress.addresses import Rules, refuse_reason
from khachquen.activate.egress.calls import Answer, Call

CONNECTIONS, A_HOST = 100, 8
_READ_BYTES = 64_000
_CONNECT_S, _KEEP_S = 5.0, 4.0
_REFUSED = "address refused"


class Caller:
    """Connections that are used again. Lives in one event loop; close it there."""

    def __init__(
        self, rules: Rules, *, timeout_s: float = 10.0, tls: ssl.SSLContext | None = None
    ) -> None:
        self._rules = rules
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                ssl=tls or ssl.create_default_context(),
                limit=CONNECTIONS,
                limit_per_host=A_HOST,
                use_dns_cache=False,
                keepalive_timeout=_KEEP_S,
                socket_factory=self._socket,
                resolver=aiohttp.ThreadedResolver(),
            ),
            timeout=aiohttp.ClientTimeout(total=timeout_s, sock_connect=_CONNECT_S),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            trust_env=False,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._session.close()

    async def call(self, call: Call) -> Answer:
        """Post it and say what came of it; never raises but when it is cancelled.

        A connection the other side closed while it rested is no failure: it is tried on another.
        """
        began = time.perf_counter()
        try:
            found = await self._post(call)
        except aiohttp.ServerDisconnectedError as error:
            found = _failed(error) if call.once else await self._try(call)
        except Exception as error:
            found = _failed(error)
        return replace(found, took_ms=round((time.perf_counter() - began) * 1000))

    async def _try(self, call: Call) -> Answer:
        try:
            return await self._post(call)
        except Exception as error:
            return _failed(error)

    async def _post(self, call: Call) -> Answer:
        headers = {"Accept-Encoding": "identity", "User-Agent": "KhachQuen", **call.headers}
        async with self._session.request(
            call.method, call.url, data=call.body or None, headers=headers, allow_redirects=False
        ) as response:
            text = await _beginning(response, call.longest)
            wait_s = _wait(response.headers.get("Retry-After", ""))
            return Answer(response.status, text=text, wait_s=wait_s)

    def _socket(self, info: tuple[Any, ...]) -> socket.socket:
        family, kind, protocol, _, address = info
        if refuse_reason(str(address[0]), self._rules):
            raise OSError(errno.EACCES, _REFUSED)
        return socket.socket(family, kind, protocol)


async def _beginning(response: aiohttp.ClientResponse, longest: int) -> str:
    """The beginning of an answer. One that is soon over is read to its end, so that the connection
    can be used again; of a longer one the connection is given up."""
    kept, size, most = b"", 0, 4 * longest
    async for part in response.content.iter_any():
        kept += part[: most - len(kept)]
        size += len(part)
        if size > max(_READ_BYTES, most):
            response.close()
            break
    text = kept.decode("utf-8", "replace")
    return "".join(letter if letter.isprintable() else " " for letter in text)[:longest].strip()


def _failed(error: Exception) -> Answer:
    """Only who could not be connected to, or was not called at all, certainly knows of nothing."""
    is_before = isinstance(
        error, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError | aiohttp.InvalidURL
    )
    return Answer(None, _problem(error), may_have_arrived=not is_before)


def _problem(error: Exception) -> str:
    if isinstance(error, TimeoutError | asyncio.TimeoutError):
        return "timeout"
    if isinstance(error, aiohttp.ClientConnectorCertificateError | aiohttp.ClientSSLError):
        return "tls"
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return "nowhere"
    told = f"{error} {getattr(error, 'os_error', '')}"
    if isinstance(error, aiohttp.InvalidURL) or _REFUSED in told:
        return "refused"
    if isinstance(error, OSError):
        return "unreachable"
    return "garbled"


def _wait(told: str) -> int:
    return min(int(told[:6]), 3_600) if told.isascii() and told.isdecimal() else 0
