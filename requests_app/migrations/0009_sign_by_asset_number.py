"""A sign's code may be the number of a thing of the city's, which is longer than the codes that we make up."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0008_open_places")]

    operations = [
        migrations.AlterField("shortlink", "code", models.CharField(max_length=60)),
    ]
