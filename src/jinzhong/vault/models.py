"""Persons, numbers and accounts, each one subject; what identifies them is encrypted."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from jinzhong.ids import new_id
from jinzhong.vault.fields import SealedText


class Subject(models.Model):
    """A person, a number or an account: what cases, warnings and orders refer to.

    Merging points ``merged_into`` at the subject that stays; undoing it clears the pointer. Nothing is rewritten.
    """

    class Kind(models.TextChoices):
        PERSON = "person", _("人员")
        NUMBER = "number", _("号码")
        ACCOUNT = "account", _("账户")

    id = models.UUIDField(primary_key=True, default=new_id)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    merged_into = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="absorbed")
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


class Identifier(models.Model):
    """One name, phone, ID number, account or address of a subject, in canonical form, encrypted."""

    class Kind(models.TextChoices):
        NAME = "name", _("姓名")
        PHONE = "phone", _("电话")
        ID_NUMBER = "id_number", _("身份证号")
        ACCOUNT = "account", _("账号")
        ADDRESS = "address", _("住址")

    id = models.UUIDField(primary_key=True, default=new_id)
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="identifiers")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    value = SealedText()
    blind = models.BinaryField(max_length=32)
    added_at = models.DateTimeField()

    class Meta:
        ordering = ["added_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["subject", "kind", "blind"], name="identifier_once_per_subject")
        ]
        indexes = [models.Index(fields=["kind", "blind"])]

    def __str__(self) -> str:
        return f"{self.kind} of {self.subject_id}"


class Merge(models.Model):
    """That two subjects were found to be one, by whom and why; and that this was undone."""

    id = models.UUIDField(primary_key=True, default=new_id)
    kept = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="+")
    absorbed = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="+")
    by = models.CharField(max_length=150)
    at = models.DateTimeField()
    reason = SealedText()
    undone_by = models.CharField(max_length=150, blank=True)
    undone_at = models.DateTimeField(null=True)


class Reveal(models.Model):
    """Somebody was shown the plain data of a subject, for a purpose, until a time."""

    class Purpose(models.TextChoices):
        CONTACT = "contact", _("联系劝阻")
        VISIT = "visit", _("上门见面")
        VERIFY = "verify", _("核对身份")
        INVESTIGATE = "investigate", _("案件侦办")
        COMPLAINT = "complaint", _("答复投诉")

    id = models.UUIDField(primary_key=True, default=new_id)
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="reveals")
    by = models.CharField(max_length=150)
    purpose = models.CharField(max_length=12, choices=Purpose.choices)
    why = SealedText(default="")
    at = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["by", "subject", "until"])]
