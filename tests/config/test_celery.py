"""Celery workers: what they do when they start. The outbox has its own tests."""

from celery.signals import worker_ready
from django.conf import settings
from redis import Redis

from config import celery
from requests_app import outbox
from requests_app.models import OutboxRow


def test_a_worker_that_starts_looks_for_what_waited() -> None:
    """Without the alarm clock, which may be dead."""
    outbox._broker.cache_clear()
    outbox.breaker.open_until = 0.0
    worker_ready.send(sender=celery.app)
    with Redis.from_url(settings.CACHES["default"]["LOCATION"]) as redis:
        assert redis.llen("celery") == len(OutboxRow.Lane)
