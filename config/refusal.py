"""Production refuses to start on an insecure setting, in one sentence: web, worker and beat alike."""

import sys

import django
from django.core.checks import ERROR, Tags, run_checks
from django.core.exceptions import ImproperlyConfigured

# gunicorn starts a worker that ends in any other way again and again; at this code it stops as a whole.
GUNICORN_GIVES_UP_AT = 3


def refuse_unsafe_settings() -> None:
    """Ends the process where an Error of requests_app/checks.py stands. Only production has any."""
    try:
        django.setup()
        found = [message for message in run_checks(tags=[Tags.security]) if message.level >= ERROR]
        problems = [f"{message.msg} {message.hint or ''}".strip() for message in found]
    except ImproperlyConfigured as error:
        # Django itself refuses to read an empty SECRET_KEY.
        problems = [str(error)]
    if problems:
        more = f" (And {len(problems) - 1} more: run bin/manage check.)" if len(problems) > 1 else ""
        print(f"Lamplighter does not start: {problems[0]}{more}", file=sys.stderr, flush=True)
        raise SystemExit(GUNICORN_GIVES_UP_AT)
