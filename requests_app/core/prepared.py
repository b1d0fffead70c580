"""Statements that are asked all day. Django writes each once in a process; after that, only its values are filled in.

Django takes longer to write the statement of a request's page than PostgreSQL takes to answer it.

    OF_REQUEST = Prepared(lambda: Clock.objects.filter(service_request=Parameter("request")).order_by("-id"))
    OF_REQUEST.rows(request=service_request.pk)
"""

import copy
from collections.abc import Callable
from functools import cached_property
from typing import Any, Generic, TypeVar

from django.db import connection
from django.db.models import Expression, QuerySet
from django.db.transaction import TransactionManagementError

T = TypeVar("T")


class Parameter(Expression):
    """A value that is filled in when the statement is asked, as PostgreSQL takes it: a key, a text, a time."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        return "%s", (self,)


class Prepared(Generic[T]):
    """make: the queryset, with Parameters for its values. Called at the first use, when all models are loaded."""

    def __init__(self, make: Callable[[], "QuerySet[Any, T]"]) -> None:
        self._make = make

    @cached_property
    def _compiled(self) -> tuple["QuerySet[Any, T]", Any, str, tuple[Any, ...]]:
        rows = self._make()
        compiler = rows.query.get_compiler(connection=connection)
        sql, parameters = compiler.as_sql()
        return rows, compiler, sql, tuple(parameters)

    def rows(self, **values: Any) -> list[T]:
        """What the queryset would give: models, dictionaries, tuples or single values."""
        rows, written, sql, parameters = self._compiled
        if rows.query.select_for_update and connection.get_autocommit():
            # As Django does when it writes the statement.
            raise TransactionManagementError("Rows can only be locked in a transaction.")
        filled = tuple(values[one.name] if isinstance(one, Parameter) else one for one in parameters)
        # Its own, since another thread may be asking for other values. Django's `connection` is that of the thread.
        compiler = copy.copy(written)
        compiler.as_sql = lambda *_args, **_kwargs: (sql, filled)
        asked = rows.all()
        asked.query.get_compiler = lambda *_args, **_kwargs: compiler  # type: ignore[method-assign]
        return list(asked)

    def first(self, **values: Any) -> T | None:
        """The first of rows(), if there is one."""
        return next(iter(self.rows(**values)), None)
