"""All tables of 0.2.0, with the functions, indexes and triggers that they need.

It replaces what was there until then. A database with the last of those migrations counts as migrated; the command `migrate` refuses an
older one.
"""

import datetime
import uuid

import django.contrib.gis.db.models.fields
import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.comparison
import django.db.models.functions.text
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import requests_app.clock
from requests_app.core.safe_migrations import CreateTables
from requests_app.migrations import _initial_sql as sql


class Migration(migrations.Migration):
    initial = True

    replaces = [("requests_app", "0108_approved_words")]

    dependencies = [("auth", "0012_alter_user_first_name_max_length")]

    operations = [
        migrations.RunSQL(sql.BEFORE_TABLES),
        CreateTables(
            [
                migrations.CreateModel(
                    name="Jurisdiction",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("name", models.CharField(max_length=200)),
                        ("jurisdiction_id", models.CharField(max_length=200, unique=True)),
                        (
                            "hosts",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=200), blank=True, default=list, size=None
                            ),
                        ),
                        ("time_zone", models.CharField(default="America/New_York", max_length=64)),
                        (
                            "languages",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=12), default=list, size=None
                            ),
                        ),
                        ("emergency_number", models.CharField(default="911", max_length=40)),
                        ("text_to_emergency", models.BooleanField(default=False)),
                        ("non_emergency_number", models.CharField(blank=True, max_length=40)),
                        ("desk_number", models.CharField(default="311", max_length=40)),
                        ("desk_long_number", models.CharField(blank=True, max_length=40)),
                        ("all_night_number", models.CharField(blank=True, max_length=40)),
                        ("desk_night_number", models.CharField(blank=True, db_default="", max_length=40)),
                        ("alarm_minutes", models.PositiveSmallIntegerField(db_default=15, default=15)),
                        ("urgent_acknowledge_minutes", models.PositiveSmallIntegerField(db_default=30, default=30)),
                        ("urgent_resolve_minutes", models.PositiveSmallIntegerField(db_default=240, default=240)),
                        ("map_view", models.JSONField(default=dict)),
                        (
                            "boundary",
                            django.contrib.gis.db.models.fields.MultiPolygonField(blank=True, null=True, srid=4326),
                        ),
                        ("basemap_version", models.PositiveIntegerField(default=0)),
                        ("branding", models.JSONField(blank=True, default=dict)),
                        (
                            "address_card",
                            models.JSONField(blank=True, db_default=models.Value([], models.JSONField()), default=list),
                        ),
                        (
                            "place_aliases",
                            models.JSONField(blank=True, db_default=models.Value({}, models.JSONField()), default=dict),
                        ),
                        ("notices_until", models.DateTimeField(blank=True, null=True)),
                        (
                            "outcome_words",
                            models.JSONField(blank=True, db_default=models.Value({}, models.JSONField()), default=dict),
                        ),
                        ("always_ask_emergency", models.BooleanField(default=False)),
                        ("is_demo", models.BooleanField(default=False)),
                        ("on_time_goal", models.PositiveSmallIntegerField(db_default=80, default=80)),
                        ("load_by_person_agreed", models.CharField(blank=True, db_default="", max_length=300)),
                        ("units", models.CharField(db_default="us", default="us", max_length=10)),
                        ("sender_name", models.CharField(blank=True, db_default="", max_length=100)),
                        ("sender_address", models.EmailField(blank=True, db_default="", max_length=254)),
                        ("reply_address", models.EmailField(blank=True, db_default="", max_length=254)),
                        ("silent_days", models.PositiveSmallIntegerField(db_default=14, default=14)),
                        ("checked_endings", models.PositiveSmallIntegerField(db_default=10, default=10)),
                        ("created_at", models.DateTimeField(db_default=requests_app.clock.AppNow(), editable=False)),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("silent_days__gte", 1)), name="jurisdiction_watches_silence"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("languages__len__gte", 1)), name="jurisdiction_has_language"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("alarm_minutes__gte", 1)), name="jurisdiction_alarms_wait"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("urgent_acknowledge_minutes__gte", 1), ("urgent_resolve_minutes__gte", 1)
                                ),
                                name="jurisdiction_urgent_targets",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CityImage",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "jurisdiction",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="images",
                                to="requests_app.jurisdiction",
                            ),
                        ),
                        ("kind", models.CharField(choices=[("logo", "Logo"), ("card", "Card")], max_length=10)),
                        ("version", models.CharField(max_length=16)),
                        ("content", models.BinaryField()),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("jurisdiction", "kind"), name="city_image_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Calendar",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "jurisdiction",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="calendars",
                                to="requests_app.jurisdiction",
                            ),
                        ),
                        ("code", models.SlugField(max_length=60)),
                        ("always", models.BooleanField(default=False)),
                        ("hours", models.JSONField(blank=True, default=dict)),
                        ("holidays", models.JSONField(blank=True, default=dict)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("jurisdiction", "code"), name="calendar_code_unique")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Department",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "jurisdiction",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="departments",
                                to="requests_app.jurisdiction",
                            ),
                        ),
                        ("code", models.CharField(max_length=40)),
                        ("name", models.JSONField(default=dict)),
                        (
                            "calendar",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="departments",
                                to="requests_app.calendar",
                            ),
                        ),
                        ("phone", models.CharField(blank=True, max_length=40)),
                        ("email", models.EmailField(blank=True, max_length=254)),
                        ("active", models.BooleanField(default=True)),
                        ("works_by_email", models.BooleanField(db_default=False, default=False)),
                        ("email_names_reporter", models.BooleanField(db_default=False, default=False)),
                        ("weekly_email", models.BooleanField(db_default=True, default=True)),
                        (
                            "head",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("jurisdiction", "code"), name="department_code_unique")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Category",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "jurisdiction",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="categories",
                                to="requests_app.jurisdiction",
                            ),
                        ),
                        ("code", models.SlugField(max_length=40)),
                        ("name", models.JSONField(default=dict)),
                        ("icon", models.CharField(blank=True, max_length=40)),
                        ("order", models.PositiveSmallIntegerField(default=0)),
                    ],
                    options={
                        "ordering": ["order", "code"],
                        "constraints": [
                            models.UniqueConstraint(fields=("jurisdiction", "code"), name="category_code_unique")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Service",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "jurisdiction",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="services",
                                to="requests_app.jurisdiction",
                            ),
                        ),
                        ("service_code", models.CharField(max_length=60)),
                        ("active", models.BooleanField(default=True)),
                        ("order", models.PositiveSmallIntegerField(db_default=0, default=0)),
                        (
                            "current",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="requests_app.serviceversion",
                            ),
                        ),
                        ("created_at", models.DateTimeField(db_default=requests_app.clock.AppNow(), editable=False)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("jurisdiction", "service_code"), name="service_code_unique"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("service_code__regex", "^[A-Za-z0-9_.-]+$")),
                                name="service_code_is_safe",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ServiceVersion",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "service",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="versions",
                                to="requests_app.service",
                            ),
                        ),
                        ("number", models.PositiveIntegerField()),
                        ("name", models.JSONField()),
                        ("description", models.JSONField(default=dict)),
                        ("keywords", models.JSONField(blank=True, default=dict)),
                        ("asked", models.JSONField(blank=True, db_default={}, default=dict)),
                        (
                            "category",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="service_versions",
                                to="requests_app.category",
                            ),
                        ),
                        (
                            "department",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="service_versions",
                                to="requests_app.department",
                            ),
                        ),
                        ("priority", models.PositiveSmallIntegerField(default=3)),
                        (
                            "visibility",
                            models.CharField(
                                choices=[
                                    ("public", "Public"),
                                    ("reporter_to_named_staff", "Named Staff"),
                                    ("coarse", "Coarse"),
                                    ("private", "Private"),
                                    ("staff", "Staff"),
                                ],
                                default="public",
                                max_length=30,
                            ),
                        ),
                        (
                            "photo_policy",
                            models.CharField(
                                choices=[("none", "None"), ("optional", "Optional"), ("asked", "Asked")],
                                default="optional",
                                max_length=10,
                            ),
                        ),
                        (
                            "duplicate_policy",
                            models.CharField(
                                choices=[("join", "Join"), ("ask", "Ask"), ("never", "Never")],
                                default="join",
                                max_length=10,
                            ),
                        ),
                        ("duplicate_radius_m", models.PositiveIntegerField(default=100)),
                        ("duplicate_window_days", models.PositiveIntegerField(default=30)),
                        ("duplicate_family", models.SlugField(blank=True, db_default="", max_length=40)),
                        (
                            "asset_kinds",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=40),
                                blank=True,
                                db_default=[],
                                default=list,
                                size=None,
                            ),
                        ),
                        ("place_required", models.BooleanField(default=True)),
                        (
                            "owner_kinds",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=40), blank=True, default=list, size=None
                            ),
                        ),
                        ("place_rule", models.CharField(default="none", max_length=10)),
                        ("emergency_screen", models.JSONField(blank=True, default=dict)),
                        ("outcome_words", models.JSONField(blank=True, default=dict)),
                        ("evidence", models.CharField(default="none", max_length=10)),
                        ("identity_words", models.JSONField(blank=True, db_default={}, default=dict)),
                        ("must_confirm", models.BooleanField(db_default=False, default=False)),
                        ("listed_by_place", models.BooleanField(db_default=True, default=True)),
                        ("offered", models.JSONField(blank=True, db_default={}, default=dict)),
                        ("published_at", models.DateTimeField(db_default=requests_app.clock.AppNow())),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("service", "number"), name="service_version_number_unique"),
                            models.CheckConstraint(
                                condition=models.Q(("priority__gte", 1), ("priority__lte", 4)),
                                name="service_priority_1_to_4",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="QuestionVersion",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "service_version",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="questions",
                                to="requests_app.serviceversion",
                            ),
                        ),
                        ("code", models.CharField(max_length=60)),
                        ("order", models.PositiveSmallIntegerField()),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("text", "Text"),
                                    ("number", "Number"),
                                    ("datetime", "Datetime"),
                                    ("single", "Single"),
                                    ("multi", "Multi"),
                                    ("display", "Display"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("text", models.JSONField()),
                        ("help", models.JSONField(blank=True, default=dict)),
                        ("required", models.BooleanField(default=False)),
                        (
                            "visibility",
                            models.CharField(
                                choices=[("public", "Public"), ("staff", "Staff"), ("department", "Department")],
                                default="staff",
                                max_length=12,
                            ),
                        ),
                        ("options", models.JSONField(blank=True, default=list)),
                        ("show_if", models.JSONField(blank=True, default=dict)),
                        ("asks_asset", models.BooleanField(db_default=False, default=False)),
                    ],
                    options={
                        "ordering": ["order"],
                        "constraints": [
                            models.UniqueConstraint(fields=("service_version", "code"), name="question_code_unique"),
                            models.UniqueConstraint(fields=("service_version", "order"), name="question_order_unique"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Target",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "service",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="targets",
                                to="requests_app.service",
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[("acknowledge", "Acknowledge"), ("resolve", "Resolve")], max_length=12
                            ),
                        ),
                        ("value", models.PositiveIntegerField()),
                        (
                            "unit",
                            models.CharField(
                                choices=[
                                    ("minutes", "Minutes"),
                                    ("hours", "Hours"),
                                    ("days", "Days"),
                                    ("business_days", "Business Days"),
                                ],
                                max_length=14,
                            ),
                        ),
                        (
                            "calendar",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="targets",
                                to="requests_app.calendar",
                            ),
                        ),
                        ("priority", models.PositiveSmallIntegerField(blank=True, null=True)),
                        (
                            "area",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                to="requests_app.area",
                            ),
                        ),
                        ("valid_from", models.DateTimeField(db_default=requests_app.clock.AppNow())),
                        ("agreed_by", models.CharField(blank=True, db_default="", max_length=200)),
                        (
                            "recorded_by",
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
                    options={
                        "indexes": [models.Index(fields=["service", "kind", "-valid_from"], name="target_lookup")],
                    },
                ),
                migrations.CreateModel(
                    name="RoutingRule",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "jurisdiction",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="routing_rules",
                                to="requests_app.jurisdiction",
                            ),
                        ),
                        ("order", models.PositiveIntegerField()),
                        ("name", models.CharField(max_length=200)),
                        ("when", models.JSONField(default=dict)),
                        (
                            "department",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                to="requests_app.department",
                            ),
                        ),
                        ("then", models.JSONField(blank=True, db_default={}, default=dict)),
                        ("active", models.BooleanField(default=True)),
                        ("caught", models.PositiveIntegerField(db_default=0, default=0)),
                        ("came_back", models.PositiveIntegerField(db_default=0, default=0)),
                    ],
                    options={
                        "ordering": ["order"],
                        "constraints": [
                            models.UniqueConstraint(fields=("jurisdiction", "order"), name="routing_rule_order_unique")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="EmergencyPhrase",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "jurisdiction",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="emergency_phrases",
                                to="requests_app.jurisdiction",
                            ),
                        ),
                        ("language", models.CharField(max_length=12)),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("red_flag", "Red Flag"),
                                    ("poison", "Poison"),
                                    ("self_harm", "Self Harm"),
                                    ("domestic_violence", "Domestic Violence"),
                                    ("utility", "Utility"),
                                    ("sexual_violence", "Sexual Violence"),
                                    ("child_abuse", "Child Abuse"),
                                    ("elder_abuse", "Elder Abuse"),
                                    ("trafficking", "Trafficking"),
                                    ("overdose", "Overdose"),
                                    ("threat", "Threat"),
                                    ("hazard", "Hazard"),
                                ],
                                default="red_flag",
                                max_length=20,
                            ),
                        ),
                        ("phrase", models.CharField(max_length=120)),
                        ("active", models.BooleanField(db_default=True, default=True)),
                        (
                            "unless",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=120),
                                blank=True,
                                db_default=[],
                                default=list,
                                size=None,
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("jurisdiction", "language", "phrase"), name="emergency_phrase_unique"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ListedReason",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "jurisdiction",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="listed_reasons",
                                to="requests_app.jurisdiction",
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[("cannot_do", "Cannot Do"), ("hold", "Hold"), ("no_evidence", "No Evidence")],
                                max_length=12,
                            ),
                        ),
                        ("code", models.SlugField(max_length=40)),
                        ("words", models.JSONField()),
                        ("appeal", models.JSONField(blank=True, default=dict)),
                        ("order", models.PositiveSmallIntegerField(default=0)),
                        ("active", models.BooleanField(default=True)),
                    ],
                    options={
                        "ordering": ["order", "code"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("jurisdiction", "kind", "code"), name="listed_reason_unique"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="User",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("password", models.CharField(max_length=128, verbose_name="password")),
                        ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                        (
                            "is_superuser",
                            models.BooleanField(
                                default=False,
                                help_text="Designates that this user has all permissions without explicitly assigning them.",
                                verbose_name="superuser status",
                            ),
                        ),
                        ("email", models.EmailField(max_length=254, unique=True)),
                        ("name", models.CharField(max_length=200)),
                        ("language", models.CharField(default="en", max_length=12)),
                        ("is_active", models.BooleanField(default=True)),
                        ("uses_keys", models.BooleanField(db_default=True, default=True)),
                        ("created_at", models.DateTimeField(db_default=requests_app.clock.AppNow(), editable=False)),
                        (
                            "groups",
                            models.ManyToManyField(
                                blank=True,
                                help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                                related_name="user_set",
                                related_query_name="user",
                                to="auth.group",
                                verbose_name="groups",
                            ),
                        ),
                        (
                            "user_permissions",
                            models.ManyToManyField(
                                blank=True,
                                help_text="Specific permissions for this user.",
                                related_name="user_set",
                                related_query_name="user",
                                to="auth.permission",
                                verbose_name="user permissions",
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                    },
                ),
                migrations.CreateModel(
                    name="Role",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "jurisdiction",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="roles",
                                to="requests_app.jurisdiction",
                            ),
                        ),
                        ("code", models.SlugField(max_length=40)),
                        ("name", models.JSONField(default=dict)),
                        (
                            "permissions",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=40), default=list, size=None
                            ),
                        ),
                        ("requires_second_step", models.BooleanField(db_default=False, default=False)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("jurisdiction", "code"), name="role_code_unique")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Membership",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="memberships",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "jurisdiction",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="memberships",
                                to="requests_app.jurisdiction",
                            ),
                        ),
                        (
                            "department",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="memberships",
                                to="requests_app.department",
                            ),
                        ),
                        (
                            "role",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="memberships",
                                to="requests_app.role",
                            ),
                        ),
                        ("is_from_group", models.BooleanField(db_default=False, default=False)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("user", "jurisdiction", "department", "role"),
                                name="membership_unique",
                                nulls_distinct=False,
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Person",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "jurisdiction",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="people",
                                to="requests_app.jurisdiction",
                            ),
                        ),
                        ("name", models.CharField(blank=True, max_length=200)),
                        ("postal_address", models.CharField(blank=True, db_default="", max_length=300)),
                        ("language", models.CharField(default="en", max_length=12)),
                        ("may_be_called", models.BooleanField(default=False)),
                        ("erased_at", models.DateTimeField(blank=True, null=True)),
                        ("created_at", models.DateTimeField(db_default=requests_app.clock.AppNow(), editable=False)),
                    ],
                ),
                migrations.CreateModel(
                    name="ContactPoint",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("nonce", models.UUIDField(default=uuid.uuid4, editable=False, null=True)),
                        (
                            "person",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="contact_points",
                                to="requests_app.person",
                            ),
                        ),
                        ("kind", models.CharField(choices=[("email", "Email"), ("phone", "Phone")], max_length=10)),
                        ("value", models.CharField(max_length=320)),
                        ("normalized", models.CharField(max_length=320)),
                        ("verified_at", models.DateTimeField(blank=True, null=True)),
                        ("bounced_at", models.DateTimeField(blank=True, null=True)),
                        ("created_at", models.DateTimeField(db_default=requests_app.clock.AppNow(), editable=False)),
                    ],
                    options={
                        "indexes": [models.Index(fields=["normalized", "kind"], name="contact_point_normalized")],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("person", "kind", "normalized"), name="contact_point_once_a_person"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ApiKey",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "jurisdiction",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="api_keys",
                                to="requests_app.jurisdiction",
                            ),
                        ),
                        ("name", models.CharField(max_length=100)),
                        ("contact", models.CharField(blank=True, db_default="", max_length=254)),
                        ("prefix", models.CharField(max_length=12)),
                        ("key_hash", models.CharField(max_length=64, unique=True)),
                        ("previous_hash", models.CharField(blank=True, max_length=64, null=True, unique=True)),
                        ("previous_until", models.DateTimeField(blank=True, null=True)),
                        (
                            "scopes",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=40), default=list, size=None
                            ),
                        ),
                        (
                            "acts_as",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("calls_a_minute", models.PositiveIntegerField(db_default=600, default=600)),
                        ("reports_a_day", models.PositiveIntegerField(blank=True, null=True)),
                        ("expires_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "networks",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=43),
                                blank=True,
                                db_default=[],
                                default=list,
                                size=None,
                            ),
                        ),
                        ("is_test", models.BooleanField(default=False)),
                        (
                            "created_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("revoked_at", models.DateTimeField(blank=True, null=True)),
                        ("last_used_at", models.DateTimeField(blank=True, null=True)),
                        ("created_at", models.DateTimeField(db_default=requests_app.clock.AppNow())),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("revoked_at__isnull", True)),
                                fields=("jurisdiction", "name"),
                                name="api_key_name_unique",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Area",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "jurisdiction",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="areas",
                                to="requests_app.jurisdiction",
                            ),
                        ),
                        ("layer", models.SlugField(max_length=40)),
                        ("code", models.CharField(max_length=80)),
                        ("name", models.CharField(max_length=200)),
                        ("attributes", models.JSONField(blank=True, default=dict)),
                        ("is_ours", models.BooleanField(default=True)),
                        ("polygon", django.contrib.gis.db.models.fields.MultiPolygonField(srid=4326)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("jurisdiction", "layer", "code"), name="area_code_unique")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Owner",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "jurisdiction",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="owners",
                                to="requests_app.jurisdiction",
                            ),
                        ),
                        ("code", models.SlugField(max_length=60)),
                        ("name", models.CharField(max_length=200)),
                        ("kind", models.SlugField(max_length=40)),
                        ("phone", models.CharField(blank=True, max_length=40)),
                        ("email", models.EmailField(blank=True, max_length=254)),
                        ("url", models.URLField(blank=True)),
                        ("takes", models.JSONField(blank=True, default=list)),
                        ("words", models.JSONField(blank=True, default=dict)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("jurisdiction", "code"), name="owner_code_unique")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="OwnerArea",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "jurisdiction",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="owner_areas",
                                to="requests_app.jurisdiction",
                            ),
                        ),
                        (
                            "owner",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="owner_areas",
                                to="requests_app.owner",
                            ),
                        ),
                        ("is_segment", models.BooleanField(default=False)),
                        ("name", models.CharField(blank=True, max_length=200)),
                        ("shape", django.contrib.gis.db.models.fields.GeometryField(srid=4326)),
                    ],
                ),
                migrations.CreateModel(
                    name="GazetteerEntry",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "jurisdiction",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="gazetteer",
                                to="requests_app.jurisdiction",
                            ),
                        ),
                        ("label", models.CharField(max_length=200)),
                        ("kind", models.CharField(default="address", max_length=40)),
                        ("house_number", models.CharField(blank=True, max_length=20)),
                        ("street", models.CharField(blank=True, max_length=120)),
                        ("cross_street", models.CharField(blank=True, max_length=120)),
                        ("zip_code", models.CharField(blank=True, max_length=12)),
                        ("search_key", models.CharField(max_length=200)),
                        ("point", django.contrib.gis.db.models.fields.PointField(srid=4326)),
                    ],
                    options={
                        "indexes": [
                            django.contrib.postgres.indexes.GinIndex(
                                django.contrib.postgres.indexes.OpClass("search_key", name="gin_trgm_ops"),
                                name="gazetteer_trgm",
                            ),
                            models.Index(
                                django.contrib.postgres.indexes.OpClass("search_key", name="text_pattern_ops"),
                                name="gazetteer_prefix",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Asset",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "jurisdiction",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="assets",
                                to="requests_app.jurisdiction",
                            ),
                        ),
                        ("asset_id", models.CharField(max_length=60)),
                        ("kind", models.CharField(max_length=40)),
                        ("label", models.CharField(max_length=200)),
                        ("point", django.contrib.gis.db.models.fields.PointField(srid=4326)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                django.db.models.functions.text.Upper("asset_id"),
                                models.F("jurisdiction"),
                                name="asset_id_unique",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="BasemapFeature",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "jurisdiction",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="basemap",
                                to="requests_app.jurisdiction",
                            ),
                        ),
                        ("layer", models.CharField(max_length=40)),
                        ("min_zoom", models.PositiveSmallIntegerField(default=8)),
                        ("properties", models.JSONField(default=dict)),
                        ("shape", django.contrib.gis.db.models.fields.GeometryField(srid=3857)),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["jurisdiction", "layer", "min_zoom"], name="basemap_layer_zoom")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RoutingVersion",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "jurisdiction",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="routing_versions",
                                to="requests_app.jurisdiction",
                            ),
                        ),
                        ("number", models.PositiveIntegerField()),
                        ("rules", models.JSONField()),
                        ("note", models.CharField(blank=True, max_length=500)),
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
                        ("published_at", models.DateTimeField(db_default=requests_app.clock.AppNow())),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("jurisdiction", "number"), name="routing_version_number_unique"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RoutingDraft",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "jurisdiction",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="routing_draft",
                                to="requests_app.jurisdiction",
                            ),
                        ),
                        ("rules", models.JSONField()),
                        ("base", models.PositiveIntegerField(default=0)),
                        ("revision", models.PositiveBigIntegerField(default=1)),
                        ("earlier", models.JSONField(default=list)),
                        (
                            "user",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("updated_at", models.DateTimeField(db_default=requests_app.clock.AppNow())),
                    ],
                ),
                migrations.CreateModel(
                    name="RoutingSimulation",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "jurisdiction",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="routing_simulations",
                                to="requests_app.jurisdiction",
                            ),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("base_rules", models.JSONField()),
                        ("rules", models.JSONField()),
                        ("since", models.DateTimeField()),
                        ("until", models.DateTimeField()),
                        ("last_at", models.DateTimeField(blank=True, null=True)),
                        ("last_id", models.BigIntegerField(default=0)),
                        ("replayed", models.PositiveIntegerField(default=0)),
                        ("moved", models.PositiveIntegerField(default=0)),
                        ("by_rule", models.JSONField(default=list)),
                        ("by_department", models.JSONField(default=list)),
                        ("places", models.JSONField(default=dict)),
                        ("created_at", models.DateTimeField(db_default=requests_app.clock.AppNow())),
                        ("finished_at", models.DateTimeField(blank=True, null=True)),
                    ],
                ),
                migrations.CreateModel(
                    name="Team",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "department",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="teams",
                                to="requests_app.department",
                            ),
                        ),
                        ("code", models.SlugField(max_length=40)),
                        ("name", models.JSONField(default=dict)),
                        ("active", models.BooleanField(default=True)),
                        ("shares_by_load", models.BooleanField(db_default=False, default=False)),
                        (
                            "members",
                            models.ManyToManyField(blank=True, related_name="teams", to=settings.AUTH_USER_MODEL),
                        ),
                    ],
                    options={
                        "ordering": ["code"],
                        "constraints": [
                            models.UniqueConstraint(fields=("department", "code"), name="team_code_unique")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Invitation",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("nonce", models.UUIDField(default=uuid.uuid4, editable=False, null=True)),
                        (
                            "jurisdiction",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="invitations",
                                to="requests_app.jurisdiction",
                            ),
                        ),
                        ("email", models.EmailField(max_length=254)),
                        (
                            "role",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="invitations",
                                to="requests_app.role",
                            ),
                        ),
                        (
                            "department",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="requests_app.department",
                            ),
                        ),
                        (
                            "invited_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("generation", models.PositiveSmallIntegerField(default=1)),
                        ("expires_at", models.DateTimeField()),
                        ("accepted_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "accepted_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("cancelled_at", models.DateTimeField(blank=True, null=True)),
                        ("created_at", models.DateTimeField(db_default=requests_app.clock.AppNow())),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("accepted_at__isnull", True), ("cancelled_at__isnull", True)),
                                fields=("jurisdiction", "email"),
                                name="invitation_open_once",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="StaffSession",
                    fields=[
                        ("session_key", models.CharField(max_length=40, primary_key=True, serialize=False)),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="sessions",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "jurisdiction",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="requests_app.jurisdiction",
                            ),
                        ),
                        ("provider_session", models.CharField(blank=True, max_length=255)),
                        ("created_at", models.DateTimeField(db_default=requests_app.clock.AppNow())),
                    ],
                    options={
                        "indexes": [models.Index(fields=["created_at"], name="staff_session_by_age")],
                    },
                ),
                migrations.CreateModel(
                    name="Leave",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "jurisdiction",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="requests_app.jurisdiction",
                            ),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="leaves",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("starts_on", models.DateField()),
                        ("ends_on", models.DateField()),
                        (
                            "stand_in",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["starts_on", "id"],
                        "indexes": [models.Index(fields=["jurisdiction", "ends_on"], name="leave_by_end")],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("ends_on__gte", models.F("starts_on"))),
                                name="leave_ends_after_start",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("stand_in__isnull", True),
                                    models.Q(("stand_in", models.F("user")), _negated=True),
                                    _connector="OR",
                                ),
                                name="leave_stand_in_is_another",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="HandOver",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("nonce", models.UUIDField(default=uuid.uuid4, editable=False, null=True)),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "jurisdiction",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="requests_app.jurisdiction",
                            ),
                        ),
                        ("expires_at", models.DateTimeField()),
                        ("used_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "abstract": False,
                    },
                ),
                migrations.CreateModel(
                    name="ServiceRequest",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                        ("reference", models.CharField(max_length=8, unique=True)),
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
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="requests_app.serviceversion",
                            ),
                        ),
                        ("description", models.TextField(blank=True)),
                        ("key_sentence_at", models.PositiveSmallIntegerField(db_default=0, default=0)),
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
                            "public_point",
                            django.contrib.gis.db.models.fields.PointField(blank=True, null=True, srid=4326),
                        ),
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
                                    ("pending_review", "Pending Review"),
                                    ("hidden", "Hidden"),
                                    ("private", "Private"),
                                    ("staff", "Staff"),
                                    ("test", "Test"),
                                    ("erased", "Erased"),
                                ],
                                max_length=16,
                            ),
                        ),
                        ("is_test", models.BooleanField(default=False)),
                        (
                            "api_key",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="service_requests",
                                to="requests_app.apikey",
                            ),
                        ),
                        ("priority", models.PositiveSmallIntegerField(default=3)),
                        ("priority_reason", models.CharField(default="service", max_length=60)),
                        ("photos_private", models.BooleanField(default=False)),
                        (
                            "privacy_choice",
                            models.CharField(
                                blank=True,
                                choices=[("offered", "Offered"), ("kept", "Kept")],
                                db_default="",
                                max_length=10,
                            ),
                        ),
                        ("review_reason", models.CharField(blank=True, db_default="", max_length=20)),
                        ("after_warning", models.BooleanField(default=False)),
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
                            "team",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="service_requests",
                                to="requests_app.team",
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
                        ("in_triage", models.BooleanField(default=False)),
                        ("bounces", models.PositiveSmallIntegerField(default=0)),
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
                        ("owner_reference", models.CharField(blank=True, max_length=80)),
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
                        ("hold_reason", models.CharField(blank=True, max_length=40)),
                        ("hold_until", models.DateField(blank=True, null=True)),
                        (
                            "waits_for",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="requests_app.servicerequest",
                            ),
                        ),
                        ("scheduled_for", models.DateField(blank=True, null=True)),
                        ("made_safe_at", models.DateTimeField(blank=True, null=True)),
                        ("visited_at", models.DateTimeField(blank=True, null=True)),
                        ("has_new_answer", models.BooleanField(default=False)),
                        ("reopened_count", models.PositiveSmallIntegerField(default=0)),
                        ("people_count", models.PositiveIntegerField(default=1)),
                        ("me_too_count", models.PositiveIntegerField(db_default=0, default=0)),
                        ("thanks_count", models.PositiveIntegerField(db_default=0, default=0)),
                        ("acknowledge_due_at", models.DateTimeField(blank=True, null=True)),
                        ("due_at", models.DateTimeField(blank=True, null=True)),
                        ("submitted_at", models.DateTimeField()),
                        ("routed_at", models.DateTimeField(blank=True, null=True)),
                        ("acknowledged_at", models.DateTimeField(blank=True, null=True)),
                        ("resolved_at", models.DateTimeField(blank=True, null=True)),
                        ("closed_at", models.DateTimeField(blank=True, null=True)),
                        ("updated_at", models.DateTimeField()),
                        ("last_public_message_at", models.DateTimeField(blank=True, null=True)),
                        ("external_source", models.CharField(blank=True, max_length=60)),
                        ("external_id", models.CharField(blank=True, max_length=80)),
                        (
                            "areas",
                            models.ManyToManyField(
                                related_name="service_requests",
                                through="requests_app.RequestArea",
                                to="requests_app.area",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("public_state", "public")),
                                fields=["jurisdiction", "-submitted_at", "-id"],
                                name="request_public_newest",
                            ),
                            models.Index(
                                condition=models.Q(("public_state", "public")),
                                fields=["service", "-submitted_at", "-id"],
                                name="request_public_by_service",
                            ),
                            models.Index(
                                condition=models.Q(("public_state", "public")),
                                fields=["jurisdiction", "-updated_at", "-id"],
                                name="request_public_updated",
                            ),
                            models.Index(
                                condition=models.Q(("public_state", "public")),
                                fields=["service", "-updated_at", "-id"],
                                name="request_public_service_update",
                            ),
                            models.Index(
                                condition=models.Q(
                                    ("public_state", "public"),
                                    ("status__in", ["received", "routed", "in_progress", "on_hold"]),
                                ),
                                fields=["jurisdiction", "-submitted_at", "-id"],
                                name="request_public_open",
                            ),
                            models.Index(
                                condition=models.Q(
                                    ("public_state", "public"),
                                    ("status__in", ["received", "routed", "in_progress", "on_hold"]),
                                ),
                                fields=["jurisdiction", "-updated_at", "-id"],
                                name="request_public_open_updated",
                            ),
                            models.Index(
                                condition=models.Q(
                                    ("public_state", "public"),
                                    ("status__in", ["received", "routed", "in_progress", "on_hold"]),
                                ),
                                fields=["service", "-submitted_at", "-id"],
                                name="request_public_open_service",
                            ),
                            models.Index(
                                condition=models.Q(("status__in", ["received", "routed", "in_progress", "on_hold"])),
                                fields=["department", "due_at", "id"],
                                name="request_open_by_department",
                            ),
                            models.Index(
                                condition=models.Q(("status__in", ["received", "routed", "in_progress", "on_hold"])),
                                fields=["assignee", "due_at", "id"],
                                name="request_open_by_assignee",
                            ),
                            models.Index(
                                condition=models.Q(
                                    ("status__in", ["received", "routed", "in_progress", "on_hold"]),
                                    ("team__isnull", False),
                                ),
                                fields=["team", "due_at", "id"],
                                name="request_open_by_team",
                            ),
                            models.Index(
                                condition=models.Q(("status__in", ["received", "routed", "in_progress", "on_hold"])),
                                fields=["jurisdiction", "due_at", "id"],
                                name="request_open_by_due",
                            ),
                            models.Index(
                                condition=models.Q(("status__in", ["received", "routed", "in_progress", "on_hold"])),
                                fields=["service", "-id"],
                                name="request_open_by_service",
                            ),
                            models.Index(
                                condition=models.Q(("resolved_at__isnull", False)),
                                fields=["service", "-resolved_at"],
                                name="request_ended_by_service",
                            ),
                            models.Index(
                                condition=models.Q(("in_triage", True)),
                                fields=["jurisdiction", "submitted_at"],
                                name="request_triage",
                            ),
                            models.Index(
                                condition=models.Q(("status__in", ["received", "routed", "in_progress", "on_hold"])),
                                fields=["jurisdiction", "submitted_at", "id"],
                                name="request_open_by_time",
                            ),
                            models.Index(
                                condition=models.Q(("status__in", ["received", "routed", "in_progress", "on_hold"])),
                                fields=["jurisdiction", "priority", "due_at", "id"],
                                name="request_open_by_priority",
                            ),
                            models.Index(
                                models.F("jurisdiction"),
                                django.db.models.functions.comparison.Coalesce(
                                    "last_public_message_at", "submitted_at"
                                ),
                                models.F("id"),
                                condition=models.Q(("status__in", ["received", "routed", "in_progress", "on_hold"])),
                                name="request_open_by_quiet",
                            ),
                            django.contrib.postgres.indexes.GinIndex(
                                models.Func(
                                    models.F("address"),
                                    template="to_tsvector('simple'::regconfig, without_accents(%(expressions)s))",
                                ),
                                name="request_address_words",
                            ),
                            django.contrib.postgres.indexes.GinIndex(
                                models.Func(
                                    models.F("language"),
                                    models.F("address"),
                                    models.F("description"),
                                    function="search_vector",
                                ),
                                condition=models.Q(
                                    ("public_state__in", ["public", "erased", "unconfirmed"]), _negated=True
                                ),
                                name="request_unlisted_words",
                            ),
                            models.Index(
                                condition=models.Q(("owner_reference", ""), _negated=True),
                                fields=["owner_reference"],
                                name="request_owner_reference",
                            ),
                            models.Index(
                                condition=models.Q(("external_id", ""), _negated=True),
                                fields=["external_id"],
                                name="request_external_id",
                            ),
                            models.Index(fields=["jurisdiction", "submitted_at", "id"], name="request_by_time"),
                            models.Index(
                                condition=models.Q(("status", "resolved")),
                                fields=["resolved_at"],
                                name="request_to_close",
                            ),
                            models.Index(
                                condition=models.Q(("thanks_count__gt", 0)),
                                fields=["jurisdiction", "-resolved_at"],
                                name="request_thanked",
                            ),
                            models.Index(
                                condition=models.Q(
                                    ("status__in", ["received", "routed", "in_progress", "on_hold"]),
                                    ("acknowledged_at__isnull", True),
                                    models.Q(("priority", 1), ("after_warning", True), _connector="OR"),
                                ),
                                fields=["jurisdiction", "department", "due_at", "id"],
                                name="request_urgent",
                            ),
                            models.Index(
                                condition=models.Q(
                                    ("status__in", ["received", "routed", "in_progress", "on_hold"]),
                                    ("reopened_count__gt", 0),
                                ),
                                fields=["jurisdiction", "department", "due_at", "id"],
                                name="request_open_reopened",
                            ),
                            models.Index(
                                condition=models.Q(("has_new_answer", True)),
                                fields=["jurisdiction", "department", "due_at", "id"],
                                name="request_new_answer",
                            ),
                            models.Index(
                                condition=models.Q(("status", "on_hold")),
                                fields=["jurisdiction", "hold_until", "id"],
                                name="request_on_hold",
                            ),
                            models.Index(
                                condition=models.Q(("waits_for__isnull", False)),
                                fields=["waits_for"],
                                name="request_waits_for_another",
                            ),
                            models.Index(
                                condition=models.Q(("api_key__isnull", False)),
                                fields=["api_key", "-id"],
                                name="request_by_api_key",
                            ),
                            models.Index(
                                condition=models.Q(("public_state", "pending_review")),
                                fields=["jurisdiction", "submitted_at", "id"],
                                name="request_pending_review",
                            ),
                            models.Index(
                                condition=models.Q(
                                    ("public_state", "private"), ("review_reason__in", ["distress", "transfer"])
                                ),
                                fields=["jurisdiction", "submitted_at", "id"],
                                name="request_private_review",
                            ),
                            models.Index(
                                condition=models.Q(("public_state", "unconfirmed")),
                                fields=["submitted_at", "id"],
                                name="request_unconfirmed",
                            ),
                            models.Index(
                                condition=models.Q(("duplicate_of__isnull", False)),
                                fields=["duplicate_of"],
                                name="request_duplicates",
                            ),
                            django.contrib.postgres.indexes.GistIndex(
                                condition=models.Q(("public_state", "public")),
                                fields=["public_point", "submitted_at"],
                                name="request_public_place",
                            ),
                            django.contrib.postgres.indexes.GistIndex(
                                condition=models.Q(
                                    ("status__in", ["received", "routed", "in_progress", "on_hold"]),
                                    ("public_state", "public"),
                                ),
                                fields=["public_point"],
                                name="request_open_public_place",
                            ),
                            django.contrib.postgres.indexes.GistIndex(
                                condition=models.Q(("status__in", ["received", "routed", "in_progress", "on_hold"])),
                                fields=["point"],
                                name="request_open_place",
                            ),
                            django.contrib.postgres.indexes.GistIndex(
                                condition=models.Q(("status__in", ["resolved", "closed"])),
                                fields=["point", "submitted_at"],
                                name="request_ended_place",
                            ),
                            models.Index(
                                condition=models.Q(("asset__isnull", False)),
                                fields=["asset", "-id"],
                                name="request_by_asset",
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("priority__gte", 1), ("priority__lte", 4)),
                                name="request_priority_1_to_4",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("disposition__gt", ""), ("status__in", ["resolved", "closed"])),
                                    models.Q(
                                        models.Q(("status__in", ["resolved", "closed"]), _negated=True),
                                        ("disposition", ""),
                                    ),
                                    _connector="OR",
                                ),
                                name="request_ended_has_disposition",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("duplicate_of", models.F("id")), _negated=True),
                                name="request_not_its_own_duplicate",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("is_test", False), ("public_state__in", ["test", "erased"]), _connector="OR"
                                ),
                                name="request_test_is_not_public",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("external_id", ""), _negated=True),
                                fields=("jurisdiction", "external_source", "external_id"),
                                name="request_external_id_unique",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RequestArea",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "area",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="requests_app.area"
                            ),
                        ),
                        (
                            "service_request",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="request_areas",
                                to="requests_app.servicerequest",
                            ),
                        ),
                        ("submitted_at", models.DateTimeField()),
                        ("is_open", models.BooleanField(default=True)),
                        (
                            "public_state",
                            models.CharField(
                                choices=[
                                    ("public", "Public"),
                                    ("unconfirmed", "Unconfirmed"),
                                    ("pending_review", "Pending Review"),
                                    ("hidden", "Hidden"),
                                    ("private", "Private"),
                                    ("staff", "Staff"),
                                    ("test", "Test"),
                                    ("erased", "Erased"),
                                ],
                                max_length=16,
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("public_state", "public")),
                                fields=["area", "-submitted_at", "-service_request"],
                                name="request_area_newest",
                            ),
                            models.Index(
                                condition=models.Q(("is_open", True), ("public_state", "public")),
                                fields=["area", "-submitted_at", "-service_request"],
                                name="request_area_open",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("area", "service_request"), name="request_area_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Answer",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                        (
                            "question_version",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="requests_app.questionversion",
                            ),
                        ),
                        ("question_text", models.TextField()),
                        ("value", models.JSONField()),
                        ("value_text", models.TextField()),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("service_request", "question_version"), name="answer_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Comment",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                        (
                            "audience",
                            models.CharField(
                                choices=[("department", "Department"), ("everyone", "Everyone")],
                                db_default="department",
                                default="department",
                                max_length=10,
                            ),
                        ),
                        ("text", models.TextField()),
                        ("language", models.CharField(default="en", max_length=12)),
                        ("public", models.BooleanField(default=False)),
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
                            "department",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="requests_app.department",
                            ),
                        ),
                        ("hidden_at", models.DateTimeField(blank=True, null=True)),
                        ("created_at", models.DateTimeField(db_default=requests_app.clock.AppNow())),
                    ],
                    options={
                        "indexes": [models.Index(fields=["service_request", "-id"], name="comment_of_request")],
                    },
                ),
                migrations.CreateModel(
                    name="PlaceRevision",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "service_request",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="place_revisions",
                                to="requests_app.servicerequest",
                            ),
                        ),
                        ("point", django.contrib.gis.db.models.fields.PointField(blank=True, null=True, srid=4326)),
                        ("address", models.CharField(blank=True, max_length=300)),
                        ("place_note", models.CharField(blank=True, max_length=300)),
                        ("created_at", models.DateTimeField(db_default=requests_app.clock.AppNow())),
                    ],
                ),
                migrations.CreateModel(
                    name="RoutingDecision",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                            "version",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="requests_app.routingversion",
                            ),
                        ),
                        ("reason", models.CharField(max_length=20)),
                        ("is_first", models.BooleanField(default=False)),
                        ("created_at", models.DateTimeField(db_default=requests_app.clock.AppNow())),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("is_first", True), ("rule__isnull", False)),
                                fields=["created_at"],
                                include=("rule", "service_request"),
                                name="routing_decision_newest",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("is_first", True)),
                                fields=("service_request",),
                                name="request_routed_once",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Clock",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                        (
                            "kind",
                            models.CharField(
                                choices=[("acknowledge", "Acknowledge"), ("resolve", "Resolve")], max_length=12
                            ),
                        ),
                        (
                            "target",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                to="requests_app.target",
                            ),
                        ),
                        ("target_words", models.JSONField(default=dict)),
                        ("started_at", models.DateTimeField()),
                        ("due_at", models.DateTimeField()),
                        ("paused_at", models.DateTimeField(blank=True, null=True)),
                        ("remaining_s", models.BigIntegerField(blank=True, null=True)),
                        ("waited_s", models.BigIntegerField(db_default=0, default=0)),
                        ("runs_since", models.DateTimeField(blank=True, null=True)),
                        (
                            "suspension",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="clocks",
                                to="requests_app.clocksuspension",
                            ),
                        ),
                        ("step", models.PositiveSmallIntegerField(db_default=0, default=0)),
                        ("step_at", models.DateTimeField(blank=True, null=True)),
                        ("met_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("met_at__isnull", True), ("step_at__isnull", False)),
                                fields=["step_at", "id"],
                                name="clock_next_step",
                            ),
                            models.Index(
                                condition=models.Q(("met_at__isnull", True), ("suspension__isnull", False)),
                                fields=["suspension", "service_request"],
                                name="clock_suspended",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("met_at__isnull", True)),
                                fields=("service_request", "kind"),
                                name="clock_one_runs",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Participation",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                            "cadence",
                            models.CharField(
                                choices=[("at_once", "At Once"), ("daily", "Daily"), ("weekly", "Weekly")],
                                db_default="at_once",
                                default="at_once",
                                max_length=8,
                            ),
                        ),
                        ("unsubscribed_at", models.DateTimeField(blank=True, null=True)),
                        ("created_at", models.DateTimeField(db_default=requests_app.clock.AppNow())),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("person", "service_request", "role"), name="participation_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="AccessLink",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("nonce", models.UUIDField(default=uuid.uuid4, editable=False, null=True)),
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
                        (
                            "purpose",
                            models.CharField(
                                choices=[("follow", "Follow"), ("draft", "Draft")], default="follow", max_length=10
                            ),
                        ),
                        ("generation", models.PositiveIntegerField(default=1)),
                        ("expires_at", models.DateTimeField(blank=True, null=True)),
                        ("created_at", models.DateTimeField(db_default=requests_app.clock.AppNow())),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("person", "service_request", "purpose"), name="access_link_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="IdempotencyKey",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("scope", models.CharField(max_length=80)),
                        ("key", models.CharField(max_length=128)),
                        ("body_hash", models.CharField(max_length=64)),
                        (
                            "service_request",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="requests_app.servicerequest",
                            ),
                        ),
                        ("answer", models.JSONField(db_default={}, default=dict)),
                        ("created_at", models.DateTimeField(db_default=requests_app.clock.AppNow())),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("scope__startswith", "once:"), _negated=True),
                                fields=["created_at"],
                                name="idempotency_retry_age",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("scope", "key"), name="idempotency_key_unique")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="OnCall",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "jurisdiction",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="on_call",
                                to="requests_app.jurisdiction",
                            ),
                        ),
                        (
                            "department",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="on_call_roster",
                                to="requests_app.department",
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("red_flag", "Red Flag"),
                                    ("poison", "Poison"),
                                    ("self_harm", "Self Harm"),
                                    ("domestic_violence", "Domestic Violence"),
                                    ("utility", "Utility"),
                                    ("sexual_violence", "Sexual Violence"),
                                    ("child_abuse", "Child Abuse"),
                                    ("elder_abuse", "Elder Abuse"),
                                    ("trafficking", "Trafficking"),
                                    ("overdose", "Overdose"),
                                    ("threat", "Threat"),
                                    ("hazard", "Hazard"),
                                ],
                                db_default="",
                                max_length=20,
                            ),
                        ),
                        ("order", models.PositiveSmallIntegerField(default=1)),
                        (
                            "user",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("name", models.CharField(blank=True, max_length=200)),
                        ("email", models.EmailField(blank=True, max_length=254)),
                        ("phone", models.CharField(blank=True, max_length=40)),
                        (
                            "weekdays",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.PositiveSmallIntegerField(), blank=True, default=list, size=None
                            ),
                        ),
                        ("starts_at", models.TimeField(blank=True, null=True)),
                        ("ends_at", models.TimeField(blank=True, null=True)),
                    ],
                    options={
                        "ordering": ["order", "id"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("user__isnull", False), models.Q(("name", ""), _negated=True), _connector="OR"
                                ),
                                name="on_call_is_somebody",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("kind", ""), ("department", None), _connector="OR"),
                                name="on_call_for_one_roster",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Alarm",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "jurisdiction",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="requests_app.jurisdiction",
                            ),
                        ),
                        (
                            "service_request",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="alarms",
                                to="requests_app.servicerequest",
                            ),
                        ),
                        (
                            "reason",
                            models.CharField(
                                choices=[("words", "Words"), ("answer", "Answer"), ("staff", "Staff")], max_length=10
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("red_flag", "Red Flag"),
                                    ("poison", "Poison"),
                                    ("self_harm", "Self Harm"),
                                    ("domestic_violence", "Domestic Violence"),
                                    ("utility", "Utility"),
                                    ("sexual_violence", "Sexual Violence"),
                                    ("child_abuse", "Child Abuse"),
                                    ("elder_abuse", "Elder Abuse"),
                                    ("trafficking", "Trafficking"),
                                    ("overdose", "Overdose"),
                                    ("threat", "Threat"),
                                    ("hazard", "Hazard"),
                                ],
                                db_default="",
                                max_length=20,
                            ),
                        ),
                        (
                            "comment",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="requests_app.comment",
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[("ringing", "Ringing"), ("accepted", "Accepted"), ("ended", "Ended")],
                                default="ringing",
                                max_length=10,
                            ),
                        ),
                        ("started_at", models.DateTimeField()),
                        ("step", models.PositiveIntegerField(default=0)),
                        ("round", models.PositiveIntegerField(default=0)),
                        ("next_at", models.DateTimeField(blank=True, null=True)),
                        ("accepted_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "accepted_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "accepted_call",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="requests_app.alarmcall",
                            ),
                        ),
                        ("ended_at", models.DateTimeField(blank=True, null=True)),
                        ("needless_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "needless_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("state", "ringing")),
                                fields=["jurisdiction", "started_at"],
                                name="alarm_ringing",
                            ),
                            models.Index(fields=["jurisdiction", "started_at"], name="alarm_by_start"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("state", "ringing")),
                                fields=("service_request",),
                                name="alarm_rings_once_a_request",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="AlarmCall",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("nonce", models.UUIDField(default=uuid.uuid4, editable=False, null=True)),
                        (
                            "alarm",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="calls",
                                to="requests_app.alarm",
                            ),
                        ),
                        ("step", models.PositiveIntegerField()),
                        ("round", models.PositiveIntegerField()),
                        (
                            "level",
                            models.CharField(
                                choices=[
                                    ("danger", "Danger"),
                                    ("department", "Department"),
                                    ("supervisor", "Supervisor"),
                                    ("desk", "Desk"),
                                    ("night", "Night Number"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("callee_key", models.CharField(max_length=330)),
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
                        ("name", models.CharField(max_length=200)),
                        ("channel", models.CharField(choices=[("email", "Email"), ("sms", "Sms")], max_length=10)),
                        ("address", models.CharField(max_length=320)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("waiting", "Waiting"),
                                    ("sent", "Sent"),
                                    ("failed", "Failed"),
                                    ("unneeded", "Unneeded"),
                                ],
                                default="waiting",
                                max_length=10,
                            ),
                        ),
                        ("error", models.CharField(blank=True, max_length=80)),
                        ("created_at", models.DateTimeField(db_default=requests_app.clock.AppNow())),
                        ("sent_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("alarm", "step", "channel"), name="alarm_call_once_a_step")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="AnswerTemplate",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "jurisdiction",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="answer_templates",
                                to="requests_app.jurisdiction",
                            ),
                        ),
                        ("name", models.CharField(max_length=100)),
                        (
                            "service",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="requests_app.service",
                            ),
                        ),
                        ("outcome", models.CharField(blank=True, max_length=20)),
                        ("words", models.JSONField()),
                        ("active", models.BooleanField(default=True)),
                        ("revision", models.PositiveIntegerField(default=1)),
                        ("created_at", models.DateTimeField(db_default=requests_app.clock.AppNow())),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("jurisdiction", "name"), name="answer_template_name_unique")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ApiKeyRequest",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "jurisdiction",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="requests_app.jurisdiction",
                            ),
                        ),
                        (
                            "contact_point",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="requests_app.contactpoint",
                            ),
                        ),
                        ("name", models.CharField(max_length=100)),
                        ("purpose", models.CharField(max_length=1000)),
                        (
                            "scopes",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=40), default=list, size=None
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("unproved", "Not confirmed yet"),
                                    ("waiting", "Waiting"),
                                    ("approved", "Approved"),
                                    ("declined", "Declined"),
                                ],
                                default="unproved",
                                max_length=10,
                            ),
                        ),
                        ("reply", models.CharField(blank=True, max_length=1000)),
                        (
                            "key",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="requests_app.apikey",
                            ),
                        ),
                        (
                            "decided_by",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("proved_at", models.DateTimeField(blank=True, null=True)),
                        ("decided_at", models.DateTimeField(blank=True, null=True)),
                        ("created_at", models.DateTimeField(db_default=requests_app.clock.AppNow())),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("state", "waiting")),
                                fields=["jurisdiction", "proved_at", "id"],
                                name="api_key_request_waiting",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ApiKeyUsage",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "api_key",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="usage",
                                to="requests_app.apikey",
                            ),
                        ),
                        ("day", models.DateField()),
                        ("calls", models.PositiveIntegerField(default=0)),
                        ("errors", models.PositiveIntegerField(default=0)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("api_key", "day"), name="api_key_usage_unique")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="BulkJob",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "jurisdiction",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="requests_app.jurisdiction",
                            ),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="bulk_jobs",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("steps", models.JSONField()),
                        ("name", models.CharField(blank=True, max_length=60)),
                        ("query", models.TextField(blank=True)),
                        ("last_event_id", models.BigIntegerField()),
                        ("total", models.PositiveIntegerField(default=0)),
                        ("done", models.PositiveIntegerField(default=0)),
                        ("refused", models.PositiveIntegerField(default=0)),
                        ("undone", models.PositiveIntegerField(default=0)),
                        ("batches", models.PositiveIntegerField(default=0)),
                        ("started_at", models.DateTimeField(db_default=requests_app.clock.AppNow())),
                        ("stopped_at", models.DateTimeField(blank=True, null=True)),
                        ("finished_at", models.DateTimeField(blank=True, null=True)),
                        ("undo_asked_at", models.DateTimeField(blank=True, null=True)),
                        ("undone_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["user", "-id"], name="bulk_job_of_user"),
                            models.Index(fields=["started_at"], name="bulk_job_by_age"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="BulkRow",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "job",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="rows",
                                to="requests_app.bulkjob",
                            ),
                        ),
                        (
                            "service_request",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="requests_app.servicerequest",
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("waiting", "Waiting"),
                                    ("done", "Done"),
                                    ("refused", "Refused"),
                                    ("undone", "Undone"),
                                    ("kept", "Kept"),
                                ],
                                db_default="waiting",
                                default="waiting",
                                max_length=10,
                            ),
                        ),
                        ("reason", models.CharField(blank=True, db_default="", max_length=30)),
                        (
                            "changes",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.BigIntegerField(), db_default=[], default=list, size=None
                            ),
                        ),
                        (
                            "events",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.BigIntegerField(), db_default=[], default=list, size=None
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("state", "waiting")),
                                fields=["job", "service_request"],
                                name="bulk_row_waiting",
                            ),
                            models.Index(fields=["job", "state", "service_request"], name="bulk_row_by_state"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("job", "service_request"), name="bulk_row_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ClockSuspension",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "jurisdiction",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="clock_suspensions",
                                to="requests_app.jurisdiction",
                            ),
                        ),
                        ("reason", models.JSONField()),
                        ("starts_at", models.DateTimeField()),
                        ("ends_at", models.DateTimeField()),
                        ("stopped", models.PositiveIntegerField(default=0)),
                        (
                            "created_by",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("created_at", models.DateTimeField(db_default=requests_app.clock.AppNow())),
                        ("services", models.ManyToManyField(blank=True, related_name="+", to="requests_app.service")),
                        ("areas", models.ManyToManyField(blank=True, related_name="+", to="requests_app.area")),
                    ],
                    options={
                        "indexes": [models.Index(fields=["jurisdiction", "-ends_at", "-id"], name="suspension_by_end")],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("ends_at__gt", models.F("starts_at"))),
                                name="suspension_ends_after_it_starts",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Counter",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "jurisdiction",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="requests_app.jurisdiction",
                            ),
                        ),
                        ("measure", models.CharField(max_length=20)),
                        ("day", models.DateField()),
                        (
                            "service",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="requests_app.service",
                            ),
                        ),
                        ("public_state", models.CharField(max_length=16)),
                        ("value", models.BigIntegerField(default=0)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("jurisdiction", "measure", "day", "service", "public_state"),
                                name="counter_unique",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CounterDelta",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "jurisdiction",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="requests_app.jurisdiction",
                            ),
                        ),
                        ("measure", models.CharField(max_length=20)),
                        ("day", models.DateField()),
                        (
                            "service",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="requests_app.service",
                            ),
                        ),
                        ("public_state", models.CharField(max_length=16)),
                        ("delta", models.IntegerField()),
                    ],
                    options={
                        "abstract": False,
                    },
                ),
                migrations.CreateModel(
                    name="ScreeningCount",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "jurisdiction",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="requests_app.jurisdiction",
                            ),
                        ),
                        ("day", models.DateField()),
                        ("service_code", models.CharField(blank=True, max_length=60)),
                        ("reason", models.CharField(max_length=20)),
                        (
                            "step",
                            models.CharField(
                                choices=[
                                    ("block", "Block"),
                                    ("asked", "Asked"),
                                    ("called", "Called"),
                                    ("went_on", "Went On"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("value", models.PositiveIntegerField(default=0)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("jurisdiction", "day", "service_code", "reason", "step"),
                                name="screening_count_unique",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="AnsweredCount",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "jurisdiction",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="requests_app.jurisdiction",
                            ),
                        ),
                        ("day", models.DateField()),
                        ("article_code", models.CharField(max_length=60)),
                        ("service_code", models.CharField(blank=True, max_length=60)),
                        ("value", models.PositiveIntegerField(default=0)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("jurisdiction", "day", "article_code", "service_code"),
                                name="answered_count_unique",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ArticleVote",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "jurisdiction",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="requests_app.jurisdiction",
                            ),
                        ),
                        ("day", models.DateField()),
                        ("article_code", models.CharField(max_length=60)),
                        ("helped", models.BooleanField()),
                        ("value", models.PositiveIntegerField(default=0)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("jurisdiction", "day", "article_code", "helped"), name="article_vote_unique"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ReferralCount",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "jurisdiction",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="requests_app.jurisdiction",
                            ),
                        ),
                        ("day", models.DateField()),
                        ("receiver", models.CharField(max_length=254)),
                        ("value", models.PositiveIntegerField(default=0)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("jurisdiction", "day", "receiver"), name="referral_count_unique"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="UnansweredSearch",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "jurisdiction",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="requests_app.jurisdiction",
                            ),
                        ),
                        ("week", models.DateField()),
                        ("words", models.CharField(max_length=80)),
                        ("value", models.PositiveIntegerField(default=0)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("jurisdiction", "week", "words"), name="unanswered_search_unique"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Event",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                        ("kind", models.CharField(max_length=30)),
                        ("at", models.DateTimeField(db_default=requests_app.clock.AppNow())),
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
                            "api_key",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="requests_app.apikey",
                            ),
                        ),
                        ("data", models.JSONField(default=dict)),
                        ("nonce", models.UUIDField(editable=False, null=True)),
                        (
                            "source",
                            models.CharField(
                                choices=[("live", "Live"), ("import", "Import"), ("demo", "Demo")],
                                default="live",
                                max_length=8,
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["service_request", "id"], name="event_of_request"),
                            models.Index(fields=["jurisdiction", "kind", "at"], name="event_by_kind"),
                            models.Index(
                                condition=models.Q(("user__isnull", False)),
                                fields=["jurisdiction", "-at", "-id"],
                                name="event_of_staff",
                            ),
                            models.Index(
                                condition=models.Q(("user__isnull", False)),
                                fields=["user", "-at", "-id"],
                                name="event_by_user",
                            ),
                            models.Index(
                                condition=models.Q(("user__isnull", False)),
                                fields=["jurisdiction", "kind", "-at", "-id"],
                                name="event_of_staff_by_kind",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Task",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "service_request",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="tasks",
                                to="requests_app.servicerequest",
                            ),
                        ),
                        (
                            "department",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="tasks",
                                to="requests_app.department",
                            ),
                        ),
                        (
                            "team",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="requests_app.team",
                            ),
                        ),
                        ("what", models.CharField(max_length=500)),
                        (
                            "after",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="requests_app.task",
                            ),
                        ),
                        ("due_on", models.DateField(blank=True, null=True)),
                        (
                            "state",
                            models.CharField(
                                choices=[("open", "Open"), ("done", "Done"), ("dropped", "Dropped")],
                                default="open",
                                max_length=8,
                            ),
                        ),
                        ("outside_number", models.CharField(blank=True, max_length=60)),
                        ("outside_url", models.URLField(blank=True, max_length=300)),
                        ("outside_status", models.CharField(blank=True, max_length=60)),
                        (
                            "created_by",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("created_at", models.DateTimeField(db_default=requests_app.clock.AppNow())),
                        ("ended_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "ended_by",
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
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("state", "open")),
                                fields=["department", "id"],
                                name="task_open_by_department",
                            ),
                            models.Index(
                                condition=models.Q(("outside_number", ""), _negated=True),
                                fields=["department", "outside_number"],
                                name="task_by_outside_number",
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("ended_at", None), ("state", "open")),
                                    models.Q(
                                        models.Q(("state", "open"), _negated=True),
                                        models.Q(("ended_at", None), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="task_ended_has_time",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="OutsideStatus",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "department",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="outside_statuses",
                                to="requests_app.department",
                            ),
                        ),
                        ("words", models.CharField(max_length=60)),
                        (
                            "state",
                            models.CharField(
                                choices=[("open", "Open"), ("done", "Done"), ("dropped", "Dropped")], max_length=8
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("department", "words"), name="outside_status_unique")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CrewResult",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "service_request",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="requests_app.servicerequest",
                            ),
                        ),
                        (
                            "task",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="requests_app.task",
                            ),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("key", models.UUIDField()),
                        ("state", models.CharField(choices=[("done", "Done"), ("late", "Late")], max_length=4)),
                        ("seen", models.BigIntegerField()),
                        (
                            "event",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="requests_app.event",
                            ),
                        ),
                        ("created_at", models.DateTimeField(db_default=requests_app.clock.AppNow())),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("service_request", "user", "key"), name="crew_result_key_unique"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="DailyLoad",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "jurisdiction",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="requests_app.jurisdiction",
                            ),
                        ),
                        ("day", models.DateField()),
                        (
                            "department",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="requests_app.department",
                            ),
                        ),
                        (
                            "service",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="requests_app.service",
                            ),
                        ),
                        ("is_confidential", models.BooleanField(default=False)),
                        ("submitted", models.PositiveIntegerField(default=0)),
                        ("ended", models.PositiveIntegerField(default=0)),
                        ("open_week", models.PositiveIntegerField(default=0)),
                        ("open_month", models.PositiveIntegerField(default=0)),
                        ("open_quarter", models.PositiveIntegerField(default=0)),
                        ("open_older", models.PositiveIntegerField(default=0)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("jurisdiction", "day", "department", "service", "is_confidential"),
                                name="daily_load_once",
                                nulls_distinct=False,
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Draft",
                    fields=[
                        ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        (
                            "jurisdiction",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="requests_app.jurisdiction",
                            ),
                        ),
                        ("visitor_hash", models.CharField(max_length=64)),
                        ("language", models.CharField(default="en", max_length=12)),
                        ("typed", models.JSONField(default=dict)),
                        ("warning", models.CharField(default="", max_length=10)),
                        ("idempotency_key", models.UUIDField(default=uuid.uuid4, editable=False)),
                        (
                            "service_request",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                to="requests_app.servicerequest",
                            ),
                        ),
                        (
                            "tester",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "tested_version",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="requests_app.serviceversion",
                            ),
                        ),
                        ("expires_at", models.DateTimeField()),
                        ("created_at", models.DateTimeField(db_default=requests_app.clock.AppNow())),
                        ("updated_at", models.DateTimeField(db_default=requests_app.clock.AppNow())),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["visitor_hash", "-created_at"], name="draft_of_visitor"),
                            models.Index(fields=["expires_at"], name="draft_expiry"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("visitor_hash", "idempotency_key"), name="draft_key_unique")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Photo",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "jurisdiction",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="requests_app.jurisdiction",
                            ),
                        ),
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
                            "service_request",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="photos",
                                to="requests_app.servicerequest",
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[("report", "Report"), ("work", "Work"), ("check", "Check")],
                                default="report",
                                max_length=8,
                            ),
                        ),
                        (
                            "stage",
                            models.CharField(
                                blank=True,
                                choices=[("before", "Before"), ("after", "After")],
                                db_default="",
                                max_length=6,
                            ),
                        ),
                        ("name", models.CharField(max_length=40, unique=True)),
                        ("width", models.PositiveIntegerField()),
                        ("height", models.PositiveIntegerField()),
                        ("alt", models.CharField(blank=True, max_length=300)),
                        ("is_private", models.BooleanField(default=False)),
                        ("taken_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "taken_point",
                            django.contrib.gis.db.models.fields.PointField(blank=True, null=True, srid=4326),
                        ),
                        ("picture_hash", models.BigIntegerField(blank=True, null=True)),
                        ("hidden_at", models.DateTimeField(blank=True, null=True)),
                        ("hidden_reason", models.CharField(blank=True, db_default="", max_length=20)),
                        ("created_at", models.DateTimeField(db_default=requests_app.clock.AppNow())),
                    ],
                    options={
                        "indexes": [
                            django.contrib.postgres.indexes.GinIndex(
                                models.Func(
                                    "picture_hash",
                                    function="picture_bands",
                                    output_field=django.contrib.postgres.fields.ArrayField(
                                        base_field=models.IntegerField(), size=None
                                    ),
                                ),
                                condition=models.Q(("picture_hash__isnull", False)),
                                name="photo_picture",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="EndingSample",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "jurisdiction",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="requests_app.jurisdiction",
                            ),
                        ),
                        (
                            "department",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="ending_samples",
                                to="requests_app.department",
                            ),
                        ),
                        ("week", models.DateField()),
                        ("seed", models.CharField(max_length=32)),
                        ("wanted", models.PositiveIntegerField()),
                        ("endings", models.PositiveIntegerField()),
                        ("other_endings", models.PositiveIntegerField()),
                        (
                            "outcomes",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=14), db_default=["fixed", "not_found"], size=None
                            ),
                        ),
                        ("drawn_at", models.DateTimeField(db_default=requests_app.clock.AppNow())),
                    ],
                    options={
                        "indexes": [models.Index(fields=["jurisdiction", "-week"], name="ending_sample_newest")],
                        "constraints": [
                            models.UniqueConstraint(fields=("department", "week"), name="ending_sample_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="EndingCheck",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "sample",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="checks",
                                to="requests_app.endingsample",
                            ),
                        ),
                        (
                            "service_request",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="ending_checks",
                                to="requests_app.servicerequest",
                            ),
                        ),
                        (
                            "disposition",
                            models.CharField(
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
                        ("ended_at", models.DateTimeField()),
                        (
                            "checker",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="ending_checks",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "seen",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("fixed", "Fixed"),
                                    ("not_fixed", "Not Fixed"),
                                    ("cant_tell", "Cant Tell"),
                                    ("acted", "Acted"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("was_blind", models.BooleanField(default=False)),
                        (
                            "photo",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="requests_app.photo",
                            ),
                        ),
                        ("seen_at", models.DateTimeField(blank=True, null=True)),
                        ("reopened_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("seen_at__isnull", True)),
                                fields=["checker", "id"],
                                name="ending_check_to_do",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("sample", "service_request"), name="ending_check_once"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("seen", ""), ("seen_at__isnull", True)),
                                    models.Q(models.Q(("seen", ""), _negated=True), ("seen_at__isnull", False)),
                                    _connector="OR",
                                ),
                                name="ending_check_seen_at",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ServiceApproval",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "service",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="approvals",
                                to="requests_app.service",
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[("emergency", "Emergency"), ("no_article", "No Article")], max_length=12
                            ),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("at", models.DateTimeField(db_default=requests_app.clock.AppNow())),
                        ("approver", models.CharField(blank=True, db_default="", max_length=100)),
                        ("is_shipped", models.BooleanField(db_default=False, default=False)),
                        ("review_by", models.DateField(blank=True, null=True)),
                        ("notified_on", models.DateField(blank=True, null=True)),
                        ("approved", models.JSONField(blank=True, default=dict)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("service", "kind"), name="service_approval_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ServiceTest",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "service",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="tests",
                                to="requests_app.service",
                            ),
                        ),
                        (
                            "service_version",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="requests_app.serviceversion",
                            ),
                        ),
                        (
                            "service_request",
                            models.OneToOneField(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="service_test",
                                to="requests_app.servicerequest",
                            ),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("at", models.DateTimeField(db_default=requests_app.clock.AppNow())),
                        ("passed_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "indexes": [models.Index(fields=["service", "-id"], name="service_test_newest")],
                    },
                ),
                migrations.CreateModel(
                    name="ArticleTopic",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "jurisdiction",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="article_topics",
                                to="requests_app.jurisdiction",
                            ),
                        ),
                        ("code", models.SlugField(max_length=60)),
                        ("name", models.JSONField()),
                        ("order", models.PositiveSmallIntegerField(default=0)),
                    ],
                    options={
                        "ordering": ("order", "code"),
                        "constraints": [
                            models.UniqueConstraint(fields=("jurisdiction", "code"), name="article_topic_code_unique")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Article",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "jurisdiction",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="articles",
                                to="requests_app.jurisdiction",
                            ),
                        ),
                        ("code", models.SlugField(max_length=60)),
                        (
                            "topic",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="articles",
                                to="requests_app.articletopic",
                            ),
                        ),
                        ("title", models.JSONField()),
                        ("body", models.JSONField()),
                        ("asked", models.JSONField(db_default={}, default=dict)),
                        ("by_address", models.CharField(blank=True, db_default="", default="", max_length=60)),
                        ("contact", models.JSONField(blank=True, null=True)),
                        ("published", models.BooleanField(default=True)),
                        ("updated_at", models.DateTimeField(db_default=requests_app.clock.AppNow())),
                        ("draft", models.JSONField(blank=True, null=True)),
                        (
                            "owner",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("reviewed_on", models.DateField(blank=True, null=True)),
                        ("review_on", models.DateField(blank=True, null=True)),
                        ("revision", models.PositiveIntegerField(db_default=1, default=1)),
                        (
                            "services",
                            models.ManyToManyField(blank=True, related_name="articles", to="requests_app.service"),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("jurisdiction", "code"), name="article_code_unique")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SearchDocument",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "jurisdiction",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="requests_app.jurisdiction",
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[("service", "Service"), ("article", "Article"), ("request", "Request")],
                                max_length=10,
                            ),
                        ),
                        ("object_id", models.BigIntegerField()),
                        ("language", models.CharField(max_length=12)),
                        ("title", models.TextField()),
                        (
                            "phrases",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.TextField(), db_default=[], default=list, size=None
                            ),
                        ),
                        ("text", models.TextField(blank=True)),
                        (
                            "vector",
                            models.GeneratedField(
                                db_persist=True,
                                expression=models.Func(
                                    models.F("language"), models.F("title"), models.F("text"), function="search_vector"
                                ),
                                output_field=django.contrib.postgres.search.SearchVectorField(),
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            django.contrib.postgres.indexes.GinIndex(fields=["vector"], name="search_document_vector"),
                            django.contrib.postgres.indexes.GinIndex(
                                django.contrib.postgres.indexes.OpClass("title", name="gin_trgm_ops"),
                                name="search_document_title_trgm",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("kind", "object_id", "language"), name="search_document_unique"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="LayerImport",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "jurisdiction",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="layer_imports",
                                to="requests_app.jurisdiction",
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("areas", "Areas"),
                                    ("owners", "Owners"),
                                    ("addresses", "Addresses"),
                                    ("assets", "Assets"),
                                    ("boundary", "Boundary"),
                                ],
                                max_length=12,
                            ),
                        ),
                        ("layer", models.SlugField(blank=True, max_length=40)),
                        ("file_name", models.CharField(max_length=200)),
                        ("path", models.CharField(blank=True, max_length=200)),
                        ("size", models.BigIntegerField(default=0)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("uploaded", "Uploaded"),
                                    ("checking", "Checking"),
                                    ("checked", "Checked"),
                                    ("applying", "Applying"),
                                    ("applied", "Applied"),
                                    ("undoing", "Undoing"),
                                    ("undone", "Undone"),
                                    ("replaced", "Replaced"),
                                    ("failed", "Failed"),
                                ],
                                default="uploaded",
                                max_length=12,
                            ),
                        ),
                        ("found", models.JSONField(default=dict)),
                        ("mapping", models.JSONField(blank=True, default=dict)),
                        ("report", models.JSONField(blank=True, default=dict)),
                        ("problems", models.JSONField(blank=True, default=list)),
                        ("failure", models.CharField(blank=True, max_length=40)),
                        (
                            "created_by",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("created_at", models.DateTimeField(db_default=requests_app.clock.AppNow())),
                        ("applied_at", models.DateTimeField(blank=True, null=True)),
                        ("attempt", models.PositiveIntegerField(default=0)),
                    ],
                    options={
                        "indexes": [models.Index(fields=["jurisdiction", "-id"], name="layer_import_newest")],
                    },
                ),
                migrations.CreateModel(
                    name="LayerRow",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "layer_import",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="rows",
                                to="requests_app.layerimport",
                            ),
                        ),
                        ("is_previous", models.BooleanField(default=False)),
                        ("number", models.IntegerField()),
                        ("properties", models.JSONField(default=dict)),
                        (
                            "shape",
                            django.contrib.gis.db.models.fields.GeometryField(
                                null=True, spatial_index=False, srid=4326
                            ),
                        ),
                        ("problem", models.CharField(blank=True, db_default="", max_length=30)),
                        ("detail", models.CharField(blank=True, db_default="", max_length=200)),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["layer_import", "is_previous", "number"], name="layer_row_of_import"),
                            models.Index(
                                condition=models.Q(("problem", ""), _negated=True),
                                fields=["layer_import", "number"],
                                name="layer_row_problems",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="LimitCount",
                    fields=[
                        ("key", models.CharField(max_length=24, primary_key=True, serialize=False)),
                        ("value", models.IntegerField()),
                        ("expires_at", models.DateTimeField()),
                    ],
                    options={
                        "indexes": [models.Index(fields=["expires_at"], name="limit_count_age")],
                    },
                ),
                migrations.CreateModel(
                    name="Macro",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "jurisdiction",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="macros",
                                to="requests_app.jurisdiction",
                            ),
                        ),
                        ("name", models.CharField(max_length=60)),
                        (
                            "department",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="requests_app.department",
                            ),
                        ),
                        (
                            "owner",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("key", models.PositiveSmallIntegerField(blank=True, null=True)),
                        ("steps", models.JSONField()),
                        ("revision", models.PositiveIntegerField(default=1)),
                        ("created_at", models.DateTimeField(db_default=requests_app.clock.AppNow())),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("jurisdiction", "department", "owner", "name"),
                                name="macro_name_unique",
                                nulls_distinct=False,
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("key__isnull", True), models.Q(("key__gte", 1), ("key__lte", 9)), _connector="OR"
                                ),
                                name="macro_key_1_to_9",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("department__isnull", True), ("owner__isnull", True), _connector="OR"
                                ),
                                name="macro_of_one_owner",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="MapCell",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "jurisdiction",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="requests_app.jurisdiction",
                            ),
                        ),
                        (
                            "service",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="requests_app.service",
                            ),
                        ),
                        ("is_open", models.BooleanField()),
                        ("month", models.DateField()),
                        ("cell", models.BigIntegerField()),
                        ("requests", models.BigIntegerField(default=0)),
                        ("located", models.BigIntegerField(default=0)),
                        ("longitude", models.BigIntegerField(default=0)),
                        ("latitude", models.BigIntegerField(default=0)),
                        ("grid", models.PositiveSmallIntegerField()),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("jurisdiction", "grid", "is_open", "month", "cell", "service"),
                                name="map_cell_unique",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="MapCellDelta",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "jurisdiction",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="requests_app.jurisdiction",
                            ),
                        ),
                        (
                            "service",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="requests_app.service",
                            ),
                        ),
                        ("is_open", models.BooleanField()),
                        ("month", models.DateField()),
                        ("cell", models.BigIntegerField()),
                        ("requests", models.BigIntegerField(default=0)),
                        ("located", models.BigIntegerField(default=0)),
                        ("longitude", models.BigIntegerField(default=0)),
                        ("latitude", models.BigIntegerField(default=0)),
                    ],
                    options={
                        "abstract": False,
                    },
                ),
                migrations.CreateModel(
                    name="ModerationTerm",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "jurisdiction",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="moderation_terms",
                                to="requests_app.jurisdiction",
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[("link", "Link"), ("threat", "Threat"), ("address", "Address")], max_length=8
                            ),
                        ),
                        ("value", models.CharField(max_length=320)),
                        (
                            "created_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("created_at", models.DateTimeField(db_default=requests_app.clock.AppNow())),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("jurisdiction", "kind", "value"), name="moderation_term_unique"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Notice",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "jurisdiction",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="notices",
                                to="requests_app.jurisdiction",
                            ),
                        ),
                        ("words", models.JSONField()),
                        (
                            "place",
                            models.CharField(
                                choices=[
                                    ("every_page", "Every Page"),
                                    ("home", "Home"),
                                    ("report", "Report"),
                                    ("service", "Service"),
                                    ("area", "Area"),
                                ],
                                default="every_page",
                                max_length=10,
                            ),
                        ),
                        (
                            "service",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="requests_app.service",
                            ),
                        ),
                        (
                            "area",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="requests_app.area",
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[("info", "Info"), ("warning", "Warning")], default="info", max_length=8
                            ),
                        ),
                        ("starts_at", models.DateTimeField()),
                        ("ends_at", models.DateTimeField()),
                        ("revision", models.PositiveIntegerField(default=1)),
                        (
                            "created_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("created_at", models.DateTimeField(db_default=requests_app.clock.AppNow())),
                    ],
                    options={
                        "indexes": [models.Index(fields=["jurisdiction", "-ends_at", "-id"], name="notice_by_end")],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("ends_at__gt", models.F("starts_at"))),
                                name="notice_ends_after_it_starts",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("place", "service"), ("area__isnull", True), ("service__isnull", False)),
                                    models.Q(("place", "area"), ("area__isnull", False), ("service__isnull", True)),
                                    models.Q(
                                        models.Q(("place__in", ["service", "area"]), _negated=True),
                                        ("area__isnull", True),
                                        ("service__isnull", True),
                                    ),
                                    _connector="OR",
                                ),
                                name="notice_place_is_whole",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Subscription",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("nonce", models.UUIDField(default=uuid.uuid4, editable=False, null=True)),
                        (
                            "jurisdiction",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="subscriptions",
                                to="requests_app.jurisdiction",
                            ),
                        ),
                        (
                            "contact_point",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="subscriptions",
                                to="requests_app.contactpoint",
                            ),
                        ),
                        (
                            "area",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="requests_app.area",
                            ),
                        ),
                        (
                            "service",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="requests_app.service",
                            ),
                        ),
                        (
                            "asset",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="requests_app.asset",
                            ),
                        ),
                        ("point", django.contrib.gis.db.models.fields.PointField(blank=True, null=True, srid=4326)),
                        ("radius_m", models.PositiveIntegerField(blank=True, null=True)),
                        ("label", models.CharField(blank=True, max_length=200)),
                        (
                            "cadence",
                            models.CharField(
                                choices=[("at_once", "At Once"), ("daily", "Daily"), ("weekly", "Weekly")],
                                default="daily",
                                max_length=8,
                            ),
                        ),
                        ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                        ("unsubscribed_at", models.DateTimeField(blank=True, null=True)),
                        ("created_at", models.DateTimeField(db_default=requests_app.clock.AppNow())),
                        ("collection", models.BooleanField(db_default=False, default=False)),
                        ("reminded_for", models.DateField(blank=True, null=True)),
                    ],
                    options={
                        "indexes": [
                            django.contrib.postgres.indexes.GistIndex(
                                condition=models.Q(("unsubscribed_at__isnull", True)),
                                fields=["point"],
                                name="subscription_place",
                            ),
                            models.Index(
                                condition=models.Q(("unsubscribed_at__isnull", True)),
                                fields=["area"],
                                name="subscription_area",
                            ),
                            models.Index(
                                condition=models.Q(("unsubscribed_at__isnull", True)),
                                fields=["service"],
                                name="subscription_service",
                            ),
                            models.Index(
                                condition=models.Q(("collection", True), ("unsubscribed_at__isnull", True)),
                                fields=["area"],
                                name="subscription_collection",
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("collection", False),
                                    models.Q(
                                        ("area__isnull", False),
                                        ("asset__isnull", True),
                                        ("point__isnull", True),
                                        ("service__isnull", True),
                                    ),
                                    _connector="OR",
                                ),
                                name="subscription_collection_of_area",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("point__isnull", True), ("radius_m__isnull", True)),
                                    models.Q(("point__isnull", False), ("radius_m__gte", 200)),
                                    _connector="OR",
                                ),
                                name="subscription_radius_at_least_200_m",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="DigestItem",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "contact_point",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="digest_items",
                                to="requests_app.contactpoint",
                            ),
                        ),
                        (
                            "service_request",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="requests_app.servicerequest",
                            ),
                        ),
                        (
                            "event",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="requests_app.event",
                            ),
                        ),
                        (
                            "subscription",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="requests_app.subscription",
                            ),
                        ),
                        (
                            "cadence",
                            models.CharField(
                                choices=[("at_once", "At Once"), ("daily", "Daily"), ("weekly", "Weekly")], max_length=8
                            ),
                        ),
                        ("created_at", models.DateTimeField(db_default=requests_app.clock.AppNow())),
                        ("sent_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("sent_at__isnull", True)),
                                fields=["cadence", "contact_point"],
                                name="digest_unsent",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("contact_point", "event"), name="digest_item_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="OneTimeLink",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("nonce", models.UUIDField(default=uuid.uuid4, editable=False, null=True)),
                        (
                            "jurisdiction",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="requests_app.jurisdiction",
                            ),
                        ),
                        (
                            "purpose",
                            models.CharField(
                                choices=[
                                    ("sign_in", "Sign In"),
                                    ("confirm", "Confirm"),
                                    ("subscribe", "Subscribe"),
                                    ("change", "Change"),
                                    ("api_key", "Api Key"),
                                    ("show_key", "Show Key"),
                                ],
                                max_length=10,
                            ),
                        ),
                        (
                            "contact_point",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="requests_app.contactpoint",
                            ),
                        ),
                        (
                            "service_request",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="requests_app.servicerequest",
                            ),
                        ),
                        (
                            "subscription",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="requests_app.subscription",
                            ),
                        ),
                        (
                            "key_request",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="requests_app.apikeyrequest",
                            ),
                        ),
                        ("visitor_hash", models.CharField(blank=True, max_length=64)),
                        ("expires_at", models.DateTimeField()),
                        ("used_at", models.DateTimeField(blank=True, null=True)),
                        ("created_at", models.DateTimeField(db_default=requests_app.clock.AppNow())),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["contact_point", "created_at"], name="one_time_link_of_address")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="OutboxRow",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("kind", models.CharField(max_length=40)),
                        (
                            "lane",
                            models.CharField(
                                choices=[
                                    ("database", "Database"),
                                    ("outside", "Outside"),
                                    ("webhook", "Webhook"),
                                    ("alarm", "Alarm"),
                                    ("clock", "Clock"),
                                ],
                                max_length=10,
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
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="requests_app.jurisdiction",
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
                        ("dedupe_key", models.CharField(max_length=120, unique=True)),
                        ("ordering_key", models.CharField(blank=True, max_length=80)),
                        ("due_at", models.DateTimeField(db_default=requests_app.clock.AppNow())),
                        ("attempts", models.PositiveIntegerField(default=0)),
                        ("errors", models.PositiveIntegerField(default=0)),
                        ("last_error", models.CharField(blank=True, max_length=80)),
                        ("trace_id", models.CharField(blank=True, max_length=40)),
                        ("done_at", models.DateTimeField(blank=True, null=True)),
                        ("dead_at", models.DateTimeField(blank=True, null=True)),
                        ("paused_at", models.DateTimeField(blank=True, null=True)),
                        ("created_at", models.DateTimeField(db_default=requests_app.clock.AppNow())),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(
                                    ("dead_at__isnull", True), ("done_at__isnull", True), ("paused_at__isnull", True)
                                ),
                                fields=["lane", "due_at", "id"],
                                name="outbox_due",
                            ),
                            models.Index(
                                condition=models.Q(
                                    ("dead_at__isnull", True),
                                    ("done_at__isnull", True),
                                    ("paused_at__isnull", True),
                                    models.Q(("ordering_key", ""), _negated=True),
                                ),
                                fields=["ordering_key", "id"],
                                name="outbox_order",
                            ),
                            models.Index(
                                condition=models.Q(("dead_at__isnull", False)), fields=["dead_at"], name="outbox_dead"
                            ),
                            models.Index(
                                condition=models.Q(("done_at__isnull", False)), fields=["done_at"], name="outbox_done"
                            ),
                            models.Index(fields=["service_request"], name="outbox_of_request"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Message",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "jurisdiction",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="requests_app.jurisdiction",
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
                            "person",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="messages",
                                to="requests_app.person",
                            ),
                        ),
                        (
                            "contact_point",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="messages",
                                to="requests_app.contactpoint",
                            ),
                        ),
                        ("channel", models.CharField(default="email", max_length=10)),
                        ("kind", models.CharField(max_length=30)),
                        ("message_id", models.CharField(max_length=200)),
                        ("sent_at", models.DateTimeField(blank=True, null=True)),
                        ("skipped", models.CharField(blank=True, max_length=40)),
                        ("created_at", models.DateTimeField(db_default=requests_app.clock.AppNow())),
                    ],
                    options={
                        "indexes": [models.Index(fields=["contact_point", "-created_at"], name="message_by_address")],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("event", "contact_point", "channel", "kind"), name="message_once_an_event"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RelatedRequest",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "earlier",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="requests_app.servicerequest",
                            ),
                        ),
                        (
                            "later",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="requests_app.servicerequest",
                            ),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("created_at", models.DateTimeField(db_default=requests_app.clock.AppNow())),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("earlier", "later"), name="related_once"),
                            models.CheckConstraint(
                                condition=models.Q(("earlier__lt", models.F("later"))), name="related_in_order"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RequestVote",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "service_request",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="votes",
                                to="requests_app.servicerequest",
                            ),
                        ),
                        ("kind", models.CharField(choices=[("me_too", "Me Too"), ("thanks", "Thanks")], max_length=6)),
                        ("device", models.CharField(max_length=24)),
                        ("created_at", models.DateTimeField(db_default=requests_app.clock.AppNow())),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("service_request", "kind", "device"), name="request_vote_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Retirement",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "service",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="retirement",
                                to="requests_app.service",
                            ),
                        ),
                        (
                            "successor",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="requests_app.service",
                            ),
                        ),
                        ("moves_requests", models.BooleanField(default=False)),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("started_at", models.DateTimeField(db_default=requests_app.clock.AppNow())),
                        ("batches", models.PositiveIntegerField(default=0)),
                        ("moved", models.PositiveIntegerField(default=0)),
                        ("done_at", models.DateTimeField(blank=True, null=True)),
                    ],
                ),
                migrations.CreateModel(
                    name="SafetyNote",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "jurisdiction",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="safety_notes",
                                to="requests_app.jurisdiction",
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("dog", "Dog"),
                                    ("needles", "Needles"),
                                    ("threat", "Threat"),
                                    ("structure", "Structure"),
                                    ("other", "Other"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("words", models.CharField(max_length=300)),
                        ("address", models.CharField(max_length=300)),
                        ("point", django.contrib.gis.db.models.fields.PointField(srid=4326)),
                        (
                            "created_by",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("created_at", models.DateTimeField(db_default=requests_app.clock.AppNow())),
                        ("confirmed_at", models.DateTimeField()),
                        ("ends_at", models.DateTimeField()),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["jurisdiction", "-ends_at", "-id"], name="safety_note_by_end")
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "ends_at__lte",
                                        django.db.models.expressions.CombinedExpression(
                                            models.F("confirmed_at"), "+", models.Value(datetime.timedelta(days=368))
                                        ),
                                    )
                                ),
                                name="safety_note_ends_in_a_year",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SafetyNoteReading",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "note",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="readings",
                                to="requests_app.safetynote",
                            ),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "service_request",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="requests_app.servicerequest",
                            ),
                        ),
                        ("read_at", models.DateTimeField(db_default=requests_app.clock.AppNow())),
                    ],
                    options={
                        "indexes": [models.Index(fields=["note", "-id"], name="readings_of_safety_note")],
                    },
                ),
                migrations.CreateModel(
                    name="SafetyNoteText",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "note",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="earlier_texts",
                                to="requests_app.safetynote",
                            ),
                        ),
                        ("words", models.CharField(max_length=300)),
                        (
                            "changed_by",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("changed_at", models.DateTimeField(db_default=requests_app.clock.AppNow())),
                    ],
                    options={
                        "indexes": [models.Index(fields=["note", "-id"], name="texts_of_safety_note")],
                    },
                ),
                migrations.CreateModel(
                    name="SavedView",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "jurisdiction",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="saved_views",
                                to="requests_app.jurisdiction",
                            ),
                        ),
                        (
                            "owner",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="saved_views",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("name", models.CharField(max_length=60)),
                        ("query", models.JSONField(default=list)),
                        (
                            "audience",
                            models.CharField(
                                choices=[
                                    ("me", "Me"),
                                    ("team", "Team"),
                                    ("department", "Department"),
                                    ("city", "City"),
                                ],
                                default="me",
                                max_length=10,
                            ),
                        ),
                        (
                            "team",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="requests_app.team",
                            ),
                        ),
                        (
                            "department",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="requests_app.department",
                            ),
                        ),
                        ("created_at", models.DateTimeField(db_default=requests_app.clock.AppNow())),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("audience", "team"), ("department__isnull", True), ("team__isnull", False)
                                    ),
                                    models.Q(
                                        ("audience", "department"),
                                        ("department__isnull", False),
                                        ("team__isnull", True),
                                    ),
                                    models.Q(
                                        ("audience__in", ["me", "city"]),
                                        ("department__isnull", True),
                                        ("team__isnull", True),
                                    ),
                                    _connector="OR",
                                ),
                                name="saved_view_audience",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SavedViewPin",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="saved_view_pins",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "view",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="pins",
                                to="requests_app.savedview",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("user", "view"), name="saved_view_pinned_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ServiceDraft",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "jurisdiction",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="requests_app.jurisdiction",
                            ),
                        ),
                        (
                            "service",
                            models.OneToOneField(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="requests_app.service",
                            ),
                        ),
                        ("service_code", models.CharField(max_length=60)),
                        ("written", models.JSONField()),
                        ("base", models.PositiveIntegerField(default=0)),
                        ("revision", models.BigIntegerField()),
                        (
                            "edited_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("edited_at", models.DateTimeField(db_default=requests_app.clock.AppNow())),
                        ("approval", models.JSONField(blank=True, db_default={}, default=dict)),
                        ("publish_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("jurisdiction", "service_code"), name="service_draft_unique"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("service_code__regex", "^[A-Za-z0-9_.-]+$")),
                                name="service_draft_code_is_safe",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SetupChange",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                        ("at", models.DateTimeField(db_default=requests_app.clock.AppNow())),
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
                        ("kind", models.CharField(max_length=30)),
                        ("key", models.CharField(max_length=80)),
                        ("name", models.CharField(blank=True, max_length=200)),
                        ("action", models.CharField(max_length=20)),
                        ("before", models.JSONField(blank=True, null=True)),
                        ("after", models.JSONField(blank=True, null=True)),
                        ("note", models.CharField(blank=True, max_length=500)),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["jurisdiction", "-id"], name="setup_change_newest"),
                            models.Index(fields=["jurisdiction", "kind", "key", "-id"], name="setup_change_of_row"),
                            models.Index(fields=["user", "-id"], name="setup_change_by_user"),
                            models.Index(fields=["jurisdiction", "-at", "-id"], name="setup_change_by_time"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ShortLink",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "jurisdiction",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="short_links",
                                to="requests_app.jurisdiction",
                            ),
                        ),
                        ("code", models.CharField(max_length=60)),
                        ("label", models.CharField(max_length=200)),
                        (
                            "service",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="requests_app.service",
                            ),
                        ),
                        ("address", models.CharField(blank=True, max_length=300)),
                        ("point", django.contrib.gis.db.models.fields.PointField(blank=True, null=True, srid=4326)),
                        (
                            "created_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("created_at", models.DateTimeField(db_default=requests_app.clock.AppNow(), editable=False)),
                        ("ended_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("jurisdiction", "code"), name="short_link_code_unique")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SignInProvider",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "jurisdiction",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="sign_in_provider",
                                to="requests_app.jurisdiction",
                            ),
                        ),
                        ("name", models.CharField(max_length=100)),
                        ("server_url", models.URLField(max_length=300)),
                        ("client_id", models.CharField(max_length=200)),
                        ("client_secret", models.TextField(blank=True)),
                        ("groups_claim", models.CharField(default="groups", max_length=60)),
                        ("active", models.BooleanField(default=False)),
                    ],
                ),
                migrations.CreateModel(
                    name="SignInGroup",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "provider",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="groups",
                                to="requests_app.signinprovider",
                            ),
                        ),
                        ("group", models.CharField(max_length=200)),
                        (
                            "role",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="sign_in_groups",
                                to="requests_app.role",
                            ),
                        ),
                        (
                            "department",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="requests_app.department",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["group", "id"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("provider", "group", "department", "role"),
                                name="sign_in_group_unique",
                                nulls_distinct=False,
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SignInAccount",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "provider",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="accounts",
                                to="requests_app.signinprovider",
                            ),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("subject", models.CharField(max_length=255)),
                        ("refresh_token", models.TextField(blank=True)),
                        ("checked_at", models.DateTimeField()),
                    ],
                    options={
                        "indexes": [models.Index(fields=["checked_at"], name="sign_in_account_by_check")],
                        "constraints": [
                            models.UniqueConstraint(fields=("provider", "subject"), name="sign_in_account_unique"),
                            models.UniqueConstraint(fields=("provider", "user"), name="sign_in_account_of_user"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="LogoutToken",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "provider",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="requests_app.signinprovider",
                            ),
                        ),
                        ("jti", models.CharField(max_length=255)),
                        ("expires_at", models.DateTimeField()),
                    ],
                    options={
                        "constraints": [models.UniqueConstraint(fields=("provider", "jti"), name="logout_token_once")],
                    },
                ),
                migrations.CreateModel(
                    name="SilenceQuestion",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "service_request",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="silence_questions",
                                to="requests_app.servicerequest",
                            ),
                        ),
                        ("asked_at", models.DateTimeField(db_default=requests_app.clock.AppNow())),
                        (
                            "asked",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "reason",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("scheduled", "Scheduled"),
                                    ("backlog", "Backlog"),
                                    ("parts", "Parts"),
                                    ("others", "Others"),
                                    ("investigating", "Investigating"),
                                    ("unclear", "Unclear"),
                                ],
                                max_length=14,
                            ),
                        ),
                        (
                            "answered_by",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("answered_at", models.DateTimeField(blank=True, null=True)),
                        ("ended_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "indexes": [models.Index(fields=["service_request", "-id"], name="silence_of_request")],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("answered_at__isnull", True), ("ended_at__isnull", True)),
                                fields=("service_request",),
                                name="silence_one_open",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Snooze",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="snoozes",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "service_request",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="requests_app.servicerequest",
                            ),
                        ),
                        ("until", models.DateTimeField()),
                        ("last_event_id", models.BigIntegerField(default=0)),
                        ("created_at", models.DateTimeField(db_default=requests_app.clock.AppNow())),
                    ],
                    options={
                        "indexes": [models.Index(fields=["user", "until"], name="snooze_of_user")],
                        "constraints": [
                            models.UniqueConstraint(fields=("user", "service_request"), name="snoozed_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="StaffNotice",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "jurisdiction",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="requests_app.jurisdiction",
                            ),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="notices",
                                to=settings.AUTH_USER_MODEL,
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
                        (
                            "event",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="requests_app.event",
                            ),
                        ),
                        (
                            "bulk_job",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="requests_app.bulkjob",
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("escalated", "Escalated"),
                                    ("mentioned", "Mentioned"),
                                    ("assigned", "Assigned"),
                                    ("answered", "Answered"),
                                    ("reopened", "Reopened"),
                                    ("due_soon", "Due Soon"),
                                    ("transferred", "Transferred"),
                                    ("routed", "Routed"),
                                    ("job_done", "Job Done"),
                                ],
                                max_length=12,
                            ),
                        ),
                        (
                            "away",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("in_page", models.BooleanField(default=True)),
                        (
                            "email",
                            models.CharField(
                                choices=[("at_once", "At Once"), ("morning", "Morning"), ("never", "Never")],
                                default="never",
                                max_length=8,
                            ),
                        ),
                        ("emailed_at", models.DateTimeField(blank=True, null=True)),
                        ("read_at", models.DateTimeField(blank=True, null=True)),
                        ("created_at", models.DateTimeField(db_default=requests_app.clock.AppNow())),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("in_page", True)),
                                fields=["user", "jurisdiction", "-id"],
                                name="staff_notice_list",
                            ),
                            models.Index(
                                condition=models.Q(("in_page", True), ("read_at__isnull", True)),
                                fields=["user", "jurisdiction", "-id"],
                                name="staff_notice_unread",
                            ),
                            models.Index(
                                condition=models.Q(("email", "morning"), ("emailed_at__isnull", True)),
                                fields=["jurisdiction", "user"],
                                name="staff_notice_for_morning",
                            ),
                            models.Index(
                                condition=models.Q(("bulk_job__isnull", False)),
                                fields=["bulk_job"],
                                name="staff_notice_of_job",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("event", "user"), name="staff_notice_once_an_event")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="StaffNoticePreference",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="notice_preferences",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("kind", models.CharField(max_length=12)),
                        ("in_page", models.BooleanField(default=True)),
                        (
                            "email",
                            models.CharField(
                                choices=[("at_once", "At Once"), ("morning", "Morning"), ("never", "Never")],
                                max_length=8,
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("user", "kind"), name="staff_notice_preference_unique")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Mention",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "comment",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="mentions",
                                to="requests_app.comment",
                            ),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("handle", models.CharField(max_length=80)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("comment", "user"), name="mention_once_a_comment")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="StreetWork",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "jurisdiction",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="street_works",
                                to="requests_app.jurisdiction",
                            ),
                        ),
                        ("code", models.CharField(max_length=60)),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("paving", "Paving"),
                                    ("water_main", "Water main work"),
                                    ("sewer", "Sewer work"),
                                    ("gas", "Gas main work"),
                                    ("closed_lane", "Lane closed"),
                                    ("other", "Street work"),
                                ],
                                max_length=12,
                            ),
                        ),
                        ("place", models.CharField(max_length=200)),
                        ("done_by", models.JSONField(blank=True, default=dict)),
                        ("words", models.JSONField(blank=True, default=dict)),
                        ("hours", models.CharField(blank=True, max_length=11)),
                        ("starts_on", models.DateField()),
                        ("ends_on", models.DateField()),
                        ("shape", django.contrib.gis.db.models.fields.GeometryField(srid=4326)),
                    ],
                    options={
                        "indexes": [models.Index(fields=["jurisdiction", "ends_on", "id"], name="street_work_by_end")],
                        "constraints": [
                            models.UniqueConstraint(fields=("jurisdiction", "code"), name="street_work_code_unique"),
                            models.CheckConstraint(
                                condition=models.Q(("ends_on__gte", models.F("starts_on"))),
                                name="street_work_ends_after_it_starts",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SurveyAnswer",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "service_request",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="survey_answers",
                                to="requests_app.servicerequest",
                            ),
                        ),
                        (
                            "person",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="requests_app.person",
                            ),
                        ),
                        (
                            "question",
                            models.CharField(
                                choices=[("fixed", "Fixed"), ("treated_well", "Treated Well")], max_length=14
                            ),
                        ),
                        (
                            "value",
                            models.CharField(
                                choices=[("yes", "Yes"), ("partly", "Partly"), ("no", "No")], max_length=8
                            ),
                        ),
                        ("reason", models.CharField(blank=True, max_length=30)),
                        ("ending", models.PositiveSmallIntegerField(default=0)),
                        ("answered_at", models.DateTimeField(db_default=requests_app.clock.AppNow())),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("service_request", "person", "question", "ending"), name="survey_answer_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="TextRevision",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "service_request",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="text_revisions",
                                to="requests_app.servicerequest",
                            ),
                        ),
                        (
                            "field",
                            models.CharField(
                                choices=[
                                    ("description", "Description"),
                                    ("place_note", "Place Note"),
                                    ("answer", "Answer"),
                                    ("comment", "Comment"),
                                    ("photo", "Photo"),
                                ],
                                max_length=12,
                            ),
                        ),
                        (
                            "answer",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="revisions",
                                to="requests_app.answer",
                            ),
                        ),
                        (
                            "comment",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="revisions",
                                to="requests_app.comment",
                            ),
                        ),
                        (
                            "photo",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="revisions",
                                to="requests_app.photo",
                            ),
                        ),
                        ("before", models.TextField(blank=True)),
                        ("after", models.TextField(blank=True)),
                        ("reason", models.CharField(max_length=20)),
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
                            "person",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="requests_app.person",
                            ),
                        ),
                        ("created_at", models.DateTimeField(db_default=requests_app.clock.AppNow())),
                        ("restored_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "restored_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "indexes": [models.Index(fields=["service_request", "-id"], name="text_revision_of_request")],
                    },
                ),
                migrations.CreateModel(
                    name="TypicalTime",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "jurisdiction",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="requests_app.jurisdiction",
                            ),
                        ),
                        (
                            "service",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="requests_app.service",
                            ),
                        ),
                        (
                            "area",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="requests_app.area",
                            ),
                        ),
                        ("day", models.DateField()),
                        ("computed_at", models.DateTimeField()),
                        ("count", models.PositiveIntegerField()),
                        ("days", models.PositiveSmallIntegerField()),
                        ("half", models.DurationField(null=True)),
                        ("most", models.DurationField(null=True)),
                        ("factor", models.FloatField()),
                        ("order", models.FloatField(null=True)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("service", "day", "area"), name="typical_time_once", nulls_distinct=False
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="UndoState",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "event",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="undo_state",
                                to="requests_app.event",
                            ),
                        ),
                        (
                            "service_request",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="requests_app.servicerequest",
                            ),
                        ),
                        (
                            "parent",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="requests_app.servicerequest",
                            ),
                        ),
                        ("columns", models.JSONField()),
                        ("clocks", models.JSONField()),
                        ("events", models.JSONField(default=list)),
                        ("comments", models.JSONField(default=list)),
                        ("photos", models.JSONField(default=list)),
                        ("participations", models.JSONField(default=list)),
                        ("created_at", models.DateTimeField(db_default=requests_app.clock.AppNow())),
                    ],
                ),
                migrations.CreateModel(
                    name="Webhook",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "api_key",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="webhooks",
                                to="requests_app.apikey",
                            ),
                        ),
                        ("url", models.CharField(max_length=1000)),
                        (
                            "event_types",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=40), default=list, size=None
                            ),
                        ),
                        (
                            "services",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=60), default=list, size=None
                            ),
                        ),
                        (
                            "areas",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=140), default=list, size=None
                            ),
                        ),
                        (
                            "departments",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=60), default=list, size=None
                            ),
                        ),
                        (
                            "payload",
                            models.CharField(
                                choices=[("thin", "Thin"), ("full", "Full")], default="thin", max_length=4
                            ),
                        ),
                        ("secret", models.TextField()),
                        ("previous_secret", models.TextField(blank=True)),
                        ("previous_until", models.DateTimeField(blank=True, null=True)),
                        ("failing_since", models.DateTimeField(blank=True, null=True)),
                        ("failures", models.PositiveIntegerField(default=0)),
                        ("quiet_until", models.DateTimeField(blank=True, null=True)),
                        ("ended_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "end_reason",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("owner", "Switched off by the program"),
                                    ("staff", "Switched off by staff"),
                                    ("gone", "Its address answered “410 Gone”"),
                                    ("failing", "Its address failed for five days"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("created_at", models.DateTimeField(db_default=requests_app.clock.AppNow())),
                    ],
                ),
                migrations.CreateModel(
                    name="WebhookDelivery",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "webhook",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="deliveries",
                                to="requests_app.webhook",
                            ),
                        ),
                        (
                            "event",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="requests_app.event",
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
                        ("message_id", models.CharField(max_length=40, unique=True)),
                        ("event_type", models.CharField(max_length=40)),
                        (
                            "state",
                            models.CharField(
                                choices=[("waiting", "Waiting"), ("delivered", "Delivered"), ("dead", "Not delivered")],
                                default="waiting",
                                max_length=10,
                            ),
                        ),
                        ("attempts", models.PositiveIntegerField(default=0)),
                        ("status", models.PositiveSmallIntegerField(blank=True, null=True)),
                        ("error", models.CharField(blank=True, max_length=20)),
                        ("milliseconds", models.PositiveIntegerField(blank=True, null=True)),
                        ("tried_at", models.DateTimeField(blank=True, null=True)),
                        ("sent_since", models.DateTimeField(db_default=requests_app.clock.AppNow())),
                        ("created_at", models.DateTimeField(db_default=requests_app.clock.AppNow())),
                    ],
                    options={
                        "indexes": [models.Index(fields=["webhook", "-id"], name="webhook_delivery_newest")],
                        "constraints": [
                            models.UniqueConstraint(fields=("webhook", "event"), name="webhook_delivery_once")
                        ],
                    },
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="routingversion",
                    trigger=pgtrigger.compiler.Trigger(
                        name="routing_version_immutable",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                            hash="2ee6ee1c7c72df213a8311c999292091ae904baa",
                            operation="UPDATE",
                            pgid="pgtrigger_routing_version_immutable_68ff1",
                            table="requests_app_routingversion",
                            when="BEFORE",
                        ),
                    ),
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
                pgtrigger.migrations.AddTrigger(
                    model_name="serviceversion",
                    trigger=pgtrigger.compiler.Trigger(
                        name="version_is_immutable",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                            hash="0e022ae91bfe6f61f11a5e2e3db5f35a026aa2fe",
                            operation="UPDATE",
                            pgid="pgtrigger_version_is_immutable_1ad36",
                            table="requests_app_serviceversion",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="questionversion",
                    trigger=pgtrigger.compiler.Trigger(
                        name="question_is_immutable",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                            hash="77665058166539c5abee3473d9d5176d6df11b25",
                            operation="UPDATE",
                            pgid="pgtrigger_question_is_immutable_10bb2",
                            table="requests_app_questionversion",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="setupchange",
                    trigger=pgtrigger.compiler.Trigger(
                        name="setup_append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="9e3765cc90dac64019be804f9008da181e979cfc",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_setup_append_only_25089",
                            table="requests_app_setupchange",
                            when="BEFORE",
                        ),
                    ),
                ),
            ]
        ),
        migrations.RunSQL(sql.AFTER_TABLES),
    ]
