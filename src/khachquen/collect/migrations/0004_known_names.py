from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("collect", "0003_keys_and_watching")]

    operations = [
        migrations.CreateModel(
            "KnownName",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("source_id", models.BigIntegerField()),
                ("kind", models.CharField(max_length=8)),
                ("name", models.CharField(max_length=200)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=["source_id", "kind", "name"], name="name_once"
                    )
                ]
            },
        )
    ]
