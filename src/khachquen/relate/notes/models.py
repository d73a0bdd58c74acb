"""What is kept of what staff wrote about people."""

from django.db import models


class Note(models.Model):
    """One note about a person, held by an identifier of theirs; whose that is may change."""

    node_id = models.BigIntegerField()
    text = models.TextField()
    by = models.CharField(max_length=200)
    at = models.DateTimeField()
    changed_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["node_id", "-at"], name="notes_of_node")]


class Wording(models.Model):
    """What a note said before somebody changed it, and who did."""

    note = models.ForeignKey(Note, on_delete=models.CASCADE, related_name="wordings")
    text = models.TextField()
    until = models.DateTimeField()
    changed_by = models.CharField(max_length=200)


class Tag(models.Model):
    """A tag staff gave somebody: what the next one is offered."""

    text = models.CharField(max_length=40, unique=True)
    used_at = models.DateTimeField(db_index=True)
