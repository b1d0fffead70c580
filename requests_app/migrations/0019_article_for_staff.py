from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("requests_app", "0018_contacts"),
    ]

    operations = [
        migrations.AddField(
            model_name="article",
            name="audience",
            field=models.CharField(
                choices=[("everyone", "Everyone"), ("staff", "Staff"), ("departments", "Departments")],
                db_default="everyone",
                default="everyone",
                max_length=12,
            ),
        ),
        migrations.AddField(
            model_name="article",
            name="departments",
            field=models.ManyToManyField(blank=True, related_name="articles", to="requests_app.department"),
        ),
        migrations.AddField(
            model_name="article",
            name="note",
            field=models.JSONField(db_default={}, default=dict),
        ),
        migrations.AddField(
            model_name="article",
            name="related",
            field=models.ManyToManyField(blank=True, related_name="related_from", to="requests_app.article"),
        ),
        migrations.AddField(
            model_name="article",
            name="script",
            field=models.JSONField(db_default={}, default=dict),
        ),
        migrations.AddField(
            model_name="article",
            name="valid_until",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="article",
            name="version",
            field=models.PositiveIntegerField(db_default=1, default=1),
        ),
        migrations.AlterField(
            model_name="searchdocument",
            name="kind",
            field=models.CharField(
                choices=[
                    ("service", "Service"),
                    ("article", "Article"),
                    ("for_staff", "For Staff"),
                    ("request", "Request"),
                ],
                max_length=10,
            ),
        ),
    ]
