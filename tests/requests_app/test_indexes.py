"""The database has the indexes of the models, with the same conditions."""

import pytest
from django.apps import apps
from django.db import connection

pytestmark = [pytest.mark.django_db, pytest.mark.shows("5.26")]


def test_an_index_of_some_rows_holds_no_others() -> None:
    """Django's PostGIS schema editor ignores the condition of a spatial index, so a migration must add it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexname, indexdef LIKE '%% WHERE %%' FROM pg_indexes WHERE schemaname = 'public'", [])
        is_partial = dict(cursor.fetchall())
    promised = {
        index.name: index.condition is not None
        for label in ("requests_app", "staff_app")
        for model in apps.get_app_config(label).get_models()
        for index in model._meta.indexes
    }
    assert promised
    assert {name: is_partial.get(name) for name in promised} == promised
