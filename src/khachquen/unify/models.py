"""What unify keeps: identifiers, the evidence that joins them, people, traits, orders, products."""

from django.db import models


class Profile(models.Model):
    """One person as known now. Everything but the id is a cache over the person's nodes."""

    id = models.BigIntegerField(primary_key=True)
    name = models.CharField(max_length=200, blank=True)
    phone = models.CharField(max_length=32, blank=True)
    email = models.CharField(max_length=254, blank=True)
    search = models.TextField(blank=True)  # folded name, phone digits, e-mail, user ids
    is_known = models.BooleanField(default=False)  # has more than an anonymous id
    first_seen = models.DateTimeField()
    last_seen = models.DateTimeField()
    events = models.BigIntegerField(default=0)
    orders = models.IntegerField(default=0)
    spent_minor = models.BigIntegerField(default=0)
    last_order_at = models.DateTimeField(null=True)
    merged_into = models.BigIntegerField(null=True)  # set when another profile took its nodes

    class Meta:
        indexes = [
            models.Index(fields=["merged_into", "is_known", "-last_seen", "-id"]),
            models.Index(fields=["merged_into", "is_known", "-spent_minor", "-id"]),
            models.Index(fields=["merged_into", "is_known", "-orders", "-id"]),
            models.Index(fields=["merged_into", "is_known", "name", "id"]),
        ]


class Node(models.Model):
    """One identifier. An event belongs for ever to one node; ``profile_id`` is the map that moves.

    ``key`` is ``kind:value`` in normal form, as ``email:hoa@example.vn``.
    """

    id = models.BigIntegerField(primary_key=True)
    key = models.CharField(max_length=300, unique=True)
    kind = models.CharField(max_length=16)
    profile_id = models.BigIntegerField(db_index=True)
    first_seen = models.DateTimeField()
    last_seen = models.DateTimeField()
    events = models.BigIntegerField(default=0)


class Edge(models.Model):
    """Evidence that two identifiers are one person; appended, never changed.

    A refused edge keeps the ``reason`` it was refused for and joins nothing.
    """

    left_id = models.BigIntegerField(db_index=True)
    right_id = models.BigIntegerField(db_index=True)
    evidence = models.CharField(max_length=32)  # identify, alias, order, import ...
    source_id = models.BigIntegerField()
    message_id = models.CharField(max_length=200)
    at = models.DateTimeField()
    accepted = models.BooleanField()
    reason = models.CharField(max_length=32, blank=True)


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
    number = models.CharField(max_length=200)
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
