"""Email addresses a city has blocked: they can't send, confirm, join or follow anything."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from requests_app.core import once
from requests_app.models.jurisdiction import Jurisdiction
from requests_app.models.moderation_term import ModerationTerm


def is_blocked(jurisdiction: Jurisdiction, email: str) -> bool:
    """Also matches tagged addresses ("name+tag@…") and blocked hosts ("@spam.example")."""
    listed = ModerationTerm.objects.filter(jurisdiction=jurisdiction, kind=ModerationTerm.Kind.ADDRESS)
    matching = listed.filter(value__in=list(as_listed(email)))
    return bool(email) and once.read(("blocked", jurisdiction.pk, email), matching.exists)


def refusal(jurisdiction: Jurisdiction) -> str:
    if jurisdiction.desk_long_number:
        return _("We can’t accept reports from this email address. Call us at %(number)s.") % {
            "number": jurisdiction.desk_long_number
        }
    return _("We can’t accept reports from this email address. Please call us.")


def as_listed(email: str) -> Iterator[str]:
    """The entries of the list that would block this address."""
    address = email.strip().lower()
    name, _at, host = address.rpartition("@")
    yield address
    yield f"{name.partition('+')[0]}@{host}"
    yield f"@{host}"
