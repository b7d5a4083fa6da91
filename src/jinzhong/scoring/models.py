"""The daily list of numbers that look like fraud, whom they reached, what people said of them, and the line above which one is listed."""

from datetime import date
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

from jinzhong.clock import ZONE
from jinzhong.district.models import Unit
from jinzhong.ids import new_id
from jinzhong.intake.models import Alert
from jinzhong.vault.fields import SealedText
from jinzhong.vault.models import Subject


class Setting(models.Model):
    """What the office set from a day on, with who and when; withdrawn when it was rolled back: the newest line or model first, of rules any."""

    id = models.UUIDField(primary_key=True, default=new_id)
    since = models.DateField()
    by = models.CharField(max_length=150)
    at = models.DateTimeField()
    withdrawn_by = models.CharField(max_length=150, blank=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True
        ordering = ["-at", "-id"]


class Threshold(Setting):
    """The chance from which a number is listed, from a day on; ``trial``: what it would have done, as known when it was set."""

    value = models.FloatField()
    trial = models.JSONField()


class DailyList(models.Model):
    """What a model said of one operator's numbers on one day; never changed afterwards. Of several revisions of a day the newest is in force."""

    id = models.UUIDField(primary_key=True, default=new_id)
    operator = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="number_lists")
    day = models.DateField()
    revision = models.PositiveIntegerField(default=1)
    superseded_at = models.DateTimeField(null=True)
    cut_off = models.DateTimeField()
    model = models.CharField(max_length=64)
    model_made_on = models.DateField()
    threshold = models.FloatField()
    threshold_set = models.ForeignKey(Threshold, null=True, on_delete=models.PROTECT, related_name="lists")
    prevalence = models.FloatField()
    scored = models.PositiveIntegerField()
    listed = models.PositiveIntegerField()
    kept = models.PositiveIntegerField()
    """So many of the gravest stand below as entries."""
    expected = models.FloatField(null=True)
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    knows_reached = models.BooleanField()
    plain_limit = models.PositiveIntegerField(null=True)
    """The old rule of the same size: more than so many calls a day; null: no calls were given."""
    drift = models.JSONField(null=True)
    """How far the scored numbers lie from those the model was fitted on; null: the model or the import didn't say."""
    named = models.JSONField(null=True)
    """How many of the scored numbers each readable rule names; null: the rules weren't asked."""
    simulated = models.BooleanField(default=False)
    digest = models.CharField(max_length=64)
    by = models.CharField(max_length=150)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-day", "operator", "-revision"]
        constraints = [
            models.UniqueConstraint(
                fields=["operator", "day"],
                condition=models.Q(superseded_at=None),
                name="one_list_in_force_a_day",
            ),
            models.UniqueConstraint(fields=["operator", "day", "revision"], name="list_revision_once"),
        ]

    @property
    def left_out(self) -> int:
        """Listed and not kept: counted in what the list expects, shown to nobody."""
        return max(0, self.listed - self.kept)


class Entry(models.Model):
    """One number of a list. Those a little below the line are kept as well, unlisted, so that another line can be tried."""

    id = models.UUIDField(primary_key=True, default=new_id)
    of = models.ForeignKey(DailyList, on_delete=models.PROTECT, related_name="entries")
    number = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="listings")
    rank = models.PositiveIntegerField()
    score = models.FloatField()
    listed = models.BooleanField()
    reasons = models.JSONField(default=list)
    measures = models.JSONField(null=True)
    """What stands behind each reason, in their order: value, where innocent numbers lie, weight; null: the import's calls didn't say."""
    rung = models.JSONField(null=True)
    """How many different numbers it rang, by days and in its busiest hour; null: the import came without calls."""
    shallow = models.PositiveIntegerField(default=0)
    early = models.JSONField(null=True)
    """What it had done in the seven days before it was listed, and before the old rule would have listed it (``weekly``); null: no calls were
    given, or it made none."""

    class Meta:
        ordering = ["rank"]
        constraints = [models.UniqueConstraint(fields=["of", "number"], name="number_once_per_list")]

    @property
    def operator_id(self) -> UUID:
        return self.of.operator_id

    @property
    def day(self) -> date:
        return self.of.day

    @property
    def by_rule(self) -> bool:
        """Listed since a live rule names it, below the line."""
        return self.listed and self.score < self.of.threshold


class Challenge(models.Model):
    """What another model, the challenger, said of the numbers of a list; compared with it, never a list itself."""

    id = models.UUIDField(primary_key=True, default=new_id)
    of = models.ForeignKey(DailyList, on_delete=models.PROTECT, related_name="challenges")
    model = models.CharField(max_length=64)
    model_made_on = models.DateField()
    threshold = models.FloatField()
    """The model's own line."""
    scored = models.PositiveIntegerField()
    listed = models.PositiveIntegerField()
    """So many reach its line."""
    digest = models.CharField(max_length=64)
    by = models.CharField(max_length=150)
    at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["of", "model"],
                condition=models.Q(superseded_at=None),
                name="one_challenge_of_a_model_per_list",
            ),
        ]


class Opinion(models.Model):
    """A challenger's chance of one number: of those kept with the list, and of those it would list besides."""

    id = models.UUIDField(primary_key=True, default=new_id)
    challenge = models.ForeignKey(Challenge, on_delete=models.PROTECT, related_name="opinions")
    number = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="opinions")
    score = models.FloatField()
    listed = models.BooleanField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["challenge", "number"], name="number_once_per_challenge")
        ]


class Promotion(Setting):
    """From a day on lists of this model alone are taken."""

    model = models.CharField(max_length=64)
    why = SealedText()


class Rule(Setting):
    """From a day on the numbers that this readable rule names are listed too, though their chance lies below the line; ``trial``: what was
    known of it when it was switched on."""

    signal = models.CharField(max_length=40)
    why = SealedText()
    trial = models.JSONField()
    withdrawn_why = SealedText(default="")


class Naming(models.Model):
    """A readable rule names a number on the day of a list, whether it is listed or not."""

    id = models.UUIDField(primary_key=True, default=new_id)
    of = models.ForeignKey(DailyList, on_delete=models.PROTECT, related_name="namings")
    number = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="namings")
    signal = models.CharField(max_length=40)
    reason = models.CharField(max_length=200)
    score = models.FloatField()
    """The model's chance."""

    class Meta:
        ordering = ["signal"]
        constraints = [
            models.UniqueConstraint(fields=["of", "number", "signal"], name="number_once_per_rule_and_list")
        ]


def _of_one() -> models.Q:
    """Said of a number of a daily list, or of one that the live watch listed."""
    return models.Q(entry__isnull=False, change=None) | models.Q(entry=None, change__isnull=False)


class Reached(models.Model):
    """A resident whom a listed number got hold of, medium or deep; of the shallow ones only the count is kept. By the live watch whoever gets
    in deeper is told of anew."""

    class Pattern(models.TextChoices):
        MEDIUM = "medium", _("中")
        DEEP = "deep", _("深")

    id = models.UUIDField(primary_key=True, default=new_id)
    entry = models.ForeignKey(Entry, null=True, on_delete=models.PROTECT, related_name="reached")
    change = models.ForeignKey(
        "LiveChange", null=True, on_delete=models.PROTECT, related_name="reached_people"
    )
    """The listing by the live watch; of which ``entry`` knows nothing."""
    person = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="reached_by")
    pattern = models.CharField(max_length=6, choices=Pattern.choices)
    talks = models.PositiveIntegerField()
    seconds = models.PositiveIntegerField()
    last_at = models.DateTimeField()
    alert = models.OneToOneField(Alert, null=True, on_delete=models.PROTECT, related_name="reached")

    class Meta:
        ordering = ["pattern", "-seconds", "id"]
        constraints = [
            models.UniqueConstraint(fields=["entry", "person"], name="person_once_per_number"),
            models.UniqueConstraint(fields=["change", "person", "pattern"], name="person_once_as_deep_live"),
            models.CheckConstraint(condition=_of_one(), name="reached_by_one_listing"),
        ]

    @property
    def by(self) -> "Entry | LiveChange":
        found = self.entry or self.change
        assert found is not None  # the database says so
        return found


class Verdict(models.Model):
    """What somebody who looked says of a number. A later one of the same side (and operator) takes its place; both stay."""

    class Word(models.TextChoices):
        FRAUD = "fraud", _("涉诈")
        INNOCENT = "innocent", _("不是")
        UNSURE = "unsure", _("拿不准")

    class Side(models.TextChoices):
        OPERATOR = "operator", _("运营商")
        OFFICE = "anti_fraud_office", _("反诈办")

    id = models.UUIDField(primary_key=True, default=new_id)
    entry = models.ForeignKey(Entry, null=True, on_delete=models.PROTECT, related_name="verdicts")
    change = models.ForeignKey("LiveChange", null=True, on_delete=models.PROTECT, related_name="verdicts")
    number = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="verdicts")
    word = models.CharField(max_length=8, choices=Word.choices)
    because = models.CharField(max_length=20)
    note = SealedText(default="")
    side = models.CharField(max_length=20, choices=Side.choices)
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")
    by = models.CharField(max_length=150)
    at = models.DateTimeField()
    ended_by = models.CharField(max_length=150, blank=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["number"],
                condition=models.Q(ended_at=None, side="anti_fraud_office"),
                name="one_standing_word_of_the_office",
            ),
            models.UniqueConstraint(
                fields=["number", "unit"],
                condition=models.Q(ended_at=None, side="operator"),
                name="one_standing_word_an_operator",
            ),
            models.CheckConstraint(condition=_of_one(), name="verdict_of_one_listing"),
        ]


class LiveChange(models.Model):
    """A number entered or left the list of the live watch: one line of the file that the watch writes, as it was read.

    The newest line of an operator says how far was read: of which file (``nth``: the operator's so-manyth), up to which byte, and
    the keyed digest of everything up to there.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    operator = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="live_changes")
    nth = models.PositiveIntegerField()
    file = models.CharField(max_length=255)
    line = models.PositiveIntegerField()
    ends = models.PositiveBigIntegerField()
    digest = models.CharField(max_length=64)
    number = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="live_changes")
    at = models.DateTimeField()
    listed = models.BooleanField()
    """It entered; else it left."""
    stands = models.BooleanField(default=True)
    """Nothing newer was told of this number in this file."""
    score = models.FloatField()
    reasons = models.JSONField(default=list)
    reached = models.PositiveIntegerField()
    shallow = models.PositiveIntegerField(default=0)
    """So many residents it talked to since, who aren't in deeper."""
    simulated = models.BooleanField(default=False)
    by = models.CharField(max_length=150)
    kept_at = models.DateTimeField()

    class Meta:
        ordering = ["operator", "nth", "line"]
        constraints = [models.UniqueConstraint(fields=["operator", "nth", "line"], name="live_line_once")]
        indexes = [
            models.Index(fields=["number", "operator", "nth", "line"], name="live_by_number"),
            models.Index(
                fields=["operator", "nth", "listed", "at"],
                condition=models.Q(stands=True),
                name="live_standing",
            ),
            models.Index(fields=["at"], name="live_by_moment"),
        ]

    @property
    def day(self) -> date:
        return self.at.astimezone(ZONE).date()


class PeopleRead(models.Model):
    """How far a file of the people whom the live watch's numbers talk to was read: line, byte, and the keyed digest of all up to there."""

    id = models.UUIDField(primary_key=True, default=new_id)
    operator = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="live_people")
    file = models.CharField(max_length=255)
    line = models.PositiveIntegerField(default=0)
    ends = models.PositiveBigIntegerField(default=0)
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["operator", "file"], name="people_file_once")]


class LivePulse(models.Model):
    """When an operator's watch was last heard of, and when its file was last looked at: by our clock, whatever the watch's says.

    Written over every few seconds, without a line in the log: it tells of a program, not of anybody.
    """

    operator = models.OneToOneField(
        Unit, on_delete=models.PROTECT, primary_key=True, related_name="live_pulse"
    )
    file = models.CharField(max_length=255)
    told_at = models.DateTimeField(null=True)
    """When the watch says it was, by its own clock; None: it says nothing."""
    heard_at = models.DateTimeField(null=True)
    """When that was found changed."""
    reading = models.BooleanField(default=False)
    """It has only begun then, and reads its state; the rest is what its last run said."""
    looked_at = models.DateTimeField()
    newest = models.DateTimeField(null=True)
    """The newest record that the watch counted."""
    counted = models.PositiveBigIntegerField(default=0)
    ahead = models.PositiveBigIntegerField(default=0)
    """Records that wait because their time hasn't come: a sender's clock is ahead of the watch's."""
    model = models.CharField(max_length=64, blank=True)
    """By which it lists; empty: it doesn't say."""
    line = models.FloatField(null=True)
    """The chance from which it lists, at the prevalence its model was fitted at."""
    prevalence = models.FloatField(null=True)


class Taken(models.Model):
    """Labels that were given out as a file: who, how many, what for."""

    id = models.UUIDField(primary_key=True, default=new_id)
    rows = models.PositiveIntegerField()
    purpose = SealedText()
    by = models.CharField(max_length=150)
    at = models.DateTimeField()
