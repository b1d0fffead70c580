"""The WSGI entry point, loaded by gunicorn."""

import os
import re
from collections.abc import Callable, Iterable
from importlib import import_module
from typing import Any

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from config.refusal import refuse_unsafe_settings
from config.roomy import with_room

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
refuse_unsafe_settings()
django = get_wsgi_application()
# Now, not at the first request: it says which addresses carry a secret, and logs must know before anything fails.
import_module(settings.ROOT_URLCONF)


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Django's application, without invalid charsets such as base64, on which Django fails before reaching our code."""
    named = re.search(r";\s*charset=\"?([^\";\s]*)\"?", environ.get("CONTENT_TYPE", ""))
    if named and not is_text(named[1]):
        environ["CONTENT_TYPE"] = environ["CONTENT_TYPE"].replace(named[0], "")
    answer: Iterable[bytes] = with_room(django, environ, start_response)
    return answer


def is_text(charset: str) -> bool:
    try:
        "".encode(charset)
        b"".decode(charset)
    except (LookupError, ValueError):
        return False
    return True
