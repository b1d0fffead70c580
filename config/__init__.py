"""How the house is put together: settings, URLs, the worker, the private stack."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
