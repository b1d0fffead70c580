"""How a body is read, and how much of it. What cannot be read is a 400 that says why, see errors.py.

REST framework hands its FormParser and JSONParser at most DATA_UPLOAD_MAX_MEMORY_SIZE bytes, and Django counts the fields and
files of forms.
"""

import json
import re
from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from rest_framework import parsers
from rest_framework.exceptions import ParseError
from rest_framework.parsers import DataAndFiles
from rest_framework.request import Request

# The deepest that objects and lists may lie in each other.
JSON_DEPTH_MAX = 32
# So much is said of where a field is.
PATH_MAX = 120
# NUL cannot be stored and half a surrogate pair is no character: nothing that holds one is text.
NOT_TEXT = re.compile("[\x00\ud800-\udfff]")
# For the document: a text, and one that is more than what strip() takes away, some of which isn’t white space (\s) in JSON Schema.
TEXT = r"^[^\x00]*$"
NOT_BLANK = r"^[\s\x1c-\x1f\x85]*[^\x00\s\x1c-\x1f\x85][^\x00]*$"


class Unreadable(ParseError):
    """str(): what is wrong with the body, and what to send instead."""


class NotText(ParseError):
    """A text in the body is none. field: where it is, like place.note."""

    def __init__(self, field: str) -> None:
        self.field = NOT_TEXT.sub("\ufffd", field)
        super().__init__()


class JSONParser(parsers.JSONParser):
    """JSON in UTF-8, within the bounds that a form has: no deep nesting, no endless lists, and text that is text."""

    # How many times as many values as a form has.
    times = 1

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        return read_json(stream.read() or b"{}", self.times)


class BatchParser(JSONParser):
    """A list of up to a hundred bodies, which together are no longer than one may be."""

    times = 100


class MultiPartParser(parsers.MultiPartParser):
    """As REST framework's, up to BODY_MAX_BYTES."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> "DataAndFiles[Any, Any]":
        _check_size(parser_context)
        try:
            return super().parse(stream, media_type, parser_context)
        except (ValueError, LookupError):
            raise not_a_form() from None


class NoParser(parsers.BaseParser):
    """A body of any other type is not read, as in Django's own request.POST."""

    media_type = "*/*"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> QueryDict:
        _check_size(parser_context)
        return QueryDict()


def form_fields(request: Request) -> dict[str, list[str]]:
    """The body's fields without its files, which are in request.FILES; none for a body that is no form."""
    if not isinstance(request.data, MultiValueDict):
        return {}
    return {name: [one for one in values if isinstance(one, str)] for name, values in request.data.lists()}


def read_json(text: bytes | str, times: int = 1) -> Any:
    """Raises Unreadable, or NotText for a string that is no text."""
    try:
        data = json.loads(text, parse_constant=_refuse)
    except UnicodeDecodeError:
        raise Unreadable(_("The body isn’t valid UTF-8. Send JSON in UTF-8.")) from None
    except json.JSONDecodeError as error:
        message = _("The body isn’t valid JSON: see line %(line)s, column %(column)s.")
        raise Unreadable(message % {"line": error.lineno, "column": error.colno}) from None
    except RecursionError:
        raise _too_deep() from None
    except ValueError:
        # Python reads no number of more than 4,300 digits.
        raise Unreadable(_("The body has a number with too many digits.")) from None
    _check_bounds(data, settings.DATA_UPLOAD_MAX_NUMBER_FIELDS * times)
    return data


def not_a_form() -> Unreadable:
    return Unreadable(_("The form could not be read. Send multipart/form-data with its boundary, and text in UTF-8."))


def _too_deep() -> Unreadable:
    message = _("The body is nested too deeply. At most %(most)s objects and lists can be inside each other.")
    return Unreadable(message % {"most": JSON_DEPTH_MAX})


def _refuse(constant: str) -> float:
    message = _("%(value)s isn’t valid JSON. Send a number, or null.")
    raise Unreadable(message % {"value": constant})


def _check_size(parser_context: Mapping[str, Any] | None) -> None:
    """Before a byte is read. A Content-Length that is no number reads as 0, and then nothing is read."""
    length = parser_context["request"].META.get("CONTENT_LENGTH", "") if parser_context else ""
    if length.isdecimal() and int(length) > settings.BODY_MAX_BYTES:
        raise RequestDataTooBig


def _check_bounds(data: Any, most: int) -> None:
    """Raises Unreadable or NotText. Without recursion, since the data may be nested as deep as the JSON reader allows."""
    values, left = most, [(data, 1, "")]
    while left:
        value, depth, path = left.pop()
        values -= 1
        if values < 0:
            raise Unreadable(_("The body has too many values. Send at most %(most)s.") % {"most": most})
        if depth > JSON_DEPTH_MAX:
            raise _too_deep()
        if isinstance(value, str):
            _check_text(value, path)
        elif isinstance(value, list):
            left += [(inner, depth + 1, path) for inner in value]
        elif isinstance(value, dict):
            for name, inner in value.items():
                shown = name[:PATH_MAX]
                field = f"{path}.{shown}"[:PATH_MAX] if path else shown
                _check_text(name, field)
                left.append((inner, depth + 1, field))


def _check_text(text: str, field: str) -> None:
    if NOT_TEXT.search(text):
        raise NotText(field) if field else Unreadable(_("The body contains invalid characters."))
