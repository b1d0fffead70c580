"""A limit on how long the database may think: a search or a tile that takes too long is given up alone."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError, connection, transaction
from psycopg.errors import QueryCanceled


class TimeUpError(Exception):
    """The database was stopped because the time was up."""


@contextmanager
def at_most(milliseconds: int) -> Iterator[None]:
    """Every statement in the block gets this long. Raises TimeUpError; a transaction around the block goes on."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('statement_timeout')")
            before = cursor.fetchone()[0]
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [str(milliseconds)])
            yield
            # In a transaction of the caller's the setting would outlive this block.
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [before])
    except OperationalError as error:
        if isinstance(error.__cause__, QueryCanceled):
            raise TimeUpError from error
        raise
