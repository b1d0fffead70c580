"""Private links: derived from a row and a rotating key, never stored. /l/<id>-<130-bit HMAC>; a draft's: /report/resume/…"""

import base64
import hashlib
import hmac
import uuid

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from requests_app.clock import app_now
from requests_app.models import (
    AccessLink,
    ContactPoint,
    Draft,
    Jurisdiction,
    OneTimeLink,
    Person,
    ServiceRequest,
    Subscription,
)

SECRET_BITS = 130


def _derived(message: str, key: str) -> str:
    digest = hmac.new(key.encode(), message.encode(), hashlib.sha256).digest()
    return base64.b32encode(digest)[: SECRET_BITS // 5].decode().lower()


def _is_right(secret: str, message: str) -> bool:
    """In constant time, whatever the secret; by any of the keys."""
    # As bytes: compare_digest() fails on any letter outside ASCII.
    given = secret.lower().encode()
    right = [hmac.compare_digest(_derived(message, key).encode(), given) for key in settings.LINK_KEYS]
    return any(right)


def _message(link: AccessLink) -> str:
    return f"{link.pk}:{link.purpose}:{link.generation}"


def token(link: AccessLink) -> str:
    return f"{link.pk}-{_derived(_message(link), settings.LINK_KEYS[0])}"


def site_of(jurisdiction: Jurisdiction) -> str:
    """The address at which this jurisdiction's pages live: its own host if it has one, else the installation's."""
    if jurisdiction.hosts:
        scheme = settings.SITE_URL.split("://", 1)[0]
        port = settings.SITE_URL.split("://", 1)[1].partition(":")[2]
        return f"{scheme}://{jurisdiction.hosts[0]}" + (f":{port}" if port else "")
    return settings.SITE_URL


def url(link: AccessLink, jurisdiction: Jurisdiction) -> str:
    """The whole address, for a mail."""
    return site_of(jurisdiction) + reverse("requests_app:private_link", args=[token(link)])


def link_for(person: Person, service_request: ServiceRequest) -> AccessLink:
    return AccessLink.objects.get_or_create(person=person, service_request=service_request, purpose="follow")[0]


def follow(token_given: str) -> AccessLink | None:
    """The link that this token opens, compared in constant time; None for a wrong, expired or withdrawn one."""
    number, _, secret = token_given.partition("-")
    if not number.isdecimal() or len(number) > 18:
        return None
    link = AccessLink.objects.select_related("service_request", "person").filter(pk=int(number)).first()
    # Derive a secret in any case, so that an unknown id takes as long as a wrong secret.
    candidate = link or AccessLink(pk=0, purpose="follow", generation=0)
    if not _is_right(secret, _message(candidate)) or link is None:
        return None
    if link.expires_at is not None and link.expires_at < app_now():
        return None
    return link


COOKIE = "private_link"


def link_of_request(request: HttpRequest) -> AccessLink | None:
    """The private link whose cookie this browser sent for this page (the cookie is bound to the request's path)."""
    kept = request.COOKIES.get(COOKIE, "")
    return follow(kept) if kept else None


# --- A draft's link, which its writer has mailed to go on elsewhere ---------------------------------------------------


def draft_token(draft: Draft) -> str:
    return f"{draft.pk.hex}-{_derived(f'draft:{draft.pk}', settings.LINK_KEYS[0])}"


def draft_url(draft: Draft) -> str:
    return site_of(draft.jurisdiction) + reverse("requests_app:resume", args=[draft_token(draft)])


def draft_of(token_given: str) -> Draft | None:
    """The draft that this token opens: also one that was sent or has expired, of which the page says so."""
    number, _, secret = token_given.partition("-")
    try:
        draft_id = uuid.UUID(hex=number)
    except ValueError:
        return None
    # Compared before it is looked up, so that nobody learns by asking which drafts there are.
    if not _is_right(secret, f"draft:{draft_id}"):
        return None
    return Draft.objects.select_related("jurisdiction", "service_request").filter(pk=draft_id).first()


# --- Links that prove an address, and the way out of gathered mails ---------------------------------------------------


def one_time_url(link: OneTimeLink) -> str:
    token_given = f"{link.pk}-{_derived(f'once:{link.purpose}:{link.pk}', settings.LINK_KEYS[0])}"
    return site_of(link.jurisdiction) + reverse("requests_app:verify", args=[token_given])


def one_time(token_given: str, jurisdiction: Jurisdiction) -> OneTimeLink | None:
    """The link that this token opens, also one that is used up or over, of which its page says so."""
    number, _, secret = token_given.partition("-")
    if not number.isdecimal() or len(number) > 18:
        return None
    link = (
        OneTimeLink.objects.select_related("contact_point__person", "service_request__service_version", "subscription")
        .filter(pk=int(number), jurisdiction=jurisdiction)
        .first()
    )
    # Derive a secret in any case, so that an unknown id takes as long as a wrong secret.
    purpose = link.purpose if link is not None else OneTimeLink.Purpose.SIGN_IN
    return link if _is_right(secret, f"once:{purpose}:{int(number)}") else None


def digest_token(contact_point: ContactPoint, subscription: Subscription | None) -> str:
    name = f"{contact_point.pk}.{subscription.pk if subscription else 0}"
    return f"{name}-{_derived(f'digest:{name}', settings.LINK_KEYS[0])}"


def digest_of(token_given: str) -> tuple[int, int] | None:
    """The address and the subscription (0: its own reports) whose gathered mails this token stops; they may be gone."""
    name, _, secret = token_given.partition("-")
    first, dot, second = name.partition(".")
    if not (dot and first.isdecimal() and second.isdecimal()) or len(name) > 40:
        return None
    return (int(first), int(second)) if _is_right(secret, f"digest:{name}") else None
