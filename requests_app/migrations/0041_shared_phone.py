from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import requests_app.clock

BY: dict[str, Any] = {
    "blank": True,
    "db_index": False,
    "null": True,
    "on_delete": django.db.models.deletion.SET_NULL,
    "related_name": "+",
}


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0040_contact_no_answer")]

    operations = [
        migrations.CreateModel(
            name="SharedPhone",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("phone", models.CharField(max_length=320)),
                ("name", models.CharField(blank=True, max_length=100)),
                ("marked_at", models.DateTimeField(db_default=requests_app.clock.AppNow())),
                ("unmarked_at", models.DateTimeField(blank=True, null=True)),
                (
                    "jurisdiction",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="requests_app.jurisdiction",
                    ),
                ),
                ("marked_by", models.ForeignKey(to=settings.AUTH_USER_MODEL, **BY)),
                ("unmarked_by", models.ForeignKey(to=settings.AUTH_USER_MODEL, **BY)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("unmarked_at__isnull", True)),
                        fields=("jurisdiction", "phone"),
                        name="shared_phone_marked_once",
                    )
                ],
            },
        ),
    ]
