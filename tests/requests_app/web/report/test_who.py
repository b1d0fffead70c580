"""Who reports: the honest sentence, a phone number as people write it, a name by law, and addresses that may not take part."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from requests_app.actions.people.reporters import Reporter
from requests_app.actions.report import submission
from requests_app.models import Event, ModerationTerm, OneTimeLink, Person, ServiceRequest, ServiceVersion, Subscription
from requests_app.rules.following.follow_target import FollowTarget
from requests_app.rules.people import blocked_addresses
from tests import factories
from tests.factories import Rivermark
from tests.walk import TEXT, Walk

pytestmark = pytest.mark.django_db

NAME, ADDRESS = "Ana Ortiz", "9 Elm St\nRivermark 01234"


@pytest.fixture
def barking(cast: Rivermark) -> ServiceVersion:
    why = {"en": "The law lets us act only if we know who tells us.", "es": "La ley pide saber quién avisa."}
    return factories.service(cast.city, "barking", identity_words=why, duplicate_policy="never")


@pytest.fixture
def at_contact(barking: ServiceVersion, walk: Walk) -> Walk:
    walk.begin(TEXT).on("service", service="barking")
    walk.on("location", address="12 Elm St").on("details/1", text=TEXT)
    assert walk.at == "contact"
    return walk


def box(html: str, heading_id: str) -> str:
    """One of the check page's two boxes."""
    found = re.search(rf'aria-labelledby="{heading_id}".*?</section>', html, re.DOTALL)
    assert found is not None
    return found[0]


# --- What the page says -----------------------------------------------------------------------------------------------


@pytest.mark.shows("5.1")
def test_it_says_what_may_become_of_a_name_and_how_to_stay_unknown(cast: Rivermark, walk: Walk) -> None:
    html = walk.to_contact().html
    assert (
        "We don’t show your name to the public. A court or a public records law may require us to release it. "
        "To stay anonymous, leave it blank." in html
    )
    assert "A crew may call this number. We don’t send texts." in html
    for marked in (
        'type="tel"',
        'inputmode="tel"',
        'autocomplete="tel"',
        'autocomplete="email"',
        'autocomplete="name"',
    ):
        assert marked in html
    assert "Postal address" not in html


@pytest.mark.shows("5.1")
@pytest.mark.parametrize(
    "phone",
    [
        "555-0100", "(617) 555-0100", "+1 617.555.0100", "617 555 0100 x12", "617-555-0100 X 12", "617-555-0100, ext. 12",
        "617-555-0100 extension 12", "617-555-0100 #12", "711 / 617-555-0100", "Relay 711, 617-555-0100", "TTY 617-555-0100",
        "617-555-0100 (voice)", "617-555-0100 extensión 4", "  617   555   0100  ",
    ],
)  # fmt: skip
def test_a_phone_number_may_be_written_as_people_write_it(cast: Rivermark, walk: Walk, phone: str) -> None:
    walk.to_contact().on("contact", phone=phone, language="en")
    assert walk.at == "check", phone
    assert phone.strip() in " ".join([walk.html, *re.findall(r"\S.*", phone)])


@pytest.mark.parametrize("phone", ["call me", "12", "555-0100 after six", "ana@example.org", "555\x000100 nobody"])
def test_what_is_no_phone_number_is_told_and_kept(cast: Rivermark, walk: Walk, phone: str) -> None:
    walk.to_contact().on("contact", phone=phone, email="ana@example.org", language="en")
    assert (walk.status, "Enter a phone number" in walk.html) == (422, True)
    assert "ana@example.org" in walk.html


# --- A name by law ----------------------------------------------------------------------------------------------------


def test_it_says_why_and_does_not_say_that_one_can_stay_unknown(at_contact: Walk) -> None:
    assert "The law lets us act only if we know who tells us." in at_contact.html
    assert "To stay anonymous" not in at_contact.html
    spanish = at_contact.client.get(f"/es/report/{at_contact.draft.pk}/contact/").content.decode()
    assert "La ley pide saber quién avisa." in spanish


@pytest.mark.parametrize("more", [{}, {"none": "1"}, {"email": "ana@example.org"}, {"none": "1", "name": NAME}])
def test_without_name_and_address_it_goes_no_further_and_each_is_told(at_contact: Walk, more: dict[str, str]) -> None:
    at_contact.on("contact", language="en", **more)
    assert at_contact.status == 422
    assert "Enter your postal address." in at_contact.html
    assert ("Enter your name." in at_contact.html) == ("name" not in more)
    # Neither by a direct POST to the last page.
    assert at_contact.on("check").at == "contact"
    assert not ServiceRequest.objects.exists()


@pytest.mark.shows("5.2")
def test_both_are_kept_for_the_staff_alone(cast: Rivermark, at_contact: Walk) -> None:
    at_contact.on("contact", name=NAME, postal_address=ADDRESS, email="ana@example.org", language="en")
    assert at_contact.at == "check"
    city, everyone = box(at_contact.html, "city-only"), box(at_contact.html, "everyone")
    assert "9 Elm St" in city
    assert NAME in city
    assert "9 Elm St" not in everyone
    assert NAME not in everyone
    assert at_contact.send().at == "sent"
    person = Person.objects.get()
    assert (person.name, person.postal_address) == (NAME, ADDRESS)
    made = ServiceRequest.objects.get()
    for path in (
        f"/r/{made.reference}/",
        "/requests/",
        f"/open311/v2/requests/{made.display_reference}.json?extensions=true",
    ):
        assert "9 Elm St" not in Client().get(path).content.decode()
    factories.run_worker()
    for user, may in ((cast.tom, True), (cast.dev, False)):
        client = Client()
        client.force_login(user)
        assert "9 Elm St" not in client.get(reverse("staff_app:detail", args=[made.reference])).content.decode()
        answer = client.post(reverse("staff_app:reporter", args=[made.reference]), {"reason": "reply"})
        assert ("9 Elm St" in answer.content.decode()) == may
    assert Event.objects.filter(kind="reporter_viewed").count() == 1


def test_do_not_contact_me_then_means_no_mails_and_no_calls(at_contact: Walk) -> None:
    typed = {"name": NAME, "postal_address": ADDRESS, "email": "ana@example.org", "phone": "555-0100", "language": "es"}
    assert at_contact.on("contact", none="1", **typed).at == "check"
    assert "Don’t contact me" in at_contact.html
    at_contact.send()
    person = Person.objects.get()
    assert (person.name, person.postal_address, person.may_be_called) == (NAME, ADDRESS, False)
    assert not person.contact_points.exists()


def test_an_address_that_was_given_for_another_service_is_not_kept(at_contact: Walk) -> None:
    at_contact.on("contact", name=NAME, postal_address=ADDRESS, language="en")
    assert at_contact.on("service", service="tree").at == "check"
    assert "9 Elm St" not in at_contact.html
    at_contact.send()
    assert Person.objects.get().postal_address == ""


def test_report_another_here_asks_for_the_address_not_again(at_contact: Walk) -> None:
    at_contact.on("contact", name=NAME, postal_address=ADDRESS, language="en").send()
    at_contact.on("another")
    at_contact.draft_id = ""
    at_contact.on("problem", text="Another dog").on("service", service="barking").on("details/1", text="Another dog")
    assert at_contact.at == "check"


@pytest.mark.shows("5.2")
@pytest.mark.parametrize("who", [None, "cal"])
def test_nobody_can_skip_it_not_even_the_call_taker(cast: Rivermark, barking: ServiceVersion, who: str | None) -> None:
    actor = getattr(cast, who) if who else None
    for reporter in (factories.NOBODY, factories.ANA):
        with pytest.raises(submission.Refused) as refused:
            factories.report(barking, TEXT, reporter=reporter, actor=actor)
        assert "postal_address" in refused.value.problems
    assert not ServiceRequest.objects.exists()
    full = Reporter(name=NAME, postal_address=ADDRESS)
    assert factories.report(barking, TEXT, reporter=full, actor=actor).participations.get().person.name == NAME


# --- A device without network -----------------------------------------------------------------------------------------


def kept(**changes: str) -> dict[str, str]:
    return {
        "key": "8d9f7a36-7a0b-4d2b-8a0e-0a53e8f3b001", "revision": "1", "text": TEXT, "service": "barking", "answers": "{}",
        "address": "12 Elm St", "lat": "", "long": "", "note": "", "email": "ana@example.org", "phone": "", "name": NAME,
        "language": "en", "text_language": "en", "went_on": "[]", "photos": "[]", **changes,
    }  # fmt: skip


@pytest.mark.shows("5.2")
def test_a_kept_report_waits_on_our_page_for_what_is_missing(barking: ServiceVersion, walk: Walk) -> None:
    walk.client.get("/report/offline/token.json")
    answer = walk.client.post("/report/offline/send/", kept()).json()
    assert answer["state"] == "needs"
    assert "who you are" in answer["message"]
    assert answer["url"].endswith("/contact/")
    assert not ServiceRequest.objects.exists()
    walk.page = answer["url"]
    assert NAME in walk.get("contact").html
    walk.on("contact", name=NAME, postal_address=ADDRESS, email="ana@example.org", language="en").send()
    assert walk.client.post("/report/offline/send/", {**kept(), "ask": "1"}).json()["state"] == "sent"


def test_a_kept_report_that_waits_for_its_link_says_so_until_it_is_pressed(cast: Rivermark, walk: Walk) -> None:
    factories.service(cast.city, "swings", must_confirm=True, duplicate_policy="never")
    walk.client.get("/report/offline/token.json")
    answer = walk.client.post("/report/offline/send/", kept(service="swings")).json()
    assert answer["state"] == "needs"
    assert "select the link in our email" in answer["message"]
    assert "reference" not in answer
    assert "One more step" in walk.client.get(answer["url"]).content.decode()
    asked = walk.client.post("/report/offline/send/", {**kept(), "ask": "1"}).json()
    assert asked["state"] == "needs"
    ServiceRequest.objects.update(public_state="public")
    asked = walk.client.post("/report/offline/send/", {**kept(), "ask": "1"}).json()
    assert (asked["state"], asked["reference"]) == ("sent", ServiceRequest.objects.get().display_reference)


# --- A29: listed addresses --------------------------------------------------------------------------------------------

TROLL = "troll@bridge.example"


@pytest.fixture
def listed(cast: Rivermark) -> str:
    ModerationTerm.objects.create(jurisdiction=cast.city, kind="address", value=TROLL)
    return TROLL


@pytest.mark.parametrize(
    "email", [TROLL, " Troll@Bridge.EXAMPLE ", "troll+a@bridge.example", "troll+a+b@bridge.example"]
)
def test_a29_a_listed_address_is_known_however_it_is_written(cast: Rivermark, listed: str, email: str) -> None:
    assert blocked_addresses.is_blocked(cast.city, email)


@pytest.mark.parametrize("email", ["", "troll", "a.troll@bridge.example", "troll@other.example", "@", "troll@"])
def test_a29_others_are_not_listed(cast: Rivermark, listed: str, email: str) -> None:
    assert not blocked_addresses.is_blocked(cast.city, email)
    assert not blocked_addresses.is_blocked(factories.jurisdiction("Elsewhere", hosts=["elsewhere.example"]), TROLL)


def test_a29_all_of_a_host_can_be_listed(cast: Rivermark) -> None:
    ModerationTerm.objects.create(jurisdiction=cast.city, kind="address", value="@bridge.example")
    assert blocked_addresses.is_blocked(cast.city, "anybody@bridge.example")
    assert not blocked_addresses.is_blocked(cast.city, "anybody@a-bridge.example")


@pytest.mark.shows("A29")
def test_a29_it_cannot_send_and_is_told_to_call(cast: Rivermark, listed: str, walk: Walk) -> None:
    walk.to_contact().on("contact", email=TROLL, name=NAME, language="en")
    assert walk.status == 422
    assert "We can’t accept reports from this email address. Call us at 555-0100." in walk.html
    assert NAME in walk.html
    assert walk.on("check").at == "contact"
    assert not ServiceRequest.objects.exists()


def test_a29_it_cannot_send_either_if_it_was_listed_while_one_typed(cast: Rivermark, walk: Walk) -> None:
    walk.to_check(email=TROLL, language="en")
    ModerationTerm.objects.create(jurisdiction=cast.city, kind="address", value=TROLL)
    assert walk.send().at == "contact"
    assert "Call us at 555-0100" in walk.html
    assert not ServiceRequest.objects.exists()


@pytest.mark.shows("A29")
def test_a29_it_cannot_join_what_others_reported(cast: Rivermark, listed: str, walk: Walk) -> None:
    earlier = factories.routed(cast.pothole, answers={"where": "lane"}, reporter=factories.NOBODY)
    assert walk.to_details().at == "duplicates"
    walk.on("duplicates", follow=earlier.reference, email=TROLL)
    assert walk.status == 422
    assert "Call us at 555-0100" in walk.html
    earlier.refresh_from_db()
    assert earlier.people_count == 1
    assert earlier.participations.count() == 1


@pytest.mark.shows("A29")
def test_a29_it_cannot_subscribe(cast: Rivermark, listed: str) -> None:
    answer = Client().post("/follow/?service=pothole", {"email": TROLL, "cadence": "daily"})
    assert answer.status_code == 422
    assert "Call us at 555-0100" in answer.content.decode()
    assert not Subscription.objects.exists()
    assert not OneTimeLink.objects.exists()


@pytest.mark.shows("A29")
@pytest.mark.parametrize("what", ["report", "subscription"])
def test_a29_it_cannot_confirm_what_it_asked_for_before_it_was_listed(cast: Rivermark, what: str) -> None:
    from requests_app import links
    from requests_app.actions.following import subscriptions

    if what == "report":
        swings = factories.service(cast.city, "swings", must_confirm=True)
        factories.report(swings, TEXT, reporter=Reporter(email=TROLL))
    else:
        follow_target: dict[str, Any] = {"email": TROLL, "cadence": "daily", "language": "en"}
        subscriptions.subscribe(cast.city, FollowTarget("Pothole", service=cast.pothole.service), **follow_target)
    ModerationTerm.objects.create(jurisdiction=cast.city, kind="address", value=TROLL)
    path = "/c/" + links.one_time_url(OneTimeLink.objects.get()).rstrip("/").rsplit("/", 1)[-1] + "/"
    answer = Client().post(path)
    assert answer.status_code == 403
    assert "Call us at 555-0100" in answer.content.decode()
    assert not Event.objects.filter(kind="submitted").exists()
    assert not Subscription.objects.exclude(confirmed_at=None).exists()
    assert OneTimeLink.objects.get().used_at is None


# --- Nothing typed is lost --------------------------------------------------------------------------------------------


def test_what_was_typed_stays_when_something_is_missing_or_the_language_is_switched(at_contact: Walk) -> None:
    at_contact.on("contact", none="1", email="ana@example.org", phone="555-0100", language="en")
    assert at_contact.status == 422
    for typed in ("ana@example.org", "555-0100"):
        assert typed in at_contact.html
    # Also where another service was chosen after the contact was given.
    at_contact.on("service", service="tree").on("contact", email="ana@example.org", language="en")
    at_contact.on("service", service="barking")
    assert at_contact.at == "contact"
    at_contact.on("contact", name="Half a name", email="ana@example.org", language="en", switch_language="es")
    assert "/es/" in at_contact.page
    assert "Half a name" in at_contact.html
