"""The sandbox of a test key: its test requests, and the next step of one."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from requests_app import references
from requests_app.actions.programs import sandbox
from requests_app.actions.work import merges
from requests_app.api.framework.problems import FieldError, Problem, invalid_body
from requests_app.api.v1 import service_requests
from requests_app.models import ApiKey, Jurisdiction, Photo, ServiceRequest
from requests_app.rules.shared.lifecycle import IllegalTransition


def find(key: ApiKey, reference: str) -> ServiceRequest:
    """Raises a 404 problem."""
    own = ServiceRequest.objects.tests_of(key).filter(reference=references.parse(reference) or "").first()
    if own is None:
        raise Problem("not-found", _("Test request not found for this key."))
    return own


def advance(city: Jurisdiction, key: ApiKey, own: ServiceRequest, sent: Mapping[str, Any]) -> dict[str, Any]:
    """sent: of TestStepSerializer. Returns the request after the step. Raises a 409 problem for what its status doesn't allow."""
    try:
        sandbox.advance(own.pk, _step(key, sent))
    except IllegalTransition as refused:
        message = _("The action “%(action)s” isn’t allowed while a request is “%(status)s.”")
        raise Problem("conflict", message % {"status": refused.status, "action": refused.action}) from None
    except merges.CannotMerge as refused:
        raise Problem("conflict", str(refused)) from None
    return service_requests.detail(city, service_requests.find(city, own.reference, key))


def _step(key: ApiKey, sent: Mapping[str, Any]) -> sandbox.Step:
    parent = None
    if sent["into"]:
        parent = ServiceRequest.objects.tests_of(key).filter(reference=references.parse(sent["into"]) or "").first()
        if parent is None:
            raise invalid_body([FieldError("into", "unknown-value", _("Test request not found for this key."))])
    return sandbox.Step(
        action=sent["action"] or "",
        text=sent["text"],
        language=get_language() or "en",
        outcome=sent["outcome"],
        parent=parent,
        department=sent["to_department"],
        owner=sent["to_owner"],
    )


def find_photo(key: ApiKey, reference: str, name: str) -> Photo:
    """What everyone would see if it were no test."""
    shown = find(key, reference).photos.filter(name=name, is_private=False, hidden_at=None).first()
    if shown is None:
        raise Problem("not-found", _("Photo not found."))
    return shown
