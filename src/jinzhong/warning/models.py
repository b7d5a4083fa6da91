"""Colour-graded warnings about a person; everything said about one person within a day is one warning."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from jinzhong.district.models import Area, Town, Unit
from jinzhong.ids import new_id
from jinzhong.intake.models import Alert
from jinzhong.vault.fields import SealedText
from jinzhong.vault.models import Subject


class Grade(models.TextChoices):
    RED = "red", _("紧急")
    ORANGE = "orange", _("高危")
    YELLOW = "yellow", _("中危")
    BLUE = "blue", _("低危")
    GREEN = "green", _("关注")


RANK = {
    grade: place
    for place, grade in enumerate((Grade.GREEN, Grade.BLUE, Grade.YELLOW, Grade.ORANGE, Grade.RED))
}


class State(models.TextChoices):
    OPEN = "open", _("未办结")
    CLOSED = "closed", _("已办结")
    MERGED = "merged", _("已合并")


class RegradeReason(models.TextChoices):
    """Why a person set another grade than the ladder."""

    MONEY_MOVING = "money_moving", _("核实过，正在动钱")
    UNREACHED = "unreached", _("几次都联系不上")
    CONTROLLED = "controlled", _("受骗很深，不听劝")
    FAMILY_PRESENT = "family_present", _("家人或民警已在身边")
    UNDERSTOOD = "understood", _("本人已明白，没有再联系对方")
    THIN_SOURCE = "thin_source", _("来源说法对不上，待再核")


class Warning(models.Model):
    """A person about to be robbed: a known one, or whoever stands at that outlet."""

    id = models.UUIDField(primary_key=True, default=new_id)
    number = models.CharField(max_length=20, unique=True)
    person = models.ForeignKey(Subject, null=True, on_delete=models.PROTECT, related_name="warnings")
    identified = models.BooleanField(default=False)
    person_sex = models.CharField(max_length=1, blank=True)
    person_age = models.PositiveSmallIntegerField(null=True)
    outlet = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="warnings")
    town = models.ForeignKey(Town, null=True, on_delete=models.PROTECT, related_name="+")
    area = models.CharField(max_length=6, choices=Area.choices, default=Area.URBAN)
    place = SealedText(default="")
    grade = models.CharField(max_length=6, choices=Grade.choices)
    rank = models.PositiveSmallIntegerField(default=0)
    reasons = models.JSONField(default=list)
    rules = models.CharField(max_length=40)
    fraud_class = models.CharField(max_length=20, blank=True)
    amount = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    story = SealedText(default="")
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    opened_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    newest_alert_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    merged_into = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="absorbed")

    class Meta:
        ordering = ["-opened_at", "-id"]
        indexes = [models.Index(fields=["state", "rank"]), models.Index(fields=["opened_at"])]

    def __str__(self) -> str:
        return self.number


class Source(models.Model):
    """An alert beneath a warning."""

    warning = models.ForeignKey(Warning, on_delete=models.PROTECT, related_name="sources")
    alert = models.OneToOneField(Alert, on_delete=models.PROTECT, related_name="warned")
    added_at = models.DateTimeField()

    class Meta:
        ordering = ["added_at", "id"]


class Grading(models.Model):
    """Each grade a warning was given, why, by which rule version, from when."""

    warning = models.ForeignKey(Warning, on_delete=models.PROTECT, related_name="gradings")
    grade = models.CharField(max_length=6, choices=Grade.choices)
    reasons = models.JSONField(default=list)
    rules = models.CharField(max_length=40)
    by = models.CharField(max_length=150)
    at = models.DateTimeField()
