"""Rows in addition to those of a planted city: other cities that have everything it has, or what no longer counts in it."""

from collections.abc import Mapping
from string import ascii_uppercase
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models import Field, ForeignKey, Model, UUIDField

from requests_app.models import User

# What each copied row has instead: by table and column the value in SQL, {0} for the original's.
Changes = Mapping[str, Mapping[str, str]]
# Each number of a row of the first copy, and each that refers to one, is so much more; originals have lower ones.
APART = 10_000_000_000
# Of no city: who is signed in, and what a network did.
SHARED = {
    "requests_app_staffsession",
    "requests_app_limitcount",
    # What the processes of all cities leave behind.
    "requests_app_heartbeat",
    "requests_app_clockrun",
}
WORK_IN_THE_SECOND = """
INSERT INTO requests_app_membership (id, user_id, role_id, jurisdiction_id, department_id, is_from_group)
SELECT id + 50000000000, user_id - 10000000000, role_id, jurisdiction_id, department_id, is_from_group FROM requests_app_membership
WHERE user_id BETWEEN 10000000000 AND 19999999999"""
# Numbers of rows without a foreign key.
NUMBERS = {"requests_app_searchdocument": {"object_id"}, "requests_app_bulkjob": {"last_event_id"}}


def plant_twins() -> None:
    """Copies the city into another one with the same codes, names and words, and into a third one with other codes.

    Only JSON still names rows of the first. Its staff do the same work in both; the second has staff of its own as well.
    """
    every = {table: dict[str, str]() for table in tables() if table not in SHARED}
    plant_copies(every | _unique(1), 1)
    codes = {"code": "'x' || {0}", "service_code": "'x' || {0}"}
    third = {table: {**codes, **_unique(2).get(table, {})} for table in every.keys() - _of_a_person()}
    plant_copies(third, 2)
    with connection.cursor() as cursor:
        cursor.execute(WORK_IN_THE_SECOND)


def _of_a_person() -> set[str]:
    """The staff, and what they have once in whatever city they work."""
    people = {table for table, model in tables().items() if model is User}
    refers_to = {
        table: {field.related_model for field in model._meta.concrete_fields if field.is_relation}
        for table, model in tables().items()
    }
    return people | {table for table, models in refers_to.items() if models == {User}}


def _unique(copy: int) -> dict[str, dict[str, str]]:
    """What only one city, or one browser, may have."""
    return {
        "requests_app_jurisdiction": {"jurisdiction_id": f"'twin{copy}.' || {{0}}", "hosts": f"'{{{{twin{copy}.example}}}}'"},
        "requests_app_draft": {"visitor_hash": f"md5('{copy}' || {{0}})"},
        "requests_app_idempotencykey": {"scope": f"'twin{copy}' || {{0}}"},
    }  # fmt: skip


def plant_what_has_ended(first_copy: int = 1) -> None:
    """In the city itself: people who left, closed departments, ended teams, services and rules out of use, hidden words, tests.

    first_copy: more than that of the twins, if they are there.
    """
    old = "'old' || {0}"
    of_reports = (
        "servicerequest", "requestarea", "answer", "comment", "clock", "participation", "event", "task", "photo", "endingcheck",
        "silencequestion", "snooze", "surveyanswer", "requestvote",
    )  # fmt: skip
    ended: list[dict[str, dict[str, str]]] = [
        {"user": {"is_active": "false"}, "membership": {}, "team_members": {}, "oncall": {}},
        {"department": {"active": "false", "code": old}},
        {"team": {"active": "false", "code": old}, "team_members": {}},
        {
            "service": {"active": "false", "service_code": old},
            "serviceversion": {},
            "questionversion": {},
            "target": {},
        },
        {"routingrule": {"active": "false", "order": "{0} + 1000"}},
        {"comment": {"hidden_at": "app_now()"}, "photo": {"hidden_at": "app_now()"}},
        {
            **{table: {} for table in of_reports},
            "servicerequest": {"is_test": "true", "public_state": "'test'", "external_id": "''"},
        },
    ]
    for number, changes in enumerate(ended, first_copy):
        plant_copies({f"requests_app_{table}": columns for table, columns in changes.items()}, number)


def plant_copies(changes: Changes, copy: int) -> None:
    """Copies all original rows of some tables. copy: 1 for the first time in a test, 2 for the second …

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
    if field.max_length is not None and field.max_length < 32:
        # As long as it was.
        moved = ascii_uppercase[copy:] + ascii_uppercase[:copy]
        return f"translate({column}, '{ascii_uppercase}', '{moved}')"
    return f"'twin{copy}.' || {column}" if field.column == "email" else f"md5('{copy}' || {column})"
