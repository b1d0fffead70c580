"""Roles that send reports for others, supervise or answer records requests go on reading the number of a 911 center's event. Can run
twice."""

from typing import Any

from django.db import migrations
from django.db.models import Q

PERMISSION = "view_911_number"


def add(apps: Any, schema_editor: Any) -> None:
    of = Q()
    for permission in ("submit_for_others", "supervise", "records"):
        of |= Q(permissions__contains=[permission])
    for role in apps.get_model("requests_app", "Role").objects.filter(of).exclude(permissions__contains=[PERMISSION]):
        role.permissions.append(PERMISSION)
        role.save(update_fields=["permissions"])


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0100_private_review")]

    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
