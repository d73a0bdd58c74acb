"""What is kept of sign-ups that wait to be confirmed."""

from django.db import models

STATES = ("waiting", "claimed", "wire", "sent", "skipped", "failed", "unknown")


class Confirmation(models.Model):
    """One sign-up and its one letter. ``state`` is the letter's, as a recipient's of a campaign;
    ``answer`` is what the mailbox said: yes, no, or nothing yet.

    ``told`` lists what was ticked: purposes, channels, the version of the words. ``address_mark``
    and ``from_mark`` are keyed digests: they count letters when the address itself is forgotten.
    """

    mark = models.CharField(max_length=32, unique=True)  # of the submission: sent twice is one
    form = models.CharField(max_length=60)
    form_name = models.CharField(max_length=200)
    source_id = models.BigIntegerField()
    identifier = models.CharField(max_length=300, blank=True)  # empty once it is over
    address = models.CharField(max_length=254, blank=True)
    address_mark = models.CharField(max_length=64, db_index=True)
    from_mark = models.CharField(max_length=64, blank=True, db_index=True)
    told = models.JSONField(default=list)
    evidence = models.JSONField(default=dict)
    language = models.CharField(max_length=8, default="vi")
    account_id = models.BigIntegerField()
    template_id = models.BigIntegerField(null=True)  # else the words of ``flows.confirming``
    state = models.CharField(max_length=8, default="waiting")
    reason = models.CharField(max_length=24, default="", blank=True)
    reply = models.CharField(max_length=300, default="", blank=True)
    owner = models.CharField(max_length=80, default="", blank=True)
    lease_until = models.DateTimeField(null=True)
    attempt = models.IntegerField(default=0)
    due_at = models.DateTimeField()
    asked_at = models.DateTimeField(db_index=True)
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=3, default="", blank=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=STATES), name="confirmation_state"),
        ]
        indexes = [
            models.Index(
                fields=["state", "due_at"],
                condition=models.Q(state__in=("waiting", "claimed", "wire")),
                name="confirmation_open",
            ),
            models.Index(fields=["form", "asked_at"], name="confirmation_form"),
            models.Index(fields=["account_id", "ended_at"], name="confirmation_limit"),
            models.Index(
                fields=["expires_at"],
                condition=~models.Q(address=""),
                name="confirmation_over",
            ),
        ]
