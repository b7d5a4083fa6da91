from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('scoring', '0006_pulse'),
    ]

    operations = [
        migrations.AddField(
            model_name='livepulse',
            name='ahead',
            field=models.PositiveBigIntegerField(default=0),
        ),
    ]
