import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):
    """Keys are found by their contact, who may have several; only live keys need a name of their own."""

    dependencies = [
        ("requests_app", "0011_test_key_requests"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="apikey",
            index=models.Index(
                django.db.models.functions.text.Lower("contact"),
                models.F("jurisdiction"),
                condition=models.Q(("contact", ""), _negated=True),
                name="api_key_contact",
            ),
        ),
        migrations.RemoveConstraint(
            model_name="apikey",
            name="api_key_name_unique",
        ),
        migrations.AddConstraint(
            model_name="apikey",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_test", False), ("revoked_at__isnull", True)),
                fields=("jurisdiction", "name"),
                name="api_key_name_unique",
            ),
        ),
    ]
