"""One more purpose of a mailed link; nothing in the table changes."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0015_photo_words")]
    operations = [
        migrations.AlterField(
            model_name="onetimelink",
            name="purpose",
            field=models.CharField(
                choices=[
                    ("sign_in", "Sign In"),
                    ("confirm", "Confirm"),
                    ("subscribe", "Subscribe"),
                    ("change", "Change"),
                ],
                max_length=10,
            ),
        ),
    ]
