"""Knows the shop's Official Accounts on Zalo: how they sign in, what they may send today, and their
message templates.

Hides tokens that can be used once, and who of many asks for the next one. Calls nobody itself: what
is to be asked of Zalo is handed in. Doors of its own: ``accounts``, ``tokens``, ``templates``,
``saying``, ``sources``.
"""
