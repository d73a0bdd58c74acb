"""What is kept of what comes back: where it is fetched, who may tell us, and each thing itself."""

from django.db import models


class ReturnBox(models.Model):
    """Where letters of a mail account come back to. ``secret`` is locked.

    ``bounce_address``: empty, and the envelope says the account's own address. ``validity`` and
    ``last_uid`` are how far an IMAP folder was read.
    """

    account = models.OneToOneField("campaigns.Account", on_delete=models.CASCADE, related_name="+")
    bounce_address = models.CharField(max_length=200, blank=True)
    protocol = models.CharField(max_length=4, blank=True)  # imap, pop3; empty: nothing is fetched
    host = models.CharField(max_length=253, blank=True)
    port = models.IntegerField(default=993)
    security = models.CharField(max_length=8, default="tls")  # tls, starttls, none
    user = models.CharField(max_length=254, blank=True)
    secret = models.TextField(blank=True)
    folder = models.CharField(max_length=200, default="INBOX")
    deletes = models.BooleanField(default=False)  # what was understood; never anything else
    validity = models.BigIntegerField(default=0)
    last_uid = models.BigIntegerField(default=0)
    since = models.DateTimeField()  # when it was last set up
    tried_at = models.DateTimeField(null=True)
    ok_at = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=300, blank=True)


class Hook(models.Model):
    """A provider that may tell us of an account's letters. ``secret`` is locked: a key of theirs to
    check signatures with, or one we share."""

    account = models.ForeignKey("campaigns.Account", on_delete=models.CASCADE, related_name="+")
    provider = models.CharField(max_length=16)
    secret = models.TextField()
    created_at = models.DateTimeField()
    heard_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "provider"], name="hook_once"),
        ]


class Returned(models.Model):
    """One thing that came back, as it came for a while (``has_raw``), and what was made of it.

    Kept before anything else happens to it; ``digest`` makes the same thing fetched again one row.
    ``told_at`` is set once it was read and, where it is about a letter of ours, its event is in the
    log. What nobody understood stays until somebody looked at it (``seen_at``).
    """

    account = models.ForeignKey("campaigns.Account", on_delete=models.CASCADE, related_name="+")
    via = models.CharField(max_length=16)  # imap, pop3 or a provider
    digest = models.CharField(max_length=64)
    place = models.CharField(max_length=120, blank=True)  # its name in the mailbox
    raw = models.BinaryField()
    has_raw = models.BooleanField(default=True, db_default=True)
    got_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)
    cleared_at = models.DateTimeField(null=True)  # marked or deleted in the mailbox
    shape = models.CharField(max_length=8, blank=True)
    kind = models.CharField(max_length=12, blank=True)
    address = models.CharField(max_length=320, blank=True)
    status = models.CharField(max_length=12, blank=True)
    words = models.CharField(max_length=500, blank=True)
    subject = models.CharField(max_length=300, blank=True)
    known_by = models.CharField(max_length=12, blank=True)  # empty: it is no letter of ours
    recipient_id = models.BigIntegerField(null=True)
    seen_at = models.DateTimeField(null=True)
    seen_by = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "digest"], name="returned_once"),
        ]
        indexes = [
            models.Index(
                fields=["id"], condition=models.Q(told_at__isnull=True), name="returned_untold"
            ),
            models.Index(fields=["account", "place"], name="returned_place"),
            models.Index(
                fields=["got_at"], condition=models.Q(has_raw=True), name="returned_with_raw"
            ),
            models.Index(fields=["account", "kind", "got_at"], name="returned_kind"),
        ]
