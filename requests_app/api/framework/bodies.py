"""A JSON body as a whole: as a part of a form, and compared with another one."""

import json
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from rest_framework.request import Request

from requests_app.api.framework.parsers import Unreadable, read_json


def json_part(request: Request, name: str) -> Any:
    """The JSON in this part of a multipart body, which has no other part but files; or the JSON body itself."""
    if not isinstance(request.data, QueryDict):
        return request.data
    parts = request.data.getlist(name)
    texts = {part for part, values in request.data.lists() if any(isinstance(value, str) for value in values)}
    if len(parts) != 1 or not isinstance(parts[0], str) or texts != {name}:
        message = _("Send the form field %(name)s once, with the JSON, and no other fields but files.")
        raise Unreadable(message % {"name": name})
    return read_json(parts[0])


def canonical(data: Any) -> str:
    """What makes two bodies the same body, whatever the order of their fields and whether a number is written 69 or 69.0."""
    return json.dumps(_with_plain_numbers(data), sort_keys=True, ensure_ascii=False)


def _with_plain_numbers(data: Any) -> Any:
    match data:
        case dict():
            return {name: _with_plain_numbers(value) for name, value in data.items()}
        case list():
            return [_with_plain_numbers(value) for value in data]
        case float() if data.is_integer():
            return int(data)
    return data
