from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("scoring", "0007_ahead"),
    ]

    operations = [
        migrations.AddField(
            model_name="entry",
            name="measures",
            field=models.JSONField(null=True),
        ),
        migrations.AddField(
            model_name="entry",
            name="rung",
            field=models.JSONField(null=True),
        ),
    ]
