from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("requests_app", "0027_desk_telephone"),
    ]

    operations = [
        migrations.AddField(
            model_name="jurisdiction",
            name="desk_wait_s",
            field=models.PositiveIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="jurisdiction",
            name="desk_wait_until",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
