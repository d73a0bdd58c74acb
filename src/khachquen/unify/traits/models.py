"""What is kept of traits: those the shop added or changed, how far sources are trusted, boxes."""

from django.db import models


class Attribute(models.Model):
    """A trait the shop declared, one that arrived unasked, or what it changed of a built-in one.

    Of a built-in one only the labels, the rule, ``in_list`` and ``archived_at`` are used, and an
    empty one means "as built in".
    """

    key = models.CharField(max_length=100, unique=True)
    origin = models.CharField(max_length=8)  # built_in, custom, arrived
    label_vi = models.CharField(max_length=100, blank=True)
    label_en = models.CharField(max_length=100, blank=True)
    former = models.JSONField(default=list)  # names it had, which still mean it
    kind = models.CharField(max_length=8, default="text")
    choices = models.JSONField(default=list)  # texts
    pii = models.CharField(max_length=12, default="unclassified")
    sensitivity = models.CharField(max_length=9, default="basic")
    source_class = models.CharField(max_length=8, default="given")
    rule = models.CharField(max_length=12, blank=True)
    valid_days = models.PositiveIntegerField(null=True)
    sealed = models.BooleanField(default=False)
    in_list = models.BooleanField(default=False)
    archived_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=200, blank=True)  # empty: it arrived
    changed_at = models.DateTimeField(db_index=True)


class SourceStanding(models.Model):
    """How far a source is trusted, 1 most to 9 least, and where its words come from."""

    source_id = models.BigIntegerField(unique=True)
    rank = models.PositiveSmallIntegerField()
    source_class = models.CharField(max_length=8)


class SealedValue(models.Model):
    """One box. The token stands wherever the value would; only a key of the file opens it."""

    token = models.CharField(max_length=140, primary_key=True)
    trait = models.CharField(max_length=100)
    key_id = models.CharField(max_length=16, db_index=True)
    sealed = models.BinaryField()
    first_at = models.DateTimeField()
