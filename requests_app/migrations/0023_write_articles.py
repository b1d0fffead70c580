from typing import Any

from django.db import migrations


def grant(apps: Any, schema_editor: Any) -> None:
    """Those who could write articles until now, as a part of setup, still can."""
    for role in apps.get_model("requests_app", "Role").objects.filter(permissions__contains=["administer"]):
        if "write_articles" not in role.permissions:
            role.permissions = [*role.permissions, "write_articles"]
            role.save(update_fields=["permissions"])


class Migration(migrations.Migration):
    dependencies = [
        ("requests_app", "0022_notice_of_article_index"),
    ]

    operations = [migrations.RunPython(grant, migrations.RunPython.noop, elidable=True)]
