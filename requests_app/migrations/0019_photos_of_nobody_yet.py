"""A photo that the API sent belongs to no draft, and to no request until the report is stored."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("requests_app", "0018_public_places"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="photo", name="photo_belongs_somewhere"),
    ]
