"""Models from rows that PostgreSQL gave as JSON, as when one statement reads rows of several tables."""

from typing import Any, TypeVar

from django.db import connection
from django.db.models import Model

M = TypeVar("M", bound=Model)


def instance(model: type[M], row: dict[str, Any]) -> M:
    """row: by column. Fields that it lacks are deferred."""
    fields = [(str(field.column), field) for field in model._meta.concrete_fields]
    values = {field.attname: field.to_python(row[column]) for column, field in fields if column in row}
    return model.from_db(connection.alias, list(values), list(values.values()))
