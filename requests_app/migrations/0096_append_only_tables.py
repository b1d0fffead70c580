"""What is written once can't be emptied either: a trigger for each table, which no session variable turns off."""

from django.db import migrations

TABLES = ("event", "setupchange", "serviceversion", "questionversion", "routingversion")

FUNCTION = """
CREATE FUNCTION refuse_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only: it can''t be truncated', TG_TABLE_NAME;
END
$$;
"""
TRIGGER = """
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON requests_app_{table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_truncate();
"""
UNDO = "DROP TRIGGER refuse_truncate ON requests_app_{table};"


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0095_danger_kinds")]

    operations = [
        migrations.RunSQL(FUNCTION, "DROP FUNCTION refuse_truncate()"),
        *(migrations.RunSQL(TRIGGER.format(table=table), UNDO.format(table=table)) for table in TABLES),
    ]
