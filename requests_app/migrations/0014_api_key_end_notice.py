from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("requests_app", "0013_api_key_calls"),
    ]

    operations = [
        migrations.AddField(
            model_name="apikey",
            name="end_noticed_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
