"""What collect keeps: where events come from, and the keys they come with."""

from django.db import models


class Source(models.Model):
    """A place events come from: the website, the till's server, an imported file, the demo."""

    name = models.CharField(max_length=100, unique=True)
    kind = models.CharField(max_length=16)  # one of sources.KINDS
    enabled = models.BooleanField(default=True)
    honour_consent = models.BooleanField(default=True)
    drop_robots = models.BooleanField(default=False)
    events_per_second = models.PositiveIntegerField(null=True)  # of each key; null: as configured
    expect_hours = models.PositiveSmallIntegerField(null=True)  # null: by kind; 0: expect nothing
    created_at = models.DateTimeField()
    last_seen_at = models.DateTimeField(null=True)  # anything at all
    last_stored_at = models.DateTimeField(null=True)  # something that could be used


class WriteKey(models.Model):
    """A key that may append events. Public keys are readable; of secret ones only the hash is kept.

    ``trusted`` keys may report orders that count as revenue.
    """

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="keys")
    prefix = models.CharField(max_length=16)
    digest = models.CharField(max_length=64, unique=True)
    public_value = models.CharField(max_length=64, blank=True)  # empty for secret keys
    trusted = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)  # replaced: works until then
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)  # to the minute


class KnownName(models.Model):
    """A name public keys of a source have used: of an event, or of a property or trait."""

    source_id = models.BigIntegerField()
    kind = models.CharField(max_length=8)  # event, property
    name = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source_id", "kind", "name"], name="name_once")
        ]
