"""One answer in two formats: the data as JSON has it, and XML made from it by GeoReport's conversion rule."""

import json
import re
from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import escape

CONTENT_TYPES = {"xml": "text/xml; charset=utf-8", "json": "application/json; charset=utf-8"}
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
}
# What XML 1.0 cannot hold, however it is escaped: one such character would make the whole list unreadable.
_NOT_XML = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(format: str, root: str, data: Any) -> bytes:
    """The body. data: dicts, lists, texts, numbers, booleans and None, keys and order as they shall appear."""
    clean = _clean(data)
    if format == "json":
        return json.dumps(clean, ensure_ascii=False, allow_nan=False).encode()
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + _element(root, clean).encode()


def _clean(data: Any) -> Any:
    if isinstance(data, Mapping):
        return {name: _clean(value) for name, value in data.items()}
    if isinstance(data, list | tuple):
        return [_clean(value) for value in data]
    if isinstance(data, str):
        return _NOT_XML.sub("", data.replace("\r\n", "\n").replace("\r", "\n"))
    return data


def _element(name: str, value: Any) -> str:
    if isinstance(value, Mapping):
        inside = "".join(_element(child, grandchild) for child, grandchild in value.items())
    elif isinstance(value, list):
        inside = "".join(_element(CHILD[name], child) for child in value)
    elif isinstance(value, bool):
        inside = "true" if value else "false"
    elif isinstance(value, float):
        # Never 1e-05: a map reads plain decimals.
        inside = f"{value:.7f}" if "e" in repr(value) else repr(value)
    else:
        inside = "" if value is None else escape(str(value))
    return f"<{name}>{inside}</{name}>" if inside else f"<{name}/>"
