"""Knows what must stand in the DNS before a domain's letters are believed, and judges what does.

Hides the grammars of three records: SPF (RFC 7208), DKIM keys (RFC 6376), DMARC (RFC 7489). Asks
nobody: records come in as text, from the DNS or from somebody who pasted them.
"""

from khachquen.activate.channels.email.records.found import Found
from khachquen.activate.channels.email.records.judging import Judgement, Told, judge_records
from khachquen.activate.channels.email.records.providers import is_free_mail, spf_term_of

__all__ = ["Found", "Judgement", "Told", "is_free_mail", "judge_records", "spf_term_of"]
