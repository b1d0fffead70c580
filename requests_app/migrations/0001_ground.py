"""What the tables stand on: extensions, a clock that tests can move, and how words are made searchable."""

from django.db import migrations

CLOCK = """
CREATE FUNCTION app_now() RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT CASE
    WHEN current_database() LIKE 'test\\_%'
    THEN now() + coalesce(nullif(current_setting('lamplighter.time_shift', true), ''), '0')::interval
    ELSE now()
  END
$$;
"""

# unaccent() is only STABLE, because its dictionary might change; ours does not, and a stored column needs IMMUTABLE.
PLAIN = """
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


class Migration(migrations.Migration):
    dependencies: list[tuple[str, str]] = []

    operations = [
        migrations.RunSQL(
            [
                "CREATE EXTENSION IF NOT EXISTS postgis",
                "CREATE EXTENSION IF NOT EXISTS pg_trgm",
                "CREATE EXTENSION IF NOT EXISTS unaccent",
                "CREATE EXTENSION IF NOT EXISTS btree_gist",
            ],
            migrations.RunSQL.noop,
        ),
        migrations.RunSQL(CLOCK, "DROP FUNCTION app_now()"),
        migrations.RunSQL(PLAIN, "DROP FUNCTION without_accents(text)"),
        migrations.RunSQL(SEARCH, "DROP FUNCTION search_vector(text, text, text), search_dictionary(text)"),
    ]
