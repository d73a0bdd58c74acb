"""What is kept of campaigns: what is sent, through which account, one row for each recipient."""

from django.db import models
from django.db.models import Q

STATES = ("waiting", "claimed", "wire", "sent", "skipped", "failed", "unknown")


class Account(models.Model):
    """What messages leave by: a mail server, or what another ``channel`` has in its place, whose
    own settings stand in a table of that channel. ``secret`` and ``dkim`` are locked."""

    channel = models.CharField(max_length=8, default="email", db_default="email")
    name = models.CharField(max_length=100, unique=True)
    host = models.CharField(max_length=253)
    port = models.IntegerField(default=587)
    security = models.CharField(max_length=8, default="starttls")  # starttls, tls, none
    user = models.CharField(max_length=254, blank=True)
    secret = models.TextField(blank=True)
    from_address = models.CharField(max_length=254)
    from_name = models.CharField(max_length=200, blank=True)
    reply_to = models.CharField(max_length=254, blank=True)
    selector = models.CharField(max_length=63, default="kq")
    dkim = models.TextField(blank=True)
    connections = models.IntegerField(default=4)
    per_second = models.IntegerField(default=0)  # 0: as fast as it goes
    per_day = models.IntegerField(default=0)  # in a rolling day; 0: as many as there are
    warm_from = models.DateField(null=True)  # the first day of a new sender; grows from 50 a day
    is_paused = models.BooleanField(default=False)
    trouble = models.CharField(max_length=300, blank=True)  # what it last refused us for
    created_at = models.DateTimeField()


class DomainCheck(models.Model):
    """What stood in the DNS for an account's domain when it was last looked at, a record a line."""

    account = models.OneToOneField(Account, on_delete=models.CASCADE, related_name="domain_check")
    at = models.DateTimeField()
    is_pasted = models.BooleanField(default=False)
    spf = models.TextField(blank=True)
    dkim = models.TextField(blank=True)
    dmarc = models.TextField(blank=True)


class Campaign(models.Model):
    """What is to be said to whom, for which purpose. Sending it makes a ``Run``."""

    name = models.CharField(max_length=200)
    channel = models.CharField(max_length=8, default="email", db_default="email")
    lane = models.CharField(max_length=8, default="bulk")  # bulk, prompt
    purpose = models.CharField(max_length=40)
    segment_id = models.BigIntegerField(null=True)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, null=True)
    version_id = models.BigIntegerField(null=True)  # a template's; else the words below
    subject = models.CharField(max_length=300, blank=True)
    html = models.TextField(blank=True)
    text = models.TextField(blank=True)
    holdout_percent = models.IntegerField(default=0)
    heeds_channel = models.BooleanField(default=False, db_default=False)  # that people prefer
    experiment = models.JSONField(default=dict, blank=True)  # a plan of ``variants``; {}: no test
    tracks = models.BooleanField(default=True, db_default=True)
    adds_utm = models.BooleanField(default=True, db_default=True)
    is_triggered = models.BooleanField(default=False, db_default=False)  # to whom programs say
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=200)
    changed_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True)


class Run(models.Model):
    """One sending of a campaign, with what it says as it was when it began.

    ``state``: scheduled, freezing (its audience is written down), sending, paused, done, cancelled.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="runs")
    account = models.ForeignKey(Account, on_delete=models.PROTECT)
    channel = models.CharField(max_length=8, default="email", db_default="email")
    lane = models.CharField(max_length=8)
    purpose = models.CharField(max_length=40)
    segment_id = models.BigIntegerField(null=True)
    version_id = models.BigIntegerField(null=True)
    subject = models.CharField(max_length=300)
    html = models.TextField()
    text = models.TextField()
    holdout_percent = models.IntegerField(default=0)
    heeds_channel = models.BooleanField(default=False, db_default=False)
    experiment = models.JSONField(default=dict, blank=True)
    # Written again to those of that run nothing was heard of: ``resend_to`` says of whom.
    resend_of = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="resent"
    )
    resend_to = models.CharField(max_length=12, default="", blank=True)
    tracks = models.BooleanField(default=True, db_default=True)
    adds_utm = models.BooleanField(default=True, db_default=True)
    is_triggered = models.BooleanField(default=False, db_default=False)  # open until it is stopped
    state = models.CharField(max_length=12, default="scheduled", db_index=True)
    start_at = models.DateTimeField()
    began_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    frozen_to = models.BigIntegerField(default=0)  # the audience is written down up to this person
    is_frozen = models.BooleanField(default=False)
    by = models.CharField(max_length=200)
    occurrence = models.DateField(null=True)  # the day of its repeat; none: somebody began it
    again_days = models.IntegerField(null=True)  # as ``Repeat``'s; none: everybody each time
    segment_mark = models.CharField(max_length=64, default="", db_default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "occurrence"], name="run_once_a_day")
        ]


class Plan(models.Model):
    """What a campaign is for and what it may cost: money in the shop's smallest unit."""

    campaign = models.OneToOneField(Campaign, on_delete=models.CASCADE, related_name="plan")
    start_at = models.DateTimeField(null=True)  # when it is meant to go; nothing goes by it
    goal = models.CharField(max_length=16, blank=True)
    goal_number = models.BigIntegerField(null=True)
    goal_by = models.DateField(null=True)
    budget = models.BigIntegerField(null=True)
    cost_each = models.BigIntegerField(null=True)
    brief = models.TextField(blank=True)
    market = models.TextField(blank=True)
    rivals = models.TextField(blank=True)
    products = models.CharField(max_length=600, blank=True)  # codes, by comma


class Approval(models.Model):
    """One asking of another person, for exactly what ``digest`` stands for: a campaign, or the
    second letter after a run of it (``again_of``) to some of those nothing was heard of.

    ``state``: asked, approved, used (a sending was begun with it), refused, withdrawn, changed.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="approvals")
    state = models.CharField(max_length=12, default="asked")
    digest = models.CharField(max_length=64)
    asked_by = models.CharField(max_length=200)
    asked_by_id = models.BigIntegerField()
    asked_at = models.DateTimeField()
    note = models.CharField(max_length=300, blank=True)
    answered_by = models.CharField(max_length=200, blank=True)
    answered_at = models.DateTimeField(null=True)
    run = models.ForeignKey(Run, on_delete=models.SET_NULL, null=True, related_name="approvals")
    again_of = models.ForeignKey(Run, on_delete=models.CASCADE, null=True, related_name="+")
    again_who = models.CharField(max_length=12, default="", db_default="", blank=True)
    again_subject = models.CharField(max_length=300, default="", db_default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["campaign"],
                condition=Q(state__in=("asked", "approved"), again_of__isnull=True),
                name="one_approval_stands",
            ),
            models.UniqueConstraint(
                fields=["again_of"],
                condition=Q(state__in=("asked", "approved")),
                name="one_approval_of_again",
            ),
        ]


class Repeat(models.Model):
    """A campaign that goes again by itself: every day, week or month at a time of the shop's clock.

    ``day`` is 1 (Monday) to 7 of a week, 1 to 31 of a month (its last day where it is shorter).
    ``again_days``: none, everybody each time; 0, nobody twice; else not within so many days.
    """

    campaign = models.OneToOneField(Campaign, on_delete=models.CASCADE, related_name="repeat")
    every = models.CharField(max_length=8)  # day, week, month
    day = models.IntegerField(default=1)
    at_time = models.TimeField()
    from_day = models.DateField()
    until_day = models.DateField(null=True)
    again_days = models.IntegerField(null=True)
    is_paused = models.BooleanField(default=False)
    next_at = models.DateTimeField(null=True, db_index=True)
    trouble = models.JSONField(default=dict, blank=True)  # why one did not go: "vi", "en"
    by = models.CharField(max_length=200)


class Recipient(models.Model):
    """One person of one run: the send key, where it stands, and what came of it.

    ``state``: waiting, claimed (a sender holds it until ``lease_until``), wire (from before its
    last byte may leave until its answer is written down), and the ends: sent, skipped, failed,
    unknown. ``reserved_at`` is what frequency caps count; it is set by the transaction that claims
    and taken back when nothing left the house. ``variant`` is given when the audience is written
    down and stays; who waits for the end of a test gets it with the decision.
    """

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="recipients")
    person_id = models.BigIntegerField()
    step = models.IntegerField(default=0)
    state = models.CharField(max_length=8, default="waiting")
    reason = models.CharField(max_length=24, default="", blank=True)
    address = models.CharField(max_length=254, default="", blank=True)
    owner = models.CharField(max_length=80, default="", blank=True)
    lease_until = models.DateTimeField(null=True)
    attempt = models.IntegerField(default=0)
    due_at = models.DateTimeField()
    reserved_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    reply = models.CharField(max_length=300, default="", blank=True)
    variant = models.CharField(max_length=1, default="", db_default="", blank=True)
    is_tracked = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "person_id", "step"], name="send_key_once"),
            models.UniqueConstraint(
                fields=["run", "step", "address"],
                condition=Q(reserved_at__isnull=False),
                name="one_letter_an_address",
            ),
            # Every row is in exactly one of the states that are counted: the sum cannot be short.
            models.CheckConstraint(condition=Q(state__in=STATES), name="recipient_state"),
        ]
        indexes = [
            models.Index(fields=["run", "state", "due_at", "id"], name="recipient_next"),
            models.Index(
                fields=["address", "reserved_at"],
                condition=Q(reserved_at__isnull=False),
                name="recipient_caps",
            ),
            models.Index(
                fields=["state", "lease_until"],
                condition=Q(state__in=("claimed", "wire")),
                name="recipient_held",
            ),
            models.Index(fields=["person_id"], name="recipient_person"),
            models.Index(
                fields=["ended_at", "id"],
                condition=Q(state="failed", reason="bad_address"),
                name="recipient_refused",
            ),
        ]


class Decision(models.Model):
    """How a test ended: the numbers it was decided by, and the variant the others got. Once a run.

    ``why`` is of ``comparing.Verdict``: only "better" is a winner. ``groups`` are its
    ``Group``s as they were counted, ``pairs`` its ``Pair``s.
    """

    run = models.OneToOneField(Run, on_delete=models.PROTECT, related_name="decision")
    at = models.DateTimeField()
    measure = models.CharField(max_length=8)
    chosen = models.CharField(max_length=1)
    why = models.CharField(max_length=16)
    groups = models.JSONField()
    pairs = models.JSONField()


class Sighting(models.Model):
    """One thing that was seen of a letter, as its event told: once, whatever else comes.

    ``seen_as`` is what it looked like by itself (``machines.SEEN_AS``), ``links`` how many links
    the letter had. Rows are added and never changed; ``Outcome`` is made of them.
    """

    recipient = models.ForeignKey(Recipient, on_delete=models.CASCADE, related_name="sightings")
    key = models.CharField(max_length=64)
    kind = models.CharField(max_length=12)
    detail = models.CharField(max_length=24, default="", blank=True)
    seen_as = models.CharField(max_length=12, default="", blank=True)
    links = models.IntegerField(default=0)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["recipient", "key"], name="sighting_once"),
        ]


class Outcome(models.Model):
    """What became of a letter after it left: all of its sightings, folded.

    ``kind``: delivered, opened, clicked (``detail``: the number of the link), bounced (hard, soft,
    policy), complained, unsubscribed. What machines did are rows of their own and in no number
    anybody sees first. ``outcomes`` alone writes these.
    """

    recipient = models.ForeignKey(Recipient, on_delete=models.CASCADE, related_name="outcomes")
    kind = models.CharField(max_length=12)
    is_machine = models.BooleanField(default=False)
    detail = models.CharField(max_length=24, default="", blank=True)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    times = models.IntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["recipient", "kind", "is_machine", "detail"], name="outcome_once"
            ),
        ]


class KeptReport(models.Model):
    """A report too large to be counted while somebody waits, as it was at a moment: numbers only.

    ``wish`` says of which letters and by which model it is, as ``flows.recounting`` writes it.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="reports")
    wish = models.CharField(max_length=80)
    at = models.DateTimeField()
    told = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "wish"], name="report_kept_once"),
        ]


class Message(models.Model):
    """A letter a program asked for: ``key`` is the program's own name of it, which is one letter
    for ever; ``digest`` tells the same wish from another under that key. ``step`` of its recipient
    is its number. ``data`` is what the template may say, gone after some days."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="messages")
    recipient = models.OneToOneField(Recipient, on_delete=models.PROTECT, null=True)
    key = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    data = models.JSONField(null=True)
    asked_at = models.DateTimeField(db_index=True)
    asked_by = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "key"], name="message_key_once"),
        ]


class TryOut(models.Model):
    """One letter somebody asked for to see it in a mailbox of the shop's own. Belongs to no run and
    is in no number; ``state`` goes as a recipient's, from waiting to sent, failed or unknown.

    ``who`` is whom it speaks to: a person's number, or somebody invented (``content.trying``).
    """

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    template_id = models.BigIntegerField(db_index=True)
    version_id = models.BigIntegerField()
    purpose = models.CharField(max_length=40, blank=True)
    who = models.CharField(max_length=20)
    address = models.CharField(max_length=254)
    state = models.CharField(max_length=8, default="waiting")
    reason = models.CharField(max_length=24, default="", blank=True)
    reply = models.CharField(max_length=300, default="", blank=True)
    owner = models.CharField(max_length=80, default="", blank=True)
    lease_until = models.DateTimeField(null=True)
    asked_at = models.DateTimeField(db_index=True)
    asked_by = models.CharField(max_length=200)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=STATES), name="try_out_state"),
        ]
        indexes = [
            models.Index(
                fields=["state", "id"],
                condition=Q(state__in=("waiting", "claimed", "wire")),
                name="try_out_open",
            ),
        ]
