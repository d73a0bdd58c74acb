"""What jobs keep: one row each, which says how far it is and what came of it."""

from django.db import models


class Job(models.Model):
    """Work somebody asked for and the engine does, a part at a time.

    ``state``: asked, running, done, cancelled, failed. ``place`` is where the next part begins, as
    the work itself says. ``problem`` is what ended a failed one: code and words in both languages.
    """

    kind = models.CharField(max_length=48)
    subject = models.CharField(max_length=100, blank=True)  # what it is about: "rules:12"
    args = models.JSONField(default=dict)
    state = models.CharField(max_length=12, default="asked")
    place = models.JSONField(null=True)
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)  # 0: not known yet
    result = models.JSONField(null=True)
    problem = models.JSONField(null=True)
    attempts = models.IntegerField(default=0)  # how often it was begun since it last got on
    asked_by = models.CharField(max_length=200)
    asked_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    beat_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["state", "id"]),
            models.Index(fields=["kind", "subject", "-id"]),
        ]
