import django.contrib.postgres.indexes
from django.db import migrations, models

from requests_app.core.safe_migrations import AddIndexSafely


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("requests_app", "0042_related_requests"),
    ]

    operations = [
        AddIndexSafely(
            model_name="servicerequest",
            index=django.contrib.postgres.indexes.GistIndex(
                condition=models.Q(("status__in", ["resolved", "closed"])),
                fields=["point", "submitted_at"],
                name="request_ended_place",
            ),
        ),
        AddIndexSafely(
            model_name="servicerequest",
            index=models.Index(
                condition=models.Q(("asset__isnull", False)),
                fields=["asset", "-id"],
                name="request_by_asset",
            ),
        ),
    ]
