"""The event log: who did what, to whom, when and why. Rows are only ever added."""

from django.db import models


class Event(models.Model):
    """One operation. ``hash`` is an HMAC over this row and the hash before it; see ``audit.chain``."""

    seq = models.BigIntegerField(primary_key=True)
    kind = models.CharField(max_length=60)
    on_type = models.CharField(max_length=40)
    on_id = models.CharField(max_length=64, db_index=True)
    by = models.CharField(max_length=150)
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    purpose = models.TextField(blank=True)
    town = models.CharField(max_length=12, blank=True)
    facts = models.TextField()
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ["seq"]
        indexes = [models.Index(fields=["kind", "seq"])]

    def __str__(self) -> str:
        return f"{self.seq} {self.kind}"
