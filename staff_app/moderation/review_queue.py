"""What waits for a look before everybody can read it: who sees which, oldest first, how many and for how long."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from requests_app.clock import AppNow, app_now
from requests_app.localized import localized
from requests_app.models import Answer, Photo, PublicState, QuestionVersion, ServiceRequest
from requests_app.paging import Order
from requests_app.rules import permissions
from requests_app.rules.review import Found, Lists, Reason
from staff_app.decorators import StaffRequest

OLDEST: Order = [("submitted_at", "asc"), ("id", "asc")]
PAGE_SIZE = 20
COUNTED_TO = 20
# Whoever reported in good faith waits no longer than this for everybody to see it.
LOOK_WITHIN = dt.timedelta(hours=24)


@dataclass(frozen=True)
class Waiting:
    """In the navigation. count: "3", or "20+"; is_late: the oldest waits longer than anybody should."""

    count: str
    is_late: bool


@dataclass(frozen=True)
class Row:
    service_request: ServiceRequest
    service: str
    why: str
    # What was found of the lists, as it is listed.
    found: Found
    texts: list[tuple[str, str]]
    photos: list[Photo]
    waits: str
    is_late: bool


def for_user(request: HttpRequest) -> QuerySet[ServiceRequest]:
    """Those that this reader may publish."""
    rule = permissions.visible_filter(request.user, "publish")
    jurisdiction = request.jurisdiction  # type: ignore[attr-defined]
    return ServiceRequest.objects.in_jurisdiction(jurisdiction).filter(rule, public_state=PublicState.PENDING_REVIEW)


def waiting(request: HttpRequest) -> Waiting:
    """Never counts further than is said."""
    # With the time in the same query: this is asked on every page.
    found = for_user(request).order_by("submitted_at", "id").annotate(now=AppNow())
    times = list(found.values_list("submitted_at", "now")[: COUNTED_TO + 1])
    count = f"{COUNTED_TO}+" if len(times) > COUNTED_TO else str(len(times))
    return Waiting(count, any(now - submitted_at > LOOK_WITHIN for submitted_at, now in times[:1]))


def with_all(found: QuerySet[ServiceRequest]) -> QuerySet[ServiceRequest]:
    # What was only chosen is nobody's own words.
    typed = Answer.objects.filter(question_version__kind=QuestionVersion.Kind.TEXT)
    answers = typed.select_related("question_version").order_by("question_version__order")
    photos = Photo.objects.filter(kind=Photo.Kind.REPORT).order_by("id")
    return found.select_related("service_version", "jurisdiction", "department").prefetch_related(
        Prefetch("answers", answers, to_attr="all_answers"), Prefetch("photos", photos, to_attr="all_photos")
    )


def rows(request: StaffRequest, found: list[ServiceRequest]) -> list[Row]:
    texts = {one.pk: _texts(one) for one in found}
    lists = Lists(request.jurisdiction, (words for said in texts.values() for _label, words in said))
    now = app_now()
    return [
        Row(
            service_request=one,
            service=localized(one.service_version.name),
            why=reason_words(one.review_reason),
            found=lists.look(words for _label, words in texts[one.pk]),
            texts=texts[one.pk],
            photos=one.all_photos,  # type: ignore[attr-defined]
            waits=waits_words(now - one.submitted_at),
            is_late=now - one.submitted_at > LOOK_WITHIN,
        )
        for one in found
    ]


def _texts(service_request: ServiceRequest) -> list[tuple[str, str]]:
    """All that was typed but the reporter's name, which is nobody's business here."""
    answers = [(localized(one.question_version.text), one.value_words) for one in service_request.all_answers]  # type: ignore[attr-defined]
    photos = [
        (_("Photo %(number)s") % {"number": number}, photo.alt)
        for number, photo in enumerate(service_request.all_photos, 1)  # type: ignore[attr-defined]
    ]
    said = [
        (_("Words"), service_request.description),
        *answers,
        (_("Place"), service_request.address),
        (_("How to find it"), service_request.place_note),
        *photos,
    ]
    return [(label, words) for label, words in said if words]


def reason_words(reason: str) -> str:
    return {
        Reason.THREAT: _("It may hold a threat."),
        Reason.LINK: _("It has a listed link, or many links."),
        Reason.ROBOT: _("It may come from a program."),
        Reason.LIMIT: _("Many reports came from the same network or person, or about the same place."),
    }.get(reason, _("Somebody should look at it."))  # type: ignore[call-overload]


def waits_words(waited: dt.timedelta) -> str:
    """2 days, 3 hours: whole ones."""
    if waited.days:
        return ngettext("Waits %(n)d day", "Waits %(n)d days", waited.days) % {"n": waited.days}
    hours = waited.seconds // 3600
    if hours:
        return ngettext("Waits %(n)d hour", "Waits %(n)d hours", hours) % {"n": hours}
    return _("Waits less than an hour")
