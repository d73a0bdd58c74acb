from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("collect", "0001_initial")]

    operations = [
        migrations.AddField("source", "honour_consent", models.BooleanField(default=True)),
        migrations.AddField("source", "drop_robots", models.BooleanField(default=False)),
    ]
