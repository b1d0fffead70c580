"""Private links: derived from a row and a rotating key, never stored. /l/<id>-<130-bit HMAC>; for a draft, /report/resume/…

Each signs the id of its row and the row's nonce (models/signed_row.py). A draft's id is random itself.
"""

import base64
import hashlib
import hmac
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse

from requests_app.clock import app_now
from requests_app.models import (
    AccessLink,
    AlarmCall,
    CitySwitch,
    ContactPoint,
    Department,
    Draft,
    Event,
    Invitation,
    Jurisdiction,
    Membership,
    OneTimeLink,
    Person,
    ServiceDraftLink,
    ServiceRequest,
    Subscription,
    User,
)
from requests_app.models.signed_row import SignedRow

SECRET_BITS = 130
# Characters, 80 bits.
SIGNATURE = 16


def _derived(message: str, key: str) -> str:
    digest = hmac.new(key.encode(), message.encode(), hashlib.sha256).digest()
    return base64.b32encode(digest)[: SECRET_BITS // 5].decode().lower()


def signature(message: str) -> str:
    """Shows that we made a public address, such as that of a picture: anyone may read it, and nobody make up another."""
    return _derived(f"address:{message}", settings.LINK_KEYS[0])[:SIGNATURE]


def is_signed(message: str, candidate: str) -> bool:
    """Compares in constant time, with every key."""
    made = [_derived(f"address:{message}", key)[:SIGNATURE] for key in settings.LINK_KEYS]
    return any(hmac.compare_digest(one.encode(), candidate.encode()) for one in made)


def _is_right(secret: str, message: str) -> bool:
    """Compares in constant time, with every key."""
    # As bytes, because compare_digest() raises TypeError for non-ASCII text.
    candidate = secret.lower().encode()
    matches = [hmac.compare_digest(_derived(message, key).encode(), candidate) for key in settings.LINK_KEYS]
    return any(matches)


# --- What a link signs ------------------------------------------------------------------------------------------------

Row = TypeVar("Row", bound=SignedRow)


def _signed(message: str, nonce: uuid.UUID | None) -> str:
    """What the links of a row sign: what they are for, and the row's nonce if it has one."""
    return message if nonce is None else f"{message}:{nonce.hex}"


def _secret(message: str, row: SignedRow) -> str:
    return _derived(_signed(message, row.nonce), settings.LINK_KEYS[0])


def _opens(secret: str, message: str, row: SignedRow | None) -> bool:
    # Always derive a secret, so that an unknown id takes as long as a wrong secret.
    return _is_right(secret, _signed(message, row.nonce if row is not None else None)) and row is not None


def _split(raw_token: str) -> tuple[int, str]:
    """The id and the secret. 0, which no row has, if there is no id."""
    number, _, secret = raw_token.partition("-")
    return (int(number) if number.isdecimal() and len(number) <= 18 else 0), secret


def _find(raw_token: str, rows: QuerySet[Row], message: Callable[[Row], str]) -> Row | None:
    """The row whose link this is."""
    pk, secret = _split(raw_token)
    row = rows.filter(pk=pk).first()
    return row if _opens(secret, message(row) if row is not None else "", row) else None


# --- The link of a request, for one person ----------------------------------------------------------------------------


def _message(link: AccessLink) -> str:
    return f"{link.pk}:{link.purpose}:{link.generation}"


def token(link: AccessLink) -> str:
    return f"{link.pk}-{_secret(_message(link), link)}"


def base_url(jurisdiction: Jurisdiction) -> str:
    """The base URL of this jurisdiction: its own host if it has one, else SITE_URL."""
    if jurisdiction.hosts:
        scheme = settings.SITE_URL.split("://", 1)[0]
        port = settings.SITE_URL.split("://", 1)[1].partition(":")[2]
        return f"{scheme}://{jurisdiction.hosts[0]}" + (f":{port}" if port else "")
    return settings.SITE_URL


def url(link: AccessLink, jurisdiction: Jurisdiction) -> str:
    """The absolute URL, for an email."""
    return base_url(jurisdiction) + reverse("requests_app:private_link", args=[token(link)])


def get_or_create_link(person: Person, service_request: ServiceRequest) -> AccessLink:
    return AccessLink.objects.get_or_create(person=person, service_request=service_request, purpose="follow")[0]


def find_link(raw_token: str) -> AccessLink | None:
    """The link for this token. None if it is wrong, expired or revoked. Compares in constant time."""
    link = _find(raw_token, AccessLink.objects.select_related("service_request", "person"), _message)
    if link is None:
        return None
    if link.expires_at is not None and link.expires_at < app_now():
        return None
    return link


COOKIE = "private_link"


def link_from_cookie(request: HttpRequest) -> AccessLink | None:
    """The link from this request's cookie, which is bound to the path of one service request."""
    raw_token = request.COOKIES.get(COOKIE, "")
    return find_link(raw_token) if raw_token else None


# --- Drafts: the link that a resident has emailed to continue on another device ---------------------------------------


def draft_token(draft: Draft) -> str:
    return f"{draft.pk.hex}-{_derived(f'draft:{draft.pk}', settings.LINK_KEYS[0])}"


def draft_url(draft: Draft) -> str:
    return base_url(draft.jurisdiction) + reverse("requests_app:resume", args=[draft_token(draft)])


def find_draft(raw_token: str) -> Draft | None:
    """The draft for this token, including submitted and expired drafts, for which the page shows a message."""
    number, _, secret = raw_token.partition("-")
    try:
        draft_id = uuid.UUID(hex=number)
    except ValueError:
        return None
    # Compare before the lookup, so that nobody can probe which drafts exist.
    if not _is_right(secret, f"draft:{draft_id}"):
        return None
    return Draft.objects.select_related("jurisdiction", "service_request").filter(pk=draft_id).first()


# --- Links that verify an email address -------------------------------------------------------------------------------


def _one_time_message(link: OneTimeLink) -> str:
    return f"once:{link.purpose}:{link.pk}"


def one_time_url(link: OneTimeLink) -> str:
    raw_token = f"{link.pk}-{_secret(_one_time_message(link), link)}"
    return base_url(link.jurisdiction) + reverse("requests_app:verify", args=[raw_token])


def find_one_time_link(raw_token: str, jurisdiction: Jurisdiction) -> OneTimeLink | None:
    """The link for this token, including used and expired links, for which the page shows a message."""
    rows = OneTimeLink.objects.filter(jurisdiction=jurisdiction).select_related(
        "contact_point__person", "service_request__service_version", "subscription", "key_request"
    )
    return _find(raw_token, rows, _one_time_message)


# --- Links to an alarm, in the email and text message to somebody on call ---------------------------------------------------


def _alarm_message(call: AlarmCall) -> str:
    return f"alarm:{call.pk}"


def alarm_token(call: AlarmCall) -> str:
    return f"{call.pk}-{_secret(_alarm_message(call), call)}"


def alarm_url(call: AlarmCall) -> str:
    return base_url(call.alarm.jurisdiction) + reverse("requests_app:alarm", args=[alarm_token(call)])


def find_alarm_call(raw_token: str, jurisdiction: Jurisdiction) -> AlarmCall | None:
    """The call for this token, also if its alarm is over, for which the page shows a message."""
    rows = AlarmCall.objects.filter(alarm__jurisdiction=jurisdiction).select_related(
        "alarm__service_request__service_version",
        "alarm__accepted_by",
        "alarm__accepted_call",
        "alarm__comment",
        "user",
    )
    call = _find(raw_token, rows, _alarm_message)
    return None if call is None or _has_left(call.user, jurisdiction) else call


def _has_left(user: User | None, jurisdiction: Jurisdiction) -> bool:
    if user is None:
        return False
    return not user.is_active or not Membership.objects.filter(user=user, jurisdiction=jurisdiction).exists()


# --- Links for staff: an invitation, and the way to another city ----------------------------------------------------------


def _invitation_message(invitation_id: int, generation: int) -> str:
    return f"invitation:{invitation_id}:{generation}"


def invitation_url(invitation: Invitation) -> str:
    secret = _secret(_invitation_message(invitation.pk, invitation.generation), invitation)
    return base_url(invitation.jurisdiction) + reverse("staff_app:invitation", args=[f"{invitation.pk}-{secret}"])


def find_invitation(raw_token: str, jurisdiction: Jurisdiction) -> tuple[Invitation, bool] | None:
    """The invitation for this token, in any state, and whether no newer link was sent."""
    pk, secret = _split(raw_token)
    rows = Invitation.objects.filter(jurisdiction=jurisdiction).select_related("role", "department", "jurisdiction")
    invitation = rows.filter(pk=pk).first()
    newest = invitation.generation if invitation is not None else 1
    for generation in range(newest, 0, -1):
        if _opens(secret, _invitation_message(pk, generation), invitation) and invitation is not None:
            return invitation, generation == newest
    return None


def _city_switch_message(city_switch: CitySwitch) -> str:
    return f"city_switch:{city_switch.pk}"


def city_switch_url(city_switch: CitySwitch) -> str:
    raw_token = f"{city_switch.pk}-{_secret(_city_switch_message(city_switch), city_switch)}"
    return base_url(city_switch.jurisdiction) + reverse("staff_app:arrive", args=[raw_token])


def find_city_switch(raw_token: str, jurisdiction: Jurisdiction) -> CitySwitch | None:
    """The city switch for this token, also if it was used or has expired, for which the page shows a message."""
    rows = CitySwitch.objects.filter(jurisdiction=jurisdiction).select_related("user")
    return _find(raw_token, rows, _city_switch_message)


# --- The link that shows a service's draft for review ---------------------------------------------------------------------


def _draft_link_message(link: ServiceDraftLink) -> str:
    return f"service_draft:{link.pk}"


def service_draft_url(link: ServiceDraftLink) -> str:
    raw_token = f"{link.pk}-{_secret(_draft_link_message(link), link)}"
    return base_url(link.draft.jurisdiction) + reverse("staff_app:shared_preview", args=[raw_token])


def find_service_draft_link(raw_token: str, jurisdiction: Jurisdiction) -> ServiceDraftLink | None:
    """The link for this token. None if it is wrong, has ended, or its draft was published or discarded."""
    rows = ServiceDraftLink.objects.filter(draft__jurisdiction=jurisdiction).select_related(
        "draft__jurisdiction", "draft__service__current__category", "draft__service__current__department"
    )
    link = _find(raw_token, rows, _draft_link_message)
    return None if link is None or link.expires_at <= app_now() else link


# --- Links for a department that works by email alone ---------------------------------------------------------------------

# What such a link lets its holder do.
DEPARTMENT_ACTS = ("accept", "not_ours", "done")


@dataclass(frozen=True)
class DepartmentLink:
    """One act on one request, since the event that brought it to the department."""

    event: Event
    department: Department
    act: str


def _department_message(name: str, email: str) -> str:
    # With the address: once the department has another one, the old mailbox can do nothing anymore.
    return f"department:{name}:{email.lower()}"


def department_url(link: DepartmentLink) -> str:
    name = f"{link.event.pk}.{link.department.pk}.{link.act}"
    secret = _secret(_department_message(name, link.department.email), link.event)
    return base_url(link.department.jurisdiction) + reverse("staff_app:department_link", args=[f"{name}-{secret}"])


def find_department_link(raw_token: str, jurisdiction: Jurisdiction) -> DepartmentLink | None:
    """The link for this token while the department works by email, also if the request has moved on or the link expired."""
    name, _, secret = raw_token.partition("-")
    event_id, _, rest = name.partition(".")
    department_id, _, act = rest.partition(".")
    if not (event_id.isdecimal() and department_id.isdecimal() and act in DEPARTMENT_ACTS) or len(name) > 60:
        return None
    department = (
        Department.objects.select_related("jurisdiction")
        .filter(pk=int(department_id), jurisdiction=jurisdiction)
        .first()
    )
    event = Event.objects.filter(pk=int(event_id), jurisdiction=jurisdiction).first()
    email = department.email if department is not None else ""
    if not _opens(secret, _department_message(name, email), event) or event is None or department is None:
        return None
    if not department.works_by_email or not department.active or not email:
        return None
    return DepartmentLink(event, department, act)


# --- Links that unsubscribe from a digest -----------------------------------------------------------------------------


@dataclass(frozen=True)
class DigestLink:
    """Ids, and the nonce of the row that it is about: without a subscription, the person's own reports."""

    contact_point: int
    subscription: int | None
    nonce: uuid.UUID | None

    def is_of(self, row: SignedRow) -> bool:
        return row.nonce == self.nonce


def digest_token(contact_point: ContactPoint, subscription: Subscription | None) -> str:
    # With the nonce, since the link says that all is well even if its row is gone.
    name = f"{contact_point.pk}.{subscription.pk if subscription else 0}"
    nonce = (subscription or contact_point).nonce
    name = name if nonce is None else f"{name}.{nonce.hex}"
    return f"{name}-{_derived(f'digest:{name}', settings.LINK_KEYS[0])}"


def parse_digest_token(raw_token: str) -> DigestLink | None:
    """What a digest's link stops. Its row may be deleted by now, or be another one (is_of)."""
    name, _, secret = raw_token.partition("-")
    shape = re.fullmatch(r"(\d{1,18})\.(\d{1,18})(?:\.([0-9a-f]{32}))?", name, re.ASCII)
    if shape is None or not _is_right(secret, f"digest:{name}"):
        return None
    return DigestLink(int(shape[1]), int(shape[2]) or None, uuid.UUID(shape[3]) if shape[3] else None)
