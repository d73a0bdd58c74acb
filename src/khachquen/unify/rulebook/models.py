"""What the rule book keeps: every change of the rules that was drafted, and what became of it."""

from django.db import models


class RuleChange(models.Model):
    """Rules somebody drafted, whole, and what they were drafted against.

    ``state``: draft, applying, applied, discarded. The rules that hold are the file's
    (``identity.toml``); ``base`` and ``mark`` are marks of rules, to tell whether they are those.
    """

    rules = models.JSONField()
    mark = models.CharField(max_length=16)
    base = models.JSONField()
    base_mark = models.CharField(max_length=16)
    state = models.CharField(max_length=12, default="draft")
    drafted_by = models.CharField(max_length=200)
    drafted_at = models.DateTimeField()
    decided_by = models.CharField(max_length=200, blank=True)
    decided_at = models.DateTimeField(null=True)
    why = models.CharField(max_length=500, blank=True)
    applied_at = models.DateTimeField(null=True)
