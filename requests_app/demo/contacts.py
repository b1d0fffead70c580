"""Demo calls of the desk, with their stories: what they asked, what came of them, and two that are still open."""

import datetime as dt
from dataclasses import dataclass
from itertools import islice

from requests_app.actions.contacts import contacts
from requests_app.actions.contacts.callers import mark_shared
from requests_app.actions.people.reporters import normalized_phone
from requests_app.clock import app_now
from requests_app.demo.staff import demo_user
from requests_app.models import (
    Article,
    Contact,
    ContactPoint,
    Jurisdiction,
    Participation,
    Person,
    ServiceRequest,
    User,
)
from requests_app.models.states import OPEN as OPEN_STATUS

Outcome = Contact.Outcome
LINE = "311"


@dataclass(frozen=True)
class Story:
    """minutes_ago: when it began. answered: the code of the article that answered. asks: about a public request."""

    minutes_ago: int
    number: str
    outcome: str
    note: str = ""
    language: str = "en"
    channel: str = "phone"
    answered: str = ""
    asks: bool = False
    screening: str = Contact.Screening.NOT_NEEDED
    transferred_to: str = ""


STORIES = [
    Story(1500, "555-0171", Outcome.ANSWERED, "Asked about trash on the holiday.", answered="holiday-collection"),
    Story(1440, "555-0102", Outcome.STATUS_GIVEN, "Wants to know when the crew comes.", asks=True),
    Story(400, "", Outcome.TRANSFERRED, "Smoke from a window.", screening="asked_yes", transferred_to="911"),
    Story(380, "555-0133", Outcome.ANSWERED, language="es", answered="bulky-pickup"),
    Story(340, "555-0171", Outcome.STATUS_GIVEN, "Second call about the same pothole.", asks=True),
    Story(300, "", Outcome.ANSWERED, "At the counter, asked for a marriage license.", channel="counter"),
    Story(220, "555-0146", Outcome.DROPPED, "Cut off twice, the line was bad."),
    Story(180, "555-0118", Outcome.CALL_BACK, "Asks for the inspector."),
    Story(90, "555-0155", Outcome.STATUS_GIVEN, asks=True, screening="asked_no"),
]  # fmt: skip
OPEN = [
    Story(6, "555-0171", "", "Calls for her mother, who hears badly."),
    Story(2, "555-0164", "", language="es"),
]


@dataclass(frozen=True)
class Caller:
    """Somebody who has reported before, in public and in private."""

    name: str
    number: str
    language: str = "en"


CALLERS = [Caller("Rosa Delgado", "555-0171"), Caller("Luis Ferrer", "555-0164", "es")]
# A shelter's, from which many call.
SHELTER = "555-0146"
# Whose numbers these were before has this one.
OTHER_NUMBER = "555-0199"


def load(jurisdiction: Jurisdiction) -> None:
    """Does nothing if there are contacts already."""
    taker = demo_user(jurisdiction, "call_taker")
    if taker is None or Contact.objects.filter(jurisdiction=jurisdiction).exists():
        return
    _add_callers(jurisdiction)
    mark_shared(jurisdiction, normalized_phone(SHELTER), name="Harbor Street Shelter", actor=taker)
    public = list(ServiceRequest.objects.public().open().in_jurisdiction(jurisdiction).order_by("-id")[: len(STORIES)])
    articles = list(Article.objects.filter(jurisdiction=jurisdiction, published=True).order_by("code"))
    for number, story in enumerate(STORIES):
        contact = _begun(jurisdiction, taker, story)
        if story.asks and public:
            contacts.link(contact, public[number % len(public)])
        named = next((one for one in articles if one.code == story.answered), None)
        article = named or (articles[number % len(articles)] if story.answered and articles else None)
        contacts.close(contact, story.outcome, article=article, transferred_to=story.transferred_to)
        ended = contact.started_at + dt.timedelta(seconds=90 + 17 * number)
        Contact.objects.filter(pk=contact.pk).update(ended_at=ended, closed_at=ended + dt.timedelta(seconds=20))
    for story in OPEN:
        contacts.park(_begun(jurisdiction, taker, story))


def _add_callers(jurisdiction: Jurisdiction) -> None:
    """Each gets two public reports and a private one, and a number that nobody else has."""
    points = ContactPoint.objects.filter(person__jurisdiction=jurisdiction, kind=ContactPoint.Kind.PHONE)
    parts = (
        Participation.objects.filter(role__in=Participation.OWN, service_request__jurisdiction=jurisdiction)
        .filter(service_request__status__in=OPEN_STATUS)
        .order_by("-service_request")
    )
    public = iter(parts.filter(service_request__public_state="public")[: 2 * len(CALLERS)])
    private = iter(parts.filter(service_request__public_state="private")[: len(CALLERS)])
    for caller in CALLERS:
        normalized = normalized_phone(caller.number)
        points.filter(normalized=normalized).update(value=OTHER_NUMBER, normalized=normalized_phone(OTHER_NUMBER))
        for part in [*islice(public, 2), *islice(private, 1)]:
            Person.objects.filter(pk=part.person_id).update(name=caller.name, language=caller.language)
            points.filter(person=part.person_id).delete()
            ContactPoint.objects.create(
                person_id=part.person_id, kind=ContactPoint.Kind.PHONE, value=caller.number, normalized=normalized
            )


def _begun(jurisdiction: Jurisdiction, taker: User, story: Story) -> Contact:
    contact = contacts.start(
        jurisdiction,
        taker=taker,
        channel=story.channel,
        line=LINE if story.channel == "phone" else "",
        caller_number=story.number,
        language=story.language,
    )
    began = app_now() - dt.timedelta(minutes=story.minutes_ago)
    contacts.change(contact, started_at=began, answered_at=began, note=story.note, screening=story.screening)
    return contact
