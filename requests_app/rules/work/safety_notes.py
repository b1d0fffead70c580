"""Which safety notes count for a request's place, who is shown them, and what a note may not say."""

import datetime as dt
import re

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from requests_app.clock import AppNow
from requests_app.models import Jurisdiction, SafetyNote, ServiceRequest, User
from requests_app.places.meters import DEGREE_M, meters_between
from requests_app.rules.people import permissions
from requests_app.rules.publication import personal_data

# Sets, renews and ends notes, and reads their logs. records reads the logs too.
PERMISSION = "safety_notes"
LOG_PERMISSION = "records"
# Who goes to a place reads its notes; who only answers the phone doesn't.
READING_PERMISSION = "visit"
# A building and the sidewalk in front of it.
RADIUS_M = 25
# Enough degrees of longitude for RADIUS_M up to 70 degrees of latitude.
NEAR_DEGREES = 3 * RADIUS_M / DEGREE_M
# After a note has ended, its words are shown to nobody; its log stays for as long.
LOG_KEPT = dt.timedelta(days=90)

KINDS: dict[str, str | Promise] = {
    SafetyNote.Kind.DOG: gettext_lazy("Dog"),
    SafetyNote.Kind.NEEDLES: gettext_lazy("Needles"),
    SafetyNote.Kind.THREAT: gettext_lazy("Threat"),
    SafetyNote.Kind.STRUCTURE: gettext_lazy("Unsafe structure"),
    SafetyNote.Kind.OTHER: gettext_lazy("Other danger"),
}
# Words about a person's health or character, which are no facts about a place.
_ABOUT_PEOPLE = re.compile(
    r"\b(?:mental(?:ly)?|psych\w*|crazy|insane|schizo\w*|bipolar|dement\w*|alzheimer\w*|autis\w*|suicid\w*|drunks?|alcoholic\w*|"
    r"addict\w*|junk(?:ie|y|ies)|hiv|hepatitis|disabled|retard\w*|hoarders?|felons?|criminals?|perverts?|creep\w*|weirdos?|"
    r"loc[oa]s?|psic[oó]\w*|esquizo\w*|borrach[oa]s?|alcohólic[oa]s?|adict[oa]s?|drogadict\w*|vih|discapacitad[oa]s?|"
    r"enferm[oa]s?|delincuentes?|criminales)\b",
    re.IGNORECASE,
)


def live(jurisdiction: Jurisdiction) -> QuerySet[SafetyNote]:
    return SafetyNote.objects.filter(jurisdiction=jurisdiction, ends_at__gt=AppNow())


def may_have_some() -> Exists:
    """For the statement that reads a request: whether to look with at(), which most pages are spared."""
    near = SafetyNote.objects.filter(
        jurisdiction=OuterRef("jurisdiction"), ends_at__gt=AppNow(), point__dwithin=(OuterRef("point"), NEAR_DEGREES)
    )
    return Exists(near)


def at(service_request: ServiceRequest) -> list[SafetyNote]:
    """The notes of its place that haven't ended, newest first. One query."""
    point = service_request.point
    if point is None:
        return []
    near = live(service_request.jurisdiction).filter(point__dwithin=(point, NEAR_DEGREES)).order_by("-id")
    return [note for note in near if meters_between(note.point, point) <= RADIUS_M]


def for_reader(service_request: ServiceRequest, user: User) -> list[SafetyNote]:
    """Those of at() if this user goes to places like it; only their number may be shown before they ask for the words."""
    return at(service_request) if permissions.can(user, READING_PERMISSION, service_request) else []


def refused_words(text: str) -> str:
    """What a note may not say: the first words about a person, who it is or how to reach them."""
    found = _ABOUT_PEOPLE.search(text)
    if found:
        return found[0]
    return next((one.text for one in personal_data.find(text)), "")
