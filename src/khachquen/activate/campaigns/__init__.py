"""Knows campaigns, their sendings, and one row for each recipient: where it stands and why.

Hides the tables and how rows pass from one sender to another. Does not speak to mail servers
(``activate.channels``) nor decide when (``flows.sending``). Doors of their own: ``accounts``,
``claiming`` (the rows a sender works on), ``counting``, ``locking``, ``machines`` (whose an open
was, pure), ``making``, ``outcomes`` (what became of a letter), ``people`` (the guards), ``running``
(a run from its beginning to its end) and ``wording``, pure.
"""
