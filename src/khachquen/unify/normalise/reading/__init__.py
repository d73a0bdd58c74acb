"""What a cell of a sheet or a field of a form says: the value, with what was written beside it.

The short answers (``normalise_phone`` and its like) are one door up; these know the same rules and
also say of what kind a value is, what else it could be, and why it is none.
"""

from khachquen.unify.normalise.emails import Email, read_email
from khachquen.unify.normalise.phones import Phone, read_phone
from khachquen.unify.normalise.reading.dates import Day, read_date
from khachquen.unify.normalise.reading.money import Amount, read_money
from khachquen.unify.normalise.residue import propose_repair

__all__ = [
    "Amount",
    "Day",
    "Email",
    "Phone",
    "propose_repair",
    "read_date",
    "read_email",
    "read_money",
    "read_phone",
]
