"""Adds who at the 911 center approved that every report is asked about danger, and until when."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0042_caller_indexes")]

    operations = [
        migrations.AddField(
            model_name="jurisdiction",
            name="always_ask_approver",
            field=models.CharField(blank=True, db_default="", max_length=100),
        ),
        migrations.AddField(
            model_name="jurisdiction",
            name="always_ask_review_by",
            field=models.DateField(blank=True, null=True),
        ),
    ]
