from django.db import migrations


class Migration(migrations.Migration):
    """Takes call-backs out of contacts: they are rows of their own.

    Only Django forgets the columns, in which nothing was ever written. Processes of the earlier version still name them, until they
    are restarted; those of this one don't, so that the one that may not be empty gets a default.
    """

    dependencies = [
        ("requests_app", "0029_call_backs"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RemoveField(model_name="contact", name=name)
                for name in ("call_back_at", "call_back_by", "call_back_tries")
            ],
            database_operations=[
                migrations.RunSQL(
                    "ALTER TABLE requests_app_contact ALTER COLUMN call_back_tries SET DEFAULT 0",
                    "ALTER TABLE requests_app_contact ALTER COLUMN call_back_tries DROP DEFAULT",
                )
            ],
        )
    ]
