from django.db import migrations, models

from requests_app.core.safe_migrations import AddIndexSafely


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("requests_app", "0089_map_months")]

    operations = [
        AddIndexSafely(
            "servicerequest",
            models.Index(
                fields=["jurisdiction", "-resolved_at"],
                condition=models.Q(thanks_count__gt=0),
                name="request_thanked",
            ),
        ),
    ]
