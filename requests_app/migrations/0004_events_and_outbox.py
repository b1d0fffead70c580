"""What happened (append-only, by a trigger), what must still happen, and what was told to whom."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import requests_app.clock


class Migration(migrations.Migration):
    dependencies = [
        ("requests_app", "0003_service_requests"),
    ]

    operations = [
        migrations.CreateModel(
            name="Event",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=30)),
                ("at", models.DateTimeField(db_default=requests_app.clock.AppNow())),
                ("data", models.JSONField(default=dict)),
                (
                    "source",
                    models.CharField(
                        choices=[("live", "Live"), ("import", "Import"), ("demo", "Demo")], default="live", max_length=8
                    ),
                ),
                (
                    "jurisdiction",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="requests_app.jurisdiction",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="requests_app.person",
                    ),
                ),
                (
                    "service_request",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="requests_app.servicerequest",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Message",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("channel", models.CharField(default="email", max_length=10)),
                ("kind", models.CharField(max_length=30)),
                ("message_id", models.CharField(max_length=200)),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
                ("skipped", models.CharField(blank=True, max_length=40)),
                ("created_at", models.DateTimeField(db_default=requests_app.clock.AppNow())),
                (
                    "contact_point",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="messages",
                        to="requests_app.contactpoint",
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="requests_app.event",
                    ),
                ),
                (
                    "jurisdiction",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="requests_app.jurisdiction"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="messages", to="requests_app.person"
                    ),
                ),
                (
                    "service_request",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="messages",
                        to="requests_app.servicerequest",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="OutboxRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=40)),
                ("lane", models.CharField(choices=[("database", "Database"), ("outside", "Outside")], max_length=10)),
                ("dedupe_key", models.CharField(max_length=120, unique=True)),
                ("ordering_key", models.CharField(blank=True, max_length=80)),
                ("due_at", models.DateTimeField(db_default=requests_app.clock.AppNow())),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("errors", models.PositiveIntegerField(default=0)),
                ("last_error", models.CharField(blank=True, max_length=80)),
                ("trace_id", models.CharField(blank=True, max_length=40)),
                ("done_at", models.DateTimeField(blank=True, null=True)),
                ("dead_at", models.DateTimeField(blank=True, null=True)),
                ("held_at", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField(db_default=requests_app.clock.AppNow())),
                (
                    "event",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="requests_app.event",
                    ),
                ),
                (
                    "recipient",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="requests_app.contactpoint",
                    ),
                ),
                (
                    "service_request",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="requests_app.servicerequest",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(fields=["service_request", "id"], name="event_of_request"),
        ),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(fields=["jurisdiction", "kind", "at"], name="event_by_kind"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="event",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="39b4e96e7bf05aaecfed62676d63a519b17181cb",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_4229d",
                    table="requests_app_event",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(fields=["contact_point", "-created_at"], name="message_by_address"),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.UniqueConstraint(
                fields=("event", "contact_point", "channel", "kind"), name="message_once_an_event"
            ),
        ),
        migrations.AddIndex(
            model_name="outboxrow",
            index=models.Index(
                condition=models.Q(("dead_at__isnull", True), ("done_at__isnull", True), ("held_at__isnull", True)),
                fields=["lane", "due_at", "id"],
                name="outbox_due",
            ),
        ),
        migrations.AddIndex(
            model_name="outboxrow",
            index=models.Index(
                condition=models.Q(
                    ("dead_at__isnull", True),
                    ("done_at__isnull", True),
                    ("held_at__isnull", True),
                    models.Q(("ordering_key", ""), _negated=True),
                ),
                fields=["ordering_key", "id"],
                name="outbox_order",
            ),
        ),
        migrations.AddIndex(
            model_name="outboxrow",
            index=models.Index(condition=models.Q(("dead_at__isnull", False)), fields=["dead_at"], name="outbox_dead"),
        ),
        migrations.AddIndex(
            model_name="outboxrow",
            index=models.Index(condition=models.Q(("done_at__isnull", False)), fields=["done_at"], name="outbox_done"),
        ),
        migrations.AddIndex(
            model_name="outboxrow",
            index=models.Index(fields=["service_request"], name="outbox_of_request"),
        ),
    ]
