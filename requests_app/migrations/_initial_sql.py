"""What the first migration makes besides tables: SQL functions, indexes that Django can't write, and triggers."""

EXTENSIONS = [f"CREATE EXTENSION IF NOT EXISTS {name}" for name in ("postgis", "pg_trgm", "unaccent", "btree_gist")]

CLOCK = """
CREATE FUNCTION app_now() RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT CASE
    WHEN current_database() LIKE 'test\\_%'
    THEN now() + coalesce(nullif(current_setting('lamplighter.time_shift', true), ''), '0')::interval
    ELSE now()
  END
$$;
"""

# unaccent() is only STABLE, because its dictionary could change. Ours does not, and a generated column needs IMMUTABLE.
WITHOUT_ACCENTS = """
CREATE FUNCTION without_accents(words text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT AS $$
  SELECT public.unaccent('public.unaccent'::regdictionary, words)
$$;
"""

SEARCH = """
CREATE FUNCTION search_dictionary(language text) RETURNS regconfig LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE split_part(language, '-', 1)
    WHEN 'en' THEN 'pg_catalog.english'::regconfig
    WHEN 'es' THEN 'pg_catalog.spanish'::regconfig
    WHEN 'fr' THEN 'pg_catalog.french'::regconfig
    WHEN 'pt' THEN 'pg_catalog.portuguese'::regconfig
    WHEN 'de' THEN 'pg_catalog.german'::regconfig
    ELSE 'pg_catalog.simple'::regconfig
  END
$$;
CREATE FUNCTION search_vector(language text, title text, words text) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT setweight(to_tsvector(public.search_dictionary(language), public.without_accents(coalesce(title, ''))), 'A')
      || setweight(to_tsvector(public.search_dictionary(language), public.without_accents(coalesce(words, ''))), 'B')
$$;
"""

# What a photo looks like has 64 bits. Four parts of 16 bits, each with its position: 0 to 65535, 65536 to 131071 …
PICTURE_BANDS = """
CREATE FUNCTION picture_bands(hash bigint) RETURNS integer[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT ARRAY[
        (hash & 65535)::integer,
        ((hash >> 16) & 65535)::integer + 65536,
        ((hash >> 32) & 65535)::integer + 131072,
        ((hash >> 48) & 65535)::integer + 196608
    ]
$$
"""

# Spatial indexes of some rows only: Django's PostGIS schema editor ignores an index's condition where the column is a place.
IS_OPEN = "status IN ('received', 'routed', 'in_progress', 'on_hold')"
INDEXES = [
    ("request_open_public_place", "servicerequest", "public_point", f"{IS_OPEN} AND public_state = 'public'"),
    ("request_open_place", "servicerequest", "point", IS_OPEN),
    ("subscription_place", "subscription", "point", "unsubscribed_at IS NULL"),
]
PLACE_INDEXES = [
    statement
    for name, table, column, condition in INDEXES
    for statement in (
        f"DROP INDEX {name}",
        f"CREATE INDEX {name} ON requests_app_{table} USING gist ({column}) WHERE {condition}",
    )
]

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
MAP_CELL = f"""
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
MAP_CELL_TRIGGERS = f"""
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

# What is written once can't be emptied either: a trigger for each table, which no session variable turns off.
APPEND_ONLY = ("event", "setupchange", "serviceversion", "questionversion", "routingversion")

REFUSE_TRUNCATE = """
CREATE FUNCTION refuse_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only: it can''t be truncated', TG_TABLE_NAME;
END
$$;
"""
TRUNCATE_TRIGGERS = [
    f"CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON requests_app_{table}"
    " FOR EACH STATEMENT EXECUTE FUNCTION refuse_truncate()"
    for table in APPEND_ONLY
]

BEFORE_TABLES = (*EXTENSIONS, CLOCK, WITHOUT_ACCENTS, SEARCH, PICTURE_BANDS)
AFTER_TABLES = (*PLACE_INDEXES, MAP_CELL, MAP_CELL_TRIGGERS, REFUSE_TRUNCATE, *TRUNCATE_TRIGGERS)
