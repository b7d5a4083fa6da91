"""What a file was given out for is in free words, so it is encrypted."""

import jinzhong.vault.fields
from django.db import migrations


def forwards(apps, schema_editor):
    Export = apps.get_model("cases", "Export")
    for one in Export.objects.iterator():
        one.purpose = one.plain_purpose
        one.save(update_fields=['purpose'])


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial")]
    operations = [
        migrations.RenameField("export", "purpose", "plain_purpose"),
        migrations.AddField("export", "purpose", jinzhong.vault.fields.SealedText(default="")),
        migrations.RunPython(forwards, migrations.RunPython.noop),
        migrations.RemoveField("export", "plain_purpose"),
        migrations.AlterField("export", "purpose", jinzhong.vault.fields.SealedText()),
    ]
