"""What is kept of consent: purposes and their texts, the ledger, who must be left alone."""

from django.db import models


class Purpose(models.Model):
    """What people may be asked to agree to. ``basis`` is a key of ``purposes.BASES``."""

    key = models.CharField(max_length=40, unique=True)
    name_vi = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200)
    basis = models.CharField(max_length=16)
    is_advertising = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True)


class PolicyText(models.Model):
    """The exact words shown to people for a purpose; a version is never changed."""

    purpose = models.ForeignKey(Purpose, on_delete=models.PROTECT, related_name="texts")
    version = models.IntegerField()
    text_vi = models.TextField()
    text_en = models.TextField(blank=True)
    digest = models.CharField(max_length=64)
    at = models.DateTimeField()
    by = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["purpose", "version"], name="text_version_once")
        ]


class Subject(models.Model):
    """An identifier under a number of its own: the ledger's chain holds the number, never the name,
    so that erasing the name breaks nothing."""

    key = models.CharField(max_length=300, unique=True)


class ConsentEntry(models.Model):
    """One word of one identifier. Appended, never changed; ``digest`` seals it and all before.

    ``act`` is shared by the entries of one act. ``evidence`` is JSON and
    may be erased; ``evidence_digest``, salted inside it, stays.
    """

    act = models.CharField(max_length=32, db_index=True)
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="entries")
    purpose = models.CharField(max_length=40)
    channel = models.CharField(max_length=8)
    says = models.CharField(max_length=12)
    text = models.ForeignKey(PolicyText, on_delete=models.PROTECT, null=True)
    method = models.CharField(max_length=16)
    source_id = models.BigIntegerField(null=True)
    by = models.CharField(max_length=200, blank=True)
    language = models.CharField(max_length=8, blank=True)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_index=True)
    expires_at = models.DateTimeField(null=True)
    at_most = models.IntegerField(null=True)  # messages in ``per_days`` days, as agreed
    per_days = models.IntegerField(null=True)
    message_id = models.CharField(max_length=200, blank=True, db_index=True)
    evidence = models.JSONField(default=dict)
    evidence_digest = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)

    class Meta:
        indexes = [models.Index(fields=["subject", "purpose", "channel", "at"])]


class Suppression(models.Model):
    """An address or a person that must be left alone on a channel, whatever they agreed to.

    ``mark`` is a keyed digest of the identifier: it outlives the erasure of the person and names
    nobody. ``reason`` is a key of ``suppressing.REASONS``.
    """

    mark = models.CharField(max_length=64, db_index=True)
    channel = models.CharField(max_length=8)
    reason = models.CharField(max_length=16)
    at = models.DateTimeField()
    by = models.CharField(max_length=200, blank=True)
    detail = models.CharField(max_length=300, blank=True)
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.CharField(max_length=200, blank=True)
    lifted_why = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["mark", "channel", "reason"],
                condition=models.Q(lifted_at__isnull=True),
                name="suppressed_once",
            )
        ]
