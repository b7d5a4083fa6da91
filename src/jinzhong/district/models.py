"""The district: towns, communities, units, the people of the task force, and who is on duty."""

from datetime import date, datetime, timedelta

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.translation import gettext_lazy as _

from jinzhong.ids import new_id
from jinzhong.vault.fields import SealedText


class Town(models.Model):
    """A town or street (镇、街道), the unit in which everything is counted."""

    class Kind(models.TextChoices):
        STREET = "street", _("街道")
        TOWN = "town", _("镇")

    code = models.CharField(max_length=12, primary_key=True)
    name = models.CharField(max_length=40, unique=True)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    order = models.PositiveIntegerField(default=0)
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)

    class Meta:
        ordering = ["order", "code"]

    def __str__(self) -> str:
        return self.name

    @property
    def short_name(self) -> str:
        return self.name.removesuffix("街道").removesuffix("镇")


class TownPopulation(models.Model):
    """Residents of a town from a day on, until the next version."""

    town = models.ForeignKey(Town, on_delete=models.PROTECT, related_name="populations")
    since = models.DateField()
    residents = models.PositiveIntegerField()
    source = models.CharField(max_length=100)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["town", "since"], name="population_once_per_day")]


class Area(models.TextChoices):
    URBAN = "urban", _("主城区")
    RURAL = "rural", _("农村")


class Community(models.Model):
    """A village or community (村、社区) of a town."""

    id = models.UUIDField(primary_key=True, default=new_id)
    town = models.ForeignKey(Town, on_delete=models.PROTECT, related_name="communities")
    name = models.CharField(max_length=60)
    area = models.CharField(max_length=6, choices=Area.choices)

    class Meta:
        ordering = ["town", "name"]
        constraints = [models.UniqueConstraint(fields=["town", "name"], name="community_once_per_town")]

    def __str__(self) -> str:
        return self.name


class Unit(models.Model):
    """A member unit: the office, a station, a bank or one of its outlets, an operator, a school, a town office."""

    class Kind(models.TextChoices):
        OFFICE = "office", _("反诈办")
        STATION = "station", _("派出所")
        BANK = "bank", _("银行")
        OUTLET = "outlet", _("网点")
        OPERATOR = "operator", _("运营商")
        SCHOOL = "school", _("学校")
        TOWN_OFFICE = "town_office", _("镇（街道）办")
        MEMBER = "member", _("成员单位")

    id = models.UUIDField(primary_key=True, default=new_id)
    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")
    town = models.ForeignKey(Town, null=True, on_delete=models.PROTECT, related_name="units")
    area = models.CharField(max_length=6, choices=Area.choices, default=Area.URBAN)
    address = models.CharField(max_length=120, blank=True)
    phone = models.CharField(max_length=30, blank=True)
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    covers = models.ManyToManyField(Town, related_name="covered_by", blank=True)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class Role(models.TextChoices):
    CITIZEN = "citizen", _("群众")
    GRID_WORKER = "grid_worker", _("网格员")
    TOWN = "town", _("镇（街道）")
    OUTLET = "outlet", _("银行网点")
    BANK_HEAD = "bank_head", _("银行总部")
    OPERATOR = "operator", _("运营商")
    HOTLINE = "hotline", _("热线坐席")
    STATION_OFFICER = "station_officer", _("派出所民警")
    ANTI_FRAUD_OFFICE = "anti_fraud_office", _("反诈办")
    INSPECTOR = "inspector", _("督导员")
    AUDITOR = "auditor", _("审计员")
    ADMINISTRATOR = "administrator", _("管理员")


class Accounts(BaseUserManager["Account"]):
    def get_by_natural_key(self, username: str | None) -> "Account":
        return self.get(username=username)


class Account(AbstractBaseUser):
    """A person who works with the system. What they may see follows from role, unit and town."""

    id = models.UUIDField(primary_key=True, default=new_id)
    username = models.CharField(max_length=150, unique=True)
    role = models.CharField(max_length=20, choices=Role.choices)
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="accounts")
    town = models.ForeignKey(Town, null=True, on_delete=models.PROTECT, related_name="accounts")
    name = SealedText(default="")
    staff_no = models.CharField(max_length=20, blank=True)
    is_active = models.BooleanField(default=True)
    simulated = models.BooleanField(default=False)

    objects = Accounts()
    USERNAME_FIELD = "username"

    class Meta:
        ordering = ["username"]

    def __str__(self) -> str:
        return self.username


class Token(models.Model):
    """An API token of an account; only its keyed digest is kept."""

    id = models.UUIDField(primary_key=True, default=new_id)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="tokens")
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)


class Shift(models.Model):
    """Eight hours of duty: night 00–08, day 08–16, evening 16–24."""

    class Kind(models.TextChoices):
        NIGHT = "night", _("夜班")
        DAY = "day", _("白班")
        EVENING = "evening", _("中班")

    id = models.UUIDField(primary_key=True, default=new_id)
    since = models.DateTimeField(unique=True)
    until = models.DateTimeField()
    kind = models.CharField(max_length=8, choices=Kind.choices)

    class Meta:
        ordering = ["since"]

    def __str__(self) -> str:
        return f"{self.kind} {self.since:%Y-%m-%d}"


class Duty(models.Model):
    """One person in one shift at one post."""

    class Post(models.TextChoices):
        LEADER = "leader", _("值班领导")
        CHIEF = "chief", _("值班长")
        SEAT = "seat", _("席位")
        PATROL = "patrol", _("出警")
        CADRE = "cadre", _("轮值干部")

    id = models.UUIDField(primary_key=True, default=new_id)
    shift = models.ForeignKey(Shift, on_delete=models.PROTECT, related_name="duties")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="duties")
    post = models.CharField(max_length=8, choices=Post.choices)
    seat = models.CharField(max_length=10, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["shift", "account"], name="duty_once_per_shift")]


class Swap(models.Model):
    """A duty that its holder asks a colleague to take, alone or in exchange for ``back``. It stands once they agree."""

    class Answer(models.TextChoices):
        AGREED = "agreed", _("同意")
        DECLINED = "declined", _("不换")
        WITHDRAWN = "withdrawn", _("收回")

    id = models.UUIDField(primary_key=True, default=new_id)
    duty = models.ForeignKey(Duty, on_delete=models.CASCADE, related_name="swaps")
    back = models.ForeignKey(Duty, null=True, on_delete=models.CASCADE, related_name="+")
    gives = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    takes = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    answer = models.CharField(max_length=10, choices=Answer.choices, blank=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["asked_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["duty"], condition=models.Q(answer=""), name="one_open_swap_per_duty"
            ),
        ]


class Handover(models.Model):
    """What one shift tells the next; each shift writes one note."""

    id = models.UUIDField(primary_key=True, default=new_id)
    shift = models.OneToOneField(Shift, on_delete=models.PROTECT, related_name="handover")
    by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    note = SealedText()
    at = models.DateTimeField()


class Rotation(models.Model):
    """A cadre seconded by a member unit to the task force for a time (轮值入驻)."""

    id = models.UUIDField(primary_key=True, default=new_id)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="rotations")
    sent_by = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    since = models.DateField()
    until = models.DateField()

    @property
    def last(self) -> date:
        """The last day of it."""
        return self.until - timedelta(days=1)


def shift_bounds(moment: datetime) -> tuple[int, str]:
    """(first hour, kind) of the shift in which the local hour of ``moment`` lies."""
    first = moment.hour // 8 * 8
    return first, (Shift.Kind.NIGHT, Shift.Kind.DAY, Shift.Kind.EVENING)[first // 8]
