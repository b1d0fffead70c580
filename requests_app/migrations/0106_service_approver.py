import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("requests_app", "0105_outbox_rows_of_city"),
    ]

    operations = [
        migrations.AddField(
            model_name="serviceapproval",
            name="approver",
            field=models.CharField(blank=True, db_default="", max_length=100),
        ),
        migrations.AddField(
            model_name="serviceapproval",
            name="is_shipped",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="serviceapproval",
            name="notified_on",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name="serviceapproval",
            name="user",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="servicedraft",
            name="approval",
            field=models.JSONField(blank=True, db_default={}, default=dict),
        ),
    ]
