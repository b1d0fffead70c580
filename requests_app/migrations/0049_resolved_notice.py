"""Staff are notified when what they reported themselves is resolved."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("requests_app", "0048_letter_pages"),
    ]

    operations = [
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
                    ("resolved", "Resolved"),
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
