"""Knows who is who and what is known of them.

Entered by its rooms: ``normalise`` (one form of each value), ``identity`` (who is who),
``profiles`` (people, to read), ``records``, ``orders`` and ``catalogue`` (what the ingest flow
writes).
"""
