from django.db import migrations, models
from django.db.models import Q

from requests_app.core.safe_migrations import AddIndexSafely


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("requests_app", "0038_notice_of_call_back"),
    ]

    operations = [
        AddIndexSafely(
            model_name="staffnotice",
            index=models.Index(
                fields=["call_back"], condition=Q(call_back__isnull=False), name="staff_notice_of_call_back"
            ),
        ),
    ]
