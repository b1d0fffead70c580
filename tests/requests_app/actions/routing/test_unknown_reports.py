"""“I don’t know” reports: who finds them, and how they become public once their service is."""

from collections.abc import Callable

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from requests_app import links
from requests_app.actions.publication import moderation
from requests_app.actions.shared import counters
from requests_app.actions.work.assignment import change_service
from requests_app.models import AccessLink, PublicState, SearchDocument, ServiceRequest, ServiceVersion, User
from requests_app.rules.people import permissions
from tests import factories
from tests.factories import Rivermark
from tests.mail_server import deliver, serving
from tests.saved import repeatable

pytestmark = [pytest.mark.django_db, pytest.mark.shows("5.73")]
SignIn = Callable[[User], Client]
TEXT = "A deep hole. Mr. Robert Hill, 617-555-0142, says it grows."


@repeatable
def private_version(old: ServiceVersion) -> ServiceVersion:
    version = ServiceVersion.objects.create(
        service=old.service,
        number=2,
        name=old.name,
        category=old.category,
        department=old.department,
        visibility="private",
        place_required=False,
    )
    old.service.current = version
    old.service.save()
    return version


@pytest.fixture
def odd(town: Rivermark) -> ServiceRequest:
    """As in a real city: private, and in triage."""
    version = private_version(town.unknown)
    town.unknown.service = version.service
    factories.area(town.city)
    return factories.routed(version, TEXT)


@pytest.fixture
def signed_in() -> SignIn:
    def sign_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return sign_in


def holder(made: ServiceRequest) -> Client:
    client = Client()
    client.get(f"/l/{links.token(AccessLink.objects.get(service_request=made))}/")
    return client


# --- Who finds them ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["cal", "ada"])
def test_the_desk_and_administrators_find_them(
    town: Rivermark, odd: ServiceRequest, signed_in: SignIn, who: str
) -> None:
    user = getattr(town, who)
    assert (odd.public_state, odd.in_triage) == (PublicState.PRIVATE, True)
    client = signed_in(user)
    assert client.get(f"/staff/r/{odd.reference}/").status_code == 200
    assert odd.display_reference in client.get("/staff/").content.decode()
    assert odd in ServiceRequest.objects.visible_to(user)


def test_departments_and_what_turned_out_to_be_private_stay_as_they_were(town: Rivermark, odd: ServiceRequest) -> None:
    for user in (town.tom, town.dev):
        assert not permissions.can(user, "view", odd)
    changed = change_service(odd.pk, version=town.outreach, actor=town.ada)
    for user in (town.cal, town.ada):
        assert not permissions.can(user, "view", changed)
        assert changed not in ServiceRequest.objects.visible_to(user)


# --- How they become public -------------------------------------------------------------------------------------------


def test_staff_tick_that_it_names_nobody_beside_what_is_marked(
    town: Rivermark, odd: ServiceRequest, signed_in: SignIn
) -> None:
    triage = factories.staff("Tara", "triage", town.city)
    client, path = signed_in(triage), f"/staff/r/{odd.reference}/change_service/"
    html = " ".join(client.get(path).content.decode().split())
    for words in ("<mark>617-555-0142</mark>", "Hill", "names_nobody", "12 Elm St"):
        assert words in html
    client.post(path, {"version": town.pothole.pk})
    odd.refresh_from_db()
    assert (odd.public_state, odd.public_point) == (PublicState.PRIVATE, None), "nobody ticked it"
    # The decision may come later; the service stays.
    assert f'value="{town.pothole.pk}" selected' in client.get(path).content.decode()
    client.post(path, {"version": town.pothole.pk, "names_nobody": "on"})
    odd.refresh_from_db()
    assert (odd.public_state, odd.privacy_choice) == (PublicState.PUBLIC, "offered")
    assert odd.public_address == "12 Elm St"
    assert set(odd.request_areas.values_list("public_state", flat=True)) == {"public"}
    kinds = list(odd.events.order_by("id").values_list("kind", flat=True))
    assert kinds.count("service_changed") == 1
    assert kinds[-1] == "made_public"
    factories.run_worker()
    assert SearchDocument.objects.filter(kind="request", object_id=odd.pk).exists()
    counters.fold()
    assert counters.recount() == 0
    assert TEXT.split(".")[0] in Client().get(f"/r/{odd.reference}/").content.decode()


def test_no_other_private_report_becomes_public(town: Rivermark, odd: ServiceRequest, signed_in: SignIn) -> None:
    shelter = factories.routed(town.outreach, "Under the bridge.")
    changed = change_service(shelter.pk, version=town.pothole, names_nobody=True, actor=town.ada)
    assert changed.public_state == PublicState.PRIVATE
    triage = factories.staff("Tara", "triage", town.city)
    html = signed_in(triage).get(f"/staff/r/{shelter.reference}/change_service/").content.decode()
    assert "names_nobody" not in html
    # Nor one whose new service is private, whatever is ticked.
    changed = change_service(odd.pk, version=town.outreach, names_nobody=True, actor=town.ada)
    assert changed.public_state == PublicState.PRIVATE


def made_public(town: Rivermark, odd: ServiceRequest) -> ServiceRequest:
    return change_service(odd.pk, version=town.pothole, names_nobody=True, actor=town.ada)


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_reporter_gets_an_email_whose_link_changes_nothing_and_whose_button_does(
    town: Rivermark, odd: ServiceRequest, settings: Settings, language: str
) -> None:
    person = odd.participations.get().person
    person.language = language
    person.save()
    with serving(settings) as box:
        deliver()
        made_public(town, odd)
        deliver()
        mail = box.mails[-1]
    assert (mail["X-Lamplighter-Event"], mail["To"]) == ("made_public", "ana@example.org")
    body = mail.get_body(("plain",))
    assert body is not None
    text = body.get_content()
    link = f"/l/{links.token(AccessLink.objects.get(service_request=odd))}/keep-private/"
    assert link in text
    assert ("Keep it private" if language == "en" else "Mantenerlo privado") in text
    ana = Client()
    for _ in range(2):
        page = ana.get(link, follow=True)
    assert "Keep your report private?" in page.content.decode()
    odd.refresh_from_db()
    assert odd.public_state == PublicState.PUBLIC
    answer = ana.post(f"/r/{odd.reference}/keep-private/", follow=True)
    assert "Your report is private again." in answer.content.decode()
    odd.refresh_from_db()
    assert (odd.public_state, odd.privacy_choice, odd.public_point, odd.public_address) == ("private", "kept", None, "")
    assert not SearchDocument.objects.filter(kind="request", object_id=odd.pk).exists()
    assert set(odd.request_areas.values_list("public_state", flat=True)) == {"private"}
    assert Client().get(f"/r/{odd.reference}/").status_code == 404
    counters.fold()
    assert counters.recount() == 0


def test_what_its_reporter_keeps_private_nobody_publishes(
    town: Rivermark, odd: ServiceRequest, signed_in: SignIn
) -> None:
    made_public(town, odd)
    moderation.keep_private(odd.pk, actor=odd.participations.get().person)
    assert made_public(town, odd).public_state == PublicState.PRIVATE
    change_service(odd.pk, version=town.tree, names_nobody=True, actor=town.ada)
    moderation.publish(odd.pk, actor=town.pia)
    odd.refresh_from_db()
    assert odd.public_state == PublicState.PRIVATE


def test_one_that_was_hidden_meanwhile_is_confidential_too(town: Rivermark, odd: ServiceRequest) -> None:
    made_public(town, odd)
    moderation.hide(odd.pk, reason="other", actor=town.ada)
    holder(odd).post(f"/r/{odd.reference}/keep-private/")
    odd.refresh_from_db()
    assert odd.public_state == PublicState.PRIVATE


def test_only_its_reporter_keeps_it_private(town: Rivermark, odd: ServiceRequest) -> None:
    made_public(town, odd)
    path = f"/r/{odd.reference}/keep-private/"
    assert Client().post(path).status_code == 403
    odd.participations.update(role="follower")
    holder(odd).post(path)
    odd.refresh_from_db()
    assert odd.public_state == PublicState.PUBLIC


def test_whoever_kept_it_private_already_gets_no_email(
    town: Rivermark, odd: ServiceRequest, settings: Settings
) -> None:
    with serving(settings) as box:
        deliver()
        made_public(town, odd)
        moderation.keep_private(odd.pk, actor=odd.participations.get().person)
        deliver()
        assert "made_public" not in [mail["X-Lamplighter-Event"] for mail in box.mails]
