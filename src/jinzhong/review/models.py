"""三色挂牌: the list of each month as published, what a listed town owes, how it comes off. 督导: papers that a unit has to answer."""

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jinzhong.district.models import Community, Town, Unit
from jinzhong.ids import new_id
from jinzhong.vault.fields import SealedBytes, SealedJson, SealedText


class Listing(models.Model):
    """The list of a month (its first day) as known at ``as_of``. Published once; nothing in it changes afterwards."""

    id = models.UUIDField(primary_key=True, default=new_id)
    month = models.DateField(unique=True)
    as_of = models.DateTimeField()
    rules = models.CharField(max_length=60)
    cases = models.PositiveIntegerField()
    residents = models.PositiveIntegerField()
    by = models.CharField(max_length=150)
    at = models.DateTimeField()

    class Meta:
        ordering = ["month"]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"


class Standing(models.Model):
    """A town in the list. ``last_year``: cases of the same month a year before; ``red_months``: of the last twelve."""

    id = models.UUIDField(primary_key=True, default=new_id)
    listing = models.ForeignKey(Listing, on_delete=models.PROTECT, related_name="standings")
    town = models.ForeignKey(Town, on_delete=models.PROTECT, related_name="standings")
    colour = models.CharField(max_length=10)
    star = models.BooleanField()
    cases = models.PositiveIntegerField()
    residents = models.PositiveIntegerField()
    last_year = models.PositiveIntegerField(null=True)
    days_without_case = models.PositiveIntegerField()
    red_months = models.PositiveIntegerField()
    reasons = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["listing", "town"], name="one_standing_a_town")]
        ordering = ["listing__month", "town__order"]

    def __str__(self) -> str:
        return f"{self.listing} {self.town_id}"


class Obligation(models.Model):
    """What a listed town, or the office towards it, owes. ``due_on`` None: people set the day; a proposal only people make at all."""

    id = models.UUIDField(primary_key=True, default=new_id)
    standing = models.ForeignKey(Standing, on_delete=models.PROTECT, related_name="obligations")
    kind = models.CharField(max_length=30)
    title = models.CharField(max_length=60)
    due_on = models.DateField(null=True)
    is_proposal = models.BooleanField(default=False)
    text = SealedText(default="")
    done_by = models.CharField(max_length=150, blank=True, default="")
    done_at = models.DateTimeField(null=True)
    accepted_by = models.CharField(max_length=150, blank=True, default="")
    accepted_at = models.DateTimeField(null=True)

    class Meta:
        ordering = [models.F("due_on").asc(nulls_last=True), "id"]

    def __str__(self) -> str:
        return self.kind


class SentBack(models.Model):
    """What a town handed in and the office didn't accept, and why. Kept as it was; the town hands in again."""

    id = models.UUIDField(primary_key=True, default=new_id)
    obligation = models.ForeignKey(Obligation, on_delete=models.PROTECT, related_name="sent_back")
    text = SealedText()
    done_by = models.CharField(max_length=150)
    done_at = models.DateTimeField()
    why = SealedText()
    by = models.CharField(max_length=150)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return str(self.obligation)


class Lifting(models.Model):
    """摘牌: one proposes by the rules, another approves or declines; until it is approved the town stays listed."""

    id = models.UUIDField(primary_key=True, default=new_id)
    standing = models.ForeignKey(Standing, on_delete=models.PROTECT, related_name="liftings")
    to = models.CharField(max_length=10)
    proposed_by = models.CharField(max_length=150)
    proposed_at = models.DateTimeField()
    approved_by = models.CharField(max_length=150, blank=True, default="")
    approved_at = models.DateTimeField(null=True)
    declined_by = models.CharField(max_length=150, blank=True, default="")
    declined_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["proposed_at", "id"]

    def __str__(self) -> str:
        return self.to


class Remark(models.Model):
    """What a town or a member unit, or the office towards it, says about a month. Remarks are only added."""

    id = models.UUIDField(primary_key=True, default=new_id)
    town = models.ForeignKey(Town, null=True, on_delete=models.PROTECT, related_name="remarks")
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="remarks")
    month = models.DateField()
    text = SealedText()
    by = models.CharField(max_length=150)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(town=None) ^ models.Q(unit=None), name="remark_on_a_town_or_a_unit"
            )
        ]
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["town", "month"]), models.Index(fields=["unit", "month"])]


class IndexExport(models.Model):
    """绩效指数 of a period that was given out as a file for 平安考核: who took it, when, by which formulas."""

    id = models.UUIDField(primary_key=True, default=new_id)
    since = models.DateField()
    until = models.DateField()
    formulas = models.CharField(max_length=200)
    rows = models.PositiveIntegerField()
    by = models.CharField(max_length=150)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.since} {self.until}"


# -- inspection ------------------------------------------------------------------------------------------


class Paper(models.Model):
    """A unit must do what it demands by ``due_on``. ``basis``: [kind, key, words] of what it
    rests on, the words as they were that day; ``reopened``: how often."""

    class Kind(models.TextChoices):
        REMINDER = "reminder", gettext_lazy("提醒")
        LETTER = "letter", gettext_lazy("提示函")
        ORDER = "order", gettext_lazy("督办单")
        NOTICE = "notice", gettext_lazy("通报")
        TALK = "talk", gettext_lazy("约谈")

    id = models.UUIDField(primary_key=True, default=new_id)
    year = models.PositiveSmallIntegerField()
    sequence = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=Kind.choices)
    receiver = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="papers")
    basis = SealedJson()
    facts = SealedText()
    demand = SealedText()
    due_on = models.DateField()
    issued_by = models.CharField(max_length=150)
    issued_at = models.DateTimeField()
    reopened = models.PositiveSmallIntegerField(default=0)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["year", "sequence"], name="paper_number_once")]
        ordering = ["-year", "-sequence"]
        indexes = [models.Index(fields=["receiver", "due_on"])]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        return _("反诈督〔%(year)s〕%(n)s 号") % {"year": self.year, "n": self.sequence}

    @property
    def counts(self) -> int:
        """How much it weighs against the unit: double once it had to be opened again."""
        return 2 if self.reopened else 1


class PaperStep(models.Model):
    """What happened to a paper. ``due_on``: the day asked for, or given with it. Steps are only added."""

    class Kind(models.TextChoices):
        REPLY = "reply", gettext_lazy("回复")
        ASKED = "asked", gettext_lazy("申请延期")
        EXTENDED = "extended", gettext_lazy("同意延期")
        DECLINED = "declined", gettext_lazy("不同意延期")
        CLOSED = "closed", gettext_lazy("复核通过")
        REOPENED = "reopened", gettext_lazy("复核退回")

    id = models.UUIDField(primary_key=True, default=new_id)
    paper = models.ForeignKey(Paper, on_delete=models.PROTECT, related_name="steps")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    text = SealedText()
    evidence = SealedText(default="")
    due_on = models.DateField(null=True)
    by = models.CharField(max_length=150)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return self.kind


class SiteCheck(models.Model):
    """现场检查 of an outlet, an operator, a school or a community, kept as it came. ``items``: each thing looked at, good or bad; ``receiver``: the unit that
    answers for the place; ``seen_at``: by the clock of who was there."""

    id = models.UUIDField(primary_key=True, default=new_id)
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="checks")
    community = models.ForeignKey(Community, null=True, on_delete=models.PROTECT, related_name="checks")
    receiver = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")
    items = models.JSONField()
    text = SealedText(default="")
    by = models.CharField(max_length=150)
    seen_at = models.DateTimeField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(unit=None) ^ models.Q(community=None), name="check_of_one_place"
            )
        ]
        ordering = ["-seen_at", "-id"]

    def __str__(self) -> str:
        return str(self.place)

    @property
    def place(self) -> Unit | Community:
        found: Unit | Community | None = self.unit or self.community
        assert found is not None, "the database holds that it is one of the two"
        return found


class CheckPhoto(models.Model):
    """A photo taken at a site check, drawn anew before it was kept. ``number``: from 1, in the order in which they were handed in."""

    id = models.UUIDField(primary_key=True, default=new_id)
    check_of = models.ForeignKey(SiteCheck, on_delete=models.PROTECT, related_name="photos")
    number = models.PositiveSmallIntegerField()
    content = SealedBytes()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["check_of", "number"], name="photo_once_per_number")]
        ordering = ["number"]
