from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("requests_app", "0007_service_draft_link"),
    ]

    operations = [
        migrations.AddField(
            model_name="retirement",
            name="kept",
            field=models.JSONField(blank=True, null=True),
        ),
    ]
