"""Private links: derived from a row and a rotating key, never stored. /l/<id>-<130-bit HMAC>; for a draft, /report/resume/…"""

import base64
import hashlib
import hmac
import uuid
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from requests_app.clock import app_now
from requests_app.models import (
    AccessLink,
    AlarmCall,
    ContactPoint,
    Department,
    Draft,
    Event,
    HandOver,
    Invitation,
    Jurisdiction,
    Membership,
    OneTimeLink,
    Person,
    ServiceRequest,
    Subscription,
    User,
)

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


def _message(link: AccessLink) -> str:
    return f"{link.pk}:{link.purpose}:{link.generation}"


def token(link: AccessLink) -> str:
    return f"{link.pk}-{_derived(_message(link), settings.LINK_KEYS[0])}"


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
    number, _, secret = raw_token.partition("-")
    if not number.isdecimal() or len(number) > 18:
        return None
    link = AccessLink.objects.select_related("service_request", "person").filter(pk=int(number)).first()
    # Always derive a secret, so that an unknown id takes as long as a wrong secret.
    candidate = link or AccessLink(pk=0, purpose="follow", generation=0)
    if not _is_right(secret, _message(candidate)) or link is None:
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


def one_time_url(link: OneTimeLink) -> str:
    raw_token = f"{link.pk}-{_derived(f'once:{link.purpose}:{link.pk}', settings.LINK_KEYS[0])}"
    return base_url(link.jurisdiction) + reverse("requests_app:verify", args=[raw_token])


def find_one_time_link(raw_token: str, jurisdiction: Jurisdiction) -> OneTimeLink | None:
    """The link for this token, including used and expired links, for which the page shows a message."""
    number, _, secret = raw_token.partition("-")
    if not number.isdecimal() or len(number) > 18:
        return None
    link = (
        OneTimeLink.objects.select_related(
            "contact_point__person", "service_request__service_version", "subscription", "key_request"
        )
        .filter(pk=int(number), jurisdiction=jurisdiction)
        .first()
    )
    # Always derive a secret, so that an unknown id takes as long as a wrong secret.
    purpose = link.purpose if link is not None else OneTimeLink.Purpose.SIGN_IN
    return link if _is_right(secret, f"once:{purpose}:{int(number)}") else None


# --- Links to an alarm, in the email and text message to somebody on call ---------------------------------------------------


def alarm_token(call: AlarmCall) -> str:
    return f"{call.pk}-{_derived(f'alarm:{call.pk}', settings.LINK_KEYS[0])}"


def alarm_url(call: AlarmCall) -> str:
    return base_url(call.alarm.jurisdiction) + reverse("requests_app:alarm", args=[alarm_token(call)])


def find_alarm_call(raw_token: str, jurisdiction: Jurisdiction) -> AlarmCall | None:
    """The call for this token, also if its alarm is over, for which the page shows a message."""
    number, _, secret = raw_token.partition("-")
    # Compare before the lookup, so that nobody can probe which calls exist.
    if not number.isdecimal() or len(number) > 18 or not _is_right(secret, f"alarm:{int(number)}"):
        return None
    call = (
        AlarmCall.objects.select_related(
            "alarm__service_request__service_version",
            "alarm__accepted_by",
            "alarm__accepted_call",
            "alarm__comment",
            "user",
        )
        .filter(pk=int(number), alarm__jurisdiction=jurisdiction)
        .first()
    )
    return None if call is None or _has_left(call.user, jurisdiction) else call


def _has_left(user: User | None, jurisdiction: Jurisdiction) -> bool:
    if user is None:
        return False
    return not user.is_active or not Membership.objects.filter(user=user, jurisdiction=jurisdiction).exists()


# --- Links for staff: an invitation, and the way to another city ----------------------------------------------------------


def _invitation_message(invitation_id: int, generation: int) -> str:
    return f"invitation:{invitation_id}:{generation}"


def invitation_url(invitation: Invitation) -> str:
    secret = _derived(_invitation_message(invitation.pk, invitation.generation), settings.LINK_KEYS[0])
    return base_url(invitation.jurisdiction) + reverse("staff_app:invitation", args=[f"{invitation.pk}-{secret}"])


def find_invitation(raw_token: str, jurisdiction: Jurisdiction) -> tuple[Invitation, bool] | None:
    """The invitation for this token, in any state, and whether no newer link was sent."""
    number, _, secret = raw_token.partition("-")
    if not number.isdecimal() or len(number) > 18:
        return None
    invitation = (
        Invitation.objects.select_related("role", "department", "jurisdiction")
        .filter(pk=int(number), jurisdiction=jurisdiction)
        .first()
    )
    # Always derive a secret, so that an unknown id takes as long as a wrong secret.
    newest = invitation.generation if invitation is not None else 1
    for generation in range(newest, 0, -1):
        if _is_right(secret, _invitation_message(int(number), generation)) and invitation is not None:
            return invitation, generation == newest
    return None


def hand_over_url(hand_over: HandOver) -> str:
    raw_token = f"{hand_over.pk}-{_derived(f'hand_over:{hand_over.pk}', settings.LINK_KEYS[0])}"
    return base_url(hand_over.jurisdiction) + reverse("staff_app:arrive", args=[raw_token])


def find_hand_over(raw_token: str, jurisdiction: Jurisdiction) -> HandOver | None:
    """The hand-over for this token, also if it was used or has expired, for which the page shows a message."""
    number, _, secret = raw_token.partition("-")
    if not number.isdecimal() or len(number) > 18 or not _is_right(secret, f"hand_over:{int(number)}"):
        return None
    return HandOver.objects.select_related("user").filter(pk=int(number), jurisdiction=jurisdiction).first()


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
    secret = _derived(_department_message(name, link.department.email), settings.LINK_KEYS[0])
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
    # Always derive a secret, so that an unknown id takes as long as a wrong secret.
    email = department.email if department is not None else ""
    if not _is_right(secret, _department_message(name, email)) or department is None:
        return None
    event = Event.objects.filter(pk=int(event_id), jurisdiction=jurisdiction).first()
    if event is None or not department.works_by_email or not department.active or not email:
        return None
    return DepartmentLink(event, department, act)


# --- Links that unsubscribe from a digest -----------------------------------------------------------------------------


def digest_token(contact_point: ContactPoint, subscription: Subscription | None) -> str:
    name = f"{contact_point.pk}.{subscription.pk if subscription else 0}"
    return f"{name}-{_derived(f'digest:{name}', settings.LINK_KEYS[0])}"


def parse_digest_token(raw_token: str) -> tuple[int, int] | None:
    """The ids of the contact point and the subscription (0: own reports) of a digest. Either row may be deleted by now."""
    name, _, secret = raw_token.partition("-")
    first, dot, second = name.partition(".")
    if not (dot and first.isdecimal() and second.isdecimal()) or len(name) > 40:
        return None
    return (int(first), int(second)) if _is_right(secret, f"digest:{name}") else None
