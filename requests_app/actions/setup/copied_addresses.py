"""A copy for trying things out reaches nobody real: its addresses become ones that don't exist, and programs aren't called."""

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import CharField, F, Model, Value
from django.db.models.functions import Cast, Concat, LPad

from requests_app import outbox
from requests_app.actions.setup import restores
from requests_app.clock import AppNow
from requests_app.models import (
    AlarmCall,
    CallBack,
    Contact,
    ContactPoint,
    Department,
    Draft,
    Invitation,
    Jurisdiction,
    OnCall,
    Owner,
    PhoneCall,
    SharedPhone,
    SignInProvider,
    User,
    Webhook,
)

# No mail server takes it: .invalid is never a domain (RFC 2606).
DOMAIN = "copy.invalid"
# By table: the column, and how its new value begins, before the row's id.
EMAILS: list[tuple[type[Model], str, str]] = [
    (OnCall, "email", "on-call"),
    (Department, "email", "department"),
    (Owner, "email", "owner"),
    (Invitation, "email", "invited"),
    (User, "email", "user"),
]
PHONES: list[tuple[type[Model], str]] = [
    (OnCall, "phone"),
    (CallBack, "phone"),
    (CallBack, "normalized_phone"),
    (Contact, "caller_number"),
    (Contact, "caller_phone"),
    (PhoneCall, "caller_number"),
    (SharedPhone, "phone"),
    (Jurisdiction, "desk_night_number"),
    (Jurisdiction, "all_night_number"),
]


@transaction.atomic
def replace() -> None:
    """Staff sign in with user-ID@copy.invalid and their passwords; drafts, which have typed addresses, go."""
    outbox.pause(restores.leaving())
    outbox.discard(restores.paused())
    for table, column, name in EMAILS:
        table._default_manager.exclude(**{column: ""}).update(**{column: _email(name)})
    for table, column in PHONES:
        table._default_manager.exclude(**{column: ""}).update(**{column: _phone()})
    for kind, value in ((ContactPoint.Kind.EMAIL, _email("person")), (ContactPoint.Kind.PHONE, _phone())):
        ContactPoint.objects.filter(kind=kind).update(value=value, normalized=value)
    AlarmCall.objects.filter(channel="email").update(address=_email("alarm"))
    AlarmCall.objects.exclude(channel="email").update(address=_phone())
    EmailAddress.objects.all().delete()
    Jurisdiction.objects.update(sender_address="", reply_address="")
    Webhook.objects.filter(ended_at=None).update(ended_at=AppNow())
    SignInProvider.objects.update(active=False)
    Draft.objects.filter(service_request=None).delete()


def _email(name: str) -> Concat:
    return Concat(Value(f"{name}-"), Cast(F("pk"), CharField()), Value(f"@{DOMAIN}"))


def _phone() -> Concat:
    """+1555 and the row's id in seven digits: in North America, no telephone has such a number."""
    return Concat(Value("+1555"), LPad(Cast(F("pk"), CharField()), 7, Value("0")))
