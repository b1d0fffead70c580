"""The door of the API: format, method, key and jurisdiction; whatever goes wrong is told in the asked format."""

import json
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import structlog
from django.conf import settings
from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation, TooManyFilesSent
from django.core.files.uploadedfile import UploadedFile
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, RawPostDataException, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from requests_app import api_keys, limits
from requests_app.api.open311 import errors, formats
from requests_app.api.open311.errors import Problem
from requests_app.api.open311.parameters import Parameters
from requests_app.models import ApiKey, Jurisdiction
from requests_app.web.middleware import find_jurisdiction

# How many requests one key may send.
WRITES, WRITES_PER_S = 120, 60
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Asked:
    """What a client asks, of which city."""

    parameters: Parameters
    jurisdiction: Jurisdiction


@dataclass(frozen=True)
class Sent(Asked):
    """A POST: also whose key it carries, the key by which it may be retried, and the files that came along."""

    key: ApiKey
    idempotency_key: str
    files: list[UploadedFile]


@dataclass(frozen=True)
class Answer:
    """root: the name of XML's outermost element. max_age_s: how long anybody may keep it; None: nobody."""

    root: str
    data: Any
    max_age_s: int | None = None


Handler = Callable[..., Answer]


def door(*, get: Handler | None = None, post: Handler | None = None) -> Callable[..., HttpResponse]:
    """A view made of handlers: each takes what was Asked, and the address's parts, and gives an Answer or a Problem."""
    methods = {**({"GET": get, "HEAD": get} if get else {}), **({"POST": post} if post else {})}

    @csrf_exempt
    def view(request: HttpRequest, format: str, **captured: str) -> HttpResponse:
        if request.method == "OPTIONS":
            return _preflight([*methods, "OPTIONS"])
        try:
            handler = methods.get(request.method or "")
            if handler is None:
                raise Problem(405, _("Use %(methods)s here.") % {"methods": ", ".join(methods)})
            with ExitStack() as stack:
                asked = _read_post(request) if request.method == "POST" else _read_get(request)
                code = _language(asked)
                stack.enter_context(translation.override(code))
                stack.enter_context(timezone.override(asked.jurisdiction.zone))
                answer = handler(asked, **captured)
                body = formats.render(format, answer.root, answer.data)
        except Problem as problem:
            response = errors.answer(format, problem)
            if problem.status == 405:
                response["Allow"] = ", ".join([*methods, "OPTIONS"])
            return response
        except (OperationalError, InterfaceError):
            raise  # a lost database is told by the middleware, through errors.unavailable()
        except Exception:
            # Clients of this standard crash on a page of HTML.
            log.exception("open311_failed", path=request.path)
            return errors.answer(format, Problem(500, _("Something went wrong on our side. Try again later.")))
        response = HttpResponse(body, content_type=formats.CONTENT_TYPES[format])
        response["Content-Language"] = code
        response["Cache-Control"] = "no-store" if answer.max_age_s is None else f"public, max-age={answer.max_age_s}"
        return errors.open_to_browsers(response)

    return view


def not_found(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Every other address below /open311/."""
    return errors.answer(
        errors.asked_format(request), Problem(404, _("There is nothing at this address. Names end with .xml or .json."))
    )


not_found.csrf_exempt = True  # type: ignore[attr-defined]


def _preflight(methods: list[str]) -> HttpResponse:
    response = errors.open_to_browsers(HttpResponse(status=204))
    response["Allow"] = response["Access-Control-Allow-Methods"] = ", ".join(methods)
    response["Access-Control-Allow-Headers"] = "Authorization, Content-Type, Idempotency-Key"
    response["Access-Control-Max-Age"] = "86400"
    return response


def _read_get(request: HttpRequest) -> Asked:
    parameters = Parameters(_query(request))
    return Asked(parameters, _jurisdiction(request, parameters))


def _read_post(request: HttpRequest) -> Sent:
    query = _query(request)
    body, files = _body(request)
    parameters = Parameters(body, query)
    # The key comes before all else: who may not write learns nothing else from here.
    key = _key(request, parameters)
    jurisdiction = _jurisdiction(request, parameters)
    if key.jurisdiction_id != jurisdiction.pk:
        raise Problem(403, _("This api_key is for another jurisdiction."))
    if not limits.within(f"open311:{key.pk}", most=WRITES, per_s=WRITES_PER_S):
        raise Problem(429, _("Too many requests with this api_key. Wait a minute."), retry_after_s=WRITES_PER_S)
    idempotency_key = request.headers.get("Idempotency-Key", "").strip()
    if len(idempotency_key) > 128:
        raise Problem(400, _("Idempotency-Key is longer than 128 characters."))
    return Sent(parameters, jurisdiction, key, idempotency_key, files)


def _query(request: HttpRequest) -> Mapping[str, list[str]]:
    try:
        # The standard knows no other; what a header claims ("charset=utf-16") would break the reading of body and query.
        request.encoding = "utf-8"
        return dict(request.GET.lists())
    except SuspiciousOperation:
        raise Problem(400, _("Too many parameters.")) from None


def _body(request: HttpRequest) -> tuple[Mapping[str, list[str]], list[UploadedFile]]:
    """Form fields (or a JSON object's, for clients that send one) and files."""
    try:
        if int(request.META.get("CONTENT_LENGTH") or 0) > settings.BODY_MAX_BYTES:
            raise RequestDataTooBig
        if request.content_type == "application/json":
            return _json_fields(request.body), []
        files = [one for _name, several in request.FILES.lists() for one in several]
        return dict(request.POST.lists()), files
    except (RequestDataTooBig, TooManyFilesSent):
        raise Problem(400, _("The request is too large.")) from None
    except (
        BadRequest, SuspiciousOperation, MultiPartParserError, UnreadablePostError, RawPostDataException, ValueError,
        LookupError, RecursionError,
    ):  # fmt: skip
        raise Problem(400, _("The body of the request could not be read. Send form fields in UTF-8.")) from None


def _json_fields(body: bytes) -> dict[str, list[str]]:
    """{"lat": 40.5, "attribute": {"size": ["a", "b"]}} as form fields. Raises ValueError or RecursionError."""
    read = json.loads(body or b"{}", parse_constant=_refuse)
    if not isinstance(read, dict):
        raise ValueError("no object")
    nested = read.pop("attribute", None)
    if isinstance(nested, dict):
        read |= {f"attribute[{code}]": value for code, value in nested.items()}
    fields: dict[str, list[str]] = {}
    for name, value in read.items():
        values = value if isinstance(value, list) else [value]
        fields[name] = [_as_text(one) for one in values if isinstance(one, str | int | float)]
    return fields


def _refuse(constant: str) -> float:
    raise ValueError(f"{constant} is no JSON")


def _as_text(value: str | float) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _key(request: HttpRequest, parameters: Parameters) -> ApiKey:
    plain = parameters.one("api_key")
    scheme, _blank, bearer = request.headers.get("Authorization", "").partition(" ")
    if not plain and scheme.lower() == "bearer":
        plain = bearer.strip()
    if not plain:
        raise Problem(403, _("api_key is missing."))
    key = api_keys.find(plain)
    if key is None:
        raise Problem(403, _("api_key is not valid."))
    return key


def _jurisdiction(request: HttpRequest, parameters: Parameters) -> Jurisdiction:
    """The one that jurisdiction_id names; without it the host's, or the only one."""
    named = parameters.one("jurisdiction_id")
    if named:
        jurisdiction = Jurisdiction.objects.defer("boundary").filter(jurisdiction_id__iexact=named).first()
        if jurisdiction is None:
            raise Problem(404, _("jurisdiction_id was not found."))
        return jurisdiction
    jurisdiction = find_jurisdiction(request.get_host())
    if jurisdiction is not None:
        return jurisdiction
    if Jurisdiction.objects.exists():
        raise Problem(400, _("jurisdiction_id was not provided. This address serves several jurisdictions."))
    raise Problem(503, _("No city is set up here yet."))


def _language(asked: Asked) -> str:
    """What `locale` asks for, if the city speaks it."""
    wanted = asked.parameters.one("locale").lower().split("-")[0]
    languages = asked.jurisdiction.languages
    if wanted in languages:
        return wanted
    return "en" if "en" in languages else languages[0]
