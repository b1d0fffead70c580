from django.db import migrations, models
from django.db.models import Q

from requests_app.core.safe_migrations import AddIndexSafely


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("requests_app", "0021_notice_of_article"),
    ]

    operations = [
        AddIndexSafely(
            model_name="staffnotice",
            index=models.Index(fields=["article"], condition=Q(article__isnull=False), name="staff_notice_of_article"),
        ),
    ]
