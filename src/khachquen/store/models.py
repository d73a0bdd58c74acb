"""What store keeps about the lake: which files hold, how far the log was read, what was counted."""

from django.db import models


class Segment(models.Model):
    """One immutable file of the lake. A file that is not listed here does not exist for readers."""

    dataset = models.CharField(max_length=16)  # events, refusals, moves, people, seen ...
    path = models.CharField(max_length=200, unique=True)  # below the lake folder
    month = models.IntegerField()  # YYYYMM of the events; of the arrival for the others
    level = models.SmallIntegerField(default=0)
    rows = models.BigIntegerField()
    size_bytes = models.BigIntegerField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    created_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["dataset", "retired_at", "month", "level"])]


class Watermark(models.Model):
    """How far one stream of the event log has reached the lake."""

    stream = models.CharField(max_length=64, primary_key=True)
    file_number = models.IntegerField()
    offset = models.BigIntegerField()


class Count(models.Model):
    """How many messages of a source met each end in an hour; the ends add up to what came in."""

    hour = models.DateTimeField()
    source_id = models.BigIntegerField()
    outcome = models.CharField(max_length=16)  # stored, duplicate, quarantined, dropped
    reason = models.CharField(max_length=32, blank=True)
    n = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["hour", "source_id", "outcome", "reason"], name="count_once"
            )
        ]


class Redrive(models.Model):
    """Refused messages somebody asked to be taken in again, and what became of them so far.

    ``quarantined`` were refused once more and stay as they are, ``repeated`` were done before.
    """

    stream = models.CharField(max_length=64, primary_key=True)  # of the event log
    at = models.DateTimeField()
    actor = models.CharField(max_length=200)
    asked = models.IntegerField()
    stored = models.IntegerField(default=0)
    duplicate = models.IntegerField(default=0)
    dropped = models.IntegerField(default=0)
    quarantined = models.IntegerField(default=0)
    repeated = models.IntegerField(default=0)

    @property
    def done(self) -> int:
        """How many have met an end."""
        return self.stored + self.duplicate + self.dropped + self.quarantined + self.repeated


class Redriven(models.Model):
    """A refused message that was taken in again, by its place in the log: never a second time."""

    place = models.CharField(max_length=160, primary_key=True)
    at = models.DateTimeField()


class Touched(models.Model):
    """People a commit changed, packed as 64-bit numbers, until everything was made of it."""

    at = models.DateTimeField()
    people = models.BinaryField()
    moved = models.BinaryField()  # those who got or lost identifiers, merged-away ones too
    names = models.TextField()  # JSON: which events, which traits


class Later(models.Model):
    """Somebody whose row will be another one at a time, by time alone."""

    profile_id = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField(db_index=True)


class Column(models.Model):
    """A column of a dataset whose columns follow what the shop declares (``people``)."""

    dataset = models.CharField(max_length=16)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=16)  # DuckDB's type

    class Meta:
        constraints = [models.UniqueConstraint(fields=["dataset", "name"], name="column_once")]


class Building(models.Model):
    """A dataset that is made from everything there is, a part at a time.

    ``of`` says what it is made of; another one begins when that changes.
    """

    dataset = models.CharField(max_length=16, primary_key=True)
    of = models.CharField(max_length=64)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    cursor = models.BigIntegerField(default=0)
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)
