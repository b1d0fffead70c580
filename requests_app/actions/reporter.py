"""Who reports or joins, as far as they said: a person of their own for each request, and where news of it goes."""

from dataclasses import dataclass

import phonenumbers

from requests_app.models import ContactPoint, Jurisdiction, Participation, Person, ServiceRequest
from requests_app.rules import intake


@dataclass(frozen=True)
class Reporter:
    """Who reports, as far as they want to say."""

    name: str = ""
    email: str = ""
    # Its holder is signed in where this report was written.
    email_is_verified: bool = False
    phone: str = ""
    # Kept only where the service has to ask for it.
    postal_address: str = ""
    may_be_called: bool = False
    # In which they want to be written to; empty: the report's own.
    language: str = ""


def normalized_phone(value: str) -> str:
    """E.164 where the number can be read as one of the United States, else its digits."""
    try:
        number = phonenumbers.parse(value, "US")
    except phonenumbers.NumberParseException:
        return "".join(digit for digit in value if digit.isdigit())
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def person_of(jurisdiction: Jurisdiction, reporter: Reporter, language: str) -> Person:
    """Always a new one: an address that nobody confirmed must not join two requests into one person."""
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


def take_part(person: Person, service_request: ServiceRequest, *, role: str) -> Participation:
    """News goes to the e-mail address if there is one, else nowhere (we do not text)."""
    return Participation.objects.create(
        person=person,
        service_request=service_request,
        role=role,
        contact_point=person.contact_points.order_by("kind").first(),
    )
