"""Knows the hot path: a bare ASGI app in front of Django that accepts events.

Hides HTTP: paths, CORS, status codes. Does not know what an event means.
"""

from khachquen.receive.app import ReceiveApp
from khachquen.receive.keys import KeyringWatch

__all__ = ["KeyringWatch", "ReceiveApp"]
