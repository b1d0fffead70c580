from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("requests_app", "0039_notice_of_call_back_index"),
    ]

    operations = [
        migrations.AlterField(
            model_name="contact",
            name="outcome",
            field=models.CharField(
                blank=True,
                choices=[
                    ("answered", "Answered"),
                    ("status_given", "Status Given"),
                    ("request_made", "Request Made"),
                    ("joined", "Joined"),
                    ("transferred", "Transferred"),
                    ("call_back", "Call Back"),
                    ("dropped", "Dropped"),
                    ("no_answer", "No Answer"),
                    ("abuse", "Abuse"),
                    ("test", "Test"),
                ],
                max_length=14,
            ),
        ),
    ]
