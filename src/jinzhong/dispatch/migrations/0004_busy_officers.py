"""Whether an order is open is kept with those who were asked to go, with an index of the few that are."""

from django.db import migrations, models


def forwards(apps, schema_editor):
    Assignment = apps.get_model("dispatch", "Assignment")
    Assignment.objects.filter(order__state="closed").update(is_open=False)


class Migration(migrations.Migration):
    dependencies = [("dispatch", "0003_reports_sealed")]
    operations = [
        migrations.AddField("assignment", "is_open", models.BooleanField(default=True)),
        migrations.RunPython(forwards, migrations.RunPython.noop),
        migrations.AddIndex(
            "assignment",
            models.Index(
                fields=["account"],
                condition=models.Q(is_open=True, released_at=None),
                name="busy_officers",
            ),
        ),
    ]
