"""Going on later and elsewhere: a draft is always one browser's, its mailed link moves it, and nothing typed is lost on the way."""

import datetime as dt
import io
import re
from typing import Any

import pytest
from django.core import mail
from django.core.files.storage import default_storage
from django.test import Client

from requests_app import links
from requests_app.actions.report import drafts
from requests_app.clock import app_now
from requests_app.models import Draft, OutboxRow, Photo, QuestionVersion, Service, ServiceRequest, ServiceVersion
from requests_app.worker import tasks
from tests import factories
from tests.factories import Rivermark
from tests.walk import TEXT, Walk

pytestmark = [pytest.mark.django_db, pytest.mark.shows("4.18")]

ANA = "ana@example.org"


def link_mailed(walk: Walk, email: str = ANA) -> str:
    """Asks for the link, lets the worker work, and gives the path that the mail names."""
    walk.on("later", email=email)
    assert walk.status == 200
    tasks.drain("outside")
    found = re.search(r"http\S+?(/report/resume/\S+)", str(mail.outbox[-1].body))
    assert found is not None
    return found[1]


def add_photo(draft: Draft) -> Photo:
    content = factories.jpeg(40, 30)
    return drafts.add_photo(draft, io.BytesIO(content), size=len(content))


# --- The mailed link --------------------------------------------------------------------------------------------------


def test_the_path_says_how_long_it_keeps_and_later_keeps_a_half_filled_page(walk: Walk) -> None:
    walk.to_details()
    assert "We’ll keep what you typed until" in walk.html
    assert walk.on("details/1", text="Half a sent", q_where="", later="1").at == "later"
    assert walk.draft.typed["text"] == "Half a sent"
    assert "Your report hasn’t been sent yet." in walk.html


def test_the_mailed_link_opens_the_draft_on_another_device_with_its_photos(walk: Walk) -> None:
    walk.to_details()
    draft = walk.draft
    photo = add_photo(draft)
    path = link_mailed(walk)
    phone = Client()
    # Mail scanners visit links, which must not move the draft.
    assert "Continue here" in phone.get(path).content.decode()
    assert phone.head(path).status_code == 200
    assert walk.get("details/1").status == 200
    answer = phone.post(path, follow=True)
    assert TEXT in answer.content.decode()
    assert phone.get(f"/photos/{photo.name}-small.jpg").status_code == 200
    # It is open in one browser at a time; the link moves it back.
    assert walk.get("details/1").status == 404
    assert walk.client.get(f"/photos/{photo.name}-small.jpg").status_code == 404
    assert walk.client.post(path).status_code == 302
    assert walk.get("details/1").status == 200
    assert Draft.objects.count() == 1


def test_the_mail_says_until_when_and_nothing_of_what_was_typed(walk: Walk) -> None:
    walk.to_check()
    walk.prefix = "/es"
    link_mailed(walk, "otra@example.org")
    sent = mail.outbox[-1]
    assert sent.to == ["otra@example.org"]
    for typed in (TEXT, "Elm", "bus stop", ANA, "bent rim"):
        assert typed not in f"{sent.subject} {sent.body}"
    assert "/es/report/resume/" in sent.body


def test_the_outbox_holds_no_address(walk: Walk) -> None:
    walk.to_details().on("later", email=ANA)
    row = OutboxRow.objects.get(kind="mail_draft")
    assert ANA not in str(vars(row))
    assert row.recipient_id is None


def test_a_link_that_was_asked_for_too_often_is_not_mailed(walk: Walk) -> None:
    walk.to_details()
    for _ in range(3):
        walk.on("later", email=ANA)
        assert walk.status == 200
    walk.on("later", email=ANA)
    assert walk.status == 429
    assert "We already emailed you this link." in walk.html
    assert OutboxRow.objects.filter(kind="mail_draft").count() == 3


def test_one_address_gets_no_flood_from_many_drafts(walk: Walk, settings: Any) -> None:
    settings.RATE_LIMITS = True
    statuses = [walk.begin().on("later", email="flooded@example.org").status for _ in range(6)]
    assert statuses == [200] * 5 + [429]
    assert "flooded@example.org" in walk.html


@pytest.mark.parametrize("email", ["", "nobody", "a@b@c.example", "x\r\nBcc: y@example.org"])
def test_no_address_no_mail(walk: Walk, email: str) -> None:
    walk.to_details().on("later", email=email)
    assert walk.status == 422
    assert not OutboxRow.objects.filter(kind="mail_draft").exists()


def test_a_forgotten_or_sent_draft_is_not_mailed_any_more(walk: Walk) -> None:
    walk.to_check().on("later", email=ANA)
    walk.send()
    walk.begin().on("later", email=ANA)
    walk.client.post("/forget/")
    tasks.drain("outside")
    assert not [one for one in mail.outbox if "/report/resume/" in one.body]


@pytest.mark.parametrize("change", ["secret", "draft", "shape", "letters"])
def test_a_wrong_link_is_404(walk: Walk, change: str) -> None:
    walk.to_details()
    number, secret = links.draft_token(walk.draft).split("-")
    other = drafts.create(walk.draft.jurisdiction, visitor="f" * 32, language="en")
    token = {
        "secret": f"{number}-{'a' * len(secret)}",
        "draft": f"{other.pk.hex}-{secret}",
        "shape": number,
        "letters": f"{number}-é",
    }[change]
    for answer in (Client().get(f"/report/resume/{token}/"), Client().post(f"/report/resume/{token}/")):
        assert answer.status_code == 404
    assert Draft.objects.get(pk=walk.draft.pk).visitor_hash != other.visitor_hash


@pytest.mark.shows("A17")
def test_the_link_ends_with_the_draft(walk: Walk) -> None:
    walk.to_details()
    path = link_mailed(walk)
    Draft.objects.update(expires_at=app_now() - dt.timedelta(minutes=1))
    assert Client().get(path).status_code == 410
    assert Client().post(path).status_code == 410


def test_after_sending_the_link_makes_no_second_report_and_opens_nothing_to_others(walk: Walk) -> None:
    walk.to_check()
    path = link_mailed(walk)
    walk.send()
    sent = ServiceRequest.objects.get()
    answer = Client().post(path, follow=True)
    page = answer.content.decode()
    assert answer.status_code == 410
    assert sent.display_reference in page
    assert TEXT not in page
    assert "/l/" not in page
    # To the browser that sent it, it is the way back.
    assert walk.client.get(path, follow=True).request["PATH_INFO"].endswith("/sent/")
    assert ServiceRequest.objects.count() == 1


def test_staff_cannot_read_a_draft(walk: Walk, cast: Rivermark) -> None:
    walk.to_details()
    desk = Client()
    desk.force_login(factories.staff("sue", "supervisor", cast.city))
    for page in ("problem", "details/1", "later", "check"):
        assert desk.get(f"/report/{walk.draft.pk}/{page}/").status_code == 404


# --- Forget me --------------------------------------------------------------------------------------------------------


def test_forgetting_takes_every_draft_its_photos_the_links_and_the_sign_in(walk: Walk, cast: Rivermark) -> None:
    walk.to_check().send()
    sent = ServiceRequest.objects.get()
    sent_draft = walk.draft
    for _ in range(6):
        walk.begin()
    photo = add_photo(walk.draft)
    walk.client.force_login(factories.staff("sue", "supervisor", cast.city))
    private = walk.client.get(f"/report/{sent_draft.pk}/sent/").content.decode()
    link = re.search(r"(/l/[0-9]+-[a-z0-9]+/)", private)
    assert link is not None
    walk.client.get(link[1], follow=True)
    answer = walk.client.post("/forget/")
    assert "Your information is gone from this device" in answer.content.decode()
    assert not Draft.objects.exists()
    assert not Photo.objects.exists()
    assert not default_storage.exists(photo.path)
    assert ServiceRequest.objects.filter(pk=sent.pk).exists()
    assert "cookies" in answer["Clear-Site-Data"]
    gone = [one for one in answer.cookies.values() if not one.value]
    assert {"visitor", "private_link", "session"} <= {one.key for one in gone}
    assert f"/r/{sent.reference}/" in {one["path"] for one in gone}
    assert walk.client.get("/staff/").status_code == 302


# --- Another one ------------------------------------------------------------------------------------------------------


@pytest.mark.shows("4.19")
def test_another_like_this_asks_for_neither_service_nor_contact_again(cast: Rivermark, walk: Walk) -> None:
    factories.address(cast.city, "7 Oak Ave", -69.01, 40.51)
    walk.to_check().send()
    assert "Report another like this" in walk.html
    assert walk.on("another", like="1").at == "location"
    assert walk.on("location", address="7 Oak Ave").at == "details/1"
    assert walk.on("details/1", text="One more hole", q_where="lane").at == "check"
    assert ANA in walk.html
    walk.send()
    first, second = ServiceRequest.objects.order_by("id")
    assert second.service_version == first.service_version
    assert second.address != first.address


# --- Sent already, expired, forged: what was typed comes back ---------------------------------------------------------


def test_back_after_sending_shows_what_was_sent(walk: Walk) -> None:
    walk.to_check()
    draft_id = walk.draft.pk
    walk.send()
    for step, data in (
        ("details/1", {"text": TEXT, "q_where": "lane", "q_damage": "a bent rim"}),
        ("contact", {"email": ANA, "phone": "(555) 010-0199 ext. 4"}),
        ("check", {}),
        ("location", {"address": "12 Elm St", "note": "by the bus stop"}),
    ):
        assert walk.post(f"/report/{draft_id}/{step}/", **data).at == "sent", step
    assert ServiceRequest.objects.count() == 1


@pytest.mark.shows("4.20")
def test_what_a_second_tab_typed_after_sending_comes_back(walk: Walk) -> None:
    walk.to_check()
    draft_id = walk.draft.pk
    walk.send()
    walk.post(f"/report/{draft_id}/details/1/", text="It got <b>worse</b> since", q_where="lane")
    assert walk.status == 409
    assert "It got &lt;b&gt;worse&lt;/b&gt; since" in walk.html
    assert "This report was already sent" in walk.html
    assert ServiceRequest.objects.get().description == TEXT


@pytest.mark.shows("4.20")
@pytest.mark.parametrize("gone", ["expired", "another browser"])
def test_a_draft_that_is_gone_gives_back_what_its_page_held(walk: Walk, gone: str) -> None:
    walk.to_details()
    if gone == "expired":
        Draft.objects.update(expires_at=app_now() - dt.timedelta(minutes=1))
    else:
        walk.client.cookies.clear()
    walk.on("details/1", text="It took me an hour to type this", q_damage="a bent rim")
    assert walk.status == (410 if gone == "expired" else 404)
    assert "It took me an hour to type this" in walk.html
    assert "a bent rim" in walk.html
    assert "Start over with this text" in walk.html
    assert walk.begin("It took me an hour to type this").at == "service"


@pytest.mark.shows("4.20")
def test_a_form_whose_token_is_gone_can_be_sent_again_with_its_words(walk: Walk) -> None:
    walk.to_details()
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = walk.client.cookies
    path = f"/report/{walk.draft.pk}/details/1/"
    data = {"text": "Typed <i>before</i> it expired", "q_where": "lane", "csrfmiddlewaretoken": "old"}
    answer = strict.post(path, data, headers={"origin": "http://testserver"})
    page = answer.content.decode()
    assert answer.status_code == 403
    assert "no-store" in answer["Cache-Control"]
    assert "Typed &lt;i&gt;before&lt;/i&gt; it expired" in page
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    again = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
    assert token is not None
    assert again["q_where"] == "lane"
    answer = strict.post(path, {**data, "csrfmiddlewaretoken": token[1]}, headers={"origin": "http://testserver"})
    assert answer.status_code == 302
    assert walk.draft.typed["text"] == "Typed <i>before</i> it expired"


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://testserver.evil.example", ""])
def test_what_another_site_sends_is_not_shown(walk: Walk, origin: str) -> None:
    walk.to_details()
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = walk.client.cookies
    headers = {"origin": origin} if origin else {}
    answer = strict.post(
        f"/report/{walk.draft.pk}/details/1/", {"text": "Call 1-900 now, says the city"}, headers=headers
    )
    assert answer.status_code == 403
    assert "1-900" not in answer.content.decode()


# --- The service changes while the form is open -----------------------------------------------------------------------


@pytest.mark.shows("4.20")
def test_a_report_that_turned_public_while_it_was_checked_is_checked_again(cast: Rivermark, walk: Walk) -> None:
    walk.begin("A new tent is up by the gate").on("service", service="outreach")
    walk.on("location", address="12 Elm St").on("details/1", text="A new tent is up by the gate").on(
        "contact", none="1"
    )
    assert walk.at == "check"
    seen = re.search(r'name="version" value="(\d+)"', walk.html)
    assert seen is not None
    publish(cast.outreach, visibility="public")
    walk.on("check", version=seen[1])
    assert not ServiceRequest.objects.exists()
    assert walk.at == "check"
    assert "Please check your report again." in walk.html
    seen = re.search(r'name="version" value="(\d+)"', walk.html)
    assert seen is not None
    assert walk.on("check", version=seen[1]).at == "sent"


@pytest.mark.shows("4.20", "A13")
def test_a_service_switched_off_while_its_questions_are_open_keeps_the_words(walk: Walk) -> None:
    walk.to_details()
    Service.objects.filter(service_code="pothole").update(active=False)
    assert walk.on("details/1", text="New words of mine", q_where="lane").at == "service"
    assert walk.draft.typed["text"] == "New words of mine"
    Service.objects.filter(service_code="pothole").update(active=True)
    walk.on("service", service="pothole")
    assert walk.draft.typed["answers"]["where"] in ("lane", ["lane"])


@pytest.mark.shows("4.20")
def test_a_new_question_while_the_form_is_open_is_for_the_next_report(cast: Rivermark, walk: Walk) -> None:
    walk.to_details()
    old = cast.pothole.pk
    publish(cast.pothole, questions=[factories.question("depth", required=True)])
    walk.on("details/1", version=str(old), text="New words of mine", q_where="lane").on("contact", none="1")
    assert walk.on("check", version=str(old)).at == "sent"
    assert ServiceRequest.objects.get().service_version_id == old


@pytest.mark.shows("4.20")
def test_questions_that_changed_while_the_form_is_open_are_asked_and_the_rest_kept(cast: Rivermark, walk: Walk) -> None:
    walk.to_details()
    old = cast.pothole.pk
    # Only a service that more or fewer may read than before changes for who is in the middle of a report.
    publish(cast.pothole, questions=[factories.question("depth", required=True)], visibility="private")
    walk.on("details/1", version=str(old), text="New words of mine", q_where="lane")
    assert walk.at == "details/1"
    assert "q_depth" in walk.html
    assert "New words of mine" in walk.html
    assert "Please check them." in walk.html


def publish(
    version: ServiceVersion, *, questions: list[dict[str, Any]] | None = None, **columns: Any
) -> ServiceVersion:
    """A newer version of the service, as an editor publishes one."""
    newer = ServiceVersion.objects.get(pk=version.pk)
    newer.pk = None
    newer.number = version.number + 1
    for name, value in columns.items():
        setattr(newer, name, value)
    newer.save()
    for order, one in enumerate(questions or [], 1):
        QuestionVersion.objects.create(service_version=newer, order=order, **one)
    Service.objects.filter(pk=version.service_id).update(current=newer)
    return newer
