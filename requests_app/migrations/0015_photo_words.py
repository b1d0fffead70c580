"""Staff may take words out of what describes a photo, too."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("requests_app", "0014_unconfirmed_requests"),
    ]

    operations = [
        migrations.AddField(
            model_name="textrevision",
            name="photo",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="revisions",
                to="requests_app.photo",
            ),
        ),
        migrations.AlterField(
            model_name="textrevision",
            name="field",
            field=models.CharField(
                choices=[
                    ("description", "Description"),
                    ("place_note", "Place Note"),
                    ("answer", "Answer"),
                    ("comment", "Comment"),
                    ("photo", "Photo"),
                ],
                max_length=12,
            ),
        ),
    ]
