"""What is kept of webhooks: the addresses somebody registered, and each message owed to one."""

from django.db import models


class Endpoint(models.Model):
    """One address of another system, what it wants to hear of, and how it has been lately.

    ``state`` is on, paused or off, ``why`` by whom or what: staff, failing, gone. Everything up to
    (``after_seq``, ``after_segment``, ``after_person``) is owed or was not wanted. ``secret`` and
    ``old_secret`` are tokens of sealed values.
    """

    name = models.CharField(max_length=100)
    url = models.CharField(max_length=500)
    kinds = models.JSONField(default=list)
    segments = models.JSONField(default=list)  # numbers; empty: every segment
    gives_identifiers = models.BooleanField(default=False)
    purpose = models.CharField(max_length=40, blank=True)  # what people must agree to for that
    per_second = models.IntegerField(default=20)
    state = models.CharField(max_length=8, default="on")
    why = models.CharField(max_length=8, blank=True)
    state_at = models.DateTimeField()
    # What campaigns that go here leave by; none before the first.
    account = models.OneToOneField(
        "campaigns.Account", on_delete=models.PROTECT, null=True, related_name="endpoint"
    )
    secret = models.CharField(max_length=140)
    old_secret = models.CharField(max_length=140, blank=True)
    old_until = models.DateTimeField(null=True)
    after_seq = models.BigIntegerField()
    after_segment = models.BigIntegerField(default=0)
    after_person = models.BigIntegerField(default=0)
    failures = models.IntegerField(default=0)  # one after the other
    failing_since = models.DateTimeField(null=True)
    rests_until = models.DateTimeField(null=True)
    last_good_at = models.DateTimeField(null=True)
    last_called_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=200)
    removed_at = models.DateTimeField(null=True)


class Delivery(models.Model):
    """One message owed to one endpoint, and what came of it.

    ``state``: owed, claimed (being called until ``lease_until``), done, dead (given up), skipped
    (staff chose not to send it). ``key`` is the webhook-id. ``data`` names people by number only:
    identifiers are read when it is called, under the consent of that moment.
    """

    endpoint = models.ForeignKey(Endpoint, on_delete=models.CASCADE, related_name="deliveries")
    key = models.CharField(max_length=120)
    kind = models.CharField(max_length=40)
    data = models.JSONField()
    at = models.DateTimeField()  # when it happened
    owed_at = models.DateTimeField()
    state = models.CharField(max_length=8, default="owed")
    tries = models.IntegerField(default=0)
    due_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    called_at = models.DateTimeField(null=True)
    took_ms = models.IntegerField(null=True)
    status = models.IntegerField(null=True)
    problem = models.CharField(max_length=16, blank=True)
    answer = models.CharField(max_length=500, blank=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["endpoint", "key"], name="delivery_once")]
        indexes = [
            models.Index(fields=["endpoint", "state", "due_at"], name="delivery_due"),
            models.Index(fields=["state", "finished_at"], name="delivery_old"),
        ]
