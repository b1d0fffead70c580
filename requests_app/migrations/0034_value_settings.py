from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("requests_app", "0033_contact_costs"),
    ]

    operations = [
        migrations.AddField(
            model_name="jurisdiction",
            name="visits_avoided_percent",
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="jurisdiction",
            name="takers_percent",
            field=models.PositiveSmallIntegerField(db_default=90, default=90),
        ),
        migrations.AddField(
            model_name="jurisdiction",
            name="takers_answer_s",
            field=models.PositiveSmallIntegerField(db_default=20, default=20),
        ),
        migrations.AddField(
            model_name="jurisdiction",
            name="takers_handle_s",
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
        migrations.AddConstraint(
            model_name="jurisdiction",
            constraint=models.CheckConstraint(
                condition=models.Q(("takers_answer_s__lte", 3600), ("takers_percent__range", (1, 99))),
                name="jurisdiction_takers_target",
            ),
        ),
    ]
