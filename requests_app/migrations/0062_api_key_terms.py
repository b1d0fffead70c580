"""Scopes that count, limits, an end and networks for API keys; which key sent a request."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def keep_what_keys_could_do(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Until now, every key could read and send reports. The day of last use becomes a time."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("UPDATE requests_app_apikey SET scopes = '{read,report}' WHERE scopes = '{}'")
        cursor.execute("UPDATE requests_app_apikey SET last_used_at = last_used_on WHERE last_used_on IS NOT NULL")


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0052_waits_index")]

    operations = [
        migrations.AddField(
            model_name="apikey",
            name="acts_as",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="apikey",
            name="contact",
            field=models.CharField(blank=True, db_default="", max_length=254),
        ),
        migrations.AddField(
            model_name="apikey",
            name="calls_a_minute",
            field=models.PositiveIntegerField(db_default=600, default=600),
        ),
        migrations.AddField(
            model_name="apikey",
            name="reports_a_day",
            field=models.PositiveIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="apikey",
            name="expires_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="apikey",
            name="networks",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=43), blank=True, db_default=[], default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="apikey",
            name="previous_hash",
            field=models.CharField(blank=True, max_length=64, null=True, unique=True),
        ),
        migrations.AddField(
            model_name="apikey",
            name="previous_until",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="apikey",
            name="last_used_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.RunPython(keep_what_keys_could_do, migrations.RunPython.noop, elidable=True),
        # The column stays until no process writes it anymore.
        migrations.SeparateDatabaseAndState(
            state_operations=[migrations.RemoveField(model_name="apikey", name="last_used_on")]
        ),
        migrations.AddField(
            model_name="servicerequest",
            name="api_key",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="service_requests",
                to="requests_app.apikey",
            ),
        ),
    ]
