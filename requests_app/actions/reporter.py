"""Reporters and participants: each request gets a person of its own, with a contact point for updates."""

from dataclasses import dataclass

import phonenumbers

from requests_app.models import ContactPoint, Participation, Person, ServiceRequest
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


def create_participant(
    service_request: ServiceRequest, reporter: Reporter, language: str, *, role: str
) -> Participation:
    """Always creates a person: an unverified address must not link two requests to one person.

    Updates go to the email address, if there is one (we do not send text messages).
    """
    person = Person.objects.create(
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
    ContactPoint.objects.bulk_create(points)
    return Participation.objects.create(
        person=person, service_request=service_request, role=role, contact_point=points[0] if points else None
    )
