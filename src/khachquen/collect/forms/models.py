"""What is kept of sign-up forms: how each is made, and how often it was sent. Nobody's answers."""

from django.db import models


class SignUpForm(models.Model):
    """One form. ``fields`` and ``asks`` are lists of ``making.Question`` and ``making.Ask``."""

    slug = models.CharField(max_length=60, unique=True)
    source_id = models.BigIntegerField()  # where its events come from
    title_vi = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200, blank=True)
    intro_vi = models.TextField(blank=True)
    intro_en = models.TextField(blank=True)
    thanks_vi = models.TextField(blank=True)
    thanks_en = models.TextField(blank=True)
    thanks_url = models.CharField(max_length=1000, blank=True)
    fields = models.JSONField(default=list)
    asks = models.JSONField(default=list)
    origins = models.JSONField(default=list)
    confirm = models.JSONField(default=dict)  # ``making.Confirm``; empty where nobody is asked
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=200)
    changed_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)


class Sent(models.Model):
    """One submission: ``mark`` is a digest of its words under a random number, so that sending
    twice is one."""

    form = models.ForeignKey(SignUpForm, on_delete=models.CASCADE)
    mark = models.CharField(max_length=32, unique=True)
    at = models.DateTimeField(db_index=True)


class Stopped(models.Model):
    """How many submissions of a day were not taken, by reason: a key of ``counting.REASONS``."""

    form = models.ForeignKey(SignUpForm, on_delete=models.CASCADE)
    day = models.DateField()
    reason = models.CharField(max_length=16)
    count = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["form", "day", "reason"], name="stopped_once")
        ]
