"""Cities, their places, people and roles, and the catalogue: services and questions by version, targets, routing, articles."""

import django.contrib.gis.db.models.fields
import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
import django.db.models.functions.text
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import requests_app.clock


class Migration(migrations.Migration):
    dependencies = [
        ("requests_app", "0001_ground_and_staff"),
    ]

    operations = [
        migrations.CreateModel(
            name="Calendar",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=60)),
                ("always", models.BooleanField(default=False)),
                ("hours", models.JSONField(blank=True, default=dict)),
                ("holidays", models.JSONField(blank=True, default=dict)),
            ],
        ),
        migrations.CreateModel(
            name="Jurisdiction",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
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
                ("map_view", models.JSONField(default=dict)),
                ("boundary", django.contrib.gis.db.models.fields.MultiPolygonField(blank=True, null=True, srid=4326)),
                ("basemap_version", models.PositiveIntegerField(default=0)),
                ("branding", models.JSONField(blank=True, default=dict)),
                ("always_ask_emergency", models.BooleanField(default=False)),
                ("is_demo", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField(db_default=requests_app.clock.AppNow(), editable=False)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("languages__len__gte", 1)), name="jurisdiction_has_language"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Department",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=40)),
                ("name", models.JSONField(default=dict)),
                ("phone", models.CharField(blank=True, max_length=40)),
                ("email", models.EmailField(blank=True, max_length=254)),
                ("on_call", models.JSONField(blank=True, default=list)),
                ("active", models.BooleanField(default=True)),
                (
                    "calendar",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="departments",
                        to="requests_app.calendar",
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
            ],
        ),
        migrations.CreateModel(
            name="Category",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=40)),
                ("name", models.JSONField(default=dict)),
                ("icon", models.CharField(blank=True, max_length=40)),
                ("order", models.PositiveSmallIntegerField(default=0)),
                (
                    "jurisdiction",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="categories",
                        to="requests_app.jurisdiction",
                    ),
                ),
            ],
            options={
                "ordering": ["order", "code"],
            },
        ),
        migrations.AddField(
            model_name="calendar",
            name="jurisdiction",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="calendars", to="requests_app.jurisdiction"
            ),
        ),
        migrations.CreateModel(
            name="BasemapFeature",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("layer", models.CharField(max_length=40)),
                ("min_zoom", models.PositiveSmallIntegerField(default=8)),
                ("properties", models.JSONField(default=dict)),
                ("shape", django.contrib.gis.db.models.fields.GeometryField(srid=3857)),
                (
                    "jurisdiction",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="basemap",
                        to="requests_app.jurisdiction",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Asset",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("asset_id", models.CharField(max_length=60)),
                ("kind", models.CharField(max_length=40)),
                ("label", models.CharField(max_length=200)),
                ("point", django.contrib.gis.db.models.fields.PointField(srid=4326)),
                (
                    "jurisdiction",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="assets",
                        to="requests_app.jurisdiction",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Area",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("layer", models.SlugField(max_length=40)),
                ("code", models.CharField(max_length=80)),
                ("name", models.CharField(max_length=200)),
                ("attributes", models.JSONField(blank=True, default=dict)),
                ("is_ours", models.BooleanField(default=True)),
                ("polygon", django.contrib.gis.db.models.fields.MultiPolygonField(srid=4326)),
                (
                    "jurisdiction",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="areas",
                        to="requests_app.jurisdiction",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ListedReason",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(choices=[("cannot_do", "Cannot Do"), ("hold", "Hold")], max_length=10)),
                ("code", models.SlugField(max_length=40)),
                ("words", models.JSONField()),
                ("appeal", models.JSONField(blank=True, default=dict)),
                ("order", models.PositiveSmallIntegerField(default=0)),
                ("active", models.BooleanField(default=True)),
                (
                    "jurisdiction",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="listed_reasons",
                        to="requests_app.jurisdiction",
                    ),
                ),
            ],
            options={
                "ordering": ["order", "code"],
            },
        ),
        migrations.CreateModel(
            name="Owner",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=60)),
                ("name", models.CharField(max_length=200)),
                ("kind", models.SlugField(max_length=40)),
                ("phone", models.CharField(blank=True, max_length=40)),
                ("email", models.EmailField(blank=True, max_length=254)),
                ("url", models.URLField(blank=True)),
                ("takes", models.JSONField(blank=True, default=list)),
                ("words", models.JSONField(blank=True, default=dict)),
                (
                    "jurisdiction",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="owners",
                        to="requests_app.jurisdiction",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Ground",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("is_segment", models.BooleanField(default=False)),
                ("name", models.CharField(blank=True, max_length=200)),
                ("shape", django.contrib.gis.db.models.fields.GeometryField(srid=4326)),
                (
                    "jurisdiction",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="ground",
                        to="requests_app.jurisdiction",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="ground",
                        to="requests_app.owner",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Person",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(blank=True, max_length=200)),
                ("language", models.CharField(default="en", max_length=12)),
                ("may_be_called", models.BooleanField(default=False)),
                ("erased_at", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField(db_default=requests_app.clock.AppNow(), editable=False)),
                (
                    "jurisdiction",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="people",
                        to="requests_app.jurisdiction",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ContactPoint",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(choices=[("email", "Email"), ("phone", "Phone")], max_length=10)),
                ("value", models.CharField(max_length=320)),
                ("normalized", models.CharField(max_length=320)),
                ("verified_at", models.DateTimeField(blank=True, null=True)),
                ("bounced_at", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField(db_default=requests_app.clock.AppNow(), editable=False)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="contact_points",
                        to="requests_app.person",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Role",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=40)),
                ("name", models.JSONField(default=dict)),
                (
                    "permissions",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), default=list, size=None
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
            ],
        ),
        migrations.CreateModel(
            name="Membership",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
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
                    "jurisdiction",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="memberships",
                        to="requests_app.jurisdiction",
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
                    "role",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="memberships", to="requests_app.role"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="RoutingRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("order", models.PositiveIntegerField()),
                ("name", models.CharField(max_length=200)),
                ("when", models.JSONField(default=dict)),
                ("active", models.BooleanField(default=True)),
                (
                    "department",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to="requests_app.department"
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
            ],
            options={
                "ordering": ["order"],
            },
        ),
        migrations.CreateModel(
            name="SearchDocument",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("service", "Service"), ("article", "Article"), ("request", "Request")], max_length=10
                    ),
                ),
                ("object_id", models.BigIntegerField()),
                ("language", models.CharField(max_length=12)),
                ("title", models.TextField()),
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
                (
                    "jurisdiction",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="requests_app.jurisdiction"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Service",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("service_code", models.CharField(max_length=60)),
                ("active", models.BooleanField(default=True)),
                ("created_at", models.DateTimeField(db_default=requests_app.clock.AppNow(), editable=False)),
                (
                    "jurisdiction",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="services",
                        to="requests_app.jurisdiction",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Article",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=60)),
                ("title", models.JSONField()),
                ("body", models.JSONField()),
                ("published", models.BooleanField(default=True)),
                ("updated_at", models.DateTimeField(db_default=requests_app.clock.AppNow())),
                (
                    "jurisdiction",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="articles",
                        to="requests_app.jurisdiction",
                    ),
                ),
                ("services", models.ManyToManyField(blank=True, related_name="articles", to="requests_app.service")),
            ],
        ),
        migrations.CreateModel(
            name="ServiceVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("name", models.JSONField()),
                ("description", models.JSONField(default=dict)),
                ("keywords", models.JSONField(blank=True, default=dict)),
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
                        choices=[("join", "Join"), ("ask", "Ask"), ("never", "Never")], default="join", max_length=10
                    ),
                ),
                ("duplicate_radius_m", models.PositiveIntegerField(default=100)),
                ("duplicate_window_days", models.PositiveIntegerField(default=30)),
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
                ("published_at", models.DateTimeField(db_default=requests_app.clock.AppNow())),
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
                (
                    "service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="versions", to="requests_app.service"
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="service",
            name="current",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="requests_app.serviceversion",
            ),
        ),
        migrations.CreateModel(
            name="QuestionVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
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
                (
                    "service_version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="questions",
                        to="requests_app.serviceversion",
                    ),
                ),
            ],
            options={
                "ordering": ["order"],
            },
        ),
        migrations.CreateModel(
            name="Target",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(choices=[("acknowledge", "Acknowledge"), ("resolve", "Resolve")], max_length=12),
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
                ("priority", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("valid_from", models.DateTimeField(db_default=requests_app.clock.AppNow())),
                (
                    "area",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to="requests_app.area"
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
                (
                    "service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="targets", to="requests_app.service"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="GazetteerEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("label", models.CharField(max_length=200)),
                ("kind", models.CharField(default="address", max_length=40)),
                ("house_number", models.CharField(blank=True, max_length=20)),
                ("street", models.CharField(blank=True, max_length=120)),
                ("cross_street", models.CharField(blank=True, max_length=120)),
                ("zip_code", models.CharField(blank=True, max_length=12)),
                ("search_key", models.CharField(max_length=200)),
                ("point", django.contrib.gis.db.models.fields.PointField(srid=4326)),
                (
                    "jurisdiction",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="gazetteer",
                        to="requests_app.jurisdiction",
                    ),
                ),
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
            name="EmergencyPhrase",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("language", models.CharField(max_length=12)),
                (
                    "kind",
                    models.CharField(
                        choices=[("red_flag", "Red Flag"), ("self_harm", "Self Harm")],
                        default="red_flag",
                        max_length=10,
                    ),
                ),
                ("phrase", models.CharField(max_length=120)),
                (
                    "jurisdiction",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="emergency_phrases",
                        to="requests_app.jurisdiction",
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
        migrations.AddConstraint(
            model_name="department",
            constraint=models.UniqueConstraint(fields=("jurisdiction", "code"), name="department_code_unique"),
        ),
        migrations.AddConstraint(
            model_name="category",
            constraint=models.UniqueConstraint(fields=("jurisdiction", "code"), name="category_code_unique"),
        ),
        migrations.AddConstraint(
            model_name="calendar",
            constraint=models.UniqueConstraint(fields=("jurisdiction", "code"), name="calendar_code_unique"),
        ),
        migrations.AddIndex(
            model_name="basemapfeature",
            index=models.Index(fields=["jurisdiction", "layer", "min_zoom"], name="basemap_layer_zoom"),
        ),
        migrations.AddConstraint(
            model_name="asset",
            constraint=models.UniqueConstraint(
                django.db.models.functions.text.Upper("asset_id"), models.F("jurisdiction"), name="asset_id_unique"
            ),
        ),
        migrations.AddConstraint(
            model_name="area",
            constraint=models.UniqueConstraint(fields=("jurisdiction", "layer", "code"), name="area_code_unique"),
        ),
        migrations.AddConstraint(
            model_name="listedreason",
            constraint=models.UniqueConstraint(fields=("jurisdiction", "kind", "code"), name="listed_reason_unique"),
        ),
        migrations.AddConstraint(
            model_name="owner",
            constraint=models.UniqueConstraint(fields=("jurisdiction", "code"), name="owner_code_unique"),
        ),
        migrations.AddIndex(
            model_name="contactpoint",
            index=models.Index(fields=["normalized", "kind"], name="contact_point_normalized"),
        ),
        migrations.AddConstraint(
            model_name="contactpoint",
            constraint=models.UniqueConstraint(
                fields=("person", "kind", "normalized"), name="contact_point_once_a_person"
            ),
        ),
        migrations.AddConstraint(
            model_name="role",
            constraint=models.UniqueConstraint(fields=("jurisdiction", "code"), name="role_code_unique"),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.UniqueConstraint(
                fields=("user", "jurisdiction", "department", "role"), name="membership_unique", nulls_distinct=False
            ),
        ),
        migrations.AddConstraint(
            model_name="routingrule",
            constraint=models.UniqueConstraint(fields=("jurisdiction", "order"), name="routing_rule_order_unique"),
        ),
        migrations.AddIndex(
            model_name="searchdocument",
            index=django.contrib.postgres.indexes.GinIndex(fields=["vector"], name="search_document_vector"),
        ),
        migrations.AddIndex(
            model_name="searchdocument",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.indexes.OpClass("title", name="gin_trgm_ops"), name="search_document_title_trgm"
            ),
        ),
        migrations.AddConstraint(
            model_name="searchdocument",
            constraint=models.UniqueConstraint(fields=("kind", "object_id", "language"), name="search_document_unique"),
        ),
        migrations.AddConstraint(
            model_name="article",
            constraint=models.UniqueConstraint(fields=("jurisdiction", "code"), name="article_code_unique"),
        ),
        migrations.AddConstraint(
            model_name="serviceversion",
            constraint=models.UniqueConstraint(fields=("service", "number"), name="service_version_number_unique"),
        ),
        migrations.AddConstraint(
            model_name="serviceversion",
            constraint=models.CheckConstraint(
                condition=models.Q(("priority__gte", 1), ("priority__lte", 4)), name="service_priority_1_to_4"
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
        migrations.AddConstraint(
            model_name="service",
            constraint=models.UniqueConstraint(fields=("jurisdiction", "service_code"), name="service_code_unique"),
        ),
        migrations.AddConstraint(
            model_name="service",
            constraint=models.CheckConstraint(
                condition=models.Q(("service_code__regex", "^[A-Za-z0-9_.-]+$")), name="service_code_is_safe"
            ),
        ),
        migrations.AddConstraint(
            model_name="questionversion",
            constraint=models.UniqueConstraint(fields=("service_version", "code"), name="question_code_unique"),
        ),
        migrations.AddConstraint(
            model_name="questionversion",
            constraint=models.UniqueConstraint(fields=("service_version", "order"), name="question_order_unique"),
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
        migrations.AddIndex(
            model_name="target",
            index=models.Index(fields=["service", "kind", "-valid_from"], name="target_lookup"),
        ),
    ]
