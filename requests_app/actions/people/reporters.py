"""Reporters and participants: each request gets a person of its own, with a contact point for updates."""

from dataclasses import dataclass
from typing import Any

import phonenumbers
from django.db import connection

from requests_app.models import AccessLink, ContactPoint, Participation, Person, ServiceRequest
from requests_app.rules.shared import intake


@dataclass(frozen=True)
class Reporter:
    """What the reporter wants to tell us about themselves."""

    name: str = ""
    email: str = ""
    # They are signed in with this address.
    email_is_verified: bool = False
    phone: str = ""
    # Stored only if the service is required to ask for it.
    postal_address: str = ""
    may_be_called: bool = False
    # The language for email; empty: the report's.
    language: str = ""


def normalized_phone(value: str) -> str:
    """E.164 if it can be parsed as a US number, else its digits."""
    try:
        number = phonenumbers.parse(value, "US")
    except phonenumbers.NumberParseException:
        return "".join(digit for digit in value if digit.isdigit())
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


# One statement for the rows of a new participant, since it is part of each report.
CREATE = """
WITH person AS (
  INSERT INTO requests_app_person (jurisdiction_id, name, postal_address, language, may_be_called)
  VALUES (%(jurisdiction)s, %(name)s, %(postal_address)s, %(language)s, %(may_be_called)s) RETURNING id),
point AS (
  INSERT INTO requests_app_contactpoint (person_id, kind, value, normalized, nonce)
  SELECT person.id, given.*
  FROM person, unnest(%(kinds)s::text[], %(values)s::text[], %(normalized)s::text[], %(nonces)s::uuid[]) AS given
  RETURNING id, kind),
participation AS (
  INSERT INTO requests_app_participation (person_id, service_request_id, role, contact_point_id, cadence)
  SELECT person.id, %(service_request)s, %(role)s, (SELECT id FROM point WHERE kind = %(main)s), %(cadence)s FROM person
  RETURNING id, contact_point_id),
link AS (
  INSERT INTO requests_app_accesslink (person_id, service_request_id, purpose, generation, nonce)
  SELECT person.id, %(service_request)s, %(purpose)s, %(generation)s, %(nonce)s FROM person RETURNING id)
SELECT person.id, participation.id, participation.contact_point_id, link.id FROM person, participation, link
"""


def create_participant(
    service_request: ServiceRequest, reporter: Reporter, language: str, *, role: str
) -> tuple[Participation, AccessLink]:
    """Always creates a person, with a private link: an unverified address must not link two requests to one person.

    Updates go to the email address, if there is one (we do not send text messages).
    """
    person = Person(
        jurisdiction_id=service_request.jurisdiction_id,
        name=intake.clean_text(reporter.name)[:200],
        postal_address=intake.clean_text(reporter.postal_address)[:300],
        language=reporter.language or language,
        may_be_called=reporter.may_be_called,
    )
    email, phone = reporter.email.strip(), reporter.phone.strip()
    points = []
    if email:
        points.append(ContactPoint(person=person, kind="email", value=email, normalized=email.lower()))
    if phone:
        points.append(ContactPoint(person=person, kind="phone", value=phone, normalized=normalized_phone(phone)))
    main = points[0] if points else None
    participation = Participation(service_request=service_request, role=role)
    link = AccessLink(service_request=service_request)
    parameters: dict[str, Any] = {
        "jurisdiction": person.jurisdiction_id,
        "name": person.name,
        "postal_address": person.postal_address,
        "language": person.language,
        "may_be_called": person.may_be_called,
        "kinds": [point.kind for point in points],
        "values": [point.value for point in points],
        "normalized": [point.normalized for point in points],
        "nonces": [point.nonce for point in points],
        "main": main.kind if main else "",
        "service_request": service_request.pk,
        "role": role,
        "cadence": participation.cadence,
        "purpose": link.purpose,
        "generation": link.generation,
        "nonce": link.nonce,
    }
    with connection.cursor() as cursor:
        cursor.execute(CREATE, parameters)
        person.pk, participation.pk, point_id, link.pk = cursor.fetchone()
    participation.person = link.person = person
    if main is not None:
        main.pk, main.person = point_id, person
        participation.contact_point = main
    for row in (person, participation, link, *filter(None, [main])):
        row._state.adding = False
    return participation, link
