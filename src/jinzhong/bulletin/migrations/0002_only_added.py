from django.db import migrations

from jinzhong.audit.triggers import only_added


def forwards(apps, schema_editor):
    only_added(schema_editor, "bulletin_issue")
    only_added(schema_editor, "bulletin_file")


class Migration(migrations.Migration):
    dependencies = [("bulletin", "0001_initial"), ("audit", "0002_only_added")]
    operations = [migrations.RunPython(forwards, migrations.RunPython.noop)]
