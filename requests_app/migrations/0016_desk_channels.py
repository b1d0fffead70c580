from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("requests_app", "0015_request_public_ended"),
    ]

    operations = [
        migrations.AlterField(
            model_name="servicerequest",
            name="channel",
            field=models.CharField(
                choices=[
                    ("web", "Web"),
                    ("phone", "Phone"),
                    ("api", "Api"),
                    ("email", "Email"),
                    ("counter", "Counter"),
                    ("text", "Text"),
                    ("chat", "Chat"),
                    ("letter", "Letter"),
                    ("staff", "Staff"),
                    ("import", "Import"),
                ],
                default="web",
                max_length=10,
            ),
        ),
    ]
