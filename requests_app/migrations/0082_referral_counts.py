import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("requests_app", "0079_article_topics_and_questions"),
    ]

    operations = [
        migrations.CreateModel(
            name="ReferralCount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("receiver", models.CharField(max_length=254)),
                ("value", models.PositiveIntegerField(default=0)),
                (
                    "jurisdiction",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="requests_app.jurisdiction"
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="referralcount",
            constraint=models.UniqueConstraint(
                fields=["jurisdiction", "day", "receiver"], name="referral_count_unique"
            ),
        ),
    ]
