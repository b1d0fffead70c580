from django.db import migrations, models


class Migration(migrations.Migration):
    """Requests for a test key, which is made once its address is proved. Those that wait are for live keys."""

    dependencies = [
        ("requests_app", "0010_public_changes"),
    ]

    operations = [
        migrations.AddField(
            model_name="apikeyrequest",
            name="is_test",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AlterField(
            model_name="apikeyrequest",
            name="purpose",
            field=models.CharField(blank=True, max_length=1000),
        ),
        migrations.AlterField(
            model_name="onetimelink",
            name="purpose",
            field=models.CharField(
                choices=[
                    ("sign_in", "Sign In"),
                    ("confirm", "Confirm"),
                    ("subscribe", "Subscribe"),
                    ("change", "Change"),
                    ("test_key", "Test Key"),
                    ("own_keys", "Own Keys"),
                    ("api_key", "Api Key"),
                    ("show_key", "Show Key"),
                ],
                max_length=10,
            ),
        ),
    ]
