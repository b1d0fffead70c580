import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("requests_app", "0037_user_desk_keys"),
    ]

    operations = [
        migrations.AddField(
            model_name="staffnotice",
            name="call_back",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="requests_app.callback",
            ),
        ),
        migrations.AlterField(
            model_name="staffnotice",
            name="kind",
            field=models.CharField(
                choices=[
                    ("escalated", "Escalated"),
                    ("mentioned", "Mentioned"),
                    ("assigned", "Assigned"),
                    ("answered", "Answered"),
                    ("reopened", "Reopened"),
                    ("due_soon", "Due Soon"),
                    ("transferred", "Transferred"),
                    ("routed", "Routed"),
                    ("job_done", "Job Done"),
                    ("article", "Article"),
                    ("call_back", "Call Back"),
                ],
                max_length=12,
            ),
        ),
    ]
