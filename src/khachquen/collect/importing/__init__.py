"""Knows how files of customers, products and orders tell what happened.

Hides encodings, headings, dates, number forms and the sorting of rows into orders. Does not store
anything: what comes out are messages for the front door.
"""

from khachquen.collect.importing.opening import KINDS, Import, open_import, open_table
from khachquen.collect.importing.summary import Problem, Summary

__all__ = ["KINDS", "Import", "Problem", "Summary", "open_import", "open_table"]
