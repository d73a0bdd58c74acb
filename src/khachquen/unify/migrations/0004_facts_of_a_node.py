from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("unify", "0003_evidence_and_decisions")]

    operations = [
        migrations.AddField(
            model_name="node",
            name="facts",
            field=models.TextField(blank=True, default="", db_default=""),
        ),
    ]
