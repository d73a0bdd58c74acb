"""What collect keeps: where events come from, and the keys they come with."""

from django.db import models


class Source(models.Model):
    """A place events come from: the website, the till's server, an imported file, the demo."""

    name = models.CharField(max_length=100, unique=True)
    kind = models.CharField(max_length=16)  # website, server, import, demo
    enabled = models.BooleanField(default=True)
    honour_consent = models.BooleanField(default=True)
    drop_robots = models.BooleanField(default=False)
    created_at = models.DateTimeField()


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
    revoked_at = models.DateTimeField(null=True)
