"""People with nothing but a name and an address, straight into the tables."""

from collections.abc import Sequence
from datetime import datetime

from khachquen.base import to_micros
from khachquen.store import db_time
from khachquen.unify.filling import fill_people
