"""Knows the hot path: connections whose event paths are answered in front of Django.

Hides HTTP: paths, CORS, status codes, limits. Does not know what an event means.
"""

from khachquen.receive.app import PagesApp
from khachquen.receive.connection import Connection
from khachquen.receive.desk import Desk
from khachquen.receive.doorkeeper import Doorkeeper
from khachquen.receive.keys import KeyringWatch
from khachquen.receive.pressure import Pressure
from khachquen.receive.visits import Visits

__all__ = ["Connection", "Desk", "Doorkeeper", "KeyringWatch", "PagesApp", "Pressure", "Visits"]
