"""What unify keeps: identifiers, the evidence that joins them, people, traits, orders, products."""

from typing import Self

from django.db import models
from django.db.models.functions import Coalesce


class Profiles(models.QuerySet["Profile"]):
    """Many people."""

    def themselves(self) -> Self:
        """Those who did not become part of another, found by whatever else is asked for. For a bare
        ``merged_into IS NULL`` SQLite walks everybody there is, by an index of the list, however
        few were named: 0.15 s for 200 of a million."""
        return self.alias(joined=Coalesce("merged_into", 0)).filter(joined=0)


class Profile(models.Model):
    """One person as known now, numbered after their smallest node; a cache over their nodes.

    One that became part of another keeps its row, which says of which (``merged_into``).
    """

    id = models.BigIntegerField(primary_key=True)
    name = models.CharField(max_length=200, blank=True)
    phone = models.CharField(max_length=32, blank=True)
    email = models.CharField(max_length=254, blank=True)
    name_key = models.CharField(max_length=130, default="~")  # sorts as a Vietnamese dictionary
    search = models.TextField(blank=True)  # folded name, phone digits, e-mail, user ids
    is_known = models.BooleanField(default=False)  # has more than an anonymous id
    first_seen = models.DateTimeField()
    last_seen = models.DateTimeField()
    events = models.BigIntegerField(default=0)
    orders = models.IntegerField(default=0)
    spent_minor = models.BigIntegerField(default=0)
    last_order_at = models.DateTimeField(null=True)
    merged_into = models.BigIntegerField(null=True)  # set when another profile took its nodes

    objects = Profiles.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["merged_into", "is_known", "-last_seen", "-id"]),
            models.Index(fields=["merged_into", "is_known", "-spent_minor", "-id"]),
            models.Index(fields=["merged_into", "is_known", "-orders", "-id"]),
            models.Index(fields=["merged_into", "is_known", "name_key", "id"]),
        ]


class SearchWord(models.Model):
    """A word a person is looked for by; says in rows what ``Profile.search`` says in one text.

    Which words: ``unify/records/words.py``. Identifiers are not among them, for ``Node.key`` is
    their index already.
    """

    word = models.CharField(max_length=64)
    profile_id = models.BigIntegerField()

    class Meta:
        indexes = [
            models.Index(
                fields=["word", "profile_id"],
                name="unify_word",
                opclasses=[
                    "varchar_pattern_ops",
                    "int8_ops",
                ],  # PostgreSQL: for the starts of words
            )
        ]


class Node(models.Model):
    """One identifier. An event belongs for ever to one node; ``profile_id`` is the map that moves.

    ``key`` is ``kind:value`` in normal form, as ``email:hoa@example.vn``. ``first_seen`` and
    ``last_seen`` count every event that names it, ``events`` those that belong to it; of these,
    people's own (not robots') are ``human_events`` with their first and last time.
    """

    id = models.BigIntegerField(primary_key=True)
    key = models.CharField(max_length=300, unique=True)
    kind = models.CharField(max_length=16)
    profile_id = models.BigIntegerField(db_index=True)
    first_seen = models.DateTimeField()
    last_seen = models.DateTimeField()
    events = models.BigIntegerField(default=0)
    human_events = models.BigIntegerField(default=0)
    first_event_at = models.DateTimeField(null=True)
    last_event_at = models.DateTimeField(null=True)
    group_id = models.BigIntegerField(null=True)  # where disputed: smallest node that hangs on it
    is_vouched = models.BooleanField(default=False)  # strong, and told of by a trusted key
    is_shared = models.BooleanField(default=False)  # a household's or a device's: joins nobody
    facts = models.TextField(
        blank=True, default="", db_default=""
    )  # what no two people share, as told under it


class Edge(models.Model):
    """The best evidence there is that two identifiers are one person's; each pair has one.

    Left is the stronger kind. One that joins nobody keeps the ``reason``.
    """

    left_id = models.BigIntegerField()
    right_id = models.BigIntegerField(db_index=True)
    evidence = models.CharField(max_length=32)  # the type of the event: identify, alias, track ...
    trusted = models.BooleanField(default=False)  # told by a secret key
    source_id = models.BigIntegerField()
    message_id = models.CharField(max_length=200)
    at = models.DateTimeField()
    reason = models.CharField(max_length=32, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["left_id", "right_id"], name="pair_once")]


class Decision(models.Model):
    """What staff decided of two identifiers, or took back; appended, never changed.

    Several rows of one act share ``act``, the number of the first. ``applied_at`` is set by the
    engine, the only one that moves identifiers.
    """

    act = models.BigIntegerField(null=True, db_index=True)
    kind = models.CharField(max_length=16)  # together, apart, undo
    left_id = models.BigIntegerField(null=True, db_index=True)  # nodes; an undo names none
    right_id = models.BigIntegerField(null=True, db_index=True)
    of = models.BigIntegerField(null=True)  # the act an undo takes back
    why = models.CharField(max_length=500, blank=True)
    by = models.CharField(max_length=200)
    at = models.DateTimeField()
    applied_at = models.DateTimeField(null=True, db_index=True)


class Change(models.Model):
    """A person that became part of another, or part of a person that became one: the history.

    ``profile_id`` is the larger one. The evidence is copied, for a pair keeps only its best.
    """

    at = models.DateTimeField()
    kind = models.CharField(max_length=16)  # merged, split
    profile_id = models.BigIntegerField(db_index=True)
    other_id = models.BigIntegerField(db_index=True)
    left_key = models.CharField(max_length=300, blank=True)
    right_key = models.CharField(max_length=300, blank=True)
    evidence = models.CharField(max_length=32, blank=True)
    trusted = models.BooleanField(default=False)
    source_id = models.BigIntegerField(null=True)
    message_id = models.CharField(max_length=200, blank=True)
    told_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=32, blank=True)
    act = models.BigIntegerField(null=True)  # the decision behind it


class Trait(models.Model):
    """What one source last said of one identifier, and when."""

    node_id = models.BigIntegerField()
    name = models.CharField(max_length=100)
    source_id = models.BigIntegerField()
    value = models.TextField()  # JSON
    at = models.DateTimeField()
    message_id = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["node_id", "name", "source_id"], name="trait_once")
        ]


class Order(models.Model):
    """One order as its events tell it. Orders of different sources never mix.

    ``placed_at`` is empty for a return whose order is not known here.
    """

    source_id = models.BigIntegerField()
    number = models.CharField(max_length=200, db_index=True)
    node_id = models.BigIntegerField(null=True, db_index=True)
    placed_at = models.DateTimeField(null=True, db_index=True)
    owner_told_at = models.DateTimeField(null=True)  # of the word that named the node; else empty
    told_at = models.DateTimeField()  # time of the event total, units and currency come from
    currency = models.CharField(max_length=3)
    total_minor = models.BigIntegerField(default=0)
    refunded_minor = models.BigIntegerField(default=0)
    units = models.BigIntegerField(default=0)
    units_returned = models.BigIntegerField(default=0)
    cancelled_at = models.DateTimeField(null=True)
    refunded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source_id", "number"], name="order_once")]


class Product(models.Model):
    """One thing the shop sells."""

    sku = models.CharField(max_length=200, unique=True)
    name = models.CharField(max_length=300, blank=True)
    category = models.CharField(max_length=200, blank=True)
    brand = models.CharField(max_length=200, blank=True)
    price_minor = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3)
    url = models.CharField(max_length=500, blank=True)
    image_url = models.CharField(max_length=500, blank=True)
    told_at = models.DateTimeField()
    source_id = models.BigIntegerField()
