"""The city of rows that wait or were given up before there was a column for it, so that its staff see them."""

from typing import Any

from django.apps.registry import Apps
from django.db import migrations

# Where the id after the row's kind leads, and from there to the city.
OWNERS = {
    "mail_draft": ("Draft", "jurisdiction_id"),
    "mail_referral": ("Draft", "jurisdiction_id"),
    "mail_invitation": ("Invitation", "jurisdiction_id"),
    "mail_webhook_ended": ("Webhook", "api_key__jurisdiction_id"),
    "send_webhook": ("WebhookDelivery", "webhook__api_key__jurisdiction_id"),
    "publish_service": ("ServiceDraft", "jurisdiction_id"),
    "retire_service": ("Retirement", "service__jurisdiction_id"),
    "bulk_job": ("BulkJob", "jurisdiction_id"),
    "bulk_undo": ("BulkJob", "jurisdiction_id"),
    "suspend_clocks": ("ClockSuspension", "jurisdiction_id"),
    "layer_check": ("LayerImport", "jurisdiction_id"),
    "layer_apply": ("LayerImport", "jurisdiction_id"),
    "layer_undo": ("LayerImport", "jurisdiction_id"),
    "simulate_routing": ("RoutingSimulation", "jurisdiction_id"),
    "staff_digest": ("Jurisdiction", "id"),
    "department_digest": ("Jurisdiction", "id"),
}


def fill(apps: Apps, schema_editor: Any) -> None:
    rows = apps.get_model("requests_app", "OutboxRow").objects
    without = rows.filter(done_at=None, service_request=None, recipient=None, jurisdiction=None, kind__in=OWNERS)
    for pk, kind, key in without.values_list("pk", "kind", "dedupe_key").iterator():
        model, column = OWNERS[kind]
        number = key.split(":")[1]
        city = apps.get_model("requests_app", model).objects.filter(pk=number).values_list(column, flat=True).first()
        if city is not None:
            rows.filter(pk=pk).update(jurisdiction=city)


class Migration(migrations.Migration):
    dependencies = [
        ("requests_app", "0104_outbox_city"),
    ]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
