"""No test talks to anything but this machine."""

import ipaddress
import socket
from collections.abc import Callable
from typing import Any


def is_local(address: Any) -> bool:
    """Whether a socket address stays on this machine.

    >>> is_local(("127.0.0.1", 80)), is_local("/run/some.sock"), is_local(("8.8.8.8", 53))
    (True, True, False)
    """
    if not isinstance(address, tuple):
        return True  # a unix socket
    host = address[0]
    if host in {"localhost", ""}:
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def guarded(connect: Callable[[socket.socket, Any], Any]) -> Callable[[socket.socket, Any], Any]:
    """A ``connect`` that refuses to leave this machine."""

    def refuse_outside(self: socket.socket, address: Any) -> Any:
        if self.family in {socket.AF_INET, socket.AF_INET6} and not is_local(address):
            raise AssertionError(f"a test tried to reach {address!r}; tests stay on this machine")
        return connect(self, address)

    return refuse_outside
