"""Who is busy is asked of the newest open orders, so that those which nobody closes don't slow down each alert."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("dispatch", "0004_busy_officers")]
    operations = [
        migrations.RemoveIndex("assignment", "busy_officers"),
        migrations.AddIndex(
            "assignment",
            models.Index(
                fields=["asked_at", "account"],
                condition=models.Q(is_open=True, released_at=None),
                name="newest_asked",
            ),
        ),
    ]
