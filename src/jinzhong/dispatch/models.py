"""Orders to go to a door: who goes, the clock, what happened there, the money protected; and calls before anybody goes."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from jinzhong.district.models import Account, Unit
from jinzhong.ids import new_id
from jinzhong.vault.fields import SealedJson, SealedText
from jinzhong.warning.models import Warning


class State(models.TextChoices):
    WAITING = "waiting", _("待签收")
    SIGNED = "signed", _("已签收")
    ON_THE_WAY = "on_the_way", _("在途")
    AT_THE_DOOR = "at_the_door", _("已到场")
    CLOSED = "closed", _("已反馈")


class Outcome(models.TextChoices):
    DISSUADED = "dissuaded", _("已劝阻")
    ALREADY_TRANSFERRED = "already_transferred", _("已转账")
    REFUSED = "refused", _("不听劝")
    NOT_FOUND = "not_found", _("没见到")
    DOES_NOT_MATCH = "does_not_match", _("不相符")
    DUPLICATE = "duplicate", _("重复")
    FALSE_ALARM = "false_alarm", _("误报")


class Evidence(models.TextChoices):
    """How the protected amount is known, strongest first."""

    REVERSED = "reversed", _("转账撤回")
    COUNTER_CANCELLED = "counter_cancelled", _("柜面取消")
    DOCUMENT_SEEN = "document_seen", _("见到单据")
    STATED = "stated", _("口述")
    ESTIMATED = "estimated", _("估计")


class Order(models.Model):
    """One sending-out for a warning. Targets are set when it is sent; actuals are its steps."""

    id = models.UUIDField(primary_key=True, default=new_id)
    number = models.CharField(max_length=20, unique=True)
    warning = models.ForeignKey(Warning, on_delete=models.PROTECT, related_name="orders")
    station = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="orders")
    state = models.CharField(max_length=12, choices=State.choices, default=State.WAITING)
    grade = models.CharField(max_length=6)
    sent_at = models.DateTimeField()
    sign_by = models.DateTimeField(null=True)
    meet_by = models.DateTimeField(null=True)
    feedback_by = models.DateTimeField(null=True)
    signed_at = models.DateTimeField(null=True)
    departed_at = models.DateTimeField(null=True)
    arrived_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    escalations = models.PositiveSmallIntegerField(default=0)
    password = models.CharField(max_length=20, blank=True)
    outcome = models.CharField(max_length=20, choices=Outcome.choices, blank=True)
    amount_protected = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    evidence = models.CharField(max_length=20, choices=Evidence.choices, blank=True)
    met_by = SealedJson(default=list)
    checks = SealedJson(default=list)
    note = SealedText(default="")

    class Meta:
        ordering = ["-sent_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["warning"], condition=~Q(state="closed"), name="one_open_order_per_warning"
            ),
        ]
        indexes = [models.Index(fields=["state", "sent_at"])]

    def __str__(self) -> str:
        return self.number


class Assignment(models.Model):
    """Who was asked to go, when, and as what; the newest one that isn't released goes."""

    class Part(models.TextChoices):
        FIRST = "first", _("首派")
        NEXT = "next", _("接派")
        LEADER = "leader", _("值班长")
        TOGETHER = "together", _("同去")

    id = models.UUIDField(primary_key=True, default=new_id)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="assignments")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="assignments")
    part = models.CharField(max_length=10, choices=Part.choices)
    asked_at = models.DateTimeField()
    signed_at = models.DateTimeField(null=True)
    released_at = models.DateTimeField(null=True)
    metres = models.PositiveIntegerField(null=True)
    is_open = models.BooleanField(default=True)
    """As long as the order is: kept here too, so that who is busy is answered by a small index alone."""

    class Meta:
        ordering = ["asked_at", "id"]
        constraints = [models.UniqueConstraint(fields=["order", "account"], name="asked_once_per_order")]
        indexes = [
            models.Index(
                fields=["asked_at", "account"],
                condition=Q(is_open=True, released_at=None),
                name="newest_asked",
            )
        ]


class OrderStep(models.Model):
    """One step of an order: when it happened by the clock of who did it, and when we learned it. Only ever added."""

    class Step(models.TextChoices):
        SENT = "sent", _("派单")
        SIGNED = "signed", _("签收")
        DEPARTED = "departed", _("出发")
        ARRIVED = "arrived", _("到门")
        CLOSED = "closed", _("反馈")
        ESCALATED = "escalated", _("升级")
        REASSIGNED = "reassigned", _("改派")

    id = models.UUIDField(primary_key=True, default=new_id)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="steps")
    step = models.CharField(max_length=10, choices=Step.choices)
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    by = models.CharField(max_length=150)
    facts = models.JSONField(default=dict)

    class Meta:
        ordering = ["recorded_at", "id"]
        indexes = [models.Index(fields=["step", "happened_at"])]


class Call(models.Model):
    """One try to reach the person by phone. Only ever added; a call never counts as having met."""

    class Answer(models.TextChoices):
        PERSUADED = "persuaded", _("接通，已劝住")
        DOUBTS = "doubts", _("接通，还不信")
        BUSY = "busy", _("占线")
        NO_ANSWER = "no_answer", _("没人接")
        HUNG_UP = "hung_up", _("一接就挂")
        SWITCHED_OFF = "switched_off", _("关机、打不通")

    id = models.UUIDField(primary_key=True, default=new_id)
    warning = models.ForeignKey(Warning, on_delete=models.PROTECT, related_name="calls")
    by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    answer = models.CharField(max_length=12, choices=Answer.choices)
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["happened_at", "id"]
