"""What comes back a second time goes to a supervisor: whoever may do all that a supervisor did so far is one."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def name_it(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for role in apps.get_model("requests_app", "Role").objects.filter(code="supervisor"):
        if "supervise" not in role.permissions:
            role.permissions = [*role.permissions, "supervise"]
            role.save(update_fields=["permissions"])


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0011_held_requests")]
    operations = [migrations.RunPython(name_it, migrations.RunPython.noop)]
