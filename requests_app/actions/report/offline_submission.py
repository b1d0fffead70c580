"""A report that a device saved while offline: it creates one request, however often it arrives."""

import uuid
from typing import Any

from django.db import transaction

from requests_app.actions.report import drafts, emergency_question, submission
from requests_app.clock import app_now
from requests_app.models import AccessLink, Channel, Draft, IdempotencyKey, Jurisdiction, User
from requests_app.rules.alarms.screening import is_about_words
from requests_app.rules.report.path import Path

# The page where a refused report can be corrected, by the code of Refused.
PAGES = {
    "service": "service",
    "place": "location",
    "outside": "location",
    "emergency": "emergency",
    "contact": "contact",
}


class PhotosMissing(Exception):
    """Photos that the report names have not arrived, or have been swept since."""


def find(jurisdiction: Jurisdiction, *, visitor: str, key: uuid.UUID) -> Draft | None:
    """This device's unexpired draft with this key."""
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


def link_for_key(jurisdiction: Jurisdiction, key: uuid.UUID) -> AccessLink | None:
    """The private link of the request created with this key, for a device that lost the response and then its cookie.

    The key is 122 random bits that only the device knows.
    """
    request_ids = IdempotencyKey.objects.filter(
        scope="draft", key=str(key), service_request__jurisdiction=jurisdiction
    ).values_list("service_request_id", flat=True)
    return (
        AccessLink.objects.select_related("person", "service_request")
        .filter(service_request__in=request_ids, purpose="follow")
        .order_by("id")
        .first()
    )


def create_draft(
    jurisdiction: Jurisdiction,
    *,
    visitor: str,
    key: uuid.UUID,
    language: str,
    taker: User | None = None,
    channel: str = Channel.WEB,
) -> Draft:
    """The draft with this key. Its photos are added one by one before receive() takes the rest and sends it.

    taker, channel: as of drafts.create()."""
    expires_at = app_now() + drafts.EXPIRES_AFTER
    # Revives a draft that has expired but is not swept yet, since the device still has the report.
    draft, _is_new = Draft.objects.update_or_create(
        visitor_hash=drafts.visitor_hash(visitor),
        idempotency_key=key,
        defaults={"expires_at": expires_at},
        create_defaults={
            "jurisdiction": jurisdiction,
            "language": language,
            "expires_at": expires_at,
            "taker": taker,
            "channel": channel,
        },
    )
    draft.jurisdiction = jurisdiction
    return draft


@transaction.atomic
def receive(
    draft: Draft,
    *,
    revision: int,
    typed: dict[str, Any],
    said_no: list[str],
    photos: dict[str, str],
    over_limit: bool = False,
) -> str:
    """Saves what was typed and sends it. Returns the page (see rules.report_path) that first needs the person, or "" once sent.

    revision: rises when the person changes the report on the device. said_no: the reasons for which the device asked about
    danger and the answer was no; only these are not asked again. photos: alternative texts, by the device's key for each photo.
    over_limit: see drafts.send().
    Raises PhotosMissing.
    """
    if draft.typed.get("arrived", 0) >= revision:
        # The first response was lost. Keep what the person has changed on the site since then.
        return Path(draft).next_page()
    alts = {drafts.photo_name(draft, key): alt for key, alt in photos.items()}
    stored = set(draft.photos.values_list("name", flat=True))
    if alts.keys() - stored:
        raise PhotosMissing
    for name in stored - alts.keys():
        drafts.remove_photo(draft, name)
    drafts.save_photo_descriptions(draft, alts)
    drafts.save(draft, **typed, arrived=revision)
    if draft.service_request_id is not None:
        return ""
    _answer_for_the_device(draft, said_no)
    try:
        drafts.submit(draft, over_limit=over_limit)
    except drafts.Incomplete as error:
        return error.page
    except submission.Refused as error:
        return PAGES.get(error.code, "details:1")
    return ""


def _answer_for_the_device(draft: Draft, said_no: list[str]) -> None:
    path = Path(draft)
    answered = [reason for reason in path.warnings if reason in said_no]
    if is_about_words(answered):
        # The device knows only phrases. A "no" about one also answers for what the trained score hears in the same text.
        answered = [reason for reason in path.warnings if reason in said_no or reason.startswith("words:")]
    if answered:
        emergency_question.answer_no(draft, answered)
    if path.version is None:
        return
    # Possible duplicates and nearby assets could not be shown offline. Send the report anyway rather than wait for answers:
    # staff can merge two reports, but nobody can act on one that never arrived.
    drafts.save(
        draft,
        different=path.spot,
        no_asset=path.version.service.service_code,
        shown=["words", *(question.code for question in path.questions)],
    )
