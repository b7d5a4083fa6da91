"""Case files. A case is its number; what is known of it are revisions, each from the moment we learned it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from jinzhong.district.models import Area, Community, Town, Unit
from jinzhong.ids import new_id
from jinzhong.intake.models import Arrival
from jinzhong.vault.fields import SealedText
from jinzhong.vault.models import Subject
from jinzhong_engine.taxonomy import FRAUD_CLASSES

CLASS_CHOICES = [(one.code, _(one.name)) for one in FRAUD_CLASSES]


class Case(models.Model):
    """A case as the police number it."""

    id = models.UUIDField(primary_key=True, default=new_id)
    number = models.CharField(max_length=60, unique=True)
    first_known_at = models.DateTimeField()

    class Meta:
        ordering = ["number"]

    def __str__(self) -> str:
        return self.number


class Status(models.TextChoices):
    ACCEPTED = "accepted", _("受理")
    FILED = "filed", _("立案")
    CLEARED = "cleared", _("破案")
    TRANSFERRED = "transferred", _("移送起诉")
    WITHDRAWN = "withdrawn", _("撤案")


class CaseRevision(models.Model):
    """What was known of a case from ``known_at`` until ``superseded_at`` (empty: known now).

    As of a time T: ``known_at < T`` and (``superseded_at`` empty or ``>= T``). ``digests``: see ``content``.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="revisions")
    revision = models.PositiveIntegerField()
    known_at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True)
    arrival = models.ForeignKey(Arrival, null=True, on_delete=models.PROTECT, related_name="+")
    digests = models.JSONField(default=dict)
    by = models.CharField(max_length=150)

    reported_at = models.DateTimeField()
    filed_at = models.DateTimeField(null=True)
    occurred_from = models.DateTimeField(null=True)
    occurred_to = models.DateTimeField(null=True)
    town = models.ForeignKey(Town, on_delete=models.PROTECT, related_name="+")
    residence_town = models.ForeignKey(Town, null=True, on_delete=models.PROTECT, related_name="+")
    community = models.ForeignKey(Community, null=True, on_delete=models.PROTECT, related_name="+")
    area = models.CharField(max_length=6, choices=Area.choices, blank=True)
    station = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")
    source = models.CharField(max_length=40, blank=True)
    fraud_class = models.CharField(max_length=20, choices=CLASS_CHOICES)
    raw_class = models.CharField(max_length=100)
    channel = models.CharField(max_length=60, blank=True)
    lure = models.CharField(max_length=200, blank=True)
    loss = models.DecimalField(max_digits=14, decimal_places=2)
    stopped = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    frozen = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    returned = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.ACCEPTED)
    narrative = SealedText(default="")

    class Meta:
        ordering = ["reported_at", "case"]
        constraints = [
            models.UniqueConstraint(fields=["case", "revision"], name="revision_once_per_case"),
            models.UniqueConstraint(
                fields=["case"], condition=Q(superseded_at=None), name="one_current_revision"
            ),
        ]
        indexes = [
            models.Index(fields=["reported_at", "known_at"]),
            models.Index(fields=["town", "reported_at"]),
        ]


class Victim(models.Model):
    """A person robbed in a case, as this revision tells it."""

    id = models.UUIDField(primary_key=True, default=new_id)
    revision = models.ForeignKey(CaseRevision, on_delete=models.PROTECT, related_name="victims")
    subject = models.ForeignKey(Subject, null=True, on_delete=models.PROTECT, related_name="victim_in")
    sex = models.CharField(max_length=1, blank=True)
    birth_year = models.PositiveSmallIntegerField(null=True)
    age = models.PositiveSmallIntegerField(null=True)
    occupation = models.CharField(max_length=60, blank=True)

    class Meta:
        ordering = ["id"]


class Transfer(models.Model):
    """Money that left the victim."""

    id = models.UUIDField(primary_key=True, default=new_id)
    revision = models.ForeignKey(CaseRevision, on_delete=models.PROTECT, related_name="transfers")
    at = models.DateTimeField(null=True)
    amount = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    payee = models.ForeignKey(Subject, null=True, on_delete=models.PROTECT, related_name="paid_in")
    payee_bank = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering = ["id"]


class Trace(models.Model):
    """What the offenders used: a number, an account (both subjects), an app or an address on the web.

    Words are encrypted as well: what stands for a number may turn out to be somebody's name.
    """

    class Kind(models.TextChoices):
        NUMBER = "number", _("号码")
        ACCOUNT = "account", _("账户")
        APP = "app", _("App")
        URL = "url", _("网址")

    id = models.UUIDField(primary_key=True, default=new_id)
    revision = models.ForeignKey(CaseRevision, on_delete=models.PROTECT, related_name="traces")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    subject = models.ForeignKey(Subject, null=True, on_delete=models.PROTECT, related_name="traces")
    text = SealedText(default="")

    class Meta:
        ordering = ["id"]


class Export(models.Model):
    """A file of cases that was given out: who took what, when and what for."""

    id = models.UUIDField(primary_key=True, default=new_id)
    since = models.DateTimeField()
    until = models.DateTimeField()
    rows = models.PositiveIntegerField()
    by = models.CharField(max_length=150)
    purpose = SealedText()
    at = models.DateTimeField()
