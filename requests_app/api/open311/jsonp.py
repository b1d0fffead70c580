"""JSONP: JSON as a call of the function that `callback` names, for pages that load it as a script."""

import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError

from requests_app.api.framework.renderers import JSONRenderer

MEDIA_TYPE = "application/javascript; charset=utf-8"
# One identifier and nothing else: anything more could be a program that runs under our address.
_IDENTIFIER = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]{0,99}", re.ASCII)
# Ends of lines in a script of long ago, though not in JSON.
_LINE_ENDS = ((b"\xe2\x80\xa8", b"\\u2028"), (b"\xe2\x80\xa9", b"\\u2029"))


def check_name(callback: str) -> str:
    if callback and not _IDENTIFIER.fullmatch(callback):
        raise ValidationError(
            _("callback must contain only letters, digits, _ and $, and must not begin with a digit.")
        )
    return callback


class JSONPRenderer(JSONRenderer):
    """JSON, called if the view has a `callback`."""

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Mapping[str, Any] | None = None
    ) -> bytes:
        body = super().render(data, accepted_media_type, renderer_context)
        callback = getattr(renderer_context["view"], "callback", "") if renderer_context else ""
        if not callback or not body:
            return body
        for found, escaped in _LINE_ENDS:
            body = body.replace(found, escaped)
        # The comment keeps the first bytes from being anything but a script.
        return b"/**/" + callback.encode() + b"(" + body + b");"
