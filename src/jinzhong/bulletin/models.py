"""Issued bulletins. What is issued is frozen: database triggers refuse to change or delete it."""

import json
from datetime import date, timedelta
from typing import Any

from django.db import models

from jinzhong.district.models import Account, Unit
from jinzhong.ids import new_id


class Issue(models.Model):
    """One revision of one bulletin: what it said, what was known then, by which rules."""

    id = models.UUIDField(primary_key=True, default=new_id)
    kind = models.CharField(max_length=20)
    date = models.DateField()
    revision = models.PositiveIntegerField()
    as_of = models.DateTimeField()
    rules = models.CharField(max_length=80)
    content = models.TextField()
    digest = models.CharField(max_length=64)
    issued_by = models.CharField(max_length=150)
    issued_at = models.DateTimeField()

    class Meta:
        ordering = ["-date", "kind", "-revision"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "date", "revision"], name="revision_once_per_bulletin")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.date} {self.revision}"

    def told(self) -> dict[str, Any]:
        """What it says."""
        return dict(json.loads(self.content))


class Campaign(models.Model):
    """专项行动: what a special report is about. Rows are only added: what was issued about one can be computed again.

    ``classes`` and ``towns``: codes; empty: all.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    number = models.PositiveIntegerField(unique=True)
    title = models.CharField(max_length=60)
    since = models.DateField()
    until = models.DateField()
    classes = models.JSONField(default=list)
    towns = models.JSONField(default=list)
    by = models.CharField(max_length=150)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(since__lt=models.F("until")), name="campaign_lasts")
        ]
        ordering = ["-until", "-number"]

    def __str__(self) -> str:
        return self.title

    @property
    def kind(self) -> str:
        """By which its report is kept: special-3."""
        return f"special-{self.number}"

    @property
    def last(self) -> date:
        return self.until - timedelta(days=1)


class Drafted(models.Model):
    """The hour of a bulletin came and its draft was put before the office. Rows are only added."""

    id = models.UUIDField(primary_key=True, default=new_id)
    kind = models.CharField(max_length=20)
    date = models.DateField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "date"], name="drafted_once")]
        ordering = ["-date", "kind"]


class Receiver(models.Model):
    """A unit or an account that is sent every issued bulletin of a kind, from when on until when (None: still)."""

    id = models.UUIDField(primary_key=True, default=new_id)
    kind = models.CharField(max_length=20)
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")
    account = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    by = models.CharField(max_length=150)
    at = models.DateTimeField()
    ended_by = models.CharField(max_length=150, blank=True, default="")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(unit=None) ^ models.Q(account=None),
                name="receiver_is_a_unit_or_an_account",
            ),
            models.UniqueConstraint(
                fields=["kind", "unit"], condition=models.Q(ended_at=None), name="unit_receives_a_kind_once"
            ),
            models.UniqueConstraint(
                fields=["kind", "account"],
                condition=models.Q(ended_at=None),
                name="account_receives_a_kind_once",
            ),
        ]
        ordering = ["at", "id"]

    @property
    def to(self) -> Unit | Account:
        found: Unit | Account | None = self.unit or self.account
        assert found is not None, "the database holds that it is one of the two"
        return found


class Delivery(models.Model):
    """An issued revision for one person: when it lay before them, when they opened it, confirmed that they had it, were reminded."""

    id = models.UUIDField(primary_key=True, default=new_id)
    issue = models.ForeignKey(Issue, on_delete=models.PROTECT, related_name="deliveries")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["issue", "account"], name="sent_once_to_a_person")]
        ordering = ["made_at", "id"]

    @property
    def key(self) -> str:
        """The idempotency key of the send."""
        return f"bulletin/{self.issue_id}/{self.account_id}"


class File(models.Model):
    """An issued revision as a file, kept as it was given out: later software may draw it differently."""

    id = models.UUIDField(primary_key=True, default=new_id)
    issue = models.ForeignKey(Issue, on_delete=models.PROTECT, related_name="files")
    ending = models.CharField(max_length=4)
    content = models.BinaryField()
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["issue", "ending"], name="file_once_per_ending")]


class Wording(models.Model):
    """Words that somebody put in the place of a drafted passage; its figures stand in it by name. Rows are only added."""

    id = models.UUIDField(primary_key=True, default=new_id)
    kind = models.CharField(max_length=20)
    date = models.DateField()
    passage = models.CharField(max_length=20)
    text = models.TextField()
    by = models.CharField(max_length=150)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["kind", "date"])]


class Submission(models.Model):
    """A draft put forward for signing (送审): what was read, named by its mark. Rows are only added."""

    id = models.UUIDField(primary_key=True, default=new_id)
    kind = models.CharField(max_length=20)
    date = models.DateField()
    read = models.CharField(max_length=64)
    signed = models.CharField(max_length=150)
    by = models.CharField(max_length=150)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["kind", "date"])]
