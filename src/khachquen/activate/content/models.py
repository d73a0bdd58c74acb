"""What is kept of what is written to customers. A version never changes once it is made."""

from django.db import models


class Template(models.Model):
    """One mail the shop may send, whatever it says today. ``sample`` is what staff typed for what
    programs would tell of it (``sampling``)."""

    name = models.CharField(max_length=200)
    purpose_kind = models.CharField(max_length=20)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField(db_index=True)
    archived_at = models.DateTimeField(null=True)
    sample = models.JSONField(default=dict, db_default={}, blank=True)


class Version(models.Model):
    """One wording: as written (``mjml``, ``own_text``), and as compiled when it was saved.

    ``blocks`` is name → the number of its version, ``prices`` SKU → the price in minor units, both
    as they were then.
    """

    template = models.ForeignKey(Template, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    purpose_kind = models.CharField(max_length=20)
    subject = models.TextField()
    preheader = models.TextField(blank=True)
    mjml = models.TextField()
    own_text = models.TextField(blank=True)
    made_subject = models.TextField()
    made_preheader = models.TextField(blank=True)
    html = models.TextField()
    text = models.TextField()
    fields = models.JSONField(default=list)
    needs_order = models.BooleanField(default=False)
    blocks = models.JSONField(default=dict)
    prices = models.JSONField(default=dict)
    digest = models.CharField(max_length=64)
    by = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["template", "number"], name="content_version_once")
        ]


class Piece(models.Model):
    """A part several mails share: a block of MJML, or a snippet of text. ``name`` is how a wording
    asks for it."""

    name = models.CharField(max_length=60, unique=True)
    kind = models.CharField(max_length=10)
    archived_at = models.DateTimeField(null=True)


class PieceVersion(models.Model):
    """What a piece said from some moment on."""

    piece = models.ForeignKey(Piece, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    source = models.TextField()
    by = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["piece", "number"], name="content_piece_version_once")
        ]


class Picture(models.Model):
    """An image as it is served: drawn anew by us, found by the digest of its bytes."""

    digest = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=4)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    size = models.PositiveIntegerField()
    content = models.BinaryField()
    by = models.CharField(max_length=200)
    at = models.DateTimeField()


class Sender(models.Model):
    """Who the shop is in its mails; one row."""

    sender = models.CharField(max_length=200)
    address = models.CharField(max_length=300)
    phone = models.CharField(max_length=40, blank=True)
    email = models.CharField(max_length=200, blank=True)
    website = models.CharField(max_length=300, blank=True)
