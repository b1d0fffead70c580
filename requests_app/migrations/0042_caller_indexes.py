from django.contrib.postgres.indexes import OpClass
from django.db import migrations, models

from requests_app.core.safe_migrations import AddIndexSafely


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("requests_app", "0041_shared_phone")]

    operations = [
        AddIndexSafely(
            "contact",
            models.Index(
                condition=models.Q(("taker__isnull", False)), fields=["started_at"], name="contact_with_taker"
            ),
        ),
        AddIndexSafely(
            "contact",
            models.Index(
                condition=models.Q(("call_id", ""), ("caller_number", ""), ("caller_phone", ""), _negated=True),
                fields=["started_at"],
                name="contact_with_number",
            ),
        ),
        AddIndexSafely(
            "contact",
            models.Index(
                condition=models.Q(
                    ("address", ""), ("event_911_number", ""), ("note", ""), ("point__isnull", True), _negated=True
                ),
                fields=["started_at"],
                name="contact_with_note",
            ),
        ),
        AddIndexSafely(
            "person",
            models.Index(
                models.F("jurisdiction"),
                OpClass(
                    models.Func(models.F("name"), template="lower(without_accents(%(expressions)s))"),
                    name="text_pattern_ops",
                ),
                condition=models.Q(("name", ""), _negated=True),
                name="person_by_name",
            ),
        ),
    ]
