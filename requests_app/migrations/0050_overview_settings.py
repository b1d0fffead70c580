from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("requests_app", "0049_daily_load"),
    ]

    operations = [
        migrations.AddField(
            model_name="jurisdiction",
            name="load_by_person_agreed",
            field=models.CharField(blank=True, db_default="", max_length=300),
        ),
        migrations.AddField(
            model_name="jurisdiction",
            name="on_time_goal",
            field=models.PositiveSmallIntegerField(db_default=80, default=80),
        ),
    ]
