"""Celery: the runner and the alarm clock. What must not be lost is a row in the outbox, never a message here."""

import os

from celery import Celery
from celery.signals import import_modules, worker_process_init, worker_ready

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")


# Before the app is made: Celery's own handler of this signal reads the settings, and would fail with a long traceback.
@import_modules.connect
def refuse(**kwargs: object) -> None:
    """Worker and beat load their tasks as the first thing they do."""
    # Imported here: this module is loaded with config itself, before the settings may be read.
    from config.refusal import refuse_unsafe_settings

    refuse_unsafe_settings()


app = Celery("lamplighter")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["requests_app.worker"])


@worker_process_init.connect
def close_inherited_connections(**kwargs: object) -> None:
    # A forked worker must not share its parent's sockets: two processes would read each other's answers.
    from django.db import connections

    for connection in connections.all(initialized_only=True):
        connection.close()
        close_pool = getattr(connection, "close_pool", None)
        if close_pool is not None:
            close_pool()


@worker_ready.connect
def work_off_what_waited(**kwargs: object) -> None:
    """What was due while no worker ran does not wait for the alarm clock, which may be dead too."""
    from requests_app import outbox

    for lane in ("database", "outside"):
        outbox.wake(lane)
