"""Statement timeouts: a search or tile that takes too long is canceled without failing the rest."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError, connection, transaction
from psycopg.errors import QueryCanceled


class TimeUpError(Exception):
    """The database canceled a statement because time was up."""


@contextmanager
def at_most(milliseconds: int) -> Iterator[None]:
    """Time limit for every statement in the block. Raises TimeUpError; a surrounding transaction stays usable."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('statement_timeout')")
            before = cursor.fetchone()[0]
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [str(milliseconds)])
            yield
            # In the caller's transaction the setting would outlive this block.
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [before])
    except OperationalError as error:
        if isinstance(error.__cause__, QueryCanceled):
            raise TimeUpError from error
        raise
