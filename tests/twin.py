"""Rows in addition to those of a planted city: other cities that have everything it has, or what no longer counts in it."""

from collections.abc import Mapping
from string import ascii_uppercase
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models import Field, ForeignKey, Model, UUIDField

# What each copied row has instead: by table and column the value in SQL, {0} for the original's.
Changes = Mapping[str, Mapping[str, str]]
# Each number of a row of the first copy, and each that refers to one, is so much more; originals have lower ones.
APART = 10_000_000_000
# Of no city: who is signed in, and what a network did.
SHARED = {"requests_app_staffsession", "requests_app_limitcount"}
# Numbers of rows without a foreign key.
NUMBERS = {"requests_app_searchdocument": {"object_id"}, "requests_app_bulkjob": {"last_event_id"}}


def plant_twins() -> None:
    """Copies the city into another one with the same codes, names and words, and into a third one with other codes.

    Only JSON still names rows of the first.
    """
    every = {table: dict[str, str]() for table in tables() if table not in SHARED}
    plant_copies(every | _unique(1), 1)
    codes = {"code": "'x' || {0}", "service_code": "'x' || {0}"}
    plant_copies({table: {**codes, **_unique(2).get(table, {})} for table in every}, 2)


def _unique(copy: int) -> dict[str, dict[str, str]]:
    """What only one city, or one browser, may have."""
    return {
        "requests_app_jurisdiction": {"jurisdiction_id": f"'twin{copy}.' || {{0}}", "hosts": f"'{{{{twin{copy}.example}}}}'"},
        "requests_app_draft": {"visitor_hash": f"md5('{copy}' || {{0}})"},
        "requests_app_idempotencykey": {"scope": f"'twin{copy}' || {{0}}"},
    }  # fmt: skip


def plant_copies(changes: Changes, copy: int) -> None:
    """Copies all original rows of some tables. copy: 1 for the first time in a test, 2 for the second.

    What refers to a copied table refers to the copy; everything else is shared with the original.
    """
    with connection.cursor() as cursor:
        # Tables refer to each other in circles.
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        for table, model in tables().items():
            if table in changes:
                cursor.execute(_insert(model, changes, copy))


def tables() -> dict[str, type[Model]]:
    models = apps.get_app_config("requests_app").get_models(include_auto_created=True)
    return {model._meta.db_table: model for model in models}


def _insert(model: type[Model], changes: Changes, copy: int) -> str:
    table, key = model._meta.db_table, model._meta.pk
    fields = [field for field in model._meta.concrete_fields if not field.generated]
    columns = ", ".join(f'"{field.column}"' for field in fields)
    values = ", ".join(_value(table, field, changes, copy) for field in fields)
    # A draft's number is drawn, and says nothing.
    original = f"{'jurisdiction_id' if isinstance(key, UUIDField) else key.column} < {APART}"
    return f"INSERT INTO {table} ({columns}) SELECT {values} FROM {table} WHERE {original}"  # noqa: S608


def _value(table: str, field: "Field[Any, Any]", changes: Changes, copy: int) -> str:
    column = f'"{field.column}"'
    if changed := changes[table].get(str(field.column)):
        return changed.format(column)
    target = field.target_field if isinstance(field, ForeignKey) else field
    if field.primary_key or field.is_relation:
        if target.model._meta.db_table not in changes:
            return column
        return f"md5('{copy}' || {column})::uuid" if isinstance(target, UUIDField) else f"{column} + {copy * APART}"
    if field.column in NUMBERS.get(table, ()):
        return f"{column} + {copy * APART}"
    if not field.unique:
        return column
    if field.column == "reference":
        # As long as it was.
        moved = ascii_uppercase[copy:] + ascii_uppercase[:copy]
        return f"translate({column}, '{ascii_uppercase}', '{moved}')"
    return f"'twin{copy}.' || {column}" if field.column == "email" else f"md5('{copy}' || {column})"
