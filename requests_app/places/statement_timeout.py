"""Statement timeouts: a search or tile that takes too long is canceled without failing the rest."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError, connection, transaction
from psycopg.errors import QueryCanceled

SET = "SELECT set_config('statement_timeout', %s, true), set_config('max_parallel_workers_per_gather', %s, true)"
# What they were before, and then SET.
READ_AND_SET = f"""
WITH before AS MATERIALIZED (
  SELECT current_setting('statement_timeout') AS timeout, current_setting('max_parallel_workers_per_gather') AS workers)
{SET}, before.* FROM before
"""  # noqa: S608 (our own text)


class TimeUpError(Exception):
    """The database canceled a statement because time was up."""


@contextmanager
def at_most(milliseconds: int) -> Iterator[None]:
    """Time limit for every statement in the block. Raises TimeUpError; a surrounding transaction stays usable.

    Without parallel workers: starting them takes longer than most of these statements, and occupies more processors.
    """
    is_inner = connection.in_atomic_block
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(READ_AND_SET, [str(milliseconds), "0"])
            before = cursor.fetchone()[2:]
            yield
            if is_inner:
                # In the caller's transaction the settings would outlive this block.
                cursor.execute(SET, before)
    except OperationalError as error:
        if isinstance(error.__cause__, QueryCanceled):
            raise TimeUpError from error
        raise
