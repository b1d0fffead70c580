"""The queue's search box: one text is looked for as a number, an address, an asset, words, and a reporter's phone or email.

Each kind has an index, a limit and a time limit, and answers with ids. The caller then keeps those that the user may see.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from django.db import connection
from django.db.models import F, Func, Q, Value
from django.db.models.fields import BooleanField

from requests_app import references
from requests_app.actions.people.reporters import normalized_phone
from requests_app.models import (
    FROM_911,
    Asset,
    ContactPoint,
    Jurisdiction,
    Participation,
    ServiceRequest,
    User,
)
from requests_app.places.request_search import requests_with_words
from requests_app.places.statement_timeout import TimeUpError, at_most
from requests_app.rules.contacts import contacts
from requests_app.rules.people import permissions

LONGEST_MS = 150
MOST = 1000
# Each that is found by a reporter's phone or email is logged.
MOST_OF_A_PERSON = 50
# Reports of the last minutes, whose words the search index may not have yet, are read themselves.
NEWEST = 200
LEAST_OF_REFERENCE = 3
# A part of a number has a digit in it, or most words would be taken for one.
REFERENCE_PART = re.compile(r"[\s\-–—_.#]*(?:[0-9a-hj-np-tv-z][\s\-–—_.#]*){3,8}$", re.IGNORECASE)
EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+$")
WORD = re.compile(r"[^\W_]+")
MOST_WORDS = 8
# An address of these alone would be found in half of the city.
SHORT = 2


@dataclass
class Result:
    """ids: everything found. contacts: those found by the reporter's phone or email alone, which is logged.
    incomplete: something took too long and is missing."""

    ids: set[int] = field(default_factory=set)
    contacts: set[int] = field(default_factory=set)
    incomplete: bool = False


def find(user: User, city: Jurisdiction, typed: str, *, by_contact: bool = True) -> Result:
    """by_contact: whether to look for reporters, as far as the user may."""
    result = Result(ids={*_by_number(user, city, typed), *_by_asset(city, typed)})
    result.ids |= set(contacts.requests_of(city, typed).values_list("pk", flat=True)[:MOST])
    if permissions.searches_words(user, city):
        result.ids |= {*_newest(city, typed), *_in_time(result, lambda: _by_place_or_unlisted_words(city, typed))}
        result.ids |= _in_time(result, lambda: requests_with_words(city, typed))
    else:
        result.ids |= _in_time(result, lambda: _own_by_address(user, city, typed))
    if by_contact and reads_reporters(user, city) and (contact := as_contact(typed)):
        theirs = set(_by_contact(user, city, contact))
        result.contacts = theirs - result.ids
        result.ids |= theirs
    return result


def _in_time(result: Result, source: Callable[[], Iterable[int]]) -> set[int]:
    try:
        with at_most(LONGEST_MS):
            return set(source())
    except TimeUpError:
        result.incomplete = True
        return set()


def _by_place_or_unlisted_words(city: Jurisdiction, typed: str) -> list[int]:
    return [*_by_address(city, typed), *_by_unlisted_words(city, typed)]


def reads_reporters(user: User, city: Jurisdiction) -> bool:
    return permissions.can_in_city(user, "view_reporter", city)


def as_contact(typed: str) -> str:
    """The email address or phone number as ContactPoint stores it; "" if it is neither."""
    typed = typed.strip()
    if EMAIL.match(typed):
        return typed.lower()
    digits = re.sub(r"[\s().+\-–/]", "", typed)
    return normalized_phone(typed) if digits.isdecimal() and 7 <= len(digits) <= 15 else ""


def _by_number(user: User, city: Jurisdiction, typed: str) -> list[int]:
    """Numbers that begin so, and other systems' numbers in full; a 911 center's only for who may read it."""
    theirs = Q(external_id=typed) & ~Q(external_id="")
    if not permissions.can_in_city(user, "view_911_number", city):
        theirs &= Q(api_key=None) & ~Q(external_source=FROM_911)
    outside = (Q(owner_reference=typed) & ~Q(owner_reference="")) | theirs
    ids = list(ServiceRequest.objects.in_jurisdiction(city).filter(outside).values_list("pk", flat=True)[:MOST])
    symbols = references.normalized(typed)
    if REFERENCE_PART.match(typed) and any(one.isdigit() for one in typed) and len(symbols) >= LEAST_OF_REFERENCE:
        starting = ServiceRequest.objects.in_jurisdiction(city).filter(reference__startswith=symbols)
        ids += starting.values_list("pk", flat=True)[:MOST]
    return ids


def _by_asset(city: Jurisdiction, typed: str) -> list[int]:
    assets = Asset.objects.filter(jurisdiction=city, asset_id__iexact=typed).values_list("pk", flat=True)[:10]
    return list(
        ServiceRequest.objects.filter(asset__in=list(assets)).order_by("-pk").values_list("pk", flat=True)[:MOST]
    )


def _words(typed: str) -> list[str]:
    return WORD.findall(typed)[:MOST_WORDS]


class AddressVector(Func):
    """As in the index request_address_words."""

    template = "to_tsvector('simple'::regconfig, without_accents(%(expressions)s))"


class HasWords(Func):
    """Whether a vector has all of the words; the last one may be the beginning of a word."""

    template = "%(expressions)s"
    arg_joiner = " @@ "
    output_field = BooleanField()


class AddressQuery(Func):
    template = "to_tsquery('simple'::regconfig, without_accents(%(expressions)s))"


def _by_address(city: Jurisdiction, typed: str) -> list[int]:
    words = _words(typed)
    if not any(len(word) > SHORT or word.isdecimal() for word in words):
        return []
    last = f"{words[-1]}:*" if len(words[-1]) > SHORT else words[-1]
    query = " & ".join([*words[:-1], last])
    matching = ServiceRequest.objects.in_jurisdiction(city).filter(
        HasWords(AddressVector(F("address")), AddressQuery(Value(query)))
    )
    return list(matching.values_list("pk", flat=True)[:MOST])


UNLISTED = """
SELECT id FROM requests_app_servicerequest
WHERE jurisdiction_id = %s AND NOT (public_state IN ('public', 'erased', 'unconfirmed')) AND ({matching})
LIMIT {most}"""
OF_LANGUAGE = """
language = %s
  AND search_vector(language, address, description) @@ websearch_to_tsquery(search_dictionary(%s), without_accents(%s))"""


def _by_unlisted_words(city: Jurisdiction, typed: str) -> list[int]:
    """Reports that aren't public have no search document; an index of their own has their words."""
    matching = " OR ".join(f"({OF_LANGUAGE})" for _ in city.languages)
    values = [value for language in city.languages for value in (language, language, typed)]
    with connection.cursor() as cursor:
        cursor.execute(UNLISTED.format(matching=matching, most=MOST), [city.pk, *values])
        return [pk for (pk,) in cursor.fetchall()]


# As a subquery with a limit, so that only these are read: of a join, PostgreSQL would compare the words of every request.
NEWEST_WITH = """
SELECT id FROM (
  SELECT id, description, address FROM requests_app_servicerequest
  WHERE jurisdiction_id = %s ORDER BY submitted_at DESC, id DESC LIMIT %s) AS newest
WHERE {matching}"""
HAS_WORD = "(strpos(upper(description), upper(%s)) > 0 OR strpos(upper(address), upper(%s)) > 0)"


def _newest(city: Jurisdiction, typed: str) -> list[int]:
    words = typed.split()[:MOST_WORDS]
    matching = " AND ".join([HAS_WORD for _ in words]) or "TRUE"
    with connection.cursor() as cursor:
        cursor.execute(
            NEWEST_WITH.format(matching=matching), [city.pk, NEWEST, *(word for word in words for _ in range(2))]
        )
        return [pk for (pk,) in cursor.fetchall()]


def _own_by_address(user: User, city: Jurisdiction, typed: str) -> list[int]:
    """For those who read no personal data: what residents wrote would tell a name."""
    own = ServiceRequest.objects.visible_to(user).in_jurisdiction(city)
    for word in typed.split()[:MOST_WORDS]:
        own = own.filter(address__icontains=word)
    return list(own.values_list("pk", flat=True)[:MOST])


def _by_contact(user: User, city: Jurisdiction, contact: str) -> list[int]:
    """Only requests whose reporter this user may look up, whose services may limit that further."""
    points = ContactPoint.objects.filter(normalized=contact, person__jurisdiction=city, person__erased_at=None)
    people = list(points.values_list("person", flat=True)[:MOST_OF_A_PERSON])
    taking_part = Participation.objects.filter(person__in=people, role__in=Participation.OWN)
    ids = list(taking_part.order_by("-pk").values_list("service_request", flat=True)[:MOST_OF_A_PERSON])
    readable = ServiceRequest.objects.filter(permissions.visible_filter(user, "view_reporter"), pk__in=ids)
    named_only = Q(service_version__visibility="reporter_to_named_staff")
    may_read = readable.exclude(named_only).values_list("pk", flat=True)
    confidential = ServiceRequest.objects.filter(
        permissions.visible_filter(user, "view_private"), named_only, pk__in=ids
    )
    return [*may_read, *confidential.values_list("pk", flat=True)]
