"""The sandbox of a test key: its test requests, and the next step of one."""

from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from requests_app import references
from requests_app.actions.programs import sandbox
from requests_app.actions.work import merges
from requests_app.api.framework.bodies import Body
from requests_app.api.framework.parameters import Query
from requests_app.api.framework.problems import FieldError, Problem, invalid_body, invalid_cursor
from requests_app.api.v1 import service_requests
from requests_app.core import paging
from requests_app.models import ApiKey, Department, Jurisdiction, Owner, Photo, ServiceRequest
from requests_app.rules.shared import intake
from requests_app.rules.shared.lifecycle import IllegalTransition

NUMBER_MOST, CODE_MOST = 40, 60


def page(key: ApiKey, query: Query) -> paging.Page[ServiceRequest]:
    """Newest first."""
    own = ServiceRequest.objects.tests_of(key).only(*service_requests.COLUMNS)
    try:
        return paging.page(
            own.prefetch_related(*service_requests.RELATIONS), [("id", "desc")], query["cursor"], query["limit"]
        )
    except paging.BadCursor:
        raise invalid_cursor() from None


def advance(city: Jurisdiction, key: ApiKey, reference: str, data: Any) -> dict[str, Any]:
    """The request after the step. Raises a 409 problem for what its status doesn't allow."""
    found = _find(key, reference)
    step = _read(city, key, data)
    try:
        sandbox.advance(found.pk, step)
    except IllegalTransition as refused:
        words = _("The action “%(action)s” isn’t allowed while a request is “%(status)s.”")
        raise Problem("conflict", words % {"status": refused.status, "action": refused.action}) from None
    except merges.CannotMerge as refused:
        raise Problem("conflict", str(refused)) from None
    return service_requests.detail(city, service_requests.find(city, reference, key))


def _find(key: ApiKey, reference: str) -> ServiceRequest:
    found = ServiceRequest.objects.tests_of(key).filter(reference=references.parse(reference) or "").first()
    if found is None:
        raise Problem("not-found", _("Test request not found for this key."))
    return found


def _read(city: Jurisdiction, key: ApiKey, data: Any) -> sandbox.Step:
    body = Body(data)
    action = body.choice("action", list(sandbox.ACTIONS), "")
    text = body.text("text", intake.DESCRIPTION_MAX, lines=True, required=action in sandbox.WITH_TEXT)
    outcome = body.choice("outcome", [one.value for one in sandbox.OUTCOMES], sandbox.OUTCOMES[0].value)
    number = body.text("into", NUMBER_MOST, required=action == "merge")
    department = body.text("department", CODE_MOST, required=action == "transfer")
    owner = body.text("owner", CODE_MOST, required=action == "hand_over")
    body.no_others()
    to = Department.objects.filter(jurisdiction=city, code=department, active=True).first() if department else None
    other = Owner.objects.filter(jurisdiction=city, code=owner).first() if owner else None
    for name, sent, found in (("department", department, to), ("owner", owner, other)):
        if sent and found is None:
            body.refuse(name, "unknown-value", _("%(name)s was not found.") % {"name": name})
    body.check()
    parent = None
    if number:
        parent = ServiceRequest.objects.tests_of(key).filter(reference=references.parse(number) or "").first()
        if parent is None:
            raise invalid_body([FieldError("into", "unknown-value", _("Test request not found for this key."))])
    return sandbox.Step(
        action=action,
        text=text,
        language=get_language() or "en",
        outcome=outcome,
        parent=parent,
        department=to,
        owner=other,
    )


def find_photo(key: ApiKey, reference: str, name: str) -> Photo:
    """What everyone would see if it were no test."""
    shown = _find(key, reference).photos.filter(name=name, is_private=False, hidden_at=None).first()
    if shown is None:
        raise Problem("not-found", _("Photo not found."))
    return shown
