"""The Celery app. It only runs and schedules work; what must not be lost is a row in the outbox, never a message."""

import os
from typing import Any

from celery import Celery
from celery.signals import beat_init, celeryd_after_setup, import_modules, worker_shutdown

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


@celeryd_after_setup.connect
def start_polling(instance: Any, **kwargs: object) -> None:
    """Before the worker connects to Redis, since it may be down: then messages neither arrive nor are sent."""
    from requests_app.core import metrics
    from requests_app.worker import polling

    lanes = [lane for lane in polling.LANES if lane in instance.app.amqp.queues.consume_from]
    metrics.start("mailer" if "outside" in lanes else "worker")
    polling.start(lanes)


@beat_init.connect
def start_counting(**kwargs: object) -> None:
    from requests_app.core import metrics

    metrics.start("beat")


@worker_shutdown.connect
def stop_polling(**kwargs: object) -> None:
    from requests_app.worker import polling

    polling.stop()
