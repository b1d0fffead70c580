from django.db import migrations, models


class Migration(migrations.Migration):
    # Longer columns and a column with a default in the database: PostgreSQL rewrites no table for either.
    dependencies = [("requests_app", "0004_alarms")]

    operations = [
        migrations.AddField(
            model_name="emergencyphrase",
            name="active",
            field=models.BooleanField(db_default=True, default=True),
        ),
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
                ],
                default="red_flag",
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="screeningcount",
            name="reason",
            field=models.CharField(max_length=20),
        ),
        migrations.AlterField(
            model_name="screeningcount",
            name="step",
            field=models.CharField(
                choices=[("block", "Block"), ("asked", "Asked"), ("called", "Called"), ("went_on", "Went On")],
                max_length=10,
            ),
        ),
    ]
