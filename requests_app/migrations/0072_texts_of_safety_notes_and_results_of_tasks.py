"""What safety notes said before they were changed, and the task that a crew's result is about."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import requests_app.clock


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0067_webhooks")]
    operations = [
        migrations.CreateModel(
            name="SafetyNoteText",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("words", models.CharField(max_length=300)),
                ("changed_at", models.DateTimeField(db_default=requests_app.clock.AppNow())),
                (
                    "changed_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
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
            ],
            options={"indexes": [models.Index(fields=["note", "-id"], name="texts_of_safety_note")]},
        ),
        migrations.AddField(
            model_name="crewresult",
            name="task",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="requests_app.task",
            ),
        ),
    ]
