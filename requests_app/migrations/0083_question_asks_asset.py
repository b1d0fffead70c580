from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("requests_app", "0082_referral_counts"),
    ]

    operations = [
        migrations.AddField(
            model_name="questionversion",
            name="asks_asset",
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
