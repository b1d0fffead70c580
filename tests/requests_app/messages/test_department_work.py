"""The email to a department that works by email: what may not be in it, and when none is sent."""

from typing import Any

import pgtrigger
import pytest
from django.core.mail import EmailMultiAlternatives
from django.utils import timezone
from django.utils.translation import override

from requests_app.actions.following import followers
from requests_app.actions.people.reporters import Reporter
from requests_app.actions.work import conversation
from requests_app.messages import department_work
from requests_app.models import Comment, Department, Event, OutboxRow, Person, Photo, ServiceRequest, ServiceVersion
from tests import factories
from tests.factories import Rivermark

pytestmark = pytest.mark.django_db
INBOX = "crew@streets.example"
ZOE = Reporter(name="Zoe Canary", email="zoe@canary.example", phone="(555) 010-0142")
WORDS = "Deep hole. Call me at (555) 010-0142 or write to zoe@canary.example. Zoe Canary"
# What only the city, or nobody, reads.
HIDDEN = ("Zoe", "zoe@", "010-0142", "NOTECANARY", "HIDDENCANARY", "PHOTOCANARY", "Dev")


@pytest.fixture
def made(town: Rivermark) -> ServiceRequest:
    by_email(town.streets)
    made = factories.routed(town.pothole, WORDS, answers={"where": "lane"}, reporter=ZOE)
    conversation.note(made.pk, text="NOTECANARY", actor=town.dev)
    Photo.objects.create(
        jurisdiction=town.city, service_request=made, name="p", width=4, height=3, alt="PHOTOCANARY", is_private=True
    )
    return made


def by_email(department: Department, **columns: Any) -> None:
    defaults = {"works_by_email": True, "email": INBOX}
    Department.objects.filter(pk=department.pk).update(**{**defaults, **columns})
    department.refresh_from_db()


def composed(made: ServiceRequest, department: Department, event: Event | None = None) -> EmailMultiAlternatives:
    event = event or made.events.get(kind="routed")
    made = ServiceRequest.objects.get(pk=made.pk)
    with override("en"), timezone.override(made.jurisdiction.zone):
        return department_work.compose(made, event, department)


def texts(mail: EmailMultiAlternatives) -> list[str]:
    """Its subject with its plain text, and its HTML."""
    return [f"{mail.subject}\n{mail.body}", *(str(content) for content, _type in mail.alternatives)]


def test_it_has_the_facts_and_nobodys_name_contact_or_notes(town: Rivermark, made: ServiceRequest) -> None:
    mail = composed(made, town.streets)
    assert (mail.to, len(texts(mail))) == ([INBOX], 2)
    for text in texts(mail):
        assert "Deep hole." in text
        assert "12 Elm St" in text
        assert "Lane" in text
        assert [one for one in HIDDEN if one in text] == []
    assert not made.events.filter(kind="reporter_viewed").exists()


def test_the_reporter_is_named_only_where_the_city_says_so(town: Rivermark, made: ServiceRequest) -> None:
    by_email(town.streets, email_names_reporter=True)
    text = texts(composed(made, town.streets))[0]
    assert "Zoe Canary" in text
    assert "zoe@canary.example" in text
    assert made.events.get(kind="reporter_viewed").data["by_department_id"] == town.streets.pk
    # The other department's setting is its own.
    by_email(town.parks)
    assert "zoe@canary.example" not in texts(composed(made, town.parks))[0]


def test_who_joined_is_not_named_as_the_reporter_nor_who_was_erased(town: Rivermark, made: ServiceRequest) -> None:
    by_email(town.streets, email_names_reporter=True)
    followers.join(made.pk, reporter=Reporter(name="Joe Canary", email="joe@canary.example"), language="en")
    assert "Joe" not in texts(composed(made, town.streets))[0]
    Person.objects.filter(name=ZOE.name).update(erased_at=timezone.now())
    for text in texts(composed(made, town.streets)):
        assert [one for one in ("Joe", "joe@", "Zoe Canary") if one in text] == []
    assert made.events.filter(kind="reporter_viewed").count() == 1


def test_named_staff_alone_read_who_reported_to_them(town: Rivermark, made: ServiceRequest) -> None:
    by_email(town.streets, email_names_reporter=True)
    with pgtrigger.ignore():
        ServiceVersion.objects.filter(pk=made.service_version_id).update(visibility="reporter_to_named_staff")
    assert "zoe@canary.example" not in texts(composed(made, town.streets))[0]
    assert not made.events.filter(kind="reporter_viewed").exists()


def test_of_a_confidential_report_it_has_only_number_and_service(town: Rivermark, made: ServiceRequest) -> None:
    by_email(town.streets, email_names_reporter=True)
    private = factories.routed(town.outreach, f"SECRETCANARY {WORDS}", reporter=ZOE)
    for text in texts(composed(private, town.streets)):
        assert private.display_reference in text
        assert [one for one in ("SECRETCANARY", "Elm", "Deep", "/r/", *HIDDEN) if one in text] == []
    assert not private.events.filter(kind="reporter_viewed").exists()


def test_a_reply_is_its_own_words_without_contact_and_none_if_it_is_hidden(
    town: Rivermark, made: ServiceRequest
) -> None:
    person = made.participations.get(role="reporter").person
    for hidden_at, expected in ((None, True), (made.submitted_at, False)):
        reply = Comment.objects.create(
            service_request=made, kind="answer", text=f"HIDDENCANARY {ZOE.phone}", person=person, hidden_at=hidden_at
        )
        event = Event.objects.create(
            jurisdiction=town.city, service_request=made, kind="answered", person=person, data={"comment_id": reply.pk}
        )
        text = texts(composed(made, town.streets, event))[0]
        assert ("HIDDENCANARY" in text) is expected
        assert "010-0142" not in text


def sent(made: ServiceRequest, department: Department, mailoutbox: list[EmailMultiAlternatives]) -> int:
    event = made.events.get(kind="routed")
    mailoutbox.clear()
    row = OutboxRow(
        service_request=ServiceRequest.objects.get(pk=made.pk), event=event,
        dedupe_key=f"mail_department:{event.pk}:{department.pk}", kind="mail_department",
    )  # fmt: skip
    department_work.mail_department(row)
    assert all(mail.to == [INBOX] for mail in mailoutbox)
    return len(mailoutbox)


@pytest.mark.parametrize("change", ["active", "works_by_email", "email", "department", "ended", "unconfirmed"])
def test_none_is_sent_where_it_would_be_wrong(
    town: Rivermark, made: ServiceRequest, mailoutbox: list[EmailMultiAlternatives], change: str
) -> None:
    assert sent(made, town.streets, mailoutbox) == 1
    # Another department has an inbox, too, but not this request.
    by_email(town.parks)
    assert sent(made, town.parks, mailoutbox) == 0
    requests = ServiceRequest.objects.filter(pk=made.pk)
    match change:
        case "active" | "works_by_email":
            Department.objects.filter(pk=town.streets.pk).update(**{change: False})
        case "email":
            by_email(town.streets, email="", email_names_reporter=True)
        case "department":
            requests.update(department=town.parks)
        case "ended":
            factories.mark_ended(made)
        case "unconfirmed":
            requests.update(public_state="unconfirmed")
    assert sent(made, town.streets, mailoutbox) == 0
    assert not made.events.filter(kind="reporter_viewed").exists()
