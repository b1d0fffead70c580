"""The table of what changed in public, and the triggers that append to it. They wait for writers once, for milliseconds."""

import django.db.models.deletion
from django.db import migrations, models

KEY = """
CREATE FUNCTION public_change_transaction() RETURNS uuid LANGUAGE plpgsql AS $$
DECLARE
  own uuid := nullif(current_setting('lamplighter.transaction', true), '');
BEGIN
  IF own IS NULL THEN
    own := gen_random_uuid();
    -- Until the end of the transaction.
    PERFORM set_config('lamplighter.transaction', own::text, true);
  END IF;
  RETURN own;
END
$$;
"""
# One row a transaction: what it did to a request on the whole. Nothing, if it made public what it hid again before it ended.
RECORD = """
CREATE FUNCTION record_public_change(request bigint, city bigint, number_of_it text, was_public boolean, is_public boolean)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
  own uuid := public.public_change_transaction();
  earlier public.requests_app_publicchange;
  was_before boolean := was_public;
  kind_now text;
BEGIN
  SELECT * INTO earlier FROM public.requests_app_publicchange c
  WHERE c.service_request_id = request AND c.number IS NULL AND c.transaction = own;
  IF earlier.id IS NOT NULL THEN
    was_before := earlier.kind <> 'created';
  END IF;
  kind_now := CASE WHEN was_before AND is_public THEN 'changed' WHEN is_public THEN 'created' ELSE 'removed' END;
  IF earlier.id IS NULL THEN
    INSERT INTO public.requests_app_publicchange (jurisdiction_id, service_request_id, reference, kind, transaction)
    VALUES (city, request, number_of_it, kind_now, own);
  ELSIF NOT was_before AND NOT is_public THEN
    DELETE FROM public.requests_app_publicchange WHERE id = earlier.id;
  ELSIF earlier.kind <> kind_now THEN
    UPDATE public.requests_app_publicchange SET kind = kind_now WHERE id = earlier.id;
  END IF;
END
$$;
"""
ADDED = """
CREATE FUNCTION public_requests_added() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
  INSERT INTO public.requests_app_publicchange (jurisdiction_id, service_request_id, reference, kind, transaction)
  SELECT jurisdiction_id, id, reference, 'created', public.public_change_transaction()
  FROM added WHERE public_state = 'public' ORDER BY id;
  RETURN NULL;
END
$$;
CREATE TRIGGER public_requests_added AFTER INSERT ON requests_app_servicerequest
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION public_requests_added();
"""
REMOVED = """
CREATE FUNCTION public_requests_removed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
  PERFORM public.record_public_change(id, jurisdiction_id, reference, true, false)
  FROM removed WHERE public_state = 'public';
  RETURN NULL;
END
$$;
CREATE TRIGGER public_requests_removed AFTER DELETE ON requests_app_servicerequest
  REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION public_requests_removed();
"""
COLUMNS = [
    "public_state", "reference", "service_id", "status", "disposition", "description", "language", "department_id",
    "submitted_at", "updated_at", "resolved_at", "due_at", "public_address", "people_count", "me_too_count",
    "thanks_count", "photos_private",
]  # fmt: skip
IS_CHANGED = " OR ".join(
    [
        *(f"OLD.{name} IS DISTINCT FROM NEW.{name}" for name in COLUMNS),
        # As bytes: the = of geometries compares boxes.
        "OLD.public_point::bytea IS DISTINCT FROM NEW.public_point::bytea",
    ]
)
CHANGED = f"""
CREATE FUNCTION public_request_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
  PERFORM public.record_public_change(
    NEW.id, NEW.jurisdiction_id, NEW.reference, OLD.public_state = 'public', NEW.public_state = 'public');
  RETURN NULL;
END
$$;
CREATE TRIGGER public_request_changed AFTER UPDATE ON requests_app_servicerequest FOR EACH ROW
  WHEN ((OLD.public_state = 'public' OR NEW.public_state = 'public') AND ({IS_CHANGED}))
  EXECUTE FUNCTION public_request_changed();
"""
# Locks the request: whether it is public must be known for certain, and nobody may make it public without seeing the photo.
PHOTOS = """
CREATE FUNCTION public_photo_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
  PERFORM public.record_public_change(id, jurisdiction_id, reference, true, true) FROM (
    SELECT id, jurisdiction_id, reference, public_state FROM public.requests_app_servicerequest
    WHERE id IN (OLD.service_request_id, NEW.service_request_id) ORDER BY id FOR NO KEY UPDATE) locked
  WHERE public_state = 'public';
  RETURN NULL;
END
$$;
"""
IS_SHOWN = "({0}.service_request_id IS NOT NULL AND NOT {0}.is_private AND {0}.hidden_at IS NULL)"
OLD_SHOWN, NEW_SHOWN = IS_SHOWN.format("OLD"), IS_SHOWN.format("NEW")
OF_PHOTO = ("service_request_id", "kind", "name", "width", "height", "alt", "is_private", "hidden_at")
PHOTO_IS_CHANGED = " OR ".join(f"OLD.{name} IS DISTINCT FROM NEW.{name}" for name in OF_PHOTO)
PHOTO_TRIGGERS = f"""
CREATE TRIGGER public_photo_added AFTER INSERT ON requests_app_photo FOR EACH ROW
  WHEN ({NEW_SHOWN}) EXECUTE FUNCTION public_photo_changed();
CREATE TRIGGER public_photo_removed AFTER DELETE ON requests_app_photo FOR EACH ROW
  WHEN ({OLD_SHOWN}) EXECUTE FUNCTION public_photo_changed();
CREATE TRIGGER public_photo_changed AFTER UPDATE ON requests_app_photo FOR EACH ROW
  WHEN (({OLD_SHOWN} OR {NEW_SHOWN}) AND ({PHOTO_IS_CHANGED})) EXECUTE FUNCTION public_photo_changed();
"""
# Of a city that has requests already, nothing is known of what changed before now.
BEGINNINGS = """
INSERT INTO requests_app_publicchange (jurisdiction_id, reference, kind, transaction, number, nonce, at)
SELECT id, '', 'changed', gen_random_uuid(), 1, floor(random() * 9e15)::bigint, clock_timestamp()
FROM requests_app_jurisdiction;
"""
DROP = """
DROP FUNCTION public_photo_changed, public_requests_added, public_requests_removed, public_request_changed CASCADE;
DROP FUNCTION record_public_change, public_change_transaction;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("requests_app", "0009_webhook_listeners"),
    ]

    operations = [
        migrations.CreateModel(
            name="PublicChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reference", models.CharField(blank=True, max_length=8)),
                (
                    "kind",
                    models.CharField(
                        choices=[("created", "Created"), ("changed", "Changed"), ("removed", "Removed")], max_length=7
                    ),
                ),
                ("transaction", models.UUIDField()),
                ("number", models.BigIntegerField(null=True)),
                ("nonce", models.BigIntegerField(null=True)),
                ("at", models.DateTimeField(null=True)),
                (
                    "jurisdiction",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="requests_app.jurisdiction",
                    ),
                ),
                (
                    "service_request",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="requests_app.servicerequest",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("number__isnull", False)),
                        fields=["jurisdiction", "at", "number"],
                        name="public_change_by_time",
                    ),
                    models.Index(
                        condition=models.Q(("number__isnull", True)),
                        fields=["jurisdiction", "id"],
                        name="public_change_pending",
                    ),
                    models.Index(
                        condition=models.Q(("number__isnull", True)),
                        fields=["service_request"],
                        name="public_change_of_pending",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("number__isnull", False)),
                        fields=("jurisdiction", "number"),
                        name="public_change_number_unique",
                    )
                ],
            },
        ),
        migrations.RunSQL([*(KEY, RECORD, ADDED, REMOVED, CHANGED, PHOTOS, PHOTO_TRIGGERS), BEGINNINGS], DROP),
    ]
