"""Step 3 of the report path: an earlier report is offered, followed without an address, or said to be another one."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from requests_app import links
from requests_app.actions.following import followers
from requests_app.actions.publication import moderation
from requests_app.actions.work import conversation, endings, merges
from requests_app.clock import app_now
from requests_app.models import Comment, Event, OutboxRow, Photo, ServiceRequest, ServiceVersion
from requests_app.web.report import duplicates
from tests import factories
from tests.factories import Rivermark
from tests.walk import TEXT, Walk

pytestmark = [pytest.mark.django_db, pytest.mark.shows("4.11")]


@pytest.fixture
def earlier(cast: Rivermark) -> ServiceRequest:
    return factories.routed(cast.pothole, "Deep hole", answers={"where": "lane"})


def people(one: ServiceRequest) -> int:
    one.refresh_from_db()
    return one.people_count


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).replace("\xa0", " ").split())


# --- What is shown ----------------------------------------------------------------------------------------------------


def test_a_card_says_what_where_how_it_stands_how_far_and_how_old(earlier: ServiceRequest, walk: Walk) -> None:
    ServiceRequest.objects.filter(pk=earlier.pk).update(submitted_at=app_now() - dt.timedelta(days=3, hours=2))
    assert walk.to_details().at == "duplicates"
    card = words(walk.html)
    for said in (
        "Pothole, 12 Elm St",
        "Sent to Streets",
        "Deep hole",
        "At the same location",
        "(3 days ago)",
        earlier.display_reference,
    ):
        assert said in card
    assert f'href="/r/{earlier.reference}/"' in walk.html


def test_a_card_has_the_photo_that_everybody_may_see_and_no_other(earlier: ServiceRequest, walk: Walk) -> None:
    kept: dict[str, Any] = {"jurisdiction": earlier.jurisdiction, "service_request": earlier, "width": 4, "height": 3}
    Photo.objects.create(name="secret", is_private=True, **kept)
    assert "photos/" not in walk.to_details().html
    Photo.objects.create(name="shown", alt="A hole beside a shoe", **kept)
    walk.get("duplicates")
    assert "/photos/shown-small.jpg" in walk.html
    assert 'alt="A hole beside a shoe"' in walk.html
    assert "secret" not in walk.html


def test_without_a_report_near_nothing_is_asked(walk: Walk) -> None:
    assert walk.to_details().at == "details/1"
    assert walk.get("duplicates").at == "details/1"


def test_in_spanish_the_distance_and_the_age_are_spanish(earlier: ServiceRequest, client: Client) -> None:
    ServiceRequest.objects.filter(pk=earlier.pk).update(submitted_at=app_now() - dt.timedelta(days=3, hours=2))
    walk = Walk(client, "/es").to_details()
    assert "3 días" in words(walk.html)
    assert "3 days" not in walk.html
    assert f'lang="en" dir="auto">{earlier.description}' in walk.html


@pytest.mark.parametrize("state", ["private", "hidden", "pending_review", "unconfirmed", "staff", "test"])
def test_what_the_public_may_not_know_does_not_show_by_a_word(earlier: ServiceRequest, walk: Walk, state: str) -> None:
    ServiceRequest.objects.update(public_state=state, is_test=state == "test")
    assert walk.to_details().at == "details/1"
    walk.get("duplicates")
    assert "Deep hole" not in walk.html
    assert earlier.reference not in walk.html


# --- Yes --------------------------------------------------------------------------------------------------------------


def test_it_can_be_followed_without_an_address_and_twice_is_once(earlier: ServiceRequest, walk: Walk) -> None:
    walk.to_details().on("duplicates", follow=earlier.reference)
    assert walk.at == "sent"
    assert "You’re following it." in walk.html
    assert "We also emailed it" not in walk.html
    assert ServiceRequest.objects.count() == 1
    assert people(earlier) == 2
    walk.client.post(f"/report/{walk.draft.pk}/duplicates/", {"follow": earlier.reference})
    assert people(earlier) == 2
    link = re.search(r"/l/\d+-[a-z2-7]{26}/", walk.html)
    assert link is not None
    assert walk.client.get(link[0], follow=True).status_code == 200


def test_who_follows_with_an_address_hears_of_it(cast: Rivermark, earlier: ServiceRequest, walk: Walk) -> None:
    walk.to_details().on("duplicates", follow=earlier.reference, email="not an address")
    assert walk.status == 422
    assert "not an address" in walk.html
    walk.on("duplicates", follow=earlier.reference, email="tia@example.org")
    assert "We’ll email you when something happens." in walk.html
    follower = earlier.participations.get(role="affected")
    assert follower.contact_point is not None
    assert follower.contact_point.value == "tia@example.org"
    conversation.comment(earlier.pk, text="We come on Tuesday.", actor=cast.tom)
    factories.run_worker()
    told = OutboxRow.objects.filter(kind="email_commented", recipient=follower.contact_point)
    assert told.count() == 1


def test_the_same_browser_counts_as_one_person(earlier: ServiceRequest, walk: Walk) -> None:
    walk.to_details().on("duplicates", follow=earlier.reference)
    walk.to_details().on("duplicates", follow=earlier.reference)
    assert "You’re already following it." in walk.html
    assert people(earlier) == 2
    assert earlier.participations.count() == 2


def test_who_followed_without_an_address_can_add_one_and_still_counts_once(earlier: ServiceRequest, walk: Walk) -> None:
    walk.to_details().on("duplicates", follow=earlier.reference)
    walk.to_details().on("duplicates", follow=earlier.reference, email="tia@example.org")
    assert people(earlier) == 2
    assert earlier.participations.filter(contact_point__value="tia@example.org", role="follower").count() == 1


def test_who_reported_it_in_this_browser_does_not_count_again(cast: Rivermark, walk: Walk) -> None:
    walk.to_check().send()
    made = ServiceRequest.objects.get()
    walk.to_details()
    assert walk.at == "duplicates"
    walk.on("duplicates", follow=made.reference)
    assert "You’re already following it." in walk.html
    assert people(made) == 1


def test_another_browser_with_a_known_address_tells_nobody_that_it_is_known(
    earlier: ServiceRequest, walk: Walk
) -> None:
    """Otherwise, anyone who types a neighbor's address could tell from the count whether the neighbor reported this."""
    walk.to_details().on("duplicates", follow=earlier.reference, email="ana@example.org")
    assert "You’re following it." in walk.html
    assert people(earlier) == 2


@pytest.mark.shows("4.12")
@pytest.mark.parametrize("many", [1, 12])
def test_the_count_of_people_changes_neither_priority_nor_due_date(
    cast: Rivermark, earlier: ServiceRequest, many: int
) -> None:
    fields = ("priority", "priority_reason", "due_at", "acknowledge_due_at", "status", "department_id")
    before = ServiceRequest.objects.values(*fields).get()
    for _ in range(many):
        followers.join(earlier.pk, reporter=factories.NOBODY, language="en")
    factories.run_worker()
    assert people(earlier) == 1 + many
    assert ServiceRequest.objects.values(*fields).get() == before


def test_words_go_along_only_if_the_person_wants_it_and_the_city_alone_reads_them(
    cast: Rivermark, earlier: ServiceRequest, walk: Walk
) -> None:
    walk.to_details()
    assert TEXT in walk.html
    assert re.search(r'name="with_words"[^>]*checked', walk.html)
    walk.on("duplicates", follow=earlier.reference, with_words="on")
    said = Comment.objects.get()
    assert (said.text, said.public, said.language) == (f"{TEXT}\n\nby the bus stop", False, "en")
    earlier.refresh_from_db()
    assert earlier.has_new_answer
    assert TEXT not in Client().get(f"/r/{earlier.reference}/").content.decode()

    Walk(Client()).to_details().on("duplicates", follow=earlier.reference)
    assert Comment.objects.count() == 1


def test_words_keep_the_language_that_they_were_typed_in(earlier: ServiceRequest, client: Client) -> None:
    Walk(client, "/es").to_details().on("duplicates", follow=earlier.reference, with_words="on")
    assert Comment.objects.get().language == "es"


def test_the_reporter_is_not_told_that_anothers_words_are_theirs(cast: Rivermark, walk: Walk) -> None:
    made = factories.submitted(cast.pothole, "Deep hole", answers={"where": "lane"})
    walk.to_details().on("duplicates", follow=made.service_request.reference, with_words="on")
    reader = Client()
    assert made.link is not None
    reader.get(f"/l/{links.token(made.link)}/")
    page = reader.get(f"/r/{made.service_request.reference}/")
    assert "A resident sent us a message" in page.content.decode()
    assert "You sent us a message" not in page.content.decode()


def test_photos_are_told_to_be_left_and_go(
    earlier: ServiceRequest, walk: Walk, django_capture_on_commit_callbacks: Any
) -> None:
    walk.to_details().on("duplicates", different="1")
    photo = SimpleUploadedFile("one.jpg", factories.jpeg(), "image/jpeg")
    walk.on("details/1", text=TEXT, q_where="lane", photos=[photo], add_photos="1")
    # Another place, where something else was reported: the question comes back.
    walk.on("location", address="12 Elm St", lat="40.50005", long="-69.0")
    assert walk.get("duplicates").at == "duplicates"
    assert "Your photos won’t be added." in walk.html
    kept = Photo.objects.get()
    with django_capture_on_commit_callbacks(execute=True):
        followers.follow(walk.draft.pk, earlier.pk)
    assert not Photo.objects.exists()
    assert not default_storage.exists(kept.path)


def test_so_many_an_hour_from_one_network(
    earlier: ServiceRequest, walk: Walk, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.RATE_LIMITS = True
    monkeypatch.setattr(duplicates, "FOLLOWED_AN_HOUR", 0)
    walk.to_details().on("duplicates", follow=earlier.reference, email="tia@example.org")
    assert walk.status == 429
    assert "tia@example.org" in walk.html
    assert people(earlier) == 1


# --- What became of it meanwhile --------------------------------------------------------------------------------------


def end(one: ServiceRequest, cast: Rivermark) -> None:
    endings.resolve(one.pk, disposition="fixed", text="Done.", actor=cast.tom)


def merge(one: ServiceRequest, cast: Rivermark) -> None:
    parent = factories.routed(cast.tree, "Not shown here")
    merges.merge(one.pk, parent=parent, actor=cast.cal)


def hide(one: ServiceRequest, cast: Rivermark) -> None:
    moderation.hide(one.pk, reason="abuse", actor=cast.pia)


def make_private(one: ServiceRequest, cast: Rivermark) -> None:
    ServiceRequest.objects.filter(pk=one.pk).update(public_state="private")


@pytest.mark.parametrize(
    ("became", "said"),
    [
        (end, "That report is closed: “Fixed.” We kept what you typed."),
        (merge, "That report is closed: “Combined with an earlier report.” We kept what you typed."),
        (hide, "You can’t follow that report anymore. We kept what you typed, so"),
        (make_private, "You can’t follow that report anymore. We kept what you typed, so"),
    ],
)
def test_what_cannot_be_followed_any_more_is_said_and_the_draft_kept(
    cast: Rivermark,
    earlier: ServiceRequest,
    walk: Walk,
    became: Callable[[ServiceRequest, Rivermark], None],
    said: str,
) -> None:
    walk.to_details()
    became(earlier, cast)
    walk.on("duplicates", follow=earlier.reference, email="tia@example.org")
    assert walk.at == "details/1"
    assert said in words(walk.html)
    assert walk.draft.typed["text"] == TEXT
    assert people(earlier) == 1
    walk.on("details/1", text=TEXT, q_where="lane").on("contact", none="1").send()
    assert walk.at == "sent"


def test_if_others_are_left_the_page_stays_with_what_was_typed(
    cast: Rivermark, earlier: ServiceRequest, walk: Walk
) -> None:
    factories.routed(cast.pothole, "The other hole", answers={"where": "lane"})
    walk.to_details()
    hide(earlier, cast)
    walk.on("duplicates", follow=earlier.reference, email="tia@example.org")
    assert (walk.status, walk.at) == (422, "duplicates")
    assert "You can’t follow that report anymore." in walk.html
    assert "tia@example.org" in walk.html
    assert "The other hole" in walk.html
    assert "Deep hole" not in walk.html


def test_what_ends_between_the_look_and_the_lock_is_not_joined(
    cast: Rivermark, earlier: ServiceRequest, walk: Walk, monkeypatch: pytest.MonkeyPatch
) -> None:
    walk.to_details()
    really = followers.follow

    def after_it_ended(*args: Any, **options: Any) -> None:
        end(earlier, cast)
        really(*args, **options)

    monkeypatch.setattr(followers, "follow", after_it_ended)
    walk.on("duplicates", follow=earlier.reference)
    assert walk.at == "details/1"
    assert "That report is closed" in walk.html
    assert people(earlier) == 1


@pytest.mark.parametrize("reference", ["", "ZZZZZZZZ", "\x00", "0" * 400])
def test_a_number_that_nobody_was_offered_follows_nothing(earlier: ServiceRequest, walk: Walk, reference: str) -> None:
    walk.to_details().on("duplicates", follow=reference)
    assert (walk.status, walk.at) == (422, "duplicates")
    assert people(earlier) == 1


def test_only_what_may_be_the_same_can_be_followed(cast: Rivermark, earlier: ServiceRequest, walk: Walk) -> None:
    for other in (factories.report(cast.outreach, "Someone"), factories.report(cast.tree, "Low branch")):
        walk.to_details().on("duplicates", follow=other.reference)
        assert walk.at == "duplicates"
        assert other.participations.count() == 1


# --- No ---------------------------------------------------------------------------------------------------------------


def test_mine_is_different_goes_on_and_does_not_ask_again(cast: Rivermark, earlier: ServiceRequest, walk: Walk) -> None:
    assert walk.to_details().on("duplicates", different="1").at == "details/1"
    # Nor about what came in while the person typed, or is likelier by the words that they changed.
    factories.report(cast.pothole, "Another one", answers={"where": "lane"})
    assert walk.on("details/1", text="Deep hole", q_where="lane").at == "contact"
    walk.on("contact", none="1").send()
    assert walk.at == "sent"
    assert people(earlier) == 1


def test_another_place_is_asked_about_anew(cast: Rivermark, earlier: ServiceRequest, walk: Walk) -> None:
    walk.to_details().on("duplicates", different="1")
    walk.on("location", address="", lat="40.50005", long="-69.0")
    assert walk.get("duplicates").at == "duplicates"


def test_neither_yes_nor_no_is_asked_again_with_the_address_kept(earlier: ServiceRequest, walk: Walk) -> None:
    walk.to_details().on("duplicates", email="tia@example.org")
    assert walk.status == 422
    assert "Select “Yes, that’s it” at one of these reports, or “No, mine is different.”" in walk.html
    assert "tia@example.org" in walk.html


def test_the_language_can_be_switched_without_losing_the_address(earlier: ServiceRequest, walk: Walk) -> None:
    walk.to_details().on("duplicates", email="tia@example.org", switch_language="es")
    assert walk.page.startswith("/es/")
    assert "tia@example.org" in walk.html
    assert not re.search(r'name="with_words"[^>]*checked', walk.html)


def test_words_of_danger_make_a_request_of_their_own(cast: Rivermark, earlier: ServiceRequest, walk: Walk) -> None:
    """They must rise in the queue and reach the person on call, which one more person on a report does not."""
    walk.begin("A hole, and I smell gas").on("emergency", go_on="1")
    walk.on("service", service="pothole").on("location", address="12 Elm St")
    assert walk.at == "details/1"


# --- The whole block? -------------------------------------------------------------------------------------------------


@pytest.fixture
def outage(cast: Rivermark) -> ServiceVersion:
    return factories.service(cast.city, "outage", duplicate_policy="ask")


def test_a_service_may_ask_for_the_whole_block_first(outage: ServiceVersion, walk: Walk) -> None:
    near = factories.routed(outage, "No water")
    walk.begin("Nothing comes out", service="outage").on("location", address="12 Elm St")
    assert walk.at == "duplicates"
    assert "Is it just your place or the whole block?" in walk.html
    assert "No water" not in walk.html
    walk.on("duplicates", block="1")
    assert walk.at == "duplicates"
    assert "No water" in walk.html
    walk.on("duplicates", follow=near.reference)
    assert walk.at == "sent"
    assert people(near) == 2


def test_only_my_place_is_a_report_of_its_own(outage: ServiceVersion, walk: Walk) -> None:
    factories.routed(outage, "No water")
    walk.begin("Nothing comes out", service="outage").on("location", address="12 Elm St")
    assert walk.on("duplicates", different="1").at == "details/1"


def test_with_nothing_near_the_block_is_not_asked_about(outage: ServiceVersion, walk: Walk) -> None:
    walk.begin("Nothing comes out", service="outage").on("location", address="12 Elm St")
    assert walk.at == "details/1"


# --- How it is remembered ---------------------------------------------------------------------------------------------


def test_the_log_knows_that_one_more_joined_and_no_words(earlier: ServiceRequest, walk: Walk) -> None:
    walk.to_details().on("duplicates", follow=earlier.reference, email="tia@example.org", with_words="on")
    kinds = list(Event.objects.filter(service_request=earlier).order_by("id").values_list("kind", flat=True))
    assert kinds[-2:] == ["joined", "answered"]
    assert "tia@" not in str(list(Event.objects.values_list("data", flat=True)))
    assert set(walk.draft.typed) == {"end", "link"}
