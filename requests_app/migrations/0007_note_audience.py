"""Internal notes get an audience. Notes that were written before are for the department, the narrower of the two."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0006_promises")]
    operations = [
        # A default of the database: PostgreSQL rewrites no rows.
        migrations.AddField(
            "comment",
            "audience",
            models.CharField(
                choices=[("department", "Department"), ("everyone", "Everyone")],
                db_default="department",
                default="department",
                max_length=10,
            ),
        )
    ]
