"""Subscriptions to the email on the evening before a collection day. The columns first: rows exist already."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [
        ("requests_app", "0083_question_asks_asset"),
    ]

    operations = [
        migrations.AddField(
            model_name="subscription",
            name="collection",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="subscription",
            name="reminded_for",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddConstraint(
            model_name="subscription",
            constraint=models.CheckConstraint(
                condition=Q(collection=False)
                | Q(area__isnull=False, service__isnull=True, asset__isnull=True, point__isnull=True),
                name="subscription_collection_of_area",
            ),
        ),
        migrations.AddIndex(
            model_name="subscription",
            index=models.Index(
                condition=Q(collection=True, unsubscribed_at__isnull=True),
                fields=["area"],
                name="subscription_collection",
            ),
        ),
    ]
