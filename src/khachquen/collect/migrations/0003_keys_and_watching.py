from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("collect", "0002_source_rules")]

    operations = [
        migrations.AddField(
            "source", "events_per_second", models.PositiveIntegerField(null=True)
        ),
        migrations.AddField(
            "source", "expect_hours", models.PositiveSmallIntegerField(null=True)
        ),
        migrations.AddField("source", "last_seen_at", models.DateTimeField(null=True)),
        migrations.AddField("source", "last_stored_at", models.DateTimeField(null=True)),
        migrations.AddField("writekey", "expires_at", models.DateTimeField(null=True)),
        migrations.AddField("writekey", "last_used_at", models.DateTimeField(null=True)),
    ]
