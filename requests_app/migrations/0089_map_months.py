from typing import Any

from django.db import migrations


def count_by_month(apps: Any, schema_editor: Any) -> None:
    """Leaves the counting to the worker, as the first count was: in a large city it takes minutes."""
    if apps.get_model("requests_app", "ServiceRequest").objects.exists():
        rows = apps.get_model("requests_app", "OutboxRow").objects
        rows.get_or_create(dedupe_key="recount_map_months", defaults={"kind": "recount_map", "lane": "database"})


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0087_picture_hashes")]
    operations = [migrations.RunPython(count_by_month, migrations.RunPython.noop)]
