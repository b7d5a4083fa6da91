from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("review", "0007_site_check")]

    operations = [
        migrations.RemoveConstraint("sitecheck", "check_of_one_place"),
        migrations.RenameField("sitecheck", "outlet", "unit"),
        migrations.AddConstraint(
            "sitecheck",
            models.CheckConstraint(
                condition=models.Q(unit=None) ^ models.Q(community=None), name="check_of_one_place"
            ),
        ),
    ]
