"""Reports pending review: which a user may review, oldest first, how many, and how long they have waited."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Prefetch, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from requests_app.access import with_last_event
from requests_app.clock import AppNow, app_now
from requests_app.core.localized import localized
from requests_app.core.paging import Order
from requests_app.models import (
    PRIVATE_REASONS,
    Answer,
    Comment,
    Photo,
    PublicState,
    ReviewReason,
    ServiceRequest,
)
from requests_app.rules.people import permissions
from requests_app.rules.publication import review
from requests_app.rules.publication.review import Matches, ModerationLists
from requests_app.rules.shared import question_kinds
from staff_app.decorators import StaffRequest

OLDEST: Order = [("submitted_at", "asc"), ("id", "asc")]
PAGE_SIZE = 20
COUNT_MAX = 20
# Good-faith reports should be public within this time.
REVIEW_WITHIN = dt.timedelta(hours=24)


@dataclass(frozen=True)
class Waiting:
    """For the navigation. count: "3" or "20+"; is_late: the oldest has waited longer than REVIEW_WITHIN."""

    count: str
    is_late: bool


@dataclass(frozen=True)
class Row:
    service_request: ServiceRequest
    service: str
    why: str
    # Matches with the moderation lists, as listed.
    matches: Matches
    texts: list[tuple[str, str]]
    photos: list[Photo]
    waits: str
    is_late: bool

    @property
    def is_private(self) -> bool:
        """Whether it's published on a page of its own, words first."""
        return review.is_private_review(self.service_request)


def for_user(request: HttpRequest) -> QuerySet[ServiceRequest]:
    """Pending reports that this user may publish, and those that are private until then."""
    rule = permissions.visible_filter(request.user, "publish")
    jurisdiction = request.jurisdiction  # type: ignore[attr-defined]
    awaits = Q(public_state=PublicState.PENDING_REVIEW)
    # As in the index request_private_review.
    awaits |= Q(public_state=PublicState.PRIVATE, review_reason__in=PRIVATE_REASONS)
    return ServiceRequest.objects.in_jurisdiction(jurisdiction).filter(rule, awaits)


def waiting(request: HttpRequest) -> Waiting:
    """Counts up to COUNT_MAX only."""
    # Current time in the same query: this runs on every page.
    pending = for_user(request).order_by("submitted_at", "id").annotate(now=AppNow())
    times = list(pending.values_list("submitted_at", "now")[: COUNT_MAX + 1])
    count = f"{COUNT_MAX}+" if len(times) > COUNT_MAX else str(len(times))
    return Waiting(count, any(now - submitted_at > REVIEW_WITHIN for submitted_at, now in times[:1]))


def with_all(service_requests: QuerySet[ServiceRequest]) -> QuerySet[ServiceRequest]:
    """Prefetches everything that a row shows."""
    # Only free text needs review, not chosen options.
    typed = Answer.objects.filter(question_version__kind__in=question_kinds.FREE_TEXT)
    answers = typed.select_related("question_version").order_by("question_version__order")
    photos = Photo.objects.filter(kind=Photo.Kind.REPORT).order_by("id")
    # Only they may tell why it's private.
    messages = Comment.objects.filter(person__isnull=False).order_by("id")
    related = with_last_event(service_requests).select_related("service_version", "jurisdiction", "department")
    return related.prefetch_related(
        Prefetch("answers", answers, to_attr="all_answers"),
        Prefetch("photos", photos, to_attr="all_photos"),
        Prefetch("comments", messages, to_attr="all_messages"),
    )


def rows(request: StaffRequest, service_requests: list[ServiceRequest]) -> list[Row]:
    texts = {service_request.pk: _texts(service_request) for service_request in service_requests}
    lists = ModerationLists(request.jurisdiction, (words for labeled in texts.values() for _label, words in labeled))
    now = app_now()
    return [
        Row(
            service_request=service_request,
            service=localized(service_request.service_version.name),
            why=reason_words(service_request.review_reason),
            matches=lists.look(words for _label, words in texts[service_request.pk]),
            texts=texts[service_request.pk],
            photos=service_request.all_photos,  # type: ignore[attr-defined]
            waits=waits_words(now - service_request.submitted_at),
            is_late=now - service_request.submitted_at > REVIEW_WITHIN,
        )
        for service_request in service_requests
    ]


def _texts(service_request: ServiceRequest) -> list[tuple[str, str]]:
    """Every text the reporter typed, labeled; not their name, which reviewers do not need."""
    answers = [
        (localized(answer.question_version.text), answer.value_text)
        for answer in service_request.all_answers  # type: ignore[attr-defined]
    ]
    photos = [
        (_("Photo %(number)s") % {"number": number}, photo.alt)
        for number, photo in enumerate(service_request.all_photos, 1)  # type: ignore[attr-defined]
    ]
    texts = [
        (_("Description"), service_request.description),
        *answers,
        (_("Place"), service_request.address),
        (_("How to find it"), service_request.place_note),
        *photos,
    ]
    if service_request.review_reason == ReviewReason.DISTRESS:
        texts += [(message_label(), message.text) for message in service_request.all_messages]  # type: ignore[attr-defined]
    return [(label, words) for label, words in texts if words]


def message_label() -> str:
    return _("Later message, which only its writer and the city read")


def reason_words(reason: str) -> str:
    return {
        ReviewReason.DISTRESS: _("It may mention violence, abuse or self-harm, so it’s private."),
        ReviewReason.TRANSFER: _(
            "It came from a 911 center or by voicemail. It’s private until you write what everyone may read."
        ),
        ReviewReason.THREAT: _("It may contain a threat."),
        ReviewReason.LINK: _("It contains a listed link or many links."),
        ReviewReason.PERSONAL_DATA: _("It may contain personal data that its writer wasn’t asked about."),
        ReviewReason.ROBOT: _("It may have been sent by a bot."),
        ReviewReason.LIMIT: _("There are many reports from the same network or person, or about the same place."),
    }.get(reason, _("It needs review."))  # type: ignore[call-overload]


def waits_words(waited: dt.timedelta) -> str:
    """Whole days, or whole hours below a day."""
    if waited.days:
        return ngettext("Waiting %(n)d day", "Waiting %(n)d days", waited.days) % {"n": waited.days}
    hours = waited.seconds // 3600
    if hours:
        return ngettext("Waiting %(n)d hour", "Waiting %(n)d hours", hours) % {"n": hours}
    return _("Waiting less than an hour")
