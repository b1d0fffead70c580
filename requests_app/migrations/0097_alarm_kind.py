from django.db import migrations, models

KINDS = [
    ("red_flag", "Red Flag"),
    ("poison", "Poison"),
    ("self_harm", "Self Harm"),
    ("domestic_violence", "Domestic Violence"),
    ("utility", "Utility"),
    ("sexual_violence", "Sexual Violence"),
    ("child_abuse", "Child Abuse"),
    ("elder_abuse", "Elder Abuse"),
    ("trafficking", "Trafficking"),
    ("overdose", "Overdose"),
    ("threat", "Threat"),
    ("hazard", "Hazard"),
]


class Migration(migrations.Migration):
    dependencies = [
        ("requests_app", "0096_append_only_tables"),
    ]

    operations = [
        migrations.AddField(
            model_name="alarm",
            name="kind",
            field=models.CharField(blank=True, choices=KINDS, db_default="", max_length=20),
        ),
        migrations.AddField(
            model_name="oncall",
            name="kind",
            field=models.CharField(blank=True, choices=KINDS, db_default="", max_length=20),
        ),
        migrations.AlterField(
            model_name="alarmcall",
            name="level",
            field=models.CharField(
                choices=[
                    ("danger", "Danger"),
                    ("department", "Department"),
                    ("supervisor", "Supervisor"),
                    ("desk", "Desk"),
                    ("night", "Night Number"),
                ],
                max_length=10,
            ),
        ),
        migrations.AddConstraint(
            model_name="oncall",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind", ""), ("department", None), _connector="OR"), name="on_call_for_one_roster"
            ),
        ),
    ]
