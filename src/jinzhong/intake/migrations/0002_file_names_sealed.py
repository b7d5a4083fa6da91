"""The name of a file that arrived is encrypted: offices write people into it."""

import jinzhong.vault.fields
from django.db import migrations


def forwards(apps, schema_editor):
    Arrival = apps.get_model("intake", "Arrival")
    for one in Arrival.objects.iterator():
        one.name = one.plain_name
        one.save(update_fields=['name'])


class Migration(migrations.Migration):
    dependencies = [("intake", "0001_initial")]
    operations = [
        migrations.RenameField("arrival", "name", "plain_name"),
        migrations.AddField("arrival", "name", jinzhong.vault.fields.SealedText(default="")),
        migrations.RunPython(forwards, migrations.RunPython.noop),
        migrations.RemoveField("arrival", "plain_name"),
    ]
