"""Emails to contractors, and to departments that work by email alone, name nobody."""

import pytest

from requests_app.actions.people.reporters import Reporter
from requests_app.actions.work import assignment, conversation
from requests_app.models import Department, ServiceRequest
from tests import factories, resident
from tests.factories import Rivermark
from tests.test_canary import IDENTITIES, WRITTEN

pytestmark = pytest.mark.django_db

WORDS = f"Deep hole. {'. '.join(WRITTEN)}"
ADDRESS = "44 Quillfeather Rd, Zenobia's porch, Apt. 9C"
CREW = "crew@works.example"


@pytest.fixture
def pothole(town: Rivermark) -> ServiceRequest:
    Department.objects.filter(pk=town.streets.pk).update(works_by_email=True, email=CREW)
    zenobia = Reporter(
        name="Zenobia O'Quillfeather",
        email="zenobia.quill@canary-mail.example",
        phone="(617) 555-0147",
        postal_address="9 Linsangpostal Row",
    )
    made = factories.report(town.pothole, WORDS, answers={"where": "lane"}, reporter=zenobia, address=ADDRESS)
    bart = factories.report(
        town.pothole,
        "The same.",
        answers={"where": "lane"},
        reporter=Reporter(name="Bartholomew Yaxley", email="b@example.org"),
    )
    ServiceRequest.objects.filter(pk=bart.pk).update(duplicate_of=made)
    ServiceRequest.objects.filter(pk=made.pk).update(place_note=". ".join(WRITTEN[:2]), public_state="public")
    return made


def mails_to(*addresses: str) -> list[str]:
    """Subject, text and HTML."""
    return [
        "\n".join([mail.subject, str(mail.body), *(str(part.content) for part in getattr(mail, "alternatives", []))])
        for mail in resident.run_outbox()
        if set(mail.to) & set(addresses)
    ]


def named(text: str) -> list[str]:
    # The street is called like her.
    plain = text.lower().replace("44 quillfeather rd", "").encode()
    return [what for what, forms in IDENTITIES.items() if any(form in plain for form in forms)]


def test_the_email_to_a_department_names_nobody(town: Rivermark, pothole: ServiceRequest) -> None:
    (first,) = [one for one in mails_to(CREW) if pothole.display_reference in one]
    assert "Deep hole. ask for [name]" in first
    assert "44 Quillfeather Rd" in first
    conversation.answer(pothole.pk, text=f"The north one. {WORDS}", actor=pothole.participations.get().person)
    (second,) = mails_to(CREW)
    assert "The north one. Deep hole. ask for [name]" in second
    assert [named(first), named(second)] == [[], []]


def test_the_email_to_a_contractor_says_the_place_alone(town: Rivermark, pothole: ServiceRequest) -> None:
    con = factories.staff("Con", "contractor", town.city, town.streets)
    resident.run_outbox()
    for user in (con, town.dev):
        assignment.assign(pothole.pk, assignee=user, actor=town.tom)
        (mail,) = mails_to(user.email)
        assert "44 Quillfeather Rd" in mail
        assert named(mail) == ([] if user is con else ["a name", "a home"])
