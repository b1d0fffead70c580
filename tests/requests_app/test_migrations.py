"""Migrations that were interrupted can be run again."""

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from requests_app.core.safe_migrations import AddIndexSafely
from requests_app.models import ServiceRequest


def there(name: str) -> tuple[int, str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT oid, indexdef FROM pg_class JOIN pg_indexes ON indexname = relname WHERE relname = %s", [name]
        )
        found: tuple[int, str] = cursor.fetchone()
    return found


@pytest.mark.django_db(transaction=True)
def test_an_index_that_a_kill_left_behind_is_built_anew() -> None:
    index = next(one for one in ServiceRequest._meta.indexes if one.name == "request_pending_review")
    state = MigrationLoader(connection).project_state()
    before = there(index.name)
    with connection.schema_editor(atomic=False) as editor:
        AddIndexSafely("servicerequest", index.clone()).database_forwards("requests_app", editor, state, state)
    after = there(index.name)
    assert after[0] != before[0]
    assert after[1] == before[1]
