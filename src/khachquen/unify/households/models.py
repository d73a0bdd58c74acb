"""What is kept of households: who belongs together, on what evidence. Nobody is merged by it."""

from django.db import models


class Household(models.Model):
    """People who live as one."""

    created_at = models.DateTimeField()


class Member(models.Model):
    """One person of a household, held by an identifier of theirs.

    An identifier belongs for ever to itself; whose it is may change. So a merge and an un-merge
    take the membership along, and no row here changes.
    """

    household = models.ForeignKey(Household, on_delete=models.CASCADE, related_name="members")
    node_id = models.BigIntegerField(unique=True)
    evidence = models.CharField(max_length=8)  # declared, address, phone
    added_by = models.CharField(max_length=200)
    added_at = models.DateTimeField()
