"""Checks, counts and replaces a layer from the rows of a LayerImport, in statements over all of them.

Every function runs in the caller's transaction. A row counts if it has no problem, or one that was repaired.
"""
# ruff: noqa: S608  (statements are put together from our own constants; every value is a parameter)

from collections.abc import Callable, Iterator
from typing import Any

from django.contrib.gis.geos import MultiPolygon
from django.db import connection
from django.db.models import Model

from requests_app.imports.layers import owner_named
from requests_app.models import Area, Asset, GazetteerEntry, Jurisdiction, LayerImport, LayerRow, OwnerArea
from requests_app.models.states import OPEN
from requests_app.places.ownership import BORDER
from requests_app.places.tile_cache import forget_tiles

Kind = LayerImport.Kind
# Only this problem leaves a row in: its shape was repaired.
REPAIRED = "self_crossing"
GOOD = f"problem IN ('', '{REPAIRED}')"
# Requests are compared by ranges of their ids, so that each statement ends soon.
REQUESTS_AT_ONCE = 50_000
MOVES_SHOWN = 20
SAMPLE = 50


def run(statement: str, *values: Any) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)


def fetch(statement: str, *values: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


# --- Checking -----------------------------------------------------------------------------------------------------------

MISSING: dict[str, tuple[str, str]] = {
    Kind.AREAS: ("no_name", "properties ->> 'code' = ''"),
    Kind.ADDRESSES: ("no_address", "properties ->> 'label' = ''"),
    Kind.ASSETS: ("no_number", "properties ->> 'asset_id' = ''"),
    # A line without an owner is a street of the city's own.
    Kind.OWNERS: ("no_owner", "properties ->> 'owner' = '' AND ST_Dimension(shape) = 2"),
}


def mark_problems(layer_import: LayerImport) -> None:
    """Marks each row that can't be used with the reason, and repairs shapes that cross themselves."""
    pk, kind = layer_import.pk, layer_import.kind

    def mark(code: str, condition: str, *values: Any, detail: str = "''") -> None:
        run(
            f"UPDATE requests_app_layerrow SET problem = %s, detail = left({detail}, 200) "
            f"WHERE layer_import_id = %s AND NOT is_previous AND problem = '' AND {condition}",
            code, pk, *values,
        )  # fmt: skip

    if kind in (Kind.AREAS, Kind.BOUNDARY):
        mark("not_a_polygon", "ST_Dimension(shape) < 2", detail="replace(GeometryType(shape), 'MULTI', '')")
    elif kind == Kind.OWNERS:
        mark("is_a_point", "ST_Dimension(shape) = 0")
    if kind in MISSING:
        mark(MISSING[kind][0], MISSING[kind][1])
    if kind == Kind.AREAS:
        # The pieces of one area share its code and its name. Under another name it's another area with a mistyped code.
        first_names = (
            "SELECT DISTINCT ON (properties ->> 'code') properties ->> 'code' AS code, properties ->> 'name' AS name "
            "FROM requests_app_layerrow WHERE layer_import_id = %s AND NOT is_previous AND problem = '' "
            "AND properties ->> 'name' <> '' ORDER BY properties ->> 'code', number"
        )
        mark(
            "same_code",
            f"properties ->> 'name' <> '' AND EXISTS (SELECT 1 FROM ({first_names}) AS first WHERE "
            "first.code = properties ->> 'code' AND lower(first.name) <> lower(properties ->> 'name'))",
            pk,
            detail="properties ->> 'code'",
        )
    if kind in (Kind.ADDRESSES, Kind.ASSETS):
        run(
            "UPDATE requests_app_layerrow SET shape = ST_PointOnSurface(ST_MakeValid(shape)) "
            "WHERE layer_import_id = %s AND NOT is_previous AND problem = '' AND GeometryType(shape) <> 'POINT'",
            pk,
        )
    if kind in (Kind.AREAS, Kind.ADDRESSES, Kind.ASSETS):
        mark(
            "outside",
            "NOT EXISTS (SELECT 1 FROM requests_app_jurisdiction city WHERE city.id = %s "
            "AND (city.boundary IS NULL OR ST_Intersects(city.boundary, shape)))",
            layer_import.jurisdiction_id,
        )
    if kind == Kind.ASSETS:
        ranked = (
            "SELECT id, row_number() OVER (PARTITION BY upper(properties ->> 'asset_id') ORDER BY number) AS place "
            "FROM requests_app_layerrow WHERE layer_import_id = %s AND NOT is_previous AND problem = ''"
        )
        mark(
            "repeated",
            f"id IN (SELECT id FROM ({ranked}) AS ranked WHERE place > 1)",
            pk,
            detail="properties ->> 'asset_id'",
        )
        mark(
            "of_another_kind",
            "EXISTS (SELECT 1 FROM requests_app_asset a WHERE a.jurisdiction_id = %s AND a.kind <> %s "
            "AND upper(a.asset_id) = upper(properties ->> 'asset_id'))",
            layer_import.jurisdiction_id,
            layer_import.layer,
            detail="properties ->> 'asset_id'",
        )
    # Last: a repaired row may have no other problem.
    mark(REPAIRED, "NOT ST_IsValid(shape)", detail="ST_IsValidReason(shape)")
    run(
        "UPDATE requests_app_layerrow SET shape = ST_CollectionExtract(ST_MakeValid(shape), ST_Dimension(shape) + 1) "
        "WHERE layer_import_id = %s AND NOT is_previous AND problem = %s",
        pk,
        REPAIRED,
    )


def counts(layer_import: LayerImport) -> dict[str, Any]:
    """The rows by what becomes of them."""
    by_problem = dict(
        fetch(
            "SELECT problem, count(*) FROM requests_app_layerrow WHERE layer_import_id = %s AND NOT is_previous GROUP BY 1",
            layer_import.pk,
        )
    )
    rows, repaired = sum(by_problem.values()), by_problem.get(REPAIRED, 0)
    good = by_problem.get("", 0) + repaired
    by_problem.pop("", None)
    return {"rows": rows, "good": good, "repaired": repaired, "skipped": rows - good, "by_problem": by_problem}


# --- Areas and the requests in them ---------------------------------------------------------------------------------


def _stage_areas(layer_import: LayerImport, *, previous: bool) -> None:
    """new_area: one row for each code, its pieces joined. changed: the land that gets another area than before."""
    run("DROP TABLE IF EXISTS new_area, changed, moved")
    attributes = "first -> 'attributes'" if previous else "first - 'code' - 'name'"
    is_ours = "(first ->> 'is_ours')::boolean" if previous else "true"
    run(
        f"""
        CREATE TEMPORARY TABLE new_area ON COMMIT DROP AS
        SELECT code, left(coalesce(nullif(first ->> 'name', ''), code), 200) AS name, {attributes} AS attributes,
               {is_ours} AS is_ours, polygon
        FROM (
            SELECT properties ->> 'code' AS code, (array_agg(properties ORDER BY number))[1] AS first,
                   ST_Multi(ST_CollectionExtract(ST_UnaryUnion(ST_Collect(ST_Force2D(shape))), 3)) AS polygon
            FROM requests_app_layerrow WHERE layer_import_id = %s AND is_previous = %s AND {GOOD} GROUP BY 1) AS joined
        WHERE NOT ST_IsEmpty(polygon)""",
        layer_import.pk,
        previous,
    )
    run("CREATE INDEX ON new_area USING gist (polygon)")
    run(
        """
        CREATE TEMPORARY TABLE changed ON COMMIT DROP AS
        SELECT ST_Subdivide(ST_Buffer(shape, %s), 128) AS shape FROM (
            SELECT CASE WHEN old.polygon IS NULL THEN new.polygon WHEN new.polygon IS NULL THEN old.polygon
                   ELSE ST_SymDifference(old.polygon, new.polygon) END AS shape
            FROM (SELECT code, polygon FROM requests_app_area WHERE jurisdiction_id = %s AND layer = %s AND is_ours) AS old
            FULL JOIN (SELECT code, polygon FROM new_area WHERE is_ours) AS new USING (code)) AS differing
        WHERE NOT ST_IsEmpty(shape)""",
        BORDER,
        layer_import.jurisdiction_id,
        layer_import.layer,
    )
    run("CREATE INDEX ON changed USING gist (shape)")
    run("ANALYZE new_area")
    run("ANALYZE changed")


def _find_moved(layer_import: LayerImport, progress: Callable[[int], None]) -> None:
    """moved: the requests on changed land whose areas of this layer are no longer the same, by places.ownership.areas_at."""
    city, layer = layer_import.jurisdiction_id, layer_import.layer
    run("CREATE TEMPORARY TABLE moved (id bigint, before text[], after text[]) ON COMMIT DROP")
    if not fetch("SELECT 1 FROM changed LIMIT 1"):
        return
    for first, last in _id_ranges():
        run(
            """
            INSERT INTO moved
            WITH candidate AS MATERIALIZED (
                SELECT r.id, r.point FROM requests_app_servicerequest r
                WHERE r.id BETWEEN %s AND %s AND r.jurisdiction_id = %s AND r.point IS NOT NULL
                  AND EXISTS (SELECT 1 FROM changed WHERE ST_Intersects(changed.shape, r.point))),
            placed AS (
                SELECT c.id,
                    ARRAY(SELECT a.code FROM requests_app_requestarea ra JOIN requests_app_area a ON a.id = ra.area_id
                          WHERE ra.service_request_id = c.id AND a.jurisdiction_id = %s AND a.layer = %s ORDER BY 1)::text[]
                        AS before,
                    ARRAY(SELECT code FROM new_area WHERE is_ours AND ST_Contains(polygon, c.point) ORDER BY 1)::text[] AS within,
                    ARRAY(SELECT code FROM new_area WHERE is_ours AND ST_DWithin(polygon, c.point, %s)
                          ORDER BY 1 LIMIT 1)::text[] AS touched
                FROM candidate c)
            SELECT id, before, after FROM (
                SELECT id, before, CASE WHEN cardinality(within) > 0 THEN within ELSE touched END AS after FROM placed) AS compared
            WHERE before IS DISTINCT FROM after""",
            first, last, city, city, layer, BORDER,
        )  # fmt: skip
        progress(last)


def _id_ranges() -> Iterator[tuple[int, int]]:
    first, last = fetch("SELECT coalesce(min(id), 0), coalesce(max(id), -1) FROM requests_app_servicerequest")[0]
    for start in range(first, last + 1, REQUESTS_AT_ONCE):
        yield start, start + REQUESTS_AT_ONCE - 1


def _moves(layer_import: LayerImport) -> dict[str, Any]:
    """How many requests moved, and the most frequent moves by the areas' names."""
    pairs = fetch("SELECT before, after, count(*) FROM moved GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2")
    old = "SELECT code, name FROM requests_app_area WHERE jurisdiction_id = %s AND layer = %s"
    names = dict(fetch(old, layer_import.jurisdiction_id, layer_import.layer))
    new = names | dict(fetch("SELECT code, name FROM new_area"))
    return {
        "moved": sum(count for _before, _after, count in pairs),
        "moves": [
            [[names.get(code, code) for code in before], [new.get(code, code) for code in after], count]
            for before, after, count in pairs[:MOVES_SHOWN]
        ],
    }


def preview_areas(layer_import: LayerImport, progress: Callable[[int], None]) -> dict[str, Any]:
    """What replacing the layer would do: areas that are new or gone, and requests that change their area."""
    _stage_areas(layer_import, previous=False)
    _find_moved(layer_import, progress)
    old = dict(
        fetch(
            "SELECT code, name FROM requests_app_area WHERE jurisdiction_id = %s AND layer = %s AND is_ours",
            layer_import.jurisdiction_id,
            layer_import.layer,
        )
    )
    new = dict(fetch("SELECT code, name FROM new_area"))
    return {
        "before": len(old),
        "after": len(new),
        "new": sorted(new[code] for code in new.keys() - old.keys())[:SAMPLE],
        "gone": sorted(old[code] for code in old.keys() - new.keys())[:SAMPLE],
        "gone_codes": sorted(old.keys() - new.keys()),
        **_moves(layer_import),
    }


def _replace_areas(layer_import: LayerImport, previous: bool, progress: Callable[[int], None]) -> dict[str, Any]:
    city, layer = layer_import.jurisdiction_id, layer_import.layer
    _stage_areas(layer_import, previous=previous)
    _find_moved(layer_import, progress)
    attributes = "EXCLUDED.attributes" if previous else "requests_app_area.attributes || EXCLUDED.attributes"
    run(
        f"""
        INSERT INTO requests_app_area (jurisdiction_id, layer, code, name, attributes, is_ours, polygon)
        SELECT %s, %s, code, name, attributes, is_ours, polygon FROM new_area
        ON CONFLICT (jurisdiction_id, layer, code) DO UPDATE SET name = EXCLUDED.name, attributes = {attributes},
            is_ours = EXCLUDED.is_ours, polygon = EXCLUDED.polygon""",
        city,
        layer,
    )
    run(
        "DELETE FROM requests_app_requestarea ra USING moved, requests_app_area a WHERE ra.service_request_id = moved.id "
        "AND a.id = ra.area_id AND a.jurisdiction_id = %s AND a.layer = %s",
        city,
        layer,
    )
    run(
        """
        INSERT INTO requests_app_requestarea (area_id, service_request_id, submitted_at, is_open, public_state)
        SELECT a.id, r.id, r.submitted_at, r.status = ANY(%s), r.public_state
        FROM moved JOIN requests_app_servicerequest r ON r.id = moved.id CROSS JOIN unnest(moved.after) AS now (code)
        JOIN requests_app_area a ON a.jurisdiction_id = %s AND a.layer = %s AND a.code = now.code
        ON CONFLICT DO NOTHING""",
        [str(status) for status in OPEN],
        city,
        layer,
    )
    lost = [
        pk
        for (pk,) in fetch(
            "SELECT id FROM requests_app_area a WHERE jurisdiction_id = %s AND layer = %s "
            "AND NOT EXISTS (SELECT 1 FROM new_area WHERE new_area.code = a.code)",
            city,
            layer,
        )
    ]
    kept = _used(Area, lost)
    # Promises and subscriptions keep their area; no new request is counted in it.
    Area.objects.filter(pk__in=kept).update(is_ours=False)
    Area.objects.filter(pk__in=set(lost) - kept).delete()
    forget_tiles(city)
    return {**_moves(layer_import), "kept": len(kept)}


def _used(model: type[Model], ids: list[int]) -> set[int]:
    """Those of these rows that other rows refer to."""
    used: set[int] = set()
    for relation in model._meta.related_objects:
        name = relation.field.name
        related: Any = relation.related_model
        used |= set(related._base_manager.filter(**{f"{name}__in": ids}).values_list(name, flat=True).distinct())
    return used


# --- The other kinds ------------------------------------------------------------------------------------------------


def _replace_addresses(layer_import: LayerImport, previous: bool, progress: Callable[[int], None]) -> dict[str, Any]:
    # Nothing points at an entry: the new set replaces the old one.
    GazetteerEntry.objects.filter(jurisdiction=layer_import.jurisdiction_id)._raw_delete("default")
    run(
        f"""
        INSERT INTO requests_app_gazetteerentry
            (jurisdiction_id, label, kind, house_number, street, cross_street, zip_code, search_key, point)
        SELECT %s, p ->> 'label', p ->> 'kind', p ->> 'house_number', p ->> 'street', coalesce(p ->> 'cross_street', ''),
               p ->> 'zip', p ->> 'search_key', shape
        FROM (SELECT properties AS p, shape FROM requests_app_layerrow
              WHERE layer_import_id = %s AND is_previous = %s AND {GOOD} ORDER BY number) AS rows""",
        layer_import.jurisdiction_id,
        layer_import.pk,
        previous,
    )
    return {}


def _replace_assets(layer_import: LayerImport, previous: bool, progress: Callable[[int], None]) -> dict[str, Any]:
    """Only assets of this kind. An asset that stays keeps its row, since requests point at it."""
    city, layer = layer_import.jurisdiction_id, layer_import.layer
    rows = f"FROM requests_app_layerrow WHERE layer_import_id = %s AND is_previous = %s AND {GOOD}"
    run(
        f"""
        INSERT INTO requests_app_asset (jurisdiction_id, asset_id, kind, label, point)
        SELECT %s, properties ->> 'asset_id', %s, properties ->> 'label', shape {rows}
        ON CONFLICT (upper(asset_id), jurisdiction_id) DO UPDATE
        SET kind = EXCLUDED.kind, label = EXCLUDED.label, point = EXCLUDED.point""",
        city, layer, layer_import.pk, previous,
    )  # fmt: skip
    lost = [
        pk
        for (pk,) in fetch(
            "SELECT id FROM requests_app_asset a WHERE jurisdiction_id = %s AND kind = %s "
            f"AND NOT EXISTS (SELECT 1 {rows} AND upper(properties ->> 'asset_id') = upper(a.asset_id))",
            city, layer, layer_import.pk, previous,
        )
    ]  # fmt: skip
    kept = _used(Asset, lost)
    Asset.objects.filter(pk__in=set(lost) - kept).delete()
    return {"kept": len(kept)}


def _replace_owners(layer_import: LayerImport, previous: bool, progress: Callable[[int], None]) -> dict[str, Any]:
    city = layer_import.jurisdiction
    rows = f"FROM requests_app_layerrow WHERE layer_import_id = %s AND is_previous = %s AND {GOOD}"
    named = fetch(
        f"SELECT properties ->> 'owner', min(properties ->> 'kind') {rows} GROUP BY 1", layer_import.pk, previous
    )
    ids = {name: owner_named(city, name, kind).pk for name, kind in named if name and name.lower() != city.name.lower()}
    OwnerArea.objects.filter(jurisdiction=city)._raw_delete("default")
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            INSERT INTO requests_app_ownerarea (jurisdiction_id, owner_id, is_segment, name, shape)
            SELECT %s, owners.id, ST_Dimension(shape) = 1, left(coalesce(properties ->> 'name', ''), 200), ST_Force2D(shape)
            FROM requests_app_layerrow
            LEFT JOIN unnest(%s::text[], %s::bigint[]) AS owners (name, id) ON owners.name = properties ->> 'owner'
            WHERE layer_import_id = %s AND is_previous = %s AND {GOOD}
              AND (ST_Dimension(shape) = 1 OR owners.id IS NOT NULL)
            ORDER BY number""",
            [city.pk, list(ids), list(ids.values()), layer_import.pk, previous],
        )
    return {}


def _replace_boundary(layer_import: LayerImport, previous: bool, progress: Callable[[int], None]) -> dict[str, Any]:
    run(
        f"""
        UPDATE requests_app_jurisdiction SET boundary = (
            SELECT ST_Multi(ST_CollectionExtract(ST_UnaryUnion(ST_Collect(ST_Force2D(shape))), 3))
            FROM requests_app_layerrow WHERE layer_import_id = %s AND is_previous = %s AND {GOOD})
        WHERE id = %s""",
        layer_import.pk,
        previous,
        layer_import.jurisdiction_id,
    )
    city = Jurisdiction.objects.get(pk=layer_import.jurisdiction_id)
    if city.boundary and not city.map_view.get("bounds"):
        show_all_of(city, city.boundary)
    return {}


def show_all_of(city: Jurisdiction, boundary: MultiPolygon) -> None:
    """Opens the city's map on its boundary."""
    west, south, east, north = (round(degrees, 5) for degrees in boundary.extent)
    center = [round((west + east) / 2, 5), round((south + north) / 2, 5)]
    city.map_view = {**city.map_view, "bounds": [west, south, east, north], "center": center}
    city.save(update_fields=["map_view"])


REPLACE: dict[str, Callable[[LayerImport, bool, Callable[[int], None]], dict[str, Any]]] = {
    Kind.AREAS: _replace_areas,
    Kind.ADDRESSES: _replace_addresses,
    Kind.ASSETS: _replace_assets,
    Kind.OWNERS: _replace_owners,
    Kind.BOUNDARY: _replace_boundary,
}

# The set that is there now, as rows of an import: its properties, its shape, and where it is.
CURRENT: dict[str, tuple[str, str, str]] = {
    Kind.AREAS: (
        "jsonb_build_object('code', code, 'name', name, 'attributes', attributes, 'is_ours', is_ours)",
        "polygon",
        "requests_app_area WHERE jurisdiction_id = %s AND layer = %s",
    ),
    Kind.ADDRESSES: (
        "jsonb_build_object('label', label, 'kind', kind, 'house_number', house_number, 'street', street, "
        "'cross_street', cross_street, 'zip', zip_code, 'search_key', search_key)",
        "point",
        "requests_app_gazetteerentry WHERE jurisdiction_id = %s AND %s = ''",
    ),
    Kind.ASSETS: (
        "jsonb_build_object('asset_id', asset_id, 'label', label)",
        "point",
        "requests_app_asset WHERE jurisdiction_id = %s AND kind = %s",
    ),
    Kind.OWNERS: (
        "jsonb_build_object('owner', coalesce((SELECT o.name FROM requests_app_owner o WHERE o.id = owner_id), ''), 'name', name)",
        "shape",
        "requests_app_ownerarea WHERE jurisdiction_id = %s AND %s = ''",
    ),
    Kind.BOUNDARY: (
        "'{}'::jsonb",
        "boundary",
        "requests_app_jurisdiction WHERE id = %s AND %s = '' AND boundary IS NOT NULL",
    ),
}


def count_current(layer_import: LayerImport) -> int:
    _properties, _shape, source = CURRENT[layer_import.kind]
    return int(fetch(f"SELECT count(*) FROM {source}", layer_import.jurisdiction_id, layer_import.layer)[0][0])


def keep_previous(layer_import: LayerImport) -> int:
    """Keeps what is there now with the import that will replace it. Returns the number of rows."""
    LayerRow.objects.filter(layer_import=layer_import, is_previous=True)._raw_delete("default")
    properties, shape, source = CURRENT[layer_import.kind]
    return run(
        f"INSERT INTO requests_app_layerrow (layer_import_id, is_previous, number, properties, shape) "
        f"SELECT %s, true, row_number() OVER (ORDER BY id), {properties}, {shape} FROM {source}",
        layer_import.pk,
        layer_import.jurisdiction_id,
        layer_import.layer,
    )
