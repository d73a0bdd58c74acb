"""What is kept of segments: the rule and its versions, who was put into a list, sizes by day.

Who belongs stands in the lake (``memberships``): each entering and leaving, its time and cause.
"""

from django.db import models


class Segment(models.Model):
    """Customers who have something in common: by a rule that always holds, or listed by hand.

    ``size`` and ``as_of`` are of the last refresh; ``state`` is waiting until everybody was looked
    at under this version of the rule, failed with a ``problem`` when it cannot be asked any more.
    """

    name = models.CharField(max_length=200)
    note = models.CharField(max_length=500, blank=True)
    kind = models.CharField(max_length=8)  # live, static
    rule = models.JSONField(null=True)  # of live ones, in the question language
    version = models.IntegerField(default=1)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=200)
    changed_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=8, default="waiting")  # waiting, live, failed
    problem = models.CharField(max_length=500, blank=True)
    size = models.BigIntegerField(default=0)
    as_of = models.DateTimeField(null=True)


class Version(models.Model):
    """What a segment was called and asked for from a moment on, and who said so."""

    segment = models.ForeignKey(Segment, on_delete=models.CASCADE, related_name="versions")
    number = models.IntegerField()
    name = models.CharField(max_length=200)
    rule = models.JSONField(null=True)
    at = models.DateTimeField()
    by = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["segment", "number"], name="version_once")]


class Entry(models.Model):
    """Somebody in a list made by hand, held by an identifier of theirs.

    An identifier belongs for ever to itself; whose it is may change. So a merge and an un-merge
    take the entry along, and no row here changes.
    """

    segment = models.ForeignKey(Segment, on_delete=models.CASCADE, related_name="entries")
    node_id = models.BigIntegerField(db_index=True)
    at = models.DateTimeField()
    by = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["segment", "node_id"], name="entry_once")]


class Size(models.Model):
    """How many belonged at the end of a day (UTC), or do now; how many came and went on it."""

    segment = models.ForeignKey(Segment, on_delete=models.CASCADE, related_name="sizes")
    on = models.DateField()
    size = models.BigIntegerField()
    entered = models.BigIntegerField(default=0)
    left = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["segment", "on"], name="size_once")]
