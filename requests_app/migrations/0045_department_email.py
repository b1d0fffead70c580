from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("requests_app", "0044_staff_notices"),
    ]

    operations = [
        migrations.AddField(
            model_name="department",
            name="email_names_reporter",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="department",
            name="weekly_email",
            field=models.BooleanField(db_default=True, default=True),
        ),
        migrations.AddField(
            model_name="department",
            name="works_by_email",
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
