"""Who may be calling, and what they reported: by the number that was shown, a report number they gave, or a name or email.

A number alone is only a hint. Each report has a person of its own, and no two of them are merged: those with one number and one
name are shown together, and one without a name is shown alone.
"""

import datetime as dt
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from django.db.models import Exists, F, Func, OuterRef, Q, QuerySet, TextField, Value

from requests_app.clock import app_now
from requests_app.models import (
    Contact,
    ContactPoint,
    ContactRequest,
    Jurisdiction,
    Participation,
    Person,
    PublicState,
    ServiceRequest,
    SharedPhone,
    User,
)
from requests_app.models.people import NAME_KEY
from requests_app.models.states import OPEN
from requests_app.rules.people import permissions
from requests_app.rules.shared import directory

# A number that so many people gave names nobody.
MANY = 4
# Of persons with one number or name. More would be an office's number, or half of a name.
PEOPLE_MAX = 100
REQUESTS_MAX = 12
# Fewer are no caller's number: "311", or an extension.
LEAST_DIGITS = 7
LEAST_LETTERS = 3
# What ended is listed as long, since they may say that it's not fixed.
ENDED_FOR = dt.timedelta(days=30)
NOT_LISTED = [*permissions.INVISIBLE, PublicState.TEST]
Checked = Contact.Checked
_is_shared = Exists(
    SharedPhone.objects.filter(
        jurisdiction=OuterRef("person__jurisdiction"), phone=OuterRef("normalized"), unmarked_at=None
    )
)


class NameKey(Func):
    """As in the index person_by_name."""

    template = NAME_KEY
    output_field = TextField()


@dataclass
class OwnRequest:
    """A report of a candidate. is_private: until they are checked, it's only a line with its date."""

    service_request: ServiceRequest
    person: Person
    is_private: bool


@dataclass
class Candidate:
    """Who may be calling: persons with one name, and their reports. checks: how the taker can make sure that it's them."""

    people: list[Person]
    by_number: bool = False
    requests: list[OwnRequest] = field(default_factory=list)
    checks: list[str] = field(default_factory=list)

    @property
    def person(self) -> Person:
        """Who stands for all of them: the newest."""
        return max(self.people, key=lambda person: person.pk)

    @property
    def name(self) -> str:
        """Empty if they gave none, or if it would tell who made a private report."""
        return self.person.name if any(not own.is_private for own in self.requests) else ""


@dataclass
class Callers:
    """What the desk knows of a caller. names_nobody: many people use the number, or it's marked as shared."""

    candidates: list[Candidate] = field(default_factory=list)
    checked: Candidate | None = None
    names_nobody: bool = False
    shared: SharedPhone | None = None

    @property
    def shown(self) -> list[OwnRequest]:
        """Reports whose reporter is known to the taker now."""
        everyone = [self.checked] if self.checked is not None else self.candidates
        return [own for candidate in everyone for own in candidate.requests if not own.is_private]


def is_on_call(contact: Contact) -> bool:
    """Whether its caller is still there: what a check opened closes when they hang up."""
    return contact.closed_at is None and contact.ended_at is None


def number_of(contact: Contact) -> str:
    """The caller's number, if it may say who is calling. That of a relay service is the service's own."""
    is_whole = sum(map(str.isdigit, contact.caller_phone)) >= LEAST_DIGITS
    return contact.caller_phone if is_whole and not contact.by_relay and not contact.is_practice else ""


def marked(city: Jurisdiction, phone: str) -> QuerySet[SharedPhone]:
    return SharedPhone.objects.filter(jurisdiction=city, phone=phone, unmarked_at=None)


def of_contact(contact: Contact, user: User) -> Callers:
    """Who may be calling. Once they are checked, only they, with all of their reports, and only for the call's own taker."""
    callers = Callers()
    if not is_on_call(contact):
        return callers
    city, phone = contact.jurisdiction, number_of(contact)
    people: list[Person] = []
    if phone:
        callers.shared = marked(city, phone).first()
        people = _with_point(city, ContactPoint.Kind.PHONE, phone) if callers.shared is None else []
        callers.names_nobody = callers.shared is not None or _are_many(people)
    if is_checked(contact, user):
        callers.checked = Candidate(_same_person(contact), by_number=True)
        _add_requests(city, [callers.checked], user, reads_all=True)
        return callers
    if contact.is_practice:
        return callers
    asked = _reporters_of_asked(contact)
    callers.candidates = [] if callers.names_nobody else _by_name(people)
    _add_private_asked(callers.candidates, asked)
    asked_ids = {own.service_request.pk for own in asked}
    _add_requests(city, callers.candidates, user, asked=asked_ids)
    callers.candidates = [candidate for candidate in callers.candidates if candidate.requests]
    for candidate in callers.candidates:
        candidate.checks = _checks(candidate, asked_ids)
    return callers


def is_checked(contact: Contact, user: User) -> bool:
    return bool(contact.checked) and contact.person is not None and contact.taker_id == user.pk and is_on_call(contact)


def _checks(candidate: Candidate, asked: Collection[int]) -> list[str]:
    """A public report's number is on the map, so by itself it proves nothing."""
    told = any(
        own.service_request.pk in asked and (candidate.by_number or not own.service_request.is_public)
        for own in candidate.requests
    )
    return [*([Checked.REFERENCE] if told else []), *([Checked.NAME_AND_STREET] if candidate.name else [])]


def own_request(contact: Contact, user: User, reference: str) -> OwnRequest | None:
    """A report of the checked caller, while they are on the call."""
    if not is_checked(contact, user):
        return None
    mine = Candidate(_same_person(contact))
    about = ServiceRequest.objects.in_jurisdiction(contact.jurisdiction).filter(reference=reference)
    _add_requests(contact.jurisdiction, [mine], user, asked=about.values_list("pk", flat=True), reads_all=True)
    return next((own for own in mine.requests if own.service_request.reference == reference), None)


# --- Persons ----------------------------------------------------------------------------------------------------------


def name_key(name: str) -> str:
    """As NameKey() in the database, nearly: for names that were read."""
    plain = "".join(one for one in unicodedata.normalize("NFKD", name) if not unicodedata.combining(one))
    return " ".join(plain.casefold().split())


def _with_point(city: Jurisdiction, kind: str, normalized: str) -> list[Person]:
    points = ContactPoint.objects.filter(
        normalized=normalized, kind=kind, person__jurisdiction=city, person__erased_at=None
    )
    return [point.person for point in points.select_related("person")[: PEOPLE_MAX + 1]]


def _are_many(people: Collection[Person]) -> bool:
    names = {name_key(person.name) for person in people if person.name.strip()}
    return len(names) >= MANY or len(people) > PEOPLE_MAX


def _by_name(people: Iterable[Person]) -> list[Candidate]:
    """Of one number. Newest first."""
    groups: dict[str | int, list[Person]] = defaultdict(list)
    for person in sorted(people, key=lambda person: -person.pk):
        groups[name_key(person.name) or person.pk].append(person)
    return [Candidate(group, by_number=True) for group in groups.values()]


def _reporters_of_asked(contact: Contact) -> list[OwnRequest]:
    """Who made the reports whose numbers the caller gave."""
    asked = ContactRequest.objects.filter(contact=contact, role=ContactRequest.Role.ASKED)
    parts = Participation.objects.filter(
        service_request__in=asked.values("service_request"), role__in=Participation.OWN, person__erased_at=None
    ).exclude(service_request__public_state__in=NOT_LISTED)
    return [
        OwnRequest(part.service_request, part.person, is_private=not part.service_request.is_public)
        for part in parts.select_related("person", "service_request")
    ]


def _add_private_asked(candidates: list[Candidate], asked: Iterable[OwnRequest]) -> None:
    """Who knows the number of a private report is likely its reporter, whatever they are calling from."""
    listed = {person.pk for candidate in candidates for person in candidate.people}
    for own in asked:
        if own.is_private and own.person.pk not in listed:
            candidates.append(Candidate([own.person]))
            listed.add(own.person.pk)


def _same_person(contact: Contact) -> list[Person]:
    """The checked person, and those of the same name with the same email or number, unless that is used by many."""
    person = contact.person
    if person is None or not person.name.strip():
        return [person] if person is not None else []
    own = ContactPoint.objects.filter(person=person).values("normalized")
    points = ContactPoint.objects.filter(
        normalized__in=own, person__jurisdiction=person.jurisdiction_id, person__erased_at=None
    )
    by_point: dict[str, list[Person]] = defaultdict(list)
    for point in points.filter(~_is_shared).select_related("person")[: 2 * PEOPLE_MAX]:
        by_point[point.normalized].append(point.person)
    same = {person.pk: person}
    for people in by_point.values():
        if not _are_many(people):
            same |= {other.pk: other for other in people if name_key(other.name) == name_key(person.name)}
    return list(same.values())


# --- Their reports ----------------------------------------------------------------------------------------------------


def _add_requests(
    city: Jurisdiction,
    candidates: Iterable[Candidate],
    user: User,
    *,
    asked: Iterable[int] = (),
    reads_all: bool = False,
) -> None:
    """Open ones, those that ended in the last days, and those that were asked about; newest first."""
    by_person = {person.pk: candidate for candidate in candidates for person in candidate.people}
    if not by_person:
        return
    recent = Q(service_request__status__in=OPEN) | Q(service_request__resolved_at__gte=app_now() - ENDED_FOR)
    parts = (
        Participation.objects.filter(recent | Q(service_request__in=asked))
        .filter(person__in=by_person, role__in=Participation.OWN)
        .filter(service_request__jurisdiction=city)
        .exclude(service_request__public_state__in=NOT_LISTED)
        .select_related("person", "service_request__owner")
        .order_by("-service_request__submitted_at", "-service_request")
    )
    listed: dict[int, OwnRequest] = {}
    for part in parts[:REQUESTS_MAX]:
        part.service_request.jurisdiction = city
        listed.setdefault(part.service_request_id, OwnRequest(part.service_request, part.person, is_private=False))
    directory.of(city).fill([own.service_request for own in listed.values()])
    for own in listed.values():
        own.is_private = not (reads_all or permissions.may_read_reporter(user, own.service_request))
        by_person[own.person.pk].requests.append(own)


# --- Looking for somebody ---------------------------------------------------------------------------------------------


class TooMany(Exception):
    """Too many people have this name: a whole name or a street is needed."""


def search(
    contact: Contact, user: User, *, name: str = "", phone: str = "", email: str = "", street: str = ""
) -> list[Candidate]:
    """Those with this number or email, or whose name begins so. Raises TooMany.

    Private reports are among them only for a number or email, or a whole name with the street of one of their reports.
    """
    city = contact.jurisdiction
    if contact.is_practice or not is_on_call(contact):
        return []
    if phone or email:
        kind = ContactPoint.Kind.PHONE if phone else ContactPoint.Kind.EMAIL
        people = [] if phone and marked(city, phone).exists() else _with_point(city, kind, phone or email)
        candidates = [] if _are_many(people) else _by_name(people)
    else:
        candidates = _by_point(_named(city, name, street))
    _add_requests(city, candidates, user)
    for candidate in candidates:
        candidate.by_number = False
        if not (phone or email or street):
            candidate.requests = [own for own in candidate.requests if not own.is_private]
        candidate.checks = [Checked.NAME_AND_STREET] if street or candidate.name else []
    return [candidate for candidate in candidates if candidate.requests]


def _named(city: Jurisdiction, name: str, street: str) -> list[Person]:
    """With a street: only who has this whole name, and a report there or their own address."""
    name = " ".join(name.split())
    people = Person.objects.filter(jurisdiction=city, erased_at=None).exclude(name="")
    if sum(map(str.isalpha, name)) < LEAST_LETTERS:
        return []
    if street:
        at = Q(postal_address__icontains=street) | Q(
            Exists(
                Participation.objects.filter(
                    person=OuterRef("pk"), role__in=Participation.OWN, service_request__address__icontains=street
                )
            )
        )
        people = people.filter(at)
    people = people.alias(key=NameKey(F("name")))
    typed = NameKey(Value(name))
    # Not ordered, or PostgreSQL might read everybody in that order.
    same_name: list[Person] = list(
        (people.filter(key=typed) if street else people.filter(key__startswith=typed))[: PEOPLE_MAX + 1]
    )
    if len(same_name) > PEOPLE_MAX:
        raise TooMany
    return same_name


def _by_point(people: list[Person]) -> list[Candidate]:
    """Persons of one name with one number, or else one email, that isn't shared."""
    points: dict[int, str] = {}
    rows = ContactPoint.objects.filter(~_is_shared, person__in=people).order_by("kind")
    for person_id, normalized in rows.values_list("person", "normalized"):
        # The number comes last.
        points[person_id] = normalized
    groups: dict[tuple[str, str | int], list[Person]] = defaultdict(list)
    for person in people:
        groups[name_key(person.name), points.get(person.pk, person.pk)].append(person)
    return [Candidate(group) for group in groups.values()]
