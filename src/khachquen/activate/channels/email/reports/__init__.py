"""Knows what comes back to a sender: failed deliveries, complaints, answers of machines.

Hides the many ways mail systems say it. Pure and bounded: bytes of one message in, plain data out,
whatever a stranger put into them. Does not know our letters, and decides nothing about people.
"""

from khachquen.activate.channels.email.reports.judging import classify, is_full
from khachquen.activate.channels.email.reports.reading import read_reports
from khachquen.activate.channels.email.reports.report import MOST_BYTES, Kind, Mail, Report

__all__ = ["MOST_BYTES", "Kind", "Mail", "Report", "classify", "is_full", "read_reports"]
