from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("requests_app", "0008_retirement_kept"),
    ]

    operations = [
        migrations.AddField(
            model_name="webhook",
            name="read_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name="webhook",
            name="url",
            field=models.CharField(blank=True, max_length=1000),
        ),
        migrations.AlterField(
            model_name="webhook",
            name="end_reason",
            field=models.CharField(
                blank=True,
                choices=[
                    ("owner", "Switched off by the program"),
                    ("staff", "Switched off by staff"),
                    ("gone", "Its address answered “410 Gone”"),
                    ("failing", "Its address failed for five days"),
                    ("unread", "Its program stopped reading"),
                ],
                max_length=10,
            ),
        ),
    ]
