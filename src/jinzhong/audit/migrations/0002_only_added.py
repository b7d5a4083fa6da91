from django.db import migrations

from jinzhong.audit.triggers import only_added


def forwards(apps, schema_editor):
    only_added(schema_editor, "audit_event")


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [migrations.RunPython(forwards, migrations.RunPython.noop)]
