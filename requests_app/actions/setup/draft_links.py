"""Sharing a service's draft for review: a link to its preview, for people who don't sign in, that ends after 14 days."""

import datetime as dt

from django.db import transaction

from requests_app.actions.setup.service_drafts import KIND
from requests_app.actions.shared import setup_changes
from requests_app.clock import app_now
from requests_app.core.localized import localized
from requests_app.models import ServiceDraft, ServiceDraftLink, User

VALID_FOR = dt.timedelta(days=14)


@transaction.atomic
def share(draft: ServiceDraft, *, actor: User) -> ServiceDraftLink:
    """A new link to the draft as it is and will be; the earlier one ends."""
    # Lock first: of two who share it at once, each must get a link that works until the next one.
    ServiceDraft.objects.select_for_update().get(pk=draft.pk)
    ServiceDraftLink.objects.filter(draft=draft).delete()
    link = ServiceDraftLink.objects.create(draft=draft, expires_at=app_now() + VALID_FOR)
    _record(draft, "shared", actor)
    return link


@transaction.atomic
def end(draft: ServiceDraft, *, actor: User) -> None:
    """Ends the link before its time. Does nothing if there is none."""
    deleted, _by_model = ServiceDraftLink.objects.filter(draft=draft).delete()
    if deleted:
        _record(draft, "unshared", actor)


def _record(draft: ServiceDraft, action: str, actor: User) -> None:
    name = localized(draft.written.get("name"), "en") or draft.service_code
    setup_changes.record(
        draft.jurisdiction, KIND, draft.service_code, actor=actor, name=name, before=None, after=None, action=action
    )
