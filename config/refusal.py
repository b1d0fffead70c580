"""Refuse to start in production with an insecure setting: web, worker and beat."""

import sys

import django
from django.core.checks import ERROR, Tags, run_checks
from django.core.exceptions import ImproperlyConfigured

# gunicorn stops when a worker exits with this code; after any other it starts the worker again.
GUNICORN_BOOT_ERROR = 3


def refuse_unsafe_settings() -> None:
    """Exits if a check in requests_app/checks.py reports an error, which happens only in production."""
    try:
        django.setup()
        errors = [message for message in run_checks(tags=[Tags.security]) if message.level >= ERROR]
        problems = [f"{message.msg} {message.hint or ''}".strip() for message in errors]
    except ImproperlyConfigured as error:
        # Raised by Django for an empty SECRET_KEY.
        problems = [str(error)]
    if problems:
        more = f" (And {len(problems) - 1} more: run bin/manage check.)" if len(problems) > 1 else ""
        print(f"Lamplighter refuses to start: {problems[0]}{more}", file=sys.stderr, flush=True)
        raise SystemExit(GUNICORN_BOOT_ERROR)
