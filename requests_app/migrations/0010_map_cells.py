"""Counts of public requests by map cell, kept by a trigger; the worker counts what was there before."""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models

# The cell at zoom 17 of the Web Mercator grid: the bits of column and row in turn, the column's last (a Z-curve). In PL/pgSQL, since
# a function in SQL that cannot be inlined costs half a millisecond a call.
SPREAD = "\n".join(
    f"  {name} := ({name} | ({name} << {bits})) & {mask};"
    for bits, mask in (
        (16, 0x0000FFFF0000FFFF),
        (8, 0x00FF00FF00FF00FF),
        (4, 0x0F0F0F0F0F0F0F0F),
        (2, 0x3333333333333333),
        (1, 0x5555555555555555),
    )
    for name in ("across", "down")
)
CELL = f"""
CREATE FUNCTION map_cell(place geometry) RETURNS bigint LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
DECLARE
  across bigint := greatest(least(floor((public.ST_X(place) + 180) / 360 * 131072), 131071), 0);
  down bigint := greatest(least(floor(
    (1 - asinh(tan(radians(public.ST_Y(place)))) / pi()) / 2 * 131072), 131071), 0);
BEGIN
{SPREAD}
  RETURN across | (down << 1);
END
$$;
"""

COLUMNS = "jurisdiction_id, cell, service_id, is_open, month, requests, located, longitude, latitude"
MILLIONTHS = "round(public.ST_{axis}(r.public_point) * 1000000)::bigint"
COUNTED = f"""
SELECT r.jurisdiction_id, public.map_cell(r.public_point), r.service_id, r.status NOT IN ('resolved', 'closed'),
       date_trunc('month', r.submitted_at AT TIME ZONE 'UTC')::date, sum(r.sign),
       coalesce(sum(r.sign) FILTER (WHERE v.listed_by_place), 0),
       coalesce(sum(r.sign * {MILLIONTHS.format(axis="X")}) FILTER (WHERE v.listed_by_place), 0),
       coalesce(sum(r.sign * {MILLIONTHS.format(axis="Y")}) FILTER (WHERE v.listed_by_place), 0)
FROM (%s) r JOIN public.requests_app_serviceversion v ON v.id = r.service_version_id
WHERE r.public_state = 'public' AND r.public_point IS NOT NULL
GROUP BY 1, 2, 3, 4, 5
"""  # noqa: S608 (our own text)
READ = "jurisdiction_id, service_id, service_version_id, status, public_state, public_point, submitted_at"


def row(name: str) -> str:
    return ", ".join(f"{name}.{column}" for column in READ.split(", "))


def trigger_function(name: str, changed: str) -> str:
    # With the owner's rights: between migrate and create_roles the web role has none on the new table, and no report may fail.
    return f"""
CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
  INSERT INTO public.requests_app_mapcelldelta ({COLUMNS}) {COUNTED % changed};
  RETURN NULL;
END
$$;
"""


COUNTED_COLUMNS = ["jurisdiction_id", "service_id", "service_version_id", "status", "public_state", "submitted_at"]
IS_CHANGED = " OR ".join(
    [
        *(f"OLD.{name} IS DISTINCT FROM NEW.{name}" for name in COUNTED_COLUMNS),
        # As bytes: the = of geometries compares boxes.
        "OLD.public_point::bytea IS DISTINCT FROM NEW.public_point::bytea",
    ]
)
TRIGGERS = f"""
{trigger_function("map_cells_added", f"SELECT 1 AS sign, {READ} FROM added")}
{trigger_function("map_cells_removed", f"SELECT -1 AS sign, {READ} FROM removed")}
{trigger_function("map_cells_changed", f"SELECT -1 AS sign, {row('OLD')} UNION ALL SELECT 1, {row('NEW')}")}
CREATE TRIGGER map_cells_added AFTER INSERT ON requests_app_servicerequest
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION map_cells_added();
CREATE TRIGGER map_cells_removed AFTER DELETE ON requests_app_servicerequest
  REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION map_cells_removed();
CREATE TRIGGER map_cells_changed AFTER UPDATE ON requests_app_servicerequest FOR EACH ROW
  WHEN ((OLD.public_state = 'public' OR NEW.public_state = 'public') AND ({IS_CHANGED}))
  EXECUTE FUNCTION map_cells_changed();
"""  # noqa: S608 (our own text)
UNDO = """
DROP TRIGGER map_cells_added ON requests_app_servicerequest;
DROP TRIGGER map_cells_removed ON requests_app_servicerequest;
DROP TRIGGER map_cells_changed ON requests_app_servicerequest;
DROP FUNCTION map_cells_added(), map_cells_removed(), map_cells_changed();
"""


def count_what_is_there(apps: Any, schema_editor: Any) -> None:
    """Leaves the counting to the worker: here it would block every report for minutes in a large city."""
    if apps.get_model("requests_app", "ServiceRequest").objects.exists():
        rows = apps.get_model("requests_app", "OutboxRow").objects
        rows.get_or_create(dedupe_key="recount_map", defaults={"kind": "recount_map", "lane": "database"})


def counts(*, grid: bool) -> list[tuple[str, Any]]:
    """The columns that both tables share."""

    def key(to: str) -> Any:
        return models.ForeignKey(
            db_constraint=False,
            db_index=False,
            on_delete=django.db.models.deletion.CASCADE,
            related_name="+",
            to=f"requests_app.{to}",
        )

    return [
        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
        ("is_open", models.BooleanField()),
        ("month", models.DateField()),
        ("cell", models.BigIntegerField()),
        ("requests", models.BigIntegerField(default=0)),
        ("located", models.BigIntegerField(default=0)),
        ("longitude", models.BigIntegerField(default=0)),
        ("latitude", models.BigIntegerField(default=0)),
        *([("grid", models.PositiveSmallIntegerField())] if grid else []),
        ("jurisdiction", key("jurisdiction")),
        ("service", key("service")),
    ]


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0009_limits_and_keys")]
    operations = [
        migrations.CreateModel(name="MapCellDelta", fields=counts(grid=False), options={"abstract": False}),
        migrations.CreateModel(
            name="MapCell",
            fields=counts(grid=True),
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("jurisdiction", "grid", "is_open", "month", "cell", "service"), name="map_cell_unique"
                    )
                ],
            },
        ),
        migrations.RunSQL(CELL, "DROP FUNCTION map_cell(geometry)"),
        migrations.RunSQL(TRIGGERS, UNDO),
        migrations.RunPython(count_what_is_there, migrations.RunPython.noop),
    ]
