"""What follows a report: one-time links, subscriptions and their gathered mails, the survey, changed texts, held reports."""

import django.contrib.gis.db.models.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import requests_app.clock


class Migration(migrations.Migration):
    dependencies = [
        ("requests_app", "0009_sign_by_asset_number"),
    ]

    operations = [
        migrations.CreateModel(
            name="DigestItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "cadence",
                    models.CharField(
                        choices=[("at_once", "At Once"), ("daily", "Daily"), ("weekly", "Weekly")], max_length=8
                    ),
                ),
                ("created_at", models.DateTimeField(db_default=requests_app.clock.AppNow())),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="OneTimeLink",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "purpose",
                    models.CharField(
                        choices=[("sign_in", "Sign In"), ("confirm", "Confirm"), ("subscribe", "Subscribe")],
                        max_length=10,
                    ),
                ),
                ("visitor_hash", models.CharField(blank=True, max_length=64)),
                ("expires_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField(db_default=requests_app.clock.AppNow())),
            ],
        ),
        migrations.CreateModel(
            name="Subscription",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
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
                ("stopped_at", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField(db_default=requests_app.clock.AppNow())),
            ],
        ),
        migrations.CreateModel(
            name="SurveyAnswer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "question",
                    models.CharField(choices=[("fixed", "Fixed"), ("treated_well", "Treated Well")], max_length=14),
                ),
                ("value", models.CharField(choices=[("yes", "Yes"), ("partly", "Partly"), ("no", "No")], max_length=8)),
                ("reason", models.CharField(blank=True, max_length=30)),
                ("ending", models.PositiveSmallIntegerField(default=0)),
                ("answered_at", models.DateTimeField(db_default=requests_app.clock.AppNow())),
            ],
        ),
        migrations.CreateModel(
            name="TextRevision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "field",
                    models.CharField(
                        choices=[
                            ("description", "Description"),
                            ("place_note", "Place Note"),
                            ("answer", "Answer"),
                            ("comment", "Comment"),
                        ],
                        max_length=12,
                    ),
                ),
                ("before", models.TextField(blank=True)),
                ("after", models.TextField(blank=True)),
                ("reason", models.CharField(max_length=20)),
                ("created_at", models.DateTimeField(db_default=requests_app.clock.AppNow())),
                ("undone_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.AddField(
            model_name="participation",
            name="cadence",
            field=models.CharField(
                choices=[("at_once", "At Once"), ("daily", "Daily"), ("weekly", "Weekly")],
                db_default="at_once",
                default="at_once",
                max_length=8,
            ),
        ),
        migrations.AddField(
            model_name="person",
            name="postal_address",
            field=models.CharField(blank=True, db_default="", max_length=300),
        ),
        migrations.AddField(
            model_name="photo",
            name="hidden_reason",
            field=models.CharField(blank=True, db_default="", max_length=20),
        ),
        migrations.AddField(
            model_name="servicerequest",
            name="held_reason",
            field=models.CharField(blank=True, db_default="", max_length=20),
        ),
        migrations.AddField(
            model_name="serviceversion",
            name="identity_words",
            field=models.JSONField(blank=True, db_default={}, default=dict),
        ),
        migrations.AddField(
            model_name="serviceversion",
            name="listed_by_place",
            field=models.BooleanField(db_default=True, default=True),
        ),
        migrations.AddField(
            model_name="serviceversion",
            name="must_confirm",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="digestitem",
            name="contact_point",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="digest_items", to="requests_app.contactpoint"
            ),
        ),
        migrations.AddField(
            model_name="digestitem",
            name="event",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.DO_NOTHING, related_name="+", to="requests_app.event"
            ),
        ),
        migrations.AddField(
            model_name="digestitem",
            name="service_request",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="requests_app.servicerequest"
            ),
        ),
        migrations.AddField(
            model_name="onetimelink",
            name="contact_point",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="requests_app.contactpoint"
            ),
        ),
        migrations.AddField(
            model_name="onetimelink",
            name="jurisdiction",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="requests_app.jurisdiction"
            ),
        ),
        migrations.AddField(
            model_name="onetimelink",
            name="service_request",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="requests_app.servicerequest",
            ),
        ),
        migrations.AddField(
            model_name="subscription",
            name="area",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="requests_app.area",
            ),
        ),
        migrations.AddField(
            model_name="subscription",
            name="asset",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="requests_app.asset",
            ),
        ),
        migrations.AddField(
            model_name="subscription",
            name="contact_point",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="subscriptions",
                to="requests_app.contactpoint",
            ),
        ),
        migrations.AddField(
            model_name="subscription",
            name="jurisdiction",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="subscriptions",
                to="requests_app.jurisdiction",
            ),
        ),
        migrations.AddField(
            model_name="subscription",
            name="service",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="requests_app.service",
            ),
        ),
        migrations.AddField(
            model_name="onetimelink",
            name="subscription",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="requests_app.subscription",
            ),
        ),
        migrations.AddField(
            model_name="digestitem",
            name="subscription",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="requests_app.subscription",
            ),
        ),
        migrations.AddField(
            model_name="surveyanswer",
            name="person",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="requests_app.person"
            ),
        ),
        migrations.AddField(
            model_name="surveyanswer",
            name="service_request",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="survey_answers",
                to="requests_app.servicerequest",
            ),
        ),
        migrations.AddField(
            model_name="textrevision",
            name="answer",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="revisions",
                to="requests_app.answer",
            ),
        ),
        migrations.AddField(
            model_name="textrevision",
            name="comment",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="revisions",
                to="requests_app.comment",
            ),
        ),
        migrations.AddField(
            model_name="textrevision",
            name="person",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="requests_app.person",
            ),
        ),
        migrations.AddField(
            model_name="textrevision",
            name="service_request",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="text_revisions",
                to="requests_app.servicerequest",
            ),
        ),
        migrations.AddField(
            model_name="textrevision",
            name="undone_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="textrevision",
            name="user",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddIndex(
            model_name="subscription",
            index=django.contrib.postgres.indexes.GistIndex(
                condition=models.Q(("stopped_at__isnull", True)), fields=["point"], name="subscription_place"
            ),
        ),
        migrations.AddIndex(
            model_name="subscription",
            index=models.Index(
                condition=models.Q(("stopped_at__isnull", True)), fields=["area"], name="subscription_area"
            ),
        ),
        migrations.AddIndex(
            model_name="subscription",
            index=models.Index(
                condition=models.Q(("stopped_at__isnull", True)), fields=["service"], name="subscription_service"
            ),
        ),
        migrations.AddConstraint(
            model_name="subscription",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("point__isnull", True), ("radius_m__isnull", True)),
                    models.Q(("point__isnull", False), ("radius_m__gte", 200)),
                    _connector="OR",
                ),
                name="subscription_radius_at_least_200_m",
            ),
        ),
        migrations.AddIndex(
            model_name="onetimelink",
            index=models.Index(fields=["contact_point", "created_at"], name="one_time_link_of_address"),
        ),
        migrations.AddIndex(
            model_name="digestitem",
            index=models.Index(
                condition=models.Q(("sent_at__isnull", True)), fields=["cadence", "contact_point"], name="digest_unsent"
            ),
        ),
        migrations.AddConstraint(
            model_name="digestitem",
            constraint=models.UniqueConstraint(fields=("contact_point", "event"), name="digest_item_once"),
        ),
        migrations.AddConstraint(
            model_name="surveyanswer",
            constraint=models.UniqueConstraint(
                fields=("service_request", "person", "question", "ending"), name="survey_answer_once"
            ),
        ),
        migrations.AddIndex(
            model_name="textrevision",
            index=models.Index(fields=["service_request", "-id"], name="text_revision_of_request"),
        ),
    ]
