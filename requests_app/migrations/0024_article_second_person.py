import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("requests_app", "0023_write_articles"),
    ]

    operations = [
        migrations.AddField(
            model_name="article",
            name="draft_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="jurisdiction",
            name="second_person_publishes",
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
