"""Reporters and participants: each request gets a person of its own, with a contact point for updates."""

from dataclasses import dataclass

import phonenumbers

from requests_app.models import ContactPoint, Jurisdiction, Participation, Person, ServiceRequest
from requests_app.rules import intake


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


def create_person(jurisdiction: Jurisdiction, reporter: Reporter, language: str) -> Person:
    """Always creates a person: an unverified address must not link two requests to one person."""
    person = Person.objects.create(
        jurisdiction=jurisdiction,
        name=intake.clean_text(reporter.name)[:200],
        postal_address=intake.clean_text(reporter.postal_address)[:300],
        language=reporter.language or language,
        may_be_called=reporter.may_be_called,
    )
    if reporter.email:
        ContactPoint.objects.create(
            person=person, kind="email", value=reporter.email.strip(), normalized=reporter.email.strip().lower()
        )
    if reporter.phone:
        ContactPoint.objects.create(
            person=person, kind="phone", value=reporter.phone.strip(), normalized=normalized_phone(reporter.phone)
        )
    return person


def add_participation(person: Person, service_request: ServiceRequest, *, role: str) -> Participation:
    """Adds a participation. Updates go to the email address, if there is one (we do not send text messages)."""
    return Participation.objects.create(
        person=person,
        service_request=service_request,
        role=role,
        contact_point=person.contact_points.order_by("kind").first(),
    )
