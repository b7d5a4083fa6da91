import jinzhong.ids
from django.db import migrations, models

from jinzhong.audit.triggers import only_added


def forwards(apps, schema_editor):
    only_added(schema_editor, "bulletin_wording")
    only_added(schema_editor, "bulletin_submission")


class Migration(migrations.Migration):

    dependencies = [
        ('bulletin', '0002_only_added'), ('audit', '0002_only_added'),
    ]

    operations = [
        migrations.CreateModel(
            name='Submission',
            fields=[
                ('id', models.UUIDField(default=jinzhong.ids.new_id, primary_key=True, serialize=False)),
                ('kind', models.CharField(max_length=20)),
                ('date', models.DateField()),
                ('read', models.CharField(max_length=64)),
                ('signed', models.CharField(max_length=150)),
                ('by', models.CharField(max_length=150)),
                ('at', models.DateTimeField()),
            ],
            options={
                'ordering': ['at', 'id'],
                'indexes': [models.Index(fields=['kind', 'date'], name='bulletin_su_kind_b477c2_idx')],
            },
        ),
        migrations.CreateModel(
            name='Wording',
            fields=[
                ('id', models.UUIDField(default=jinzhong.ids.new_id, primary_key=True, serialize=False)),
                ('kind', models.CharField(max_length=20)),
                ('date', models.DateField()),
                ('passage', models.CharField(max_length=20)),
                ('text', models.TextField()),
                ('by', models.CharField(max_length=150)),
                ('at', models.DateTimeField()),
            ],
            options={
                'ordering': ['at', 'id'],
                'indexes': [models.Index(fields=['kind', 'date'], name='bulletin_wo_kind_c75308_idx')],
            },
        ),
        migrations.RunPython(forwards, migrations.RunPython.noop),
    ]
