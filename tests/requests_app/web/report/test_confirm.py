"""A report that waits for the link in its mail: nowhere until then, sent once, taken away by who did not write it."""

import datetime as dt
import re

import pytest
from django.core import mail
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse

from requests_app import links
from requests_app.actions.people.reporters import Reporter
from requests_app.actions.privacy import expiry
from requests_app.actions.report import confirm_report
from requests_app.actions.shared import counters, verify_email
from requests_app.clock import app_now
from requests_app.models import (
    AccessLink,
    Clock,
    Draft,
    Event,
    IdempotencyKey,
    ModerationTerm,
    OneTimeLink,
    OutboxRow,
    Person,
    Photo,
    SearchDocument,
    ServiceRequest,
    ServiceVersion,
)
from requests_app.worker.tasks import drain
from tests import factories, resident
from tests.factories import Rivermark
from tests.saved import repeatable
from tests.walk import Walk

pytestmark = [pytest.mark.django_db, pytest.mark.shows("5.3")]

ANA = "ana@example.org"
WORDS = "The third swing hangs by one chain"


@pytest.fixture
def swings(cast: Rivermark) -> ServiceVersion:
    """A service whose reports wait; what it is about may be urgent to nobody."""
    severity = {"value": "bad", "label": {"en": "Bad"}, "effects": {"resolve_target": {"value": 2, "unit": "hours"}}}
    return repeatable(factories.service)(
        cast.city,
        "swings",
        name={"en": "Broken swing", "es": "Columpio roto"},
        must_confirm=True,
        duplicate_policy="join",
        questions=[factories.question("how", "single", options=[severity, "worn"], visibility="public")],
    )


@pytest.fixture
def sent(swings: ServiceVersion, walk: Walk) -> Walk:
    """Ana's report, of which she has not read the mail."""

    def send() -> None:
        walk.begin(WORDS).on("service", service="swings")
        walk.on("location", address="12 Elm St").on("details/1", text=WORDS, q_how="bad")
        assert walk.on("contact", email=ANA, phone="555-0147", language="en").at == "check"
        assert walk.send().at == "sent"

    return walk.again("sent", send)


def run_outbox() -> list[str]:
    """Empties the outbox and returns the recipient of each email."""
    mail.outbox.clear()
    while drain("database") or drain("outside"):
        pass
    return [one.to[0] for one in mail.outbox]


def link_in_mail() -> str:
    path = re.search(r"http://[^/]+(/c/\S+/)", str(mail.outbox[-1].body))
    assert path is not None
    return path[1]


def mailed() -> str:
    run_outbox()
    return link_in_mail()


def later(**length: int) -> None:
    with connection.cursor() as cursor:
        at = app_now() + dt.timedelta(**length)
        cursor.execute("SELECT set_config('lamplighter.time_shift', (%s - now())::text, true)", [at])


def surfaces(reference: str) -> dict[str, str]:
    """Where strangers look, by address."""
    client = Client()
    lat, long = factories.ELM_ST[1], factories.ELM_ST[0]
    addresses = [
        "/", "/requests/", "/requests/?status=all", "/requests/feed/", "/requests/?service=swings", "/map/",
        f"/requests/?near={lat},{long},500", f"/requests/?q={WORDS.split()[1]}", "/open311/v2/requests.json",
        f"/open311/v2/requests/{reference}.json", f"/r/{reference}/", f"/find/?reference={reference}", "/sitemap.xml",
    ]  # fmt: skip
    return {one: client.get(one, follow=True).content.decode() for one in addresses}


# --- A15: invisible and unsent, then both, once -----------------------------------------------------------------------


@pytest.mark.shows("A15")
def test_a15_before_the_link_is_used_it_is_nowhere_and_sent_to_nobody(cast: Rivermark, sent: Walk) -> None:
    assert run_outbox() == [ANA]
    made = ServiceRequest.objects.get()
    assert (made.public_state, made.status, made.department, made.due_at) == ("unconfirmed", "received", None, None)
    assert not Clock.objects.exists()
    assert not Event.objects.exists()
    assert not SearchDocument.objects.filter(kind="request").exists()
    assert counters.read(cast.city, "submitted", public_only=False) == 0
    assert counters.read(cast.city, "open", public_only=False) == 0
    assert counters.recount() == 0
    assert set(OutboxRow.objects.values_list("kind", flat=True)) == {"mail_link"}
    for address, html in surfaces(made.reference).items():
        assert WORDS not in html, address
        # A page that is asked for the number says it back.
        assert made.reference in address or made.reference not in html, address
    assert Client().get(f"/r/{made.reference}/").status_code == 404
    for user in (cast.ada, cast.pia, cast.tom, cast.cal):
        assert not ServiceRequest.objects.visible_to(user).exists()
        client = Client()
        client.force_login(user)
        assert client.get(reverse("staff_app:detail", args=[made.reference])).status_code == 404
    # Nor does it stop another's report as "the same".
    other = Walk(Client()).begin("swing broken").on("service", service="swings")
    assert other.on("location", address="12 Elm St").at == "details/1"


def test_a15_not_even_its_private_link_opens_it_before(sent: Walk) -> None:
    """That link is emailed after the confirmation; before, there is only the page after sending."""
    link = AccessLink.objects.get()
    assert sent.client.get(f"/l/{links.token(link)}/").status_code == 404
    assert sent.client.get(f"/r/{link.service_request.reference}/").status_code == 404
    sent.client.post(mailed())
    assert Client().get(f"/l/{links.token(link)}/").status_code == 302


@pytest.mark.shows("A15")
def test_a15_the_press_makes_it_visible_and_sent_once_with_its_promises_from_then_on(
    cast: Rivermark, sent: Walk
) -> None:
    path = mailed()
    later(days=2)
    pressed_at = app_now()
    for _ in range(2):
        assert sent.client.post(path).status_code in (302, 410)
    made = ServiceRequest.objects.get()
    assert made.public_state == "public"
    assert made.submitted_at >= pressed_at
    assert made.due_at is not None
    # The answer's own promise: two hours.
    assert made.due_at - made.submitted_at == dt.timedelta(hours=2)
    assert run_outbox().count(ANA) == 1, "received, and sent to its department, in one email"
    made.refresh_from_db()
    assert (made.status, made.department) == ("routed", cast.streets)
    assert list(Event.objects.order_by("id").values_list("kind", flat=True)) == ["submitted", "confirmed", "routed"]
    assert counters.read(cast.city, "submitted", since=made.submitted_at.astimezone(cast.city.zone).date()) == 1
    assert counters.read(cast.city, "open") == 1
    assert counters.recount() == 0
    assert WORDS in Client().get(f"/r/{made.reference}/").content.decode()
    assert f"/r/{made.reference}" in Client().get("/requests/").content.decode()
    area = made.request_areas.first()
    assert area is None or (area.public_state, area.submitted_at) == ("public", made.submitted_at)


def test_a14_in_a_private_service_it_is_private_from_the_press_on(cast: Rivermark, walk: Walk) -> None:
    factories.service(cast.city, "whisper", must_confirm=True, visibility="private", duplicate_policy="never")
    walk.begin(WORDS).on("service", service="whisper")
    walk.on("location", address="12 Elm St").on("details/1", text=WORDS)
    walk.on("contact", email=ANA, language="en").send()
    walk.client.post(mailed())
    run_outbox()
    made = ServiceRequest.objects.get()
    assert (made.public_state, made.status) == ("private", "routed")
    assert Client().get(f"/r/{made.reference}/").status_code == 404


def test_what_was_held_for_a_look_is_held_after_the_press_too(cast: Rivermark, swings: ServiceVersion) -> None:
    ModerationTerm.objects.create(jurisdiction=cast.city, kind="link", value="spam.example")
    made = factories.report(swings, "See www.spam.example")
    assert made.public_state == "unconfirmed"
    confirm_report.confirm(OneTimeLink.objects.get())
    made.refresh_from_db()
    assert (made.public_state, made.review_reason) == ("pending_review", "link")


# --- A16: once, expires, signs in nobody else, and a scanner breaks nothing -------------------------------------------


@pytest.mark.shows("A16")
def test_a16_a_scanners_visit_changes_nothing_and_the_button_still_works(sent: Walk) -> None:
    path = mailed()
    for method in ("get", "head", "options", "get"):
        getattr(Client(), method)(path)
    assert ServiceRequest.objects.get().public_state == "unconfirmed"
    assert "Yes, send my report" in Client().get(path).content.decode()
    assert sent.client.post(path).status_code == 302
    assert ServiceRequest.objects.get().public_state == "public"


@pytest.mark.shows("A16")
def test_a16_the_browser_that_wrote_it_gets_its_private_link_and_no_other_does(sent: Walk) -> None:
    path = mailed()
    stranger = Client()
    answer = stranger.post(path)
    html = answer.content.decode()
    assert "Your report has been sent" in html
    assert not any("private_link" in name for name in answer.cookies)
    assert not re.search(r"/l/\d+-", html)
    made = ServiceRequest.objects.get()
    assert "Withdraw report" not in stranger.get(f"/r/{made.reference}/").content.decode()
    # Its own reporter got the link by email.
    run_outbox()
    assert any(re.search(r"/l/\d+-[a-z2-7]{26}/", str(one.body)) for one in mail.outbox)


def test_a16_its_own_browser_is_led_to_the_report_as_its_reporter(sent: Walk) -> None:
    answer = sent.client.post(mailed(), follow=True)
    made = ServiceRequest.objects.get()
    assert answer.request["PATH_INFO"] == f"/r/{made.reference}/"
    assert "Your report has been sent" in answer.content.decode()
    assert answer.context["access"].own


@pytest.mark.shows("A16")
def test_a16_after_a_week_it_is_over_and_a_new_one_can_be_had(sent: Walk) -> None:
    path = mailed()
    later(days=8)
    answer = Client().post(path)
    assert answer.status_code == 410
    assert "has expired" in answer.content.decode()
    assert ServiceRequest.objects.get().public_state == "unconfirmed"
    assert "A new link is on its way" in Client().post(path, {"again": "1"}).content.decode()
    assert run_outbox() == [ANA]
    assert sent.client.post(link_in_mail()).status_code in (200, 302)
    assert ServiceRequest.objects.get().public_state == "public"


def test_a_new_link_is_not_mailed_without_end(sent: Walk) -> None:
    path = mailed()
    later(days=8)
    answers = [Client().post(path, {"again": "1"}).status_code for _ in range(7)]
    assert answers.count(429) == 2
    assert OneTimeLink.objects.count() == 1 + 5


@pytest.mark.parametrize("token", ["x", "1-x", "999999-aaaaaaaaaaaaaaaaaaaaaaaaaa", "0-"])
def test_a_wrong_link_is_404(sent: Walk, token: str) -> None:
    assert Client().post(f"/c/{token}/").status_code == 404
    assert ServiceRequest.objects.get().public_state == "unconfirmed"


# --- A17: later it leads to the report --------------------------------------------------------------------------------


@pytest.mark.shows("A17")
def test_a17_used_again_it_leads_to_the_report_and_makes_no_second_one(sent: Walk) -> None:
    path = mailed()
    sent.client.post(path)
    made = ServiceRequest.objects.get()
    for method in ("get", "post"):
        answer = getattr(Client(), method)(path)
        assert (answer.status_code, answer["Location"]) == (302, f"/r/{made.reference}/")
    assert ServiceRequest.objects.count() == 1
    assert Event.objects.filter(kind="submitted").count() == 1


def test_a17_the_second_of_two_mailed_links_changes_nothing_any_more(sent: Walk) -> None:
    first = mailed()
    sent.on("resend-confirmation", email=ANA)
    second = mailed()
    assert first != second
    sent.client.post(second)
    made = ServiceRequest.objects.get()
    for data in ({}, {"not_me": "1"}, {"again": "1"}):
        answer = Client().post(first, data)
        assert (answer.status_code, answer["Location"]) == (302, f"/r/{made.reference}/")
    assert Event.objects.filter(kind="submitted").count() == 1
    assert Client().get(first).status_code == 302


def test_a17_of_a_private_report_the_used_link_shows_nothing_to_whom_it_was_forwarded(
    cast: Rivermark, swings: ServiceVersion
) -> None:
    whisper = factories.service(cast.city, "whisper", must_confirm=True, visibility="private")
    made = factories.report(whisper, WORDS)
    path = mailed()
    Client().post(path)
    answer = Client().get(path)
    assert answer.status_code == 410
    html = answer.content.decode()
    assert "Your report was already sent" in html
    assert made.reference not in html
    assert WORDS not in html


# --- The page after sending -------------------------------------------------------------------------------------------


def test_the_sent_page_says_what_is_still_to_do_and_until_when(sent: Walk) -> None:
    assert "One more step: select the link in our email." in sent.html
    assert ANA in sent.html
    assert "within 30 days" in sent.html
    # A reference that was shown is never lost, and this report may be.
    assert ServiceRequest.objects.get().display_reference not in sent.html
    assert not re.search(r"/l/\d+-", sent.html)
    sent.client.post(mailed())
    assert "We got it" in sent.get("sent").html
    assert ServiceRequest.objects.get().display_reference in sent.html


def test_a_mistyped_address_is_corrected_and_its_link_does_nothing_any_more(sent: Walk) -> None:
    wrong = mailed()
    sent.on("resend-confirmation", email="anna@example.org")
    assert sent.at == "sent"
    assert "anna@example.org" in sent.html
    assert ANA not in sent.html
    assert run_outbox() == ["anna@example.org"]
    right = link_in_mail()
    assert Client().post(wrong).status_code == 404
    assert Client().post(wrong, {"not_me": "1"}).status_code == 404
    assert ServiceRequest.objects.get().public_state == "unconfirmed"
    sent.client.post(right)
    assert ServiceRequest.objects.get().public_state == "public"
    assert set(run_outbox()) == {"anna@example.org"}


@pytest.mark.parametrize("email", ["", "no address", "x" * 300 + "@example.org"])
def test_a_wrong_address_is_told_and_mails_nothing(sent: Walk, email: str) -> None:
    sent.on("resend-confirmation", email=email)
    assert sent.status == 422
    assert OneTimeLink.objects.count() == 1


def test_another_browser_can_neither_see_the_address_nor_have_the_link_mailed(sent: Walk) -> None:
    stranger = Client()
    for name in ("sent", "resend-confirmation"):
        answer = stranger.get(f"/report/{sent.draft.pk}/{name}/")
        assert answer.status_code == 404
        assert ANA not in answer.content.decode()
    assert stranger.post(f"/report/{sent.draft.pk}/resend-confirmation/", {"email": "x@example.org"}).status_code == 404
    assert OneTimeLink.objects.count() == 1


def test_the_link_is_mailed_again_only_so_often(sent: Walk) -> None:
    statuses = []
    for _ in range(6):
        sent.on("resend-confirmation", email=ANA)
        statuses.append(sent.status)
    assert statuses == [302, 302, 302, 302, 302, 429]


def test_after_the_press_nothing_is_mailed_again(sent: Walk) -> None:
    sent.client.post(mailed())
    assert sent.on("resend-confirmation", email="other@example.org").at == "sent"
    assert OneTimeLink.objects.count() == 1
    assert not Person.objects.filter(contact_points__normalized="other@example.org").exists()


def test_sending_twice_mails_one_link(sent: Walk) -> None:
    sent.client.post(f"/report/{sent.draft.pk}/check/")
    assert ServiceRequest.objects.count() == 1
    assert run_outbox() == [ANA]


# --- Nobody confirms --------------------------------------------------------------------------------------------------


def test_that_was_not_me_takes_the_report_away_with_all_that_belongs_to_it(sent: Walk) -> None:
    path = mailed()
    answer = Client().post(path, {"not_me": "1"})
    assert answer.status_code == 200
    assert not ServiceRequest.objects.exists()
    # The address alone is left for a month, to count what is mailed there.
    assert not Person.objects.exclude(participations=None).exists()
    assert not Draft.objects.exists()
    assert not IdempotencyKey.objects.exists()
    assert Client().post(path).status_code == 404
    assert Client().post(path, {"not_me": "1"}).status_code == 404
    assert run_outbox() == []


def test_that_was_not_me_takes_nothing_away_that_was_sent(sent: Walk) -> None:
    path = mailed()
    sent.client.post(path)
    Client().post(path, {"not_me": "1"})
    assert ServiceRequest.objects.get().public_state == "public"


def test_that_was_not_me_comes_too_late_while_the_report_is_sent_by_another_link(sent: Walk) -> None:
    mailed()
    sent.on("resend-confirmation", email=ANA)
    sent.client.post(mailed())
    # As pressed at the same time: the page itself would lead to the report.
    link = OneTimeLink.objects.filter(used_at=None).get()
    with pytest.raises(verify_email.LinkExpired):
        confirm_report.decline(link)
    assert ServiceRequest.objects.get().participations.get().person.contact_points.exists()


def test_what_nobody_confirms_is_deleted_after_30_days_with_its_photos(swings: ServiceVersion, walk: Walk) -> None:
    walk.begin(WORDS).on("service", service="swings").on("location", address="12 Elm St")
    walk.on("details/1", text=WORDS, q_how="bad", photos=SimpleUploadedFile("swing.jpg", factories.jpeg()))
    walk.on("contact", email=ANA, language="en").send()
    path = mailed()
    photo = Photo.objects.get()
    assert Client().get(f"/photos/{photo.name}.jpg").status_code == 404
    later(days=29)
    expiry.sweep()
    assert ServiceRequest.objects.exists()
    later(days=2)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    confirmed = factories.report(swings, "Another swing")
    confirm_report.confirm(OneTimeLink.objects.get(service_request=confirmed))
    expiry.sweep()
    assert list(ServiceRequest.objects.all()) == [confirmed]
    assert not Photo.objects.exists()
    assert default_storage.exists(photo.path), "a file goes after the commit, which this test has none of"
    assert Client().get(path).status_code == 404


# --- Which do not wait ------------------------------------------------------------------------------------------------


def test_what_a_member_of_staff_takes_does_not_wait(cast: Rivermark, swings: ServiceVersion) -> None:
    made = factories.report(swings, WORDS, actor=cast.cal, channel="phone")
    assert made.public_state == "public"
    assert not OneTimeLink.objects.exists()


def test_what_was_sent_after_the_emergency_question_does_not_wait(swings: ServiceVersion) -> None:
    made = factories.report(swings, WORDS, after_warning=True)
    assert made.public_state == "public"
    assert made.due_at is not None


@pytest.mark.parametrize(
    ("email", "state"), [(ANA, "public"), ("Ana@Example.org", "public"), ("bo@example.org", "unconfirmed")]
)
def test_the_address_that_is_signed_in_where_it_was_written_waits_for_no_mail(
    cast: Rivermark, swings: ServiceVersion, walk: Walk, email: str, state: str
) -> None:
    factories.report(cast.tree, reporter=Reporter(email=ANA))
    resident.signed_in(ANA, walk.client)
    walk.begin(WORDS).on("service", service="swings").on("location", address="12 Elm St")
    walk.on("details/1", text=WORDS, q_how="bad")
    assert f"You’re signed in as {ANA}" in walk.html
    assert f'value="{ANA}"' in walk.html
    assert "We send you a link" not in walk.html
    walk.on("contact", email=email, language="en").send()
    assert ServiceRequest.objects.get(service=swings.service).public_state == state


# --- An address is required -------------------------------------------------------------------------------------------


def test_without_an_address_it_cannot_be_sent_and_the_page_says_why(swings: ServiceVersion, walk: Walk) -> None:
    walk.begin(WORDS).on("service", service="swings")
    walk.on("location", address="12 Elm St").on("details/1", text=WORDS, q_how="bad")
    assert "Don’t contact me" not in walk.html
    assert "555-0100" in walk.html
    for said in ({"language": "en"}, {"none": "1", "language": "en"}, {"email": " ", "phone": "555-0147"}):
        walk.on("contact", **said)
        assert (walk.status, "Enter your email address." in walk.html) == (422, True)
    # By a direct POST neither.
    walk.on("check")
    assert walk.at == "contact"
    assert not ServiceRequest.objects.exists()


def test_whoever_chooses_such_a_service_after_saying_nothing_is_asked_again(swings: ServiceVersion, walk: Walk) -> None:
    walk.to_contact().on("contact", none="1")
    assert walk.at == "check"
    walk.on("service", service="swings").on("details/1", text=WORDS, q_how="bad")
    assert walk.at == "contact"
