"""What is still owed: deadlines to watch, messages to deliver, answers given to a key."""

from django.db import models

from jinzhong.ids import new_id


class Leased(models.Model):
    """A row that one worker at a time may hold; a dead worker's lease runs out by itself."""

    leased_by = models.CharField(max_length=64, blank=True)
    leased_until = models.DateTimeField(null=True)
    tries = models.PositiveIntegerField(default=0)
    last_error = models.CharField(max_length=200, blank=True)

    class Meta:
        abstract = True


class Deadline(Leased):
    """Something must have happened to ``on_id`` by ``due_at``; the worker acts when it has not."""

    class Outcome(models.TextChoices):
        MET = "met"
        MISSED = "missed"
        DROPPED = "dropped"

    id = models.UUIDField(primary_key=True, default=new_id)
    kind = models.CharField(max_length=40)
    on_id = models.UUIDField()
    step = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField()
    made_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, blank=True, choices=Outcome.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "on_id", "step"], name="deadline_once_per_step")
        ]
        indexes = [
            models.Index(fields=["due_at"], name="deadline_open", condition=models.Q(settled_at=None)),
            models.Index(fields=["on_id"]),
        ]


class Outbox(Leased):
    """A message to the outside, written with what caused it and delivered by ``wire`` afterwards."""

    id = models.UUIDField(primary_key=True, default=new_id)
    channel = models.CharField(max_length=20)
    key = models.CharField(max_length=120, unique=True)
    payload = models.JSONField()
    made_at = models.DateTimeField()
    due_at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True)
    dead_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["due_at"], name="outbox_open", condition=models.Q(delivered_at=None, dead_at=None)
            ),
        ]


class Answer(models.Model):
    """The first answer to an idempotency key, given again when the same request comes again."""

    id = models.BigAutoField(primary_key=True)
    account = models.CharField(max_length=150)
    key = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    body = models.JSONField()
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "key"], name="answer_once_per_key")]
