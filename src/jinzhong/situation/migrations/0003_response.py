import django.db.models.deletion
import jinzhong.ids
import jinzhong.vault.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('district', '0001_initial'),
        ('situation', '0002_only_added'),
    ]

    operations = [
        migrations.CreateModel(
            name='Response',
            fields=[
                ('id', models.UUIDField(default=jinzhong.ids.new_id, primary_key=True, serialize=False)),
                ('week', models.DateField()),
                ('text', jinzhong.vault.fields.SealedText()),
                ('by', models.CharField(max_length=150)),
                ('at', models.DateTimeField()),
                ('town', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='responses', to='district.town')),
            ],
            options={
                'ordering': ['at', 'id'],
                'indexes': [models.Index(fields=['week', 'town'], name='situation_r_week_d29bba_idx')],
            },
        ),
    ]
