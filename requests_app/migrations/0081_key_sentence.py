from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("requests_app", "0080_collection_reminders"),
    ]

    operations = [
        migrations.AddField(
            model_name="servicerequest",
            name="key_sentence_at",
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
    ]
