"""Knows what the numbers of the state say: citizen identity (CCCD) and tax code (MST).

Reads and checks; nothing is looked up, and nothing here is kept. By default such numbers are not
stored at all; where they are, the traits room seals them.
"""

from khachquen.unify.normalise.papers.identity_card import Cccd, read_cccd
from khachquen.unify.normalise.papers.tax import TaxCode, read_tax_code

__all__ = ["Cccd", "TaxCode", "read_cccd", "read_tax_code"]
