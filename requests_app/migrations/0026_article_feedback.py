import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import requests_app.clock


class Migration(migrations.Migration):
    dependencies = [
        ("requests_app", "0025_article_review_notice"),
    ]

    operations = [
        migrations.CreateModel(
            name="ArticleFeedback",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.CharField(max_length=500)),
                ("language", models.CharField(max_length=12)),
                ("created_at", models.DateTimeField(db_default=requests_app.clock.AppNow())),
                (
                    "article",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="feedback", to="requests_app.article"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SettledSearch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.CharField(max_length=80)),
                ("how", models.CharField(choices=[("added", "Added"), ("not_ours", "Not Ours")], max_length=10)),
                ("settled_at", models.DateTimeField(db_default=requests_app.clock.AppNow())),
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
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("jurisdiction", "text"), name="settled_search_unique")],
            },
        ),
    ]
