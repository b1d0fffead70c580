from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("requests_app", "0034_value_settings"),
    ]

    operations = [
        migrations.AddField(
            model_name="draft",
            name="saw_answer",
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
