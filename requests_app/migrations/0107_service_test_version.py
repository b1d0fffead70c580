import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("requests_app", "0106_service_approver"),
    ]

    operations = [
        migrations.AddField(
            model_name="servicetest",
            name="service_version",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="requests_app.serviceversion",
            ),
        ),
        migrations.AlterField(
            model_name="servicetest",
            name="service_request",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="service_test",
                to="requests_app.servicerequest",
            ),
        ),
        migrations.AlterField(
            model_name="servicetest",
            name="user",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
    ]
