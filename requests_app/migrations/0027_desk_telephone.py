import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models

import requests_app.clock


class Migration(migrations.Migration):
    dependencies = [
        ("requests_app", "0026_article_feedback"),
    ]

    operations = [
        migrations.CreateModel(
            name="DeskLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=40)),
                ("phone", models.CharField(max_length=40)),
                ("name", models.JSONField(default=dict)),
                ("greeting", models.JSONField(blank=True, default=dict)),
                ("promise", models.JSONField(blank=True, default=dict)),
                ("is_active", models.BooleanField(default=True)),
                (
                    "calendar",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="desk_lines",
                        to="requests_app.calendar",
                    ),
                ),
                (
                    "jurisdiction",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="desk_lines",
                        to="requests_app.jurisdiction",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="CallCount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("starts_at", models.DateTimeField()),
                (
                    "seconds",
                    models.PositiveSmallIntegerField(
                        default=1800,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(1800),
                        ],
                    ),
                ),
                ("offered", models.PositiveIntegerField()),
                ("answered", models.PositiveIntegerField()),
                ("abandoned", models.PositiveIntegerField()),
                ("abandoned_early", models.PositiveIntegerField(default=0)),
                ("answered_in_time", models.PositiveIntegerField(default=0)),
                ("target_s", models.PositiveIntegerField(default=20)),
                ("wait_s", models.PositiveIntegerField(default=0)),
                ("handle_s", models.PositiveIntegerField(default=0)),
                ("received_at", models.DateTimeField(db_default=requests_app.clock.AppNow())),
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
                    "line",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="counts",
                        to="requests_app.deskline",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="DeskPhone",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("extension", models.CharField(max_length=40)),
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
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="desk_phones",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PhoneCall",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("call_id", models.CharField(max_length=80)),
                ("caller_number", models.CharField(blank=True, max_length=60)),
                ("line", models.CharField(blank=True, max_length=40)),
                (
                    "rings_at",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), blank=True, default=list, size=None
                    ),
                ),
                ("rung_at", models.DateTimeField(db_default=requests_app.clock.AppNow())),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("cause", models.CharField(blank=True, max_length=40)),
                ("is_practice", models.BooleanField(default=False)),
                ("story", models.CharField(blank=True, max_length=40)),
                (
                    "contact",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="calls",
                        to="requests_app.contact",
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
            ],
        ),
        migrations.CreateModel(
            name="TelephoneLink",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("prefix", models.CharField(max_length=12)),
                ("token_hash", models.CharField(max_length=64, unique=True)),
                ("created_at", models.DateTimeField(db_default=requests_app.clock.AppNow())),
                ("last_used_at", models.DateTimeField(blank=True, null=True)),
                (
                    "jurisdiction",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="telephone_link",
                        to="requests_app.jurisdiction",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="deskline",
            constraint=models.UniqueConstraint(fields=("jurisdiction", "phone"), name="desk_line_phone_unique"),
        ),
        migrations.AddIndex(
            model_name="callcount",
            index=models.Index(fields=["jurisdiction", "starts_at"], name="call_count_by_time"),
        ),
        migrations.AddConstraint(
            model_name="callcount",
            constraint=models.UniqueConstraint(fields=("line", "starts_at"), name="call_count_once_a_half_hour"),
        ),
        migrations.AddConstraint(
            model_name="callcount",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("abandoned__gte", models.F("abandoned_early")),
                    ("answered__gte", models.F("answered_in_time")),
                    (
                        "offered__gte",
                        django.db.models.expressions.CombinedExpression(
                            models.F("answered"), "+", models.F("abandoned")
                        ),
                    ),
                    ("seconds__gte", 1),
                    ("seconds__lte", 1800),
                ),
                name="call_count_adds_up",
            ),
        ),
        migrations.AddConstraint(
            model_name="deskphone",
            constraint=models.UniqueConstraint(fields=("jurisdiction", "extension"), name="desk_phone_of_one"),
        ),
        migrations.AddConstraint(
            model_name="deskphone",
            constraint=models.UniqueConstraint(fields=("jurisdiction", "user"), name="desk_phone_one_each"),
        ),
        migrations.AddIndex(
            model_name="phonecall",
            index=models.Index(fields=["rung_at"], name="phone_call_by_age"),
        ),
        migrations.AddConstraint(
            model_name="phonecall",
            constraint=models.UniqueConstraint(fields=("jurisdiction", "call_id"), name="phone_call_once"),
        ),
    ]
