"""The address for a city's telephone system: made, replaced and ended. Its token is shown once, and stored as a hash."""

import datetime as dt
import hashlib
import secrets

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy

from requests_app.actions.shared.setup_rows import SetupRow, State
from requests_app.clock import app_now
from requests_app.models import Jurisdiction, TelephoneLink, User

PREFIX_LENGTH = 6
# As often its last use is written down.
NOTED_EVERY = dt.timedelta(minutes=1)


def _state(link: TelephoneLink) -> State:
    return {"prefix": link.prefix}


# Nothing is undone: a secret that is gone can't come back.
LINK = SetupRow(
    "telephone_link",
    gettext_lazy("Telephone address"),
    TelephoneLink,
    _state,
    name=lambda link: f"{link.prefix}…",
    stays=True,
)


def _hash(token: str) -> str:
    # No salt and no slow hash: 32 random bytes can't be guessed.
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def replace(jurisdiction: Jurisdiction, *, actor: User) -> tuple[TelephoneLink, str]:
    """The row and its new token. An earlier address is a 404 from now on."""
    # Two administrators at once make one after the other.
    Jurisdiction.objects.select_for_update(of=("self",)).only("pk").get(pk=jurisdiction.pk)
    earlier = TelephoneLink.objects.filter(jurisdiction=jurisdiction).first()
    before = _state(earlier) if earlier is not None else None
    token = secrets.token_urlsafe(32)
    link = earlier or TelephoneLink(jurisdiction=jurisdiction)
    link.prefix, link.token_hash = token[:PREFIX_LENGTH], _hash(token)
    link.created_at, link.last_used_at = app_now(), None
    link.save()
    LINK.record(link, actor=actor, before=before, after=_state(link))
    return link, token


def end(jurisdiction: Jurisdiction, *, actor: User) -> None:
    """The address is a 404 from now on. Does nothing if there is none."""
    link = TelephoneLink.objects.filter(jurisdiction=jurisdiction).first()
    if link is not None:
        LINK.remove(link.pk, actor=actor)


def find(token: str) -> TelephoneLink | None:
    """With its city. Notes that it was used."""
    if len(token) > 100:
        return None
    links = TelephoneLink.objects.select_related("jurisdiction").defer("jurisdiction__boundary")
    link = links.filter(token_hash=_hash(token)).first()
    if link is not None:
        now = app_now()
        unnoted = Q(last_used_at=None) | Q(last_used_at__lte=now - NOTED_EVERY)
        if link.last_used_at is None or link.last_used_at <= now - NOTED_EVERY:
            TelephoneLink.objects.filter(unnoted, pk=link.pk).update(last_used_at=now)
    return link
