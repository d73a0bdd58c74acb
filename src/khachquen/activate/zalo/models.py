"""What is kept of Official Accounts: their secrets (locked), their day, their templates."""

from django.db import models


class OfficialAccount(models.Model):
    """An account on Zalo: its own settings beside ``campaigns.Account``, which messages leave by.

    ``app_secret``, ``hook_secret`` and the tokens are locked. ``refreshing_until`` is held by the
    one who asks for new tokens. ``opens_at``: nothing more may be sent before, for ``waits_for``.
    """

    account = models.OneToOneField(
        "campaigns.Account", on_delete=models.PROTECT, related_name="zalo"
    )
    oa_id = models.CharField(max_length=40, unique=True)
    app_id = models.CharField(max_length=40)
    app_secret = models.TextField()
    hook_secret = models.TextField()
    access_token = models.TextField(blank=True)
    refresh_token = models.TextField()
    expires_at = models.DateTimeField(null=True)
    refreshed_at = models.DateTimeField(null=True)
    refreshing_until = models.DateTimeField(null=True)
    daily = models.IntegerField(null=True)
    remaining = models.IntegerField(null=True)
    counted_at = models.DateTimeField(null=True)
    opens_at = models.DateTimeField(null=True)
    waits_for = models.CharField(max_length=300, blank=True)
    read_at = models.DateTimeField(null=True)  # its templates, last
    heard_at = models.DateTimeField(null=True)  # the last genuine event


class MessageTemplate(models.Model):
    """A template as Zalo keeps it, read from there."""

    oa = models.ForeignKey(OfficialAccount, on_delete=models.CASCADE, related_name="templates")
    key = models.CharField(max_length=40)  # Zalo's own number of it
    name = models.CharField(max_length=200)
    state = models.CharField(max_length=20)
    reason = models.CharField(max_length=300, blank=True)
    tag = models.CharField(max_length=40, blank=True)
    quality = models.CharField(max_length=20, blank=True)
    price = models.IntegerField(null=True)
    preview_url = models.CharField(max_length=500, blank=True)
    parameters = models.JSONField(default=list)
    opens_at = models.DateTimeField(null=True)  # nothing of it goes before, for ``waits_for``
    waits_for = models.CharField(max_length=300, blank=True, db_default="")
    read_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["oa", "key"], name="zalo_template_once")]


class HeardEvent(models.Model):
    """One request of Zalo that was taken in: told again, it is known."""

    key = models.CharField(max_length=64, unique=True)
    at = models.DateTimeField(db_index=True)
