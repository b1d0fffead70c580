"""ETag on each answer to a GET, 304 for a client that has it already, and 412 before it overwrites what it has not read."""

import hashlib

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.http import parse_etags
from rest_framework.exceptions import APIException
from rest_framework.request import Request

# What describes a body, which a 304 has none of.
OF_THE_BODY = ("Content-Type", "Content-Length")


class PreconditionFailed(APIException):
    status_code = 412
    default_code = "precondition_failed"


def conditional(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """The same answer with its ETag, or a 304 without a body.

    The tag is a hash of the body's bytes, so it is strong. Where the body leaves compressed, Django makes it weak.
    """
    if request.method not in ("GET", "HEAD") or response.status_code != 200 or not isinstance(response, HttpResponse):
        return response
    response.headers.setdefault("ETag", tag_of(response.content))
    return not_modified(response) if is_known(request, response["ETag"]) else response


def tag_of(content: bytes) -> str:
    return f'"{hashlib.blake2b(content, digest_size=12).hexdigest()}"'


def is_known(request: HttpRequest, tag: str) -> bool:
    """Whether If-None-Match names the tag, by RFC 9110's weak comparison: what was compressed on its way is the same."""
    known = parse_etags(request.headers.get("If-None-Match", ""))
    return known == ["*"] or _opaque(tag) in map(_opaque, known)


def not_modified(response: HttpResponse) -> HttpResponse:
    """With all other headers, since a script of another site may read a 304 only if CORS lets it."""
    headers = {name: value for name, value in response.items() if name not in OF_THE_BODY}
    answer = HttpResponse(status=304, headers=headers)
    del answer["Content-Type"]
    return answer


def check_if_match(request: Request, tag: str) -> None:
    """Raises PreconditionFailed if If-Match is sent and names another version than `tag`.

    A "W/" is overlooked: our own compression put it there, and `tag` names a version of the data, not of the bytes.
    """
    wanted = parse_etags(request.headers.get("If-Match", ""))
    if "If-Match" in request.headers and wanted != ["*"] and _opaque(tag) not in map(_opaque, wanted):
        raise PreconditionFailed


def _opaque(tag: str) -> str:
    return tag.removeprefix("W/")
