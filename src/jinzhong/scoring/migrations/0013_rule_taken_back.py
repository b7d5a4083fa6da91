from django.db import migrations

import jinzhong.vault.fields


class Migration(migrations.Migration):

    dependencies = [
        ('scoring', '0012_pulse_listing'),
    ]

    operations = [
        migrations.AddField(
            model_name='rule',
            name='withdrawn_why',
            field=jinzhong.vault.fields.SealedText(default=''),
        ),
    ]
