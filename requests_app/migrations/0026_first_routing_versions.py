"""The rules that each city has become its version 1. Can run twice."""

from typing import Any

from django.db import migrations


def publish(apps: Any, schema_editor: Any) -> None:
    version_model = apps.get_model("requests_app", "RoutingVersion")
    rule_model = apps.get_model("requests_app", "RoutingRule")
    with_rules = rule_model.objects.filter(active=True).order_by().values_list("jurisdiction_id", flat=True).distinct()
    for jurisdiction_id in list(with_rules):
        rules = rule_model.objects.filter(jurisdiction_id=jurisdiction_id, active=True).order_by("order")
        written = [
            {
                "name": rule.name,
                "when": rule.when,
                "department": rule.department.code if rule.department else None,
                **rule.then,
            }
            for rule in rules.select_related("department")
        ]
        version_model.objects.get_or_create(
            jurisdiction_id=jurisdiction_id, number=1, defaults={"rules": written, "note": ""}
        )


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0025_routing_versions")]

    operations = [migrations.RunPython(publish, migrations.RunPython.noop)]
