from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("requests_app", "0101_911_numbers"),
    ]

    operations = [
        migrations.AddField(
            model_name="jurisdiction",
            name="urgent_acknowledge_minutes",
            field=models.PositiveSmallIntegerField(db_default=30, default=30),
        ),
        migrations.AddField(
            model_name="jurisdiction",
            name="urgent_resolve_minutes",
            field=models.PositiveSmallIntegerField(db_default=240, default=240),
        ),
        migrations.AddConstraint(
            model_name="jurisdiction",
            constraint=models.CheckConstraint(
                condition=models.Q(("urgent_acknowledge_minutes__gte", 1), ("urgent_resolve_minutes__gte", 1)),
                name="jurisdiction_urgent_targets",
            ),
        ),
    ]
