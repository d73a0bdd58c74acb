"""What is kept of the shop's classes: how they were defined when, and where the scores begin."""

from django.db import models


class Version(models.Model):
    """How the shop classifies from a moment on, as JSON (``data``), and who said so."""

    number = models.IntegerField(unique=True)
    told = models.JSONField()
    at = models.DateTimeField()
    by = models.CharField(max_length=200)
    note = models.CharField(max_length=300, blank=True)


class Scored(models.Model):
    """The quintiles of everybody who bought, as they were at a moment; nothing without buyers."""

    at = models.DateTimeField()
    people = models.BigIntegerField()
    cuts = models.JSONField(null=True)
