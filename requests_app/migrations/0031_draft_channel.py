from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("requests_app", "0030_contact_without_call_backs"),
    ]

    operations = [
        migrations.AddField(
            model_name="draft",
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
                db_default="web",
                default="web",
                max_length=10,
            ),
        ),
    ]
