from django.db import migrations, models

from requests_app.core.safe_migrations import AddIndexSafely


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("requests_app", "0099_job_notice_index")]

    operations = [
        AddIndexSafely(
            "servicerequest",
            models.Index(
                fields=["jurisdiction", "submitted_at", "id"],
                condition=models.Q(public_state="private", review_reason__in=["distress", "transfer"]),
                name="request_private_review",
            ),
        ),
    ]
