"""Which language a call asks for."""

from collections.abc import Collection

from django.conf import settings
from django.core.exceptions import TooManyFieldsSent
from django.http import HttpRequest
from django.utils.translation.trans_real import parse_accept_lang_header
from rest_framework.request import Request

OURS = [code for code, _name in settings.LANGUAGES]
# Of the header Accept-Language: parsing is kept for whole requests, and nobody speaks more.
HEADER_MOST = 500


def asked_language(request: HttpRequest | Request, languages: Collection[str] = OURS) -> str:
    """The first of `lang` and Accept-Language that is one of these; "" if none is."""
    header = request.headers.get("Accept-Language", "")[:HEADER_MOST]
    for code in [_lang(request), *(code for code, _weight in parse_accept_lang_header(header))]:
        for name in (code.lower(), code.lower().partition("-")[0]):
            if name in languages:
                return name
    return ""


def _lang(request: HttpRequest | Request) -> str:
    try:
        return request.GET.get("lang", "")
    except TooManyFieldsSent:
        # Which is refused in the language of the header.
        return ""
