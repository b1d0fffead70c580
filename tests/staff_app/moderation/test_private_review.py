"""Reports that are private until somebody who may read confidential requests has decided: distress, and calls of a 911 center."""

import re
from typing import Any

import pytest
from django.test import Client

from requests_app import api_keys
from requests_app.actions.following import followers
from requests_app.actions.people.reporters import Reporter
from requests_app.actions.publication import moderation
from requests_app.actions.work import assignment, conversation, staff_actions
from requests_app.models import (
    Comment,
    Event,
    PublicState,
    ServiceRequest,
    TextRevision,
    User,
    Webhook,
    WebhookDelivery,
)
from tests import factories
from tests.factories import Rivermark
from tests.resident import run_outbox

pytestmark = [pytest.mark.django_db, pytest.mark.shows("5.33")]

DISTRESS = "My husband beats me every night, please help me. There is a pothole in front"
LINE = "There is a pothole in front"


@pytest.fixture
def lead(cast: Rivermark) -> User:
    """Lea reads confidential requests of the whole city, and publishes."""
    return factories.staff("Lea", "records_officer", cast.city)


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def distress(cast: Rivermark, text: str = DISTRESS, **options: Any) -> ServiceRequest:
    return factories.report(cast.pothole, text, answers={"where": "lane"}, **options)


def transfer(cast: Rivermark, text: str = "Mr. Ortiz next door shouts about a hole.") -> ServiceRequest:
    key = api_keys.create(cast.city, "Dispatch")[0]
    return distress(cast, text, is_transfer=True, api_key=key, outside_number="26-17", channel="phone", actor=cast.cal)


def fields(html: str) -> dict[str, str]:
    """What the page would send without a change."""
    form = html[html.index('class="usa-form usa-form--large moderate"') :]
    hidden = dict(re.findall(r'<input type="hidden" name="([\w-]+)" value="([^"]*)"', form))
    words = dict(re.findall(r'<textarea name="(words-[\w-]+)"[^>]*>\s*([^<]*)</textarea>', form))
    return hidden | words


def publish(user: User, report: ServiceRequest, **changes: str) -> tuple[int, str]:
    client, path = client_of(user), f"/staff/review/{report.reference}/publish/"
    data = fields(client.get(path).content.decode()) | changes
    answer = client.post(path, data)
    return answer.status_code, answer.content.decode()


def test_only_who_reads_confidential_requests_finds_it_in_the_list(cast: Rivermark, lead: User) -> None:
    report = distress(cast)
    for user, finds in ((lead, True), (cast.ada, False), (cast.pia, False)):
        page = client_of(user).get("/staff/review/")
        assert (report.display_reference in page.content.decode()) is finds, user
    assert client_of(cast.ada).get(f"/staff/review/{report.reference}/publish/").status_code == 404
    # A service that is private anyway needs no decision.
    assert factories.report(cast.outreach, DISTRESS).review_reason == ""


def test_a_later_message_that_made_it_private_is_read_beside_the_report(cast: Rivermark, lead: User) -> None:
    made = factories.submitted(cast.pothole, LINE, answers={"where": "lane"})
    assert made.link is not None
    report = made.service_request
    conversation.add_message(report.pk, text="My husband beats me every night", actor=made.link.person)
    conversation.note(report.pk, text="internal words", actor=cast.tom)
    client = client_of(lead)
    for path in ("/staff/review/", f"/staff/review/{report.reference}/publish/"):
        html = client.get(path).content.decode()
        assert "My husband beats me every night" in html, path
        assert "internal words" not in html
    assert publish(lead, report)[0] == 302
    assert "beats me" not in Client().get(f"/r/{report.reference}/").content.decode()


def test_another_citys_reader_finds_neither_of_them(cast: Rivermark, lead: User) -> None:
    other = factories.jurisdiction("Elsewhere", hosts=["elsewhere.example"])
    eve = factories.staff("Eve", "records_officer", other)
    call, report = transfer(cast), distress(cast, address="14 Elm St")
    for host in ("testserver", "elsewhere.example"):
        for made in (call, report):
            page = f"/staff/review/{made.reference}/publish/"
            assert client_of(eve).get(page, HTTP_HOST=host).status_code in (403, 404)
            answer = client_of(eve).post(f"/staff/review/{made.reference}/", {"keep": "1"}, HTTP_HOST=host)
            assert answer.status_code in (403, 404)
    seen = client_of(eve).get("/staff/review/", HTTP_HOST="elsewhere.example").content.decode()
    assert not any(made.display_reference in seen for made in (call, report))
    reasons = ServiceRequest.objects.values_list("review_reason", flat=True)
    assert set(reasons) == {"distress", "transfer"}


def test_its_words_are_changed_before_everyone_reads_it(cast: Rivermark, lead: User) -> None:
    report, other = distress(cast), distress(cast, "He hits me every day. A hole.", address="14 Elm St")
    status, html = publish(lead, report)
    assert (status, "Read it again before everyone can" in html) == (422, True)
    assert ServiceRequest.objects.get(pk=report.pk).public_state == PublicState.PRIVATE
    assert publish(lead, report, **{"words-description": LINE})[0] == 302
    report.refresh_from_db()
    assert (report.public_state, report.review_reason, report.description) == (PublicState.PUBLIC, "", LINE)
    assert (report.public_address, report.public_point) == (report.address, report.point)
    page = Client().get(f"/r/{report.reference}/").content.decode()
    assert LINE in page
    assert "beats me" not in page
    # What was written stays for staff.
    assert TextRevision.objects.get(service_request=report).before == DISTRESS
    other.refresh_from_db()
    assert other.public_state == PublicState.PRIVATE


def test_what_only_sounds_so_is_published_as_it_is_once_it_was_read_again(cast: Rivermark, lead: User) -> None:
    report = distress(cast)
    assert publish(lead, report, read_again="on")[0] == 302
    report.refresh_from_db()
    assert (report.public_state, report.description) == (PublicState.PUBLIC, DISTRESS)
    # Its reporter adds more of it: it's private again.
    conversation.add_message(report.pk, text="He beats me again.", actor=report.participations.get().person)
    report.refresh_from_db()
    assert (report.public_state, report.review_reason) == (PublicState.PRIVATE, "distress")


def test_kept_private_it_leaves_the_list_and_stays_private(cast: Rivermark, lead: User) -> None:
    report, client = distress(cast), client_of(lead)
    client.post(f"/staff/review/{report.reference}/", {"keep": "1"})
    assert "stays private" in client.get("/staff/review/").content.decode()
    report.refresh_from_db()
    assert (report.public_state, report.review_reason) == (PublicState.PRIVATE, "")
    answer = client.post(f"/staff/review/{report.reference}/publish/", {})
    assert (answer.status_code, "Lea kept it private" in answer.content.decode()) == (409, True)
    with pytest.raises(moderation.AlreadyReviewed):
        moderation.publish_read(report.pk, {}, actor=lead)


def test_no_button_for_several_publishes_it(cast: Rivermark, lead: User) -> None:
    report, client = distress(cast), client_of(lead)
    held = ServiceRequest.objects.get(pk=distress(cast, "A hole.", address="14 Elm St").pk)
    moderation.send_to_review(held.pk, reason="link")
    client.post("/staff/review/several/", {"chosen": [report.reference, held.reference], "publish": "1"})
    states = dict(ServiceRequest.objects.values_list("pk", "public_state"))
    assert states == {report.pk: PublicState.PRIVATE, held.pk: PublicState.PUBLIC}
    answer = client.post(f"/staff/review/{report.reference}/", {"publish": "1"})
    assert (answer.status_code, answer["Location"]) == (302, f"/staff/review/{report.reference}/publish/")


def test_two_moderators_do_not_overwrite_each_other(cast: Rivermark, lead: User) -> None:
    report = distress(cast)
    first, second = client_of(lead), client_of(factories.staff("Rex", "records_officer", cast.city))
    path = f"/staff/review/{report.reference}/publish/"
    data = fields(first.get(path).content.decode()) | {"words-description": LINE}
    assert second.post(path, data | {"writer": "", "words-description": "A hole."}).status_code == 302
    assert first.post(path, data).status_code == 409
    report.refresh_from_db()
    assert report.description == "A hole."


def test_publishing_it_can_be_undone_without_a_trace_in_public(cast: Rivermark, lead: User) -> None:
    report = distress(cast)
    publish(lead, report, read_again="on")
    staff_actions.undo(Event.objects.get(kind="published").pk, actor=lead)
    report.refresh_from_db()
    assert (report.public_state, report.review_reason) == (PublicState.PRIVATE, "distress")
    assert (report.public_point, report.public_address) == (None, "")


# --- What was public until then ---------------------------------------------------------------------------------------


def test_an_email_that_is_being_written_is_not_sent(cast: Rivermark, lead: User) -> None:
    report = factories.routed(cast.pothole, "A hole.", answers={"where": "lane"})
    fay = Reporter(email="fay@example.org", email_is_verified=True)
    followers.join(report.pk, reporter=fay, language="en", role="follower")
    conversation.comment(report.pk, text="We are coming.", actor=cast.tom)
    factories.thirty_seconds_later()
    person = report.participations.get(role="reporter").person
    conversation.add_message(report.pk, text="My husband beats me.", actor=person)
    sent = run_outbox()
    assert not [message for message in sent if "fay@example.org" in message.to]
    assert not [message for message in sent if "beats me" in str(message.message())]


def test_mirrors_learn_that_it_is_gone(cast: Rivermark) -> None:
    key = api_keys.create(cast.city, "Mirror", scopes=["webhooks"])[0]
    webhook = Webhook.objects.create(api_key=key, url="https://mirror.example.org/", secret="x")
    report = factories.routed(cast.pothole, "A hole.", answers={"where": "lane"})
    other = factories.routed(cast.pothole, "Another hole.", answers={"where": "lane"}, address="14 Elm St")
    person = report.participations.get().person
    conversation.add_message(report.pk, text="My husband beats me.", actor=person)
    quiet = distress(cast, address="16 Elm St")
    factories.run_worker()
    told = list(WebhookDelivery.objects.filter(webhook=webhook, service_request=report).order_by("id"))
    assert told[-1].event_type == "request.removed"
    assert not WebhookDelivery.objects.filter(service_request=quiet).exists()
    assert not WebhookDelivery.objects.filter(service_request=other, event_type="request.removed").exists()


@pytest.mark.parametrize(
    "text",
    [
        f"{'The light on the corner is out again and nobody comes. ' * 38}{DISTRESS}. {'Please fix the lamp soon. ' * 60}",
        "Hay un bache en la calle. My boyfriend hits me and I am scared. Gracias.",
    ],
    ids=["in the middle of 4,000 characters", "in two languages"],
)
def test_it_is_heard_wherever_it_stands(cast: Rivermark, text: str) -> None:
    assert distress(cast, text[:4000]).review_reason == "distress"


# --- A 911 center's call ----------------------------------------------------------------------------------------------


def test_a_call_is_private_until_the_desk_writes_the_public_line(cast: Rivermark) -> None:
    """And no words of the caller are proposed for it."""
    call = transfer(cast)
    sue = factories.staff("Sue", "supervisor", cast.city, cast.streets)
    factories.run_worker()
    html = client_of(sue).get(f"/staff/review/{call.reference}/publish/").content.decode()
    assert "Mr. Ortiz" in html
    assert fields(html)["words-description"] == ""
    assert publish(sue, call)[0] == 422
    assert publish(sue, call, **{"words-description": "A hole across the lane."})[0] == 302
    call.refresh_from_db()
    assert (call.description, call.public_state) == ("A hole across the lane.", PublicState.PUBLIC)
    note = Comment.objects.get(service_request=call, kind="note")
    assert (note.text, note.public) == ("The caller said:\nMr. Ortiz next door shouts about a hole.", False)
    public = Client().get(f"/r/{call.reference}/").content.decode()
    assert "Ortiz" not in public
    assert "26-17" not in public


@pytest.mark.parametrize("role", ["triage", "crew", "administrator"])
def test_the_number_of_the_event_is_for_its_readers_alone(cast: Rivermark, role: str) -> None:
    call = transfer(cast)
    factories.run_worker()
    department = None if role == "administrator" else cast.streets
    blind, reader = factories.staff("Bo", role, cast.city, department), cast.cal
    for user, reads in ((blind, False), (reader, True)):
        client = client_of(user)
        assert ("26-17" in client.get(f"/staff/r/{call.reference}/").content.decode()) is reads
        found = client.get("/staff/", {"q": "26-17"}, follow=True)
        assert (call.display_reference in found.content.decode()) is reads


# --- “I don’t know” -----------------------------------------------------------------------------------------------------


def test_a_service_that_everyone_reads_does_not_publish_it(cast: Rivermark, lead: User) -> None:
    report = factories.report(cast.unknown, DISTRESS)
    assignment.change_service(report.pk, version=cast.pothole, names_nobody=True, actor=cast.tom)
    report.refresh_from_db()
    assert (report.public_state, report.review_reason) == (PublicState.PRIVATE, "distress")
    assert report.display_reference in client_of(lead).get("/staff/review/").content.decode()
    # Another confidential service needs no decision.
    assignment.change_service(report.pk, version=cast.outreach, actor=cast.tom)
    report.refresh_from_db()
    assert (report.public_state, report.review_reason) == (PublicState.PRIVATE, "")
