"""The database's clock, shared by web, workers and constraints. Tests can shift it."""

from datetime import datetime

from django.db import connection, models

from requests_app.core import once, transactions


class AppNow(models.Func):
    """SQL app_now(): now(), except in a database named test_…, where the setting lamplighter.time_shift shifts it."""

    function = "app_now"
    output_field = models.DateTimeField()


def app_now() -> datetime:
    """The start of the current transaction by the database's clock (UTC). A page reads it once, at its first use."""
    scope = transactions.current()
    if scope is None:
        return once.read_on_page("now", _read)
    if scope.now is None:
        scope.now = _read()
    return scope.now


def _read() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT app_now()")
        row = cursor.fetchone()
    now: datetime = row[0]
    return now
