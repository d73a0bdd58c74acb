"""What quality keeps: measurements and whom a check found, the plan, and what cleaning changed.

A finding is a number: what was said is read where it stands, so that mending and erasing need
nothing of it. Only ``Repair`` holds values, the ones it can be taken back with.
"""

from django.db import models


class Measurement(models.Model):
    """One look at everything, in steps; where it stands survives a restart.

    ``state``: asked, running, done, cancelled, failed. ``so_far`` is what was counted up to
    ``cursor`` of ``step``.
    """

    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=200, blank=True)  # empty: it was due
    state = models.CharField(max_length=12, db_index=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    step = models.CharField(max_length=16, blank=True)
    cursor = models.BigIntegerField(default=0)
    done = models.BigIntegerField(default=0)  # people and orders looked at
    total = models.BigIntegerField(default=0)
    so_far = models.TextField(default="[]")


class Tally(models.Model):
    """How many a check looked at and how many of them it found wrong; source 0 is everything."""

    measurement_id = models.BigIntegerField()
    rule = models.CharField(max_length=32)
    source_id = models.BigIntegerField()
    checked = models.BigIntegerField()
    failed = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["measurement_id", "rule", "source_id"], name="tally_once"
            )
        ]


class Finding(models.Model):
    """A person or an order a check found wrong; kept for the newest measurement only."""

    measurement_id = models.BigIntegerField()
    rule = models.CharField(max_length=32)
    source_id = models.BigIntegerField()  # 0: whatever the source
    subject_id = models.BigIntegerField()  # profile or order

    class Meta:
        indexes = [models.Index(fields=["measurement_id", "rule", "source_id", "subject_id"])]


class Expected(models.Model):
    """That a source should give a field, with at least this share of its people or events."""

    source_id = models.BigIntegerField()
    field = models.CharField(max_length=32)
    least_percent = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source_id", "field"], name="expected_once")]


class Chore(models.Model):
    """Work that is due by itself: when it is to be begun next."""

    name = models.CharField(max_length=32, primary_key=True)
    due_at = models.DateTimeField()


class Cleaning(models.Model):
    """One round of cleaning, in steps like a measurement."""

    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=200, blank=True)  # empty: it was due
    state = models.CharField(max_length=12, db_index=True)  # asked, running, done, cancelled ...
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    step = models.CharField(max_length=32, blank=True)
    cursor = models.BigIntegerField(default=0)
    looked_at = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)


class Repair(models.Model):
    """One thing cleaning changed, or would: of whom, what it was, what it is now, why."""

    cleaning_id = models.BigIntegerField(db_index=True)
    kind = models.CharField(max_length=32)
    profile_id = models.BigIntegerField()
    before = models.JSONField()  # field → value
    after = models.JSONField()
    state = models.CharField(max_length=12)  # applied, undone; proposed, dismissed
    at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["profile_id", "kind"]),
            models.Index(fields=["state", "-id"]),
        ]
