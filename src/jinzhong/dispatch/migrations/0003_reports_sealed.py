"""Who was met by and what was looked at may be written in free words, so both are encrypted."""

import jinzhong.vault.fields
from django.db import migrations


def forwards(apps, schema_editor):
    Order = apps.get_model("dispatch", "Order")
    for one in Order.objects.iterator():
        one.met_by = one.plain_met_by
        one.checks = one.plain_checks
        one.save(update_fields=['met_by', 'checks'])


class Migration(migrations.Migration):
    dependencies = [("dispatch", "0002_call")]
    operations = [
        migrations.RenameField("order", "met_by", "plain_met_by"),
        migrations.AddField("order", "met_by", jinzhong.vault.fields.SealedJson(default=list)),
        migrations.RenameField("order", "checks", "plain_checks"),
        migrations.AddField("order", "checks", jinzhong.vault.fields.SealedJson(default=list)),
        migrations.RunPython(forwards, migrations.RunPython.noop),
        migrations.RemoveField("order", "plain_met_by"),
        migrations.RemoveField("order", "plain_checks"),
    ]
