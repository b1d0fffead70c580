from django.db import migrations, models
from django.db.models import Q

from requests_app.core.safe_migrations import AddIndexSafely


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("requests_app", "0014_api_key_end_notice"),
    ]

    operations = [
        AddIndexSafely(
            model_name="servicerequest",
            index=models.Index(
                fields=["jurisdiction", "-resolved_at", "-id"],
                condition=Q(public_state="public", resolved_at__isnull=False),
                name="request_public_ended",
            ),
        ),
    ]
