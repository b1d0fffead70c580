"""The Celery app. It only runs and schedules work; what must not be lost is a row in the outbox, never a message."""

import os

from celery import Celery
from celery.signals import import_modules, worker_process_init, worker_ready

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")


# Connect before creating the app: Celery's own handler of this signal reads the settings and would fail with a traceback.
@import_modules.connect
def refuse(**kwargs: object) -> None:
    """Runs first in worker and beat, when they import their tasks."""
    # Imported here, since this module is loaded with config, before settings can be read.
    from config.refusal import refuse_unsafe_settings

    refuse_unsafe_settings()


app = Celery("lamplighter")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["requests_app.worker"])


@worker_process_init.connect
def close_inherited_connections(**kwargs: object) -> None:
    # A forked worker must not share sockets with its parent, or each would read the other's results.
    from django.db import connections

    for connection in connections.all(initialized_only=True):
        connection.close()
        close_pool = getattr(connection, "close_pool", None)
        if close_pool is not None:
            close_pool()


@worker_ready.connect
def drain_overdue_rows(**kwargs: object) -> None:
    """Processes rows that came due while no worker ran, without waiting for beat, which may be down too."""
    from requests_app import outbox

    for lane in ("database", "alarm", "outside"):
        outbox.wake(lane)
