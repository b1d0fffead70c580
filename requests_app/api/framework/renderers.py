"""An answer as JSON, or as XML made from the same data by GeoReport's conversion rule."""

import re
from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import escape

import orjson
from rest_framework.renderers import BaseRenderer

# What a child is called inside the element that groups it. JSON drops the root and has an array in place of the group.
CHILD = {
    "services": "service",
    "service_requests": "request",
    "errors": "error",
    "attributes": "attribute",
    "values": "value",
    "endpoints": "endpoint",
    "formats": "format",
    "notes": "note",
    "areas": "area",
    "media_urls": "media_url",
    "service_request_updates": "request_update",
}
# What XML 1.0 cannot hold, however it is escaped: one such character would make the whole list unreadable.
_NOT_XML = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# Where JSON may hold one of the same: an escape (\u0007, \r, \b or \f), U+FFFE or U+FFFF. Faster than one pattern for all.
_SUSPECT = (b"\\u", b"\\r", b"\\b", b"\\f", b"\xef\xbf\xbe", b"\xef\xbf\xbf")


class JSONRenderer(BaseRenderer):
    media_type = "application/json"
    format = "json"

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Mapping[str, Any] | None = None
    ) -> bytes:
        if data is None:
            return b""
        try:
            body = orjson.dumps(data)
        except orjson.JSONEncodeError:
            # Half a surrogate pair is no UTF-8. What still fails is ours to put right.
            return orjson.dumps(_clean(data))
        return orjson.dumps(_clean(data)) if any(suspect in body for suspect in _SUSPECT) else body


class XMLRenderer(BaseRenderer):
    """The outermost element is the view's `root`, or <errors>."""

    media_type = "text/xml"
    format = "xml"

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Mapping[str, Any] | None = None
    ) -> bytes:
        if data is None:
            return b""
        failed = renderer_context is None or renderer_context["response"].exception
        root = "errors" if failed or renderer_context is None else renderer_context["view"].root
        return b'<?xml version="1.0" encoding="utf-8"?>\n' + _clean_text(_element(root, data)).encode()


def _clean(data: Any) -> Any:
    if isinstance(data, str):
        return _clean_text(data)
    if isinstance(data, dict):
        return {name: _clean(value) for name, value in data.items()}
    return [_clean(value) for value in data] if isinstance(data, list) else data


def _clean_text(text: str) -> str:
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _NOT_XML.sub("", text)


def _element(name: str, value: Any) -> str:
    if isinstance(value, str):
        inside = escape(value)
    elif isinstance(value, dict):
        inside = "".join([_element(child, grandchild) for child, grandchild in value.items()])
    elif isinstance(value, list):
        inside = "".join([_element(CHILD[name], child) for child in value])
    elif isinstance(value, bool):
        inside = "true" if value else "false"
    elif isinstance(value, float):
        # Never 1e-05: a map reads plain decimals.
        inside = f"{value:.7f}" if "e" in repr(value) else repr(value)
    else:
        inside = "" if value is None else escape(str(value))
    return f"<{name}>{inside}</{name}>" if inside else f"<{name}/>"
