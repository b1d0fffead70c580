from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("requests_app", "0094_request_thanked"),
    ]

    operations = [
        migrations.AlterField(
            model_name="emergencyphrase",
            name="kind",
            field=models.CharField(
                choices=[
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
                ],
                default="red_flag",
                max_length=20,
            ),
        ),
    ]
