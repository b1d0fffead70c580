"""Project configuration: settings, URLs, Celery, and the private stack of bin/demo and bin/test."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
