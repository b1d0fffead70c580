"""ETag on each answer to a GET, 304 for a client that has it already, and 412 before it overwrites what it has not read.

What can be changed has an ETag of two parts, "version.hash". If-None-Match compares both, so no old bytes count as current.
If-Match compares the version alone: that of what can be changed, whatever else the answer says, and in whatever language.
"""

import hashlib
from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.crypto import salted_hmac
from django.utils.http import parse_etags
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import APIException
from rest_framework.request import Request

# What describes a body, which a 304 has none of.
OF_THE_BODY = ("Content-Type", "Content-Length")


class PreconditionFailed(APIException):
    status_code = 412
    default_detail = _(
        "It has changed since you read it, or the ETag in If-Match is of something else. Read it again, and send its ETag."
    )
    default_code = "precondition_failed"


def conditional(request: HttpRequest, response: HttpResponseBase, version: str = "") -> HttpResponseBase:
    """The same answer with its ETag, or a 304 without a body. version: of what can be changed, if anything can.

    The tag has a hash of the body's bytes, so it is strong. Where the body leaves compressed, Django makes it weak.
    """
    if request.method not in ("GET", "HEAD") or response.status_code != 200 or not isinstance(response, HttpResponse):
        return response
    response.headers.setdefault("ETag", tag_of(response.content, version))
    return not_modified(response) if is_known(request, response["ETag"]) else response


def tag_of(content: bytes, version: str = "") -> str:
    digest = hashlib.blake2b(content, digest_size=12).hexdigest()
    return f'"{version}.{digest}"' if version else f'"{digest}"'


def version_of(*state: object) -> str:
    """The name of a state, for tag_of(). Keyed, so that it doesn't say how many events a city has."""
    return salted_hmac("api-version", "\x1f".join(map(str, state))).hexdigest()[:16]


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


def last_read(request: Request, versions: Sequence[str]) -> int | None:
    """The index of the newest of these versions, oldest first, that If-Match names. None without If-Match, and for `*`.

    Raises PreconditionFailed if it names none of them. A "W/" is overlooked: our own compression put it there, and a version is
    one of the data, not of the bytes.
    """
    if "If-Match" not in request.headers:
        return None
    sent = parse_etags(request.headers["If-Match"])
    if sent == ["*"]:
        return None
    named = {_opaque(tag).strip('"').partition(".")[0] for tag in sent}
    for index in reversed(range(len(versions))):
        if versions[index] in named:
            return index
    raise PreconditionFailed


def _opaque(tag: str) -> str:
    return tag.removeprefix("W/")
