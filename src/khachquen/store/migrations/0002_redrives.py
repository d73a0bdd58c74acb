from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("store", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Redrive",
            fields=[
                ("stream", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("actor", models.CharField(max_length=200)),
                ("asked", models.IntegerField()),
                ("stored", models.IntegerField(default=0)),
                ("duplicate", models.IntegerField(default=0)),
                ("dropped", models.IntegerField(default=0)),
                ("quarantined", models.IntegerField(default=0)),
                ("repeated", models.IntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="Redriven",
            fields=[
                ("place", models.CharField(max_length=160, primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
            ],
        ),
    ]
