"""Reports of what staff saw themselves: the residents' own path, with the staff's own services and without a reporter."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from requests_app.actions.work import endings
from requests_app.clock import app_now
from requests_app.models import (
    Draft,
    Event,
    OutboxRow,
    Participation,
    Photo,
    PublicState,
    ServiceRequest,
    StaffNotice,
)
from tests import factories
from tests.colleague import PAGE, Colleague
from tests.desk import Call
from tests.factories import Rivermark
from tests.resident import run_outbox

pytestmark = pytest.mark.django_db


def sent() -> ServiceRequest:
    return ServiceRequest.objects.select_related("service_version").get()


@pytest.fixture
def lost_keys(cast: Rivermark) -> str:
    factories.service(cast.city, "lost-keys", of=cast.streets, visibility="staff", place_required=False)
    # Nobody here is offered another city's.
    factories.service(factories.jurisdiction("Lakeside", hosts=["lakeside.example"]), "city-car", visibility="staff")
    return "lost-keys"


def test_a_staff_service_is_reported_and_never_public(cast: Rivermark, lost_keys: str) -> None:
    colleague = Colleague(cast.tom).send(service=lost_keys, text="Keys of the depot")
    # Asked for a place, which it needn't have.
    colleague.step(skip="1", note="")
    request = sent()
    assert request.display_reference in colleague.html
    assert (request.channel, request.public_state) == ("staff", PublicState.STAFF)
    assert Event.objects.get(service_request=request, kind="submitted").user == cast.tom
    assert Client().get(f"/r/{request.reference}/").status_code == 404
    for path in ("/list/", "/feed.atom", "/open311/v2/requests.json", "/api/v1/requests/"):
        assert request.reference not in Client().get(path).content.decode(), path
    assert request.clocks.count() == 2


def test_nobody_hears_of_it_as_a_resident(cast: Rivermark) -> None:
    Colleague(cast.tom).send(service="tree", text="A branch on the path", address="12 Elm St", lat="40.5", long="-69.0")
    request = sent()
    assert not Participation.objects.exists()
    assert not request.access_links.exists()
    assert request.is_public
    assert [message.to for message in run_outbox() if cast.tom.email in message.to] == []


@pytest.mark.parametrize(("role", "may"), [("crew", True), ("records_officer", True), ("contractor", False)])
def test_contractors_report_what_residents_may(cast: Rivermark, lost_keys: str, role: str, may: bool) -> None:
    colleague = Colleague(factories.staff("Max", role, cast.city, cast.streets))
    page = colleague.client.get(PAGE).content.decode()
    assert 'value="pothole"' in page
    assert (f'value="{lost_keys}"' in page) is may
    colleague.send(service=lost_keys, text="Keys")
    assert (colleague.status == 422) is not may
    assert "city-car" not in page


def test_residents_takers_and_programs_are_not_offered_staff_services(cast: Rivermark, lost_keys: str) -> None:
    assert lost_keys not in Client().get("/services/").content.decode()
    assert lost_keys not in Client().get("/open311/v2/services.json").content.decode()
    call = Call(cast.cal).box("Lost keys")
    assert call.step == "service"
    assert lost_keys not in call.html
    call.send(service=lost_keys)
    assert call.status == 422


def test_a_required_question_is_asked_and_others_are_not(cast: Rivermark) -> None:
    colleague = Colleague(cast.tom).send(service="pothole", text="Deep", address="12 Elm St", lat="40.5", long="-69")
    assert 'name="q_where"' in colleague.html
    colleague.step(q_where="lane", q_damage="", text="Deep", version=str(cast.pothole.pk))
    assert [answer.value for answer in sent().answers.all()] == ["lane"]


def test_what_is_reported_already_is_not_sent_again(cast: Rivermark) -> None:
    known = factories.report(cast.pothole, "A deep hole", answers={"where": "lane"}, point=factories.at())
    point = factories.at()
    colleague = Colleague(cast.tom).send(
        service="pothole", text="A deep hole", address="12 Elm St", lat=str(point.y), long=str(point.x)
    )
    assert known.display_reference in colleague.html
    colleague.step(follow=known.reference)
    assert known.display_reference in colleague.html
    assert ServiceRequest.objects.count() == 1
    assert not Draft.objects.filter(taker=cast.tom).exists()
    assert not Participation.objects.filter(person__name="Tom").exists()


def test_what_may_name_somebody_is_shown_before_it_is_public(cast: Rivermark) -> None:
    colleague = Colleague(cast.tom).send(
        service="tree", text="Call Ana, 617-555-0142", address="12 Elm St", lat="40.5", long="-69"
    )
    assert not ServiceRequest.objects.exists()
    assert "617-555-0142" in colleague.html
    colleague.step(create="1", version=str(cast.tree.pk))
    assert sent().is_public


def test_without_a_photo_it_needs_words(cast: Rivermark) -> None:
    colleague = Colleague(cast.tom).send(service="tree", address="12 Elm St")
    assert (colleague.status, "Add a photo or a few words." in colleague.html) == (422, True)
    colleague.send(
        service="tree", photos=[SimpleUploadedFile("a.jpg", factories.jpeg())], lat="40.5", long="-69", address=""
    )
    assert Photo.objects.get(service_request=sent())


def test_what_a_phone_sends_twice_is_one_report(cast: Rivermark) -> None:
    colleague, other = Colleague(cast.tom), Colleague(cast.pia)
    other.key = colleague.key
    assert colleague.photo() == colleague.photo() == {"state": "kept"}
    data = {"service": "tree", "lat": "40.5", "long": "-69", "photos": '[{"key": "1"}]'}
    first = colleague.send(json=True, **data).json
    assert (first["state"], sent().display_reference in first["message"]) == ("sent", True)
    assert colleague.send(json=True, **data).json == first
    assert sent().photos.count() == 1
    # A colleague's phone that made the same key reports nothing in its place, and reads nothing of it.
    assert sent().display_reference not in str(other.send(json=True, **{**data, "photos": "[]", "text": "A"}).json)
    assert ServiceRequest.objects.count() == 1


def test_a_phone_hears_what_is_missing(cast: Rivermark) -> None:
    colleague = Colleague(cast.tom)
    assert colleague.send(json=True, service="tree", photos='[{"key": "9"}]').status == 409
    answer = colleague.send(json=True, service="tree", text="I smell gas", lat="40.5", long="-69").json
    assert (answer["state"], "911" in answer["message"]) == ("needs", True)
    assert "Is anyone in danger right now?" in colleague.follow(answer["url"]).html
    colleague.step(no_danger="1")
    request = sent()
    assert (request.after_warning, request.priority, request.alarms.count()) == (True, 1, 1)


def test_drafts_are_their_writers_alone(cast: Rivermark) -> None:
    colleague = Colleague(cast.tom).send(service="pothole", text="Deep", address="12 Elm St", lat="40.5", long="-69")
    draft = Draft.objects.get(taker=cast.tom)
    assert "Not sent yet" in colleague.client.get(PAGE).content.decode()
    for user in (cast.pia, cast.ada):
        assert Colleague(user).client.get(f"/staff/report/{draft.pk}/").status_code == 404
    assert Client().get(f"/report/{draft.pk}/contact/").status_code == 404
    assert colleague.client.get(f"/staff/report/{draft.pk}/?step=contact").status_code == 404
    # It's there until the moment that it expires.
    for left, status in ((dt.timedelta(microseconds=1), 200), (dt.timedelta(), 404)):
        Draft.objects.filter(pk=draft.pk).update(expires_at=app_now() + left)
        assert colleague.client.get(f"/staff/report/{draft.pk}/").status_code == status, left


def test_it_begins_at_the_stop_that_one_came_from(cast: Rivermark) -> None:
    stop = factories.routed(cast.pothole, "A hole", answers={"where": "lane"}, address="7 Oak Ave")
    page = Colleague(cast.tom).client.get(f"{PAGE}?stop={stop.reference}").content.decode()
    assert 'value="7 Oak Ave"' in page
    private = factories.routed(cast.outreach, "A tent")
    assert Colleague(cast.pia).client.get(f"{PAGE}?stop={private.reference}").status_code == 404


def test_who_reported_it_gets_a_notice_once_a_colleague_has_resolved_it(cast: Rivermark) -> None:
    def resolve(request: ServiceRequest) -> None:
        endings.resolve(request.pk, disposition="fixed", text="Filled.", actor=cast.tom)

    branch = {"service": "tree", "address": "12 Elm St", "lat": "40.5", "long": "-69.0"}
    Colleague(cast.ada).send(text="A branch on the path", **branch)
    own = sent()
    residents = factories.routed(cast.pothole, "A hole", answers={"where": "lane"})
    factories.run_worker()
    assert not StaffNotice.objects.filter(kind="resolved").exists()
    resolve(own)
    resolve(residents)
    # No row waits for what a resident reported.
    assert OutboxRow.objects.get(kind="notify_staff", event__kind="resolved").service_request == own
    factories.run_worker()
    notice = StaffNotice.objects.get(kind="resolved")
    assert (notice.user, notice.service_request, notice.in_page, notice.email) == (cast.ada, own, True, "never")
    client = Client()
    client.force_login(cast.ada)
    assert f"{cast.tom} resolved what you reported" in client.get("/staff/notices/").content.decode()
    assert "What I reported as staff is resolved" in client.get("/staff/profile/notices/").content.decode()
    # Who resolves their own needs none.
    Colleague(cast.tom).send(text="Another branch", **branch | {"lat": "40.51", "long": "-69.01", "address": ""})
    resolve(ServiceRequest.objects.filter(channel="staff").latest("pk"))
    factories.run_worker()
    assert StaffNotice.objects.filter(kind="resolved").count() == 1
