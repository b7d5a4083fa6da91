"""What the situation is held against and can't be counted from our own files, and what was done about an alarm."""

from django.db import models

from jinzhong.district.models import Town
from jinzhong.ids import new_id
from jinzhong.vault.fields import SealedText


class CityCount(models.Model):
    """Cases of the whole city in a month, as the city told us. A corrected figure is a new row; rows are only added."""

    id = models.UUIDField(primary_key=True, default=new_id)
    month = models.DateField()
    cases = models.PositiveIntegerField()
    source = models.CharField(max_length=200)
    by = models.CharField(max_length=150)
    at = models.DateTimeField()

    class Meta:
        ordering = ["month", "at", "id"]
        indexes = [models.Index(fields=["month", "at"])]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"


class Response(models.Model):
    """What was done about the colour of a town in a week (its first day). Reported again, it is another row."""

    id = models.UUIDField(primary_key=True, default=new_id)
    week = models.DateField()
    town = models.ForeignKey(Town, on_delete=models.PROTECT, related_name="responses")
    text = SealedText()
    by = models.CharField(max_length=150)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["week", "town"])]
