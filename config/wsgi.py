"""The web process's entry point (gunicorn loads this)."""

import os

from django.core.wsgi import get_wsgi_application

from config.refusal import refuse_unsafe_settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
refuse_unsafe_settings()
application = get_wsgi_application()
