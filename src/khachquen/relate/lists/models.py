"""What is kept of saved views."""

from django.db import models


class SavedView(models.Model):
    """One saved view: whose, what it is called, and what it asks."""

    name = models.CharField(max_length=60)
    owner = models.CharField(max_length=200)  # the e-mail of who saved it
    is_shared = models.BooleanField(default=False)
    asks = models.JSONField()  # the words of its address: search, who, sort, columns, rule
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "name"], name="view_once")]


class FirstView(models.Model):
    """The view somebody's list opens with."""

    owner = models.CharField(max_length=200, unique=True)  # the e-mail of whose list it is
    view = models.ForeignKey(SavedView, on_delete=models.CASCADE)
