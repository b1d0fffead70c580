"""Service requests with all that hangs on one: answers, words, photos, clocks, people, private links, drafts, idempotency keys."""

import uuid

import django.contrib.gis.db.models.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import requests_app.clock


class Migration(migrations.Migration):
    dependencies = [
        ("requests_app", "0002_city_and_catalogue"),
    ]

    operations = [
        migrations.CreateModel(
            name="Draft",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("visitor_hash", models.CharField(max_length=64)),
                ("language", models.CharField(default="en", max_length=12)),
                ("typed", models.JSONField(default=dict)),
                ("warning", models.CharField(default="", max_length=10)),
                ("idempotency_key", models.UUIDField(default=uuid.uuid4, editable=False)),
                ("expires_at", models.DateTimeField()),
                ("created_at", models.DateTimeField(db_default=requests_app.clock.AppNow())),
                ("updated_at", models.DateTimeField(db_default=requests_app.clock.AppNow())),
                (
                    "jurisdiction",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="requests_app.jurisdiction"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="RequestArea",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("submitted_at", models.DateTimeField()),
                ("is_open", models.BooleanField(default=True)),
                (
                    "public_state",
                    models.CharField(
                        choices=[
                            ("public", "Public"),
                            ("unconfirmed", "Unconfirmed"),
                            ("held", "Held"),
                            ("hidden", "Hidden"),
                            ("private", "Private"),
                            ("staff", "Staff"),
                            ("test", "Test"),
                            ("erased", "Erased"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "area",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="requests_app.area"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ServiceRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reference", models.CharField(max_length=8, unique=True)),
                ("description", models.TextField(blank=True)),
                ("language", models.CharField(default="en", max_length=12)),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("web", "Web"),
                            ("phone", "Phone"),
                            ("api", "Api"),
                            ("email", "Email"),
                            ("counter", "Counter"),
                            ("staff", "Staff"),
                            ("import", "Import"),
                        ],
                        default="web",
                        max_length=10,
                    ),
                ),
                ("point", django.contrib.gis.db.models.fields.PointField(blank=True, null=True, srid=4326)),
                ("address", models.CharField(blank=True, max_length=300)),
                ("place_note", models.CharField(blank=True, max_length=300)),
                ("place_source", models.CharField(blank=True, max_length=12)),
                ("place_confidence", models.FloatField(blank=True, null=True)),
                ("public_point", django.contrib.gis.db.models.fields.PointField(blank=True, null=True, srid=4326)),
                ("public_address", models.CharField(blank=True, max_length=300)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("received", "Received"),
                            ("routed", "Routed"),
                            ("in_progress", "In Progress"),
                            ("on_hold", "On Hold"),
                            ("resolved", "Resolved"),
                            ("closed", "Closed"),
                        ],
                        default="received",
                        max_length=12,
                    ),
                ),
                (
                    "disposition",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("fixed", "Fixed"),
                            ("action_taken", "Action Taken"),
                            ("answered", "Answered"),
                            ("handed_over", "Handed Over"),
                            ("duplicate", "Duplicate"),
                            ("not_found", "Not Found"),
                            ("cannot_do", "Cannot Do"),
                            ("no_reply", "No Reply"),
                            ("withdrawn", "Withdrawn"),
                            ("not_worked", "Not Worked"),
                            ("removed", "Removed"),
                        ],
                        max_length=14,
                    ),
                ),
                ("disposition_reason", models.CharField(blank=True, max_length=40)),
                (
                    "public_state",
                    models.CharField(
                        choices=[
                            ("public", "Public"),
                            ("unconfirmed", "Unconfirmed"),
                            ("held", "Held"),
                            ("hidden", "Hidden"),
                            ("private", "Private"),
                            ("staff", "Staff"),
                            ("test", "Test"),
                            ("erased", "Erased"),
                        ],
                        max_length=12,
                    ),
                ),
                ("is_test", models.BooleanField(default=False)),
                ("priority", models.PositiveSmallIntegerField(default=3)),
                ("priority_reason", models.CharField(default="service", max_length=60)),
                ("photos_private", models.BooleanField(default=False)),
                ("after_warning", models.BooleanField(default=False)),
                ("in_triage", models.BooleanField(default=False)),
                ("bounces", models.PositiveSmallIntegerField(default=0)),
                ("owner_reference", models.CharField(blank=True, max_length=80)),
                ("hold_reason", models.CharField(blank=True, max_length=40)),
                ("hold_until", models.DateField(blank=True, null=True)),
                ("scheduled_for", models.DateField(blank=True, null=True)),
                ("made_safe_at", models.DateTimeField(blank=True, null=True)),
                ("visited_at", models.DateTimeField(blank=True, null=True)),
                ("has_new_answer", models.BooleanField(default=False)),
                ("reopened_count", models.PositiveSmallIntegerField(default=0)),
                ("people_count", models.PositiveIntegerField(default=1)),
                ("acknowledge_due_at", models.DateTimeField(blank=True, null=True)),
                ("due_at", models.DateTimeField(blank=True, null=True)),
                ("submitted_at", models.DateTimeField()),
                ("routed_at", models.DateTimeField(blank=True, null=True)),
                ("acknowledged_at", models.DateTimeField(blank=True, null=True)),
                ("resolved_at", models.DateTimeField(blank=True, null=True)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("updated_at", models.DateTimeField()),
                ("last_public_word_at", models.DateTimeField(blank=True, null=True)),
                ("external_source", models.CharField(blank=True, max_length=60)),
                ("external_id", models.CharField(blank=True, max_length=80)),
                (
                    "areas",
                    models.ManyToManyField(
                        related_name="service_requests", through="requests_app.RequestArea", to="requests_app.area"
                    ),
                ),
                (
                    "asset",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="requests_app.asset",
                    ),
                ),
                (
                    "assignee",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="assigned",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "department",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="service_requests",
                        to="requests_app.department",
                    ),
                ),
                (
                    "duplicate_of",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="duplicates",
                        to="requests_app.servicerequest",
                    ),
                ),
                (
                    "jurisdiction",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="service_requests",
                        to="requests_app.jurisdiction",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="requests_app.owner",
                    ),
                ),
                (
                    "service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="service_requests",
                        to="requests_app.service",
                    ),
                ),
                (
                    "service_version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="requests_app.serviceversion"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="RoutingDecision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.CharField(max_length=20)),
                ("is_first", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField(db_default=requests_app.clock.AppNow())),
                (
                    "department",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="requests_app.department",
                    ),
                ),
                (
                    "rule",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        to="requests_app.routingrule",
                    ),
                ),
                (
                    "service_request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="routing_decisions",
                        to="requests_app.servicerequest",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="requestarea",
            name="service_request",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="request_areas",
                to="requests_app.servicerequest",
            ),
        ),
        migrations.CreateModel(
            name="PlaceRevision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("point", django.contrib.gis.db.models.fields.PointField(blank=True, null=True, srid=4326)),
                ("address", models.CharField(blank=True, max_length=300)),
                ("place_note", models.CharField(blank=True, max_length=300)),
                ("created_at", models.DateTimeField(db_default=requests_app.clock.AppNow())),
                (
                    "service_request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="place_revisions",
                        to="requests_app.servicerequest",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Photo",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(choices=[("report", "Report"), ("work", "Work")], default="report", max_length=8),
                ),
                ("name", models.CharField(max_length=40, unique=True)),
                ("width", models.PositiveIntegerField()),
                ("height", models.PositiveIntegerField()),
                ("alt", models.CharField(blank=True, max_length=300)),
                ("is_private", models.BooleanField(default=False)),
                ("hidden_at", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField(db_default=requests_app.clock.AppNow())),
                (
                    "draft",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="photos",
                        to="requests_app.draft",
                    ),
                ),
                (
                    "jurisdiction",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="requests_app.jurisdiction"
                    ),
                ),
                (
                    "service_request",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="photos",
                        to="requests_app.servicerequest",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Participation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("reporter", "Reporter"),
                            ("affected", "Affected"),
                            ("caller", "Caller"),
                            ("follower", "Follower"),
                        ],
                        max_length=10,
                    ),
                ),
                ("stopped_at", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField(db_default=requests_app.clock.AppNow())),
                (
                    "contact_point",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="requests_app.contactpoint",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="participations",
                        to="requests_app.person",
                    ),
                ),
                (
                    "service_request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="participations",
                        to="requests_app.servicerequest",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="IdempotencyKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("scope", models.CharField(max_length=80)),
                ("key", models.CharField(max_length=128)),
                ("body_hash", models.CharField(max_length=64)),
                ("created_at", models.DateTimeField(db_default=requests_app.clock.AppNow())),
                (
                    "service_request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="requests_app.servicerequest"
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="draft",
            name="service_request",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, to="requests_app.servicerequest"
            ),
        ),
        migrations.CreateModel(
            name="Comment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("comment", "Comment"),
                            ("note", "Note"),
                            ("question", "Question"),
                            ("answer", "Answer"),
                            ("outcome", "Outcome"),
                        ],
                        default="comment",
                        max_length=10,
                    ),
                ),
                ("text", models.TextField()),
                ("language", models.CharField(default="en", max_length=12)),
                ("public", models.BooleanField(default=False)),
                ("hidden_at", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField(db_default=requests_app.clock.AppNow())),
                (
                    "department",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="requests_app.department",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="requests_app.person",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "service_request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="comments",
                        to="requests_app.servicerequest",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Clock",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(choices=[("acknowledge", "Acknowledge"), ("resolve", "Resolve")], max_length=12),
                ),
                ("target_words", models.JSONField(default=dict)),
                ("started_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("paused_at", models.DateTimeField(blank=True, null=True)),
                ("remaining_s", models.BigIntegerField(blank=True, null=True)),
                ("met_at", models.DateTimeField(blank=True, null=True)),
                (
                    "target",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to="requests_app.target"
                    ),
                ),
                (
                    "service_request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="clocks",
                        to="requests_app.servicerequest",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Answer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("question_words", models.TextField()),
                ("value", models.JSONField()),
                ("value_words", models.TextField()),
                (
                    "question_version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="requests_app.questionversion"
                    ),
                ),
                (
                    "service_request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="answers",
                        to="requests_app.servicerequest",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="AccessLink",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "purpose",
                    models.CharField(
                        choices=[("follow", "Follow"), ("draft", "Draft")], default="follow", max_length=10
                    ),
                ),
                ("generation", models.PositiveIntegerField(default=1)),
                ("expires_at", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField(db_default=requests_app.clock.AppNow())),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="access_links",
                        to="requests_app.person",
                    ),
                ),
                (
                    "service_request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="access_links",
                        to="requests_app.servicerequest",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="servicerequest",
            index=models.Index(
                condition=models.Q(("public_state", "public")),
                fields=["jurisdiction", "-submitted_at", "-id"],
                name="request_public_newest",
            ),
        ),
        migrations.AddIndex(
            model_name="servicerequest",
            index=models.Index(
                condition=models.Q(("public_state", "public")),
                fields=["service", "-submitted_at", "-id"],
                name="request_public_by_service",
            ),
        ),
        migrations.AddIndex(
            model_name="servicerequest",
            index=models.Index(
                condition=models.Q(("public_state", "public")),
                fields=["jurisdiction", "-updated_at", "-id"],
                name="request_public_updated",
            ),
        ),
        migrations.AddIndex(
            model_name="servicerequest",
            index=models.Index(
                condition=models.Q(("status__in", ["received", "routed", "in_progress", "on_hold"])),
                fields=["department", "due_at", "id"],
                name="request_open_by_department",
            ),
        ),
        migrations.AddIndex(
            model_name="servicerequest",
            index=models.Index(
                condition=models.Q(("status__in", ["received", "routed", "in_progress", "on_hold"])),
                fields=["assignee", "due_at", "id"],
                name="request_open_by_assignee",
            ),
        ),
        migrations.AddIndex(
            model_name="servicerequest",
            index=models.Index(
                condition=models.Q(("status__in", ["received", "routed", "in_progress", "on_hold"])),
                fields=["jurisdiction", "due_at", "id"],
                name="request_open_by_due",
            ),
        ),
        migrations.AddIndex(
            model_name="servicerequest",
            index=models.Index(
                condition=models.Q(("in_triage", True)), fields=["jurisdiction", "submitted_at"], name="request_triage"
            ),
        ),
        migrations.AddIndex(
            model_name="servicerequest",
            index=models.Index(
                condition=models.Q(("status", "resolved")), fields=["resolved_at"], name="request_to_close"
            ),
        ),
        migrations.AddIndex(
            model_name="servicerequest",
            index=models.Index(
                condition=models.Q(("duplicate_of__isnull", False)), fields=["duplicate_of"], name="request_duplicates"
            ),
        ),
        migrations.AddConstraint(
            model_name="servicerequest",
            constraint=models.CheckConstraint(
                condition=models.Q(("priority__gte", 1), ("priority__lte", 4)), name="request_priority_1_to_4"
            ),
        ),
        migrations.AddConstraint(
            model_name="servicerequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("disposition__gt", ""), ("status__in", ["resolved", "closed"])),
                    models.Q(models.Q(("status__in", ["resolved", "closed"]), _negated=True), ("disposition", "")),
                    _connector="OR",
                ),
                name="request_ended_has_disposition",
            ),
        ),
        migrations.AddConstraint(
            model_name="servicerequest",
            constraint=models.CheckConstraint(
                condition=models.Q(("duplicate_of", models.F("id")), _negated=True),
                name="request_not_its_own_duplicate",
            ),
        ),
        migrations.AddConstraint(
            model_name="servicerequest",
            constraint=models.CheckConstraint(
                condition=models.Q(("is_test", False), ("public_state__in", ["test", "erased"]), _connector="OR"),
                name="request_test_is_not_public",
            ),
        ),
        migrations.AddConstraint(
            model_name="servicerequest",
            constraint=models.UniqueConstraint(
                condition=models.Q(("external_id", ""), _negated=True),
                fields=("jurisdiction", "external_source", "external_id"),
                name="request_external_id_unique",
            ),
        ),
        migrations.AddConstraint(
            model_name="routingdecision",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_first", True)), fields=("service_request",), name="request_routed_once"
            ),
        ),
        migrations.AddIndex(
            model_name="requestarea",
            index=models.Index(
                condition=models.Q(("public_state", "public")),
                fields=["area", "-submitted_at", "-service_request"],
                name="request_area_newest",
            ),
        ),
        migrations.AddConstraint(
            model_name="requestarea",
            constraint=models.UniqueConstraint(fields=("area", "service_request"), name="request_area_once"),
        ),
        migrations.AddConstraint(
            model_name="photo",
            constraint=models.CheckConstraint(
                condition=models.Q(("draft__isnull", False), ("service_request__isnull", False), _connector="OR"),
                name="photo_belongs_somewhere",
            ),
        ),
        migrations.AddConstraint(
            model_name="participation",
            constraint=models.UniqueConstraint(fields=("person", "service_request", "role"), name="participation_once"),
        ),
        migrations.AddIndex(
            model_name="idempotencykey",
            index=models.Index(fields=["created_at"], name="idempotency_age"),
        ),
        migrations.AddConstraint(
            model_name="idempotencykey",
            constraint=models.UniqueConstraint(fields=("scope", "key"), name="idempotency_key_unique"),
        ),
        migrations.AddIndex(
            model_name="draft",
            index=models.Index(fields=["visitor_hash", "-created_at"], name="draft_of_visitor"),
        ),
        migrations.AddIndex(
            model_name="draft",
            index=models.Index(fields=["expires_at"], name="draft_expiry"),
        ),
        migrations.AddIndex(
            model_name="comment",
            index=models.Index(fields=["service_request", "-id"], name="comment_of_request"),
        ),
        migrations.AddConstraint(
            model_name="clock",
            constraint=models.UniqueConstraint(
                condition=models.Q(("met_at__isnull", True)), fields=("service_request", "kind"), name="clock_one_runs"
            ),
        ),
        migrations.AddConstraint(
            model_name="answer",
            constraint=models.UniqueConstraint(fields=("service_request", "question_version"), name="answer_once"),
        ),
        migrations.AddConstraint(
            model_name="accesslink",
            constraint=models.UniqueConstraint(
                fields=("person", "service_request", "purpose"), name="access_link_once"
            ),
        ),
    ]
