from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("requests_app", "0024_article_second_person"),
    ]

    operations = [
        migrations.AddField(
            model_name="article",
            name="review_noticed_on",
            field=models.DateField(blank=True, null=True),
        ),
    ]
