"""Everything that arrives, kept as it came; and the alerts read from it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from jinzhong.district.models import Account, Town, Unit
from jinzhong.ids import new_id
from jinzhong.vault.fields import SealedJson, SealedText
from jinzhong.vault.models import Subject


class Arrival(models.Model):
    """One thing that arrived, exactly as it came, encrypted. ``sent_at`` is their time, ``received_at`` ours."""

    id = models.UUIDField(primary_key=True, default=new_id)
    kind = models.CharField(max_length=20)
    name = SealedText(default="")
    raw = SealedText()
    digest = models.CharField(max_length=64, db_index=True)
    by = models.CharField(max_length=150)
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField()
    received_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["kind", "received_at"])]


class HeaderChoice(models.Model):
    """A header of the office's own spreadsheet and the field a person gave it; remembered for the next import."""

    header = models.CharField(max_length=100, unique=True)
    field = models.CharField(max_length=40)
    by = models.CharField(max_length=150)
    at = models.DateTimeField()


class Alert(models.Model):
    """Somebody says that a person is about to be robbed. Every field may still be unknown."""

    class Source(models.TextChoices):
        BANK = "bank_alert", _("网点前哨")
        HOTLINE = "hotline_call", _("热线来电")
        FAMILY = "family_call", _("家属来电")
        NUMBER = "number_watch", _("号码研判")

    id = models.UUIDField(primary_key=True, default=new_id)
    source = models.CharField(max_length=16, choices=Source.choices)
    first_arrival = models.ForeignKey(Arrival, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="alerts")
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="alerts")
    town = models.ForeignKey(Town, null=True, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Subject, null=True, on_delete=models.PROTECT, related_name="alerts")
    identified = models.BooleanField(default=False)
    person_sex = models.CharField(max_length=1, blank=True)
    person_age = models.PositiveSmallIntegerField(null=True)
    amount = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    payee_name = SealedText(default="")
    payee = models.ForeignKey(Subject, null=True, on_delete=models.PROTECT, related_name="payee_alerts")
    payee_tail = SealedText(default="")
    payee_bank = models.CharField(max_length=80, blank=True)
    fraud_class = models.CharField(max_length=20, blank=True)
    signs = models.JSONField(default=list)
    answers = models.JSONField(default=dict)
    story = SealedText(default="")
    place = SealedText(default="")
    happened_at = models.DateTimeField()
    received_at = models.DateTimeField()

    class Meta:
        ordering = ["received_at", "id"]
        indexes = [models.Index(fields=["unit", "received_at"]), models.Index(fields=["received_at"])]

    def __str__(self) -> str:
        return f"{self.source} {self.id}"


class AlertChange(models.Model):
    """What the teller wrote after pressing: each later message, kept as it came."""

    alert = models.ForeignKey(Alert, on_delete=models.PROTECT, related_name="changes")
    arrival = models.ForeignKey(Arrival, on_delete=models.PROTECT, related_name="+")
    fields = SealedJson()
    at = models.DateTimeField()
