"""A report that a device kept while it had no network: however often it arrives, it makes one request."""

import uuid
from typing import Any

from django.db import transaction

from requests_app.actions import danger, drafts, submission
from requests_app.clock import app_now
from requests_app.models import AccessLink, Draft, IdempotencyKey, Jurisdiction
from requests_app.rules.report_path import Path

# Where a report that was refused can be put right.
PAGES = {
    "service": "service",
    "place": "location",
    "outside": "location",
    "emergency": "emergency",
    "contact": "contact",
}


class PhotosMissing(Exception):
    """Photos that the report names have not come, or were swept since."""


def find(jurisdiction: Jurisdiction, *, visitor: str, key: uuid.UUID) -> Draft | None:
    """What came with this key from this device before."""
    draft = (
        Draft.objects.select_related("service_request")
        .filter(
            jurisdiction=jurisdiction,
            visitor_hash=drafts.visitor_hash(visitor),
            idempotency_key=key,
            expires_at__gt=app_now(),
        )
        .first()
    )
    if draft is not None:
        draft.jurisdiction = jurisdiction
    return draft


def link_made_by(jurisdiction: Jurisdiction, key: uuid.UUID) -> AccessLink | None:
    """The private link of what this key made, for a device that lost our answer and has lost its cookie since.

    The key is 122 random bits that only the device knows.
    """
    made = IdempotencyKey.objects.filter(
        scope="draft", key=str(key), service_request__jurisdiction=jurisdiction
    ).values_list("service_request_id", flat=True)
    return (
        AccessLink.objects.select_related("person", "service_request")
        .filter(service_request__in=made, purpose="follow")
        .order_by("id")
        .first()
    )


def begin(jurisdiction: Jurisdiction, *, visitor: str, key: uuid.UUID, language: str) -> Draft:
    """The draft of this key; its photos are added one by one, before arrive() takes the words and sends it all."""
    expires_at = app_now() + drafts.KEPT
    # Also one that has expired and is not swept yet: the device has it still.
    draft, _is_new = Draft.objects.update_or_create(
        visitor_hash=drafts.visitor_hash(visitor),
        idempotency_key=key,
        defaults={"expires_at": expires_at},
        create_defaults={"jurisdiction": jurisdiction, "language": language, "expires_at": expires_at},
    )
    draft.jurisdiction = jurisdiction
    return draft


@transaction.atomic
def arrive(
    draft: Draft,
    *,
    revision: int,
    typed: dict[str, Any],
    said_no: list[str],
    photos: dict[str, str],
    over_limit: bool = False,
) -> str:
    """Keeps what was typed and sends it. Gives the page (see rules.report_path) that needs the person first; "" once it is sent.

    revision: rises when the person changed it on the device. said_no: why the device asked whether anyone is in danger, where
    that was answered with no; only of these it is not asked again. photos: what each shows, by the device's key for it.
    over_limit: see drafts.send().
    Raises PhotosMissing.
    """
    if draft.typed.get("arrived", 0) >= revision:
        # The answer to the first time was lost. What the person changed on our pages since then stands.
        return Path(draft).next_page()
    words = {drafts.photo_name(draft, key): alt for key, alt in photos.items()}
    here = set(draft.photos.values_list("name", flat=True))
    if words.keys() - here:
        raise PhotosMissing
    for name in here - words.keys():
        drafts.remove_photo(draft, name)
    drafts.describe(draft, words)
    drafts.keep(draft, **typed, arrived=revision)
    if draft.service_request_id is not None:
        return ""
    _answer_for_the_device(draft, said_no)
    try:
        drafts.send(draft.pk, over_limit=over_limit)
    except drafts.NotReady as error:
        return error.page
    except submission.Refused as error:
        return PAGES.get(error.code, "details:1")
    return ""


def _answer_for_the_device(draft: Draft, said_no: list[str]) -> None:
    path = Path(draft)
    if answered := [reason for reason in path.warnings if reason in said_no]:
        danger.continue_anyway(draft, answered)
    if path.version is None:
        return
    # Whether an earlier report is the same, and which lamp post it is, could not be shown without a network. It is sent
    # rather than kept waiting for that: the staff can join two reports, but nobody can act on one that never came.
    drafts.keep(
        draft,
        different=path.spot,
        no_asset=path.version.service.service_code,
        shown=["words", *(question.code for question in path.questions)],
    )
