import django.contrib.gis.db.models.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import requests_app.clock


class Migration(migrations.Migration):
    dependencies = [
        ("requests_app", "0017_draft_taker"),
    ]

    operations = [
        migrations.CreateModel(
            name="Contact",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=9, unique=True)),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("web", "Web"),
                            ("phone", "Phone"),
                            ("api", "Api"),
                            ("email", "Email"),
                            ("counter", "Counter"),
                            ("text", "Text"),
                            ("chat", "Chat"),
                            ("letter", "Letter"),
                            ("staff", "Staff"),
                            ("import", "Import"),
                        ],
                        default="phone",
                        max_length=10,
                    ),
                ),
                ("line", models.CharField(blank=True, max_length=40)),
                ("caller_number", models.CharField(blank=True, max_length=60)),
                ("caller_phone", models.CharField(blank=True, max_length=320)),
                ("keep_number", models.BooleanField(default=True)),
                ("call_id", models.CharField(blank=True, max_length=80)),
                ("started_at", models.DateTimeField(db_default=requests_app.clock.AppNow())),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                ("parked_at", models.DateTimeField(blank=True, null=True)),
                ("parked_s", models.PositiveIntegerField(default=0)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "no_person",
                    models.CharField(
                        choices=[("not_asked", "Not Asked"), ("refused", "Refused"), ("withheld", "Withheld")],
                        default="not_asked",
                        max_length=10,
                    ),
                ),
                (
                    "checked",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "Not Checked"),
                            ("reference", "Reference"),
                            ("name_and_street", "Name And Street"),
                        ],
                        max_length=16,
                    ),
                ),
                ("may_leave_message", models.BooleanField(blank=True, null=True)),
                ("language", models.CharField(default="en", max_length=12)),
                ("has_interpreter", models.BooleanField(default=False)),
                ("by_relay", models.BooleanField(default=False)),
                (
                    "relation",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "None"),
                            ("family", "Family"),
                            ("neighbor", "Neighbor"),
                            ("caregiver", "Caregiver"),
                            ("landlord", "Landlord"),
                            ("other", "Other"),
                        ],
                        max_length=10,
                    ),
                ),
                ("has_consent", models.BooleanField(blank=True, null=True)),
                (
                    "updates_to",
                    models.CharField(
                        choices=[("caller", "Caller"), ("other", "Other"), ("nobody", "Nobody")],
                        default="caller",
                        max_length=8,
                    ),
                ),
                ("address", models.CharField(blank=True, max_length=300)),
                ("point", django.contrib.gis.db.models.fields.PointField(blank=True, null=True, srid=4326)),
                ("topic", models.CharField(blank=True, max_length=60)),
                ("article_code", models.CharField(blank=True, max_length=60)),
                ("article_version", models.PositiveIntegerField(blank=True, null=True)),
                (
                    "screening",
                    models.CharField(
                        choices=[("not_needed", "Not Needed"), ("asked_no", "Asked No"), ("asked_yes", "Asked Yes")],
                        default="not_needed",
                        max_length=10,
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("answered", "Answered"),
                            ("status_given", "Status Given"),
                            ("request_made", "Request Made"),
                            ("joined", "Joined"),
                            ("transferred", "Transferred"),
                            ("call_back", "Call Back"),
                            ("dropped", "Dropped"),
                            ("abuse", "Abuse"),
                            ("test", "Test"),
                        ],
                        max_length=14,
                    ),
                ),
                ("transferred_to", models.CharField(blank=True, max_length=100)),
                ("is_warm_transfer", models.BooleanField(blank=True, null=True)),
                ("transfer_reason", models.CharField(blank=True, max_length=20)),
                ("event_911_number", models.CharField(blank=True, max_length=40)),
                ("call_back_at", models.DateTimeField(blank=True, null=True)),
                ("call_back_tries", models.PositiveSmallIntegerField(default=0)),
                ("campaign", models.CharField(blank=True, max_length=60)),
                ("note", models.TextField(blank=True)),
                ("is_practice", models.BooleanField(default=False)),
                (
                    "call_back_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "draft",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="contacts",
                        to="requests_app.draft",
                    ),
                ),
                (
                    "jurisdiction",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="contacts",
                        to="requests_app.jurisdiction",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="contacts",
                        to="requests_app.person",
                    ),
                ),
                (
                    "taker",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="contacts",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ContactRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "role",
                    models.CharField(
                        choices=[("asked", "Asked"), ("made", "Made"), ("joined", "Joined")], max_length=6
                    ),
                ),
                ("at", models.DateTimeField(db_default=requests_app.clock.AppNow())),
                (
                    "contact",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="contact_requests",
                        to="requests_app.contact",
                    ),
                ),
                (
                    "service_request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="contact_requests",
                        to="requests_app.servicerequest",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="contact",
            name="requests",
            field=models.ManyToManyField(
                related_name="contacts", through="requests_app.ContactRequest", to="requests_app.servicerequest"
            ),
        ),
        migrations.CreateModel(
            name="ContactCount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("channel", models.CharField(max_length=10)),
                ("topic", models.CharField(blank=True, max_length=60)),
                ("article_code", models.CharField(blank=True, max_length=60)),
                ("outcome", models.CharField(max_length=14)),
                ("value", models.PositiveIntegerField(default=0)),
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
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("jurisdiction", "day", "channel", "topic", "article_code", "outcome"),
                        name="contact_count_unique",
                    )
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="contactrequest",
            constraint=models.UniqueConstraint(
                fields=("contact", "service_request", "role"), name="contact_request_once_a_role"
            ),
        ),
        migrations.AddIndex(
            model_name="contact",
            index=models.Index(fields=["jurisdiction", "-started_at", "-id"], name="contact_newest"),
        ),
        migrations.AddIndex(
            model_name="contact",
            index=models.Index(fields=["taker", "-started_at"], name="contact_of_taker"),
        ),
        migrations.AddIndex(
            model_name="contact",
            index=models.Index(
                condition=models.Q(("caller_phone", ""), _negated=True),
                fields=["jurisdiction", "caller_phone", "-started_at"],
                name="contact_by_number",
            ),
        ),
        migrations.AddIndex(
            model_name="contact",
            index=models.Index(
                condition=models.Q(("closed_at__isnull", True)), fields=["jurisdiction"], name="contact_open"
            ),
        ),
    ]
