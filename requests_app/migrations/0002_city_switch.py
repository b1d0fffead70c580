from django.db import migrations


class Migration(migrations.Migration):
    """Renames the model alone: the table keeps its name, which processes of the version before use."""

    dependencies = [("requests_app", "0001_initial")]

    operations = [
        migrations.AlterModelTable(name="handover", table="requests_app_handover"),
        migrations.RenameModel(old_name="HandOver", new_name="CitySwitch"),
    ]
