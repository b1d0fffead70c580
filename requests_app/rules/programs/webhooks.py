"""Which webhook gets events of which request, and how long one that fails is tried."""

import datetime as dt
import random

from requests_app.clock import app_now
from requests_app.models import ServiceRequest, Webhook
from requests_app.models.api_key import Scope
from requests_app.rules.people import permissions
from requests_app.rules.programs import api_keys

WEBHOOKS_MOST = 20
CHOSEN_MOST = 50
OVERLAP_HOURS_MOST = 24 * 7
FAILING_FOR = dt.timedelta(days=5)
DELIVERIES_KEPT = dt.timedelta(days=30)
# A listener ends with the first event after nobody has read for this long.
UNREAD_FOR = dt.timedelta(minutes=10)
BACKOFF_FIRST_S = 15
BACKOFF_MOST_S = 3600


def is_on(webhook: Webhook) -> bool:
    """Whether it works, and its key still opens it."""
    key = webhook.api_key
    valid = key.revoked_at is None and not api_keys.is_expired(key, app_now())
    return valid and webhook.ended_at is None and key.allows(Scope.WEBHOOKS)


def is_unread(webhook: Webhook, now: dt.datetime) -> bool:
    """Whether it is a listener that nobody reads anymore."""
    return webhook.is_listener and now - (webhook.read_at or webhook.created_at) >= UNREAD_FOR


def may_know(webhook: Webhook, service_request: ServiceRequest) -> bool:
    """What everyone may; with the scope for staff, what its member of staff may. A test key knows its own tests alone."""
    key = webhook.api_key
    if key.is_test or service_request.is_test:
        return key.is_test and service_request.is_test and service_request.api_key_id == key.pk
    if service_request.is_public:
        return True
    user = key.acts_as if key.allows(Scope.STAFF) else None
    return user is not None and permissions.can(user, "view", service_request)


def may_read_contact(webhook: Webhook, service_request: ServiceRequest) -> bool:
    """Of one that it may know: whether a full webhook names the reporter. The member of staff whom the key acts for must be allowed
    to read that, too, unless the key sent it itself, as a test."""
    key = webhook.api_key
    if webhook.payload != Webhook.Payload.FULL or not key.allows(Scope.CONTACTS):
        return False
    if service_request.is_test:
        return service_request.api_key_id == key.pk
    user = key.acts_as if key.allows(Scope.STAFF) else None
    return user is not None and permissions.may_read_reporter(user, service_request)


def wants(webhook: Webhook, event_type: str, service_request: ServiceRequest, areas: set[str]) -> bool:
    """areas: those of the request, as layer:code."""
    department = service_request.department.code if service_request.department else ""
    return (
        (not webhook.event_types or event_type in webhook.event_types)
        and (not webhook.services or service_request.service.service_code in webhook.services)
        and (not webhook.departments or department in webhook.departments)
        and (not webhook.areas or not areas.isdisjoint(webhook.areas))
    )


def backoff(failures: int) -> dt.timedelta:
    """Until the next try, longer after each failure, with jitter."""
    seconds = min(BACKOFF_MOST_S, BACKOFF_FIRST_S * 2 ** min(failures, 10))
    return dt.timedelta(seconds=seconds * random.uniform(0.8, 1.2))  # noqa: S311  (no secret)
