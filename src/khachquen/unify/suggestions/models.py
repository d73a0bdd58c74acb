"""What is kept of pairs that may be one person. Nothing a person said: numbers, fields, likenesses.

A pair is two identifiers, for people come and go with merges and identifiers stay. What was
compared is read where it stands, so that erasing somebody needs nothing of it but the row.
"""

from django.db import models


class Suggestion(models.Model):
    """Two identifiers whose people may be one; left is the smaller number.

    ``state``: open; joined or apart, as was decided; gone, when there is nothing to decide any
    more. ``agreements`` is how each field agreed: [comparison, level, speaks for it]. ``refused``
    keeps the score and agreements somebody refused, for ever.
    """

    left_id = models.BigIntegerField()
    right_id = models.BigIntegerField(db_index=True)
    score = models.FloatField()  # probability that they are one person
    band = models.PositiveSmallIntegerField()  # tenths of it, 0 to 9: what the queue is sorted by
    value_minor = models.BigIntegerField(default=0)  # what both spent, when it was found
    agreements = models.JSONField(default=list)
    is_sure = models.BooleanField(default=False)  # a run would have brought them together
    is_held = models.BooleanField(default=False)  # names only, or something contradicts
    found_by = models.CharField(max_length=8)  # run, online
    run_id = models.BigIntegerField(db_index=True)
    made_at = models.DateTimeField()
    state = models.CharField(max_length=8, default="open")
    skipped_until = models.DateTimeField(null=True)
    act = models.BigIntegerField(null=True, db_index=True)  # the decision that was made of it
    decided_by = models.CharField(max_length=200, blank=True)
    decided_at = models.DateTimeField(null=True)
    refused = models.JSONField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["left_id", "right_id"], name="suggest_once")]
        indexes = [
            models.Index(fields=["state", "-band", "-value_minor", "id"]),
            models.Index(fields=["state", "decided_at"]),
        ]


class Run(models.Model):
    """One comparison of everybody with everybody.

    ``state``: asked, running, done, cancelled, failed. A restart begins a running one anew: nothing
    is kept before it ends. ``top_node`` is the newest identifier when it began, ``looked_to`` the
    newest whose person was looked up since.
    """

    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=200, blank=True)  # empty: it was due
    state = models.CharField(max_length=12, db_index=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    step = models.CharField(max_length=32, blank=True)
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    people = models.BigIntegerField(default=0)
    pairs = models.BigIntegerField(default=0)
    suggested = models.BigIntegerField(default=0)
    learned_from = models.BigIntegerField(default=0)
    top_node = models.BigIntegerField(default=0)
    looked_to = models.BigIntegerField(default=0)
    trouble = models.CharField(max_length=100, blank=True)  # the code of an error, or where it was
