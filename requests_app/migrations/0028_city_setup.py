"""What a city chooses on its own pages: units, the sender of its email, its logo and the picture of shared links."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0027_routing_indexes")]

    operations = [
        migrations.AddField(
            model_name="jurisdiction",
            name="reply_address",
            field=models.EmailField(blank=True, db_default="", max_length=254),
        ),
        migrations.AddField(
            model_name="jurisdiction",
            name="sender_address",
            field=models.EmailField(blank=True, db_default="", max_length=254),
        ),
        migrations.AddField(
            model_name="jurisdiction",
            name="sender_name",
            field=models.CharField(blank=True, db_default="", max_length=100),
        ),
        migrations.AddField(
            model_name="jurisdiction",
            name="units",
            field=models.CharField(db_default="us", default="us", max_length=10),
        ),
        migrations.CreateModel(
            name="CityImage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(choices=[("logo", "Logo"), ("card", "Card")], max_length=10)),
                ("version", models.CharField(max_length=16)),
                ("content", models.BinaryField()),
                (
                    "jurisdiction",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="images",
                        to="requests_app.jurisdiction",
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("jurisdiction", "kind"), name="city_image_once")],
            },
        ),
    ]
