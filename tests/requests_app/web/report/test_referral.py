"""“Send it to them for me”: what somebody else does goes to them by email as its writer saw it, and nothing of it is kept."""

import datetime as dt
import io
import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from pytest_django.fixtures import Settings

from requests_app.actions.report import drafts, referrals
from requests_app.actions.shared.search_index import index_catalog
from requests_app.clock import app_now
from requests_app.messages import referral_mail
from requests_app.models import Article, Draft, ModerationTerm, OutboxRow, Photo, ReferralCount
from requests_app.web.report import referral
from tests import factories, mail_server
from tests.factories import Rivermark
from tests.mail_server import Mailbox, deliver, plain
from tests.walk import Walk

pytestmark = [pytest.mark.django_db, pytest.mark.shows("16.5")]
CARTS = {
    "name": {"en": "Cart Roundup", "es": "Recoge Carritos"},
    "phone": "555-0187",
    "hours": {"en": "Every day, 7 am to 7 pm"},
    "email": "pickup@cartroundup.example",
    "takes_reports": True,
    "outside": True,
}
POWER = {"name": {"en": "Light & Power"}, "phone": "555-0172", "email": "service@clp.example"}
TEXT = "A shopping cart is lying by the bus stop"
SHARED = {"share": "on", "name": "Ana Ortiz", "email": "ana@example.org", "phone": "555-0199"}


@pytest.fixture
def cast() -> Rivermark:
    cast = factories.rivermark()
    factories.article(
        cast.city,
        "carts",
        "Stray shopping carts",
        "Stores pick up their own carts.",
        contact=CARTS,
        asked={"en": ["shopping cart", "abandoned shopping cart"], "es": ["carrito de supermercado"]},
    )
    factories.article(
        cast.city,
        "power",
        "Power outages",
        "The power company fixes them.",
        contact=POWER,
        asked={"en": ["my power is out", "who do i call, no electricity"]},
    )
    index_catalog(cast.city)
    return cast


@pytest.fixture
def walk(client: Client) -> Walk:
    return Walk(client)


@pytest.fixture
def mailbox(settings: Settings) -> Iterator[Mailbox]:
    with mail_server.serving(settings) as box:
        yield box


def written(walk: Walk, **more: Any) -> Walk:
    """As far as the email to check."""
    return walk.begin(TEXT).on("send-on/carts", text=TEXT, place="12 Elm St", **more)


def send(walk: Walk, **more: Any) -> Walk:
    seen = re.search(r'name="seen" value="(\w+)"', walk.html)
    return walk.on("send-on", seen=seen[1] if seen else "", **more)


def test_it_is_sent_as_it_was_shown_and_then_forgotten(cast: Rivermark, walk: Walk, mailbox: Mailbox) -> None:
    assert "/send-on/carts/" in walk.begin(TEXT).html
    assert f">\n{TEXT}</textarea>" in walk.get("send-on/carts").html, "nothing is typed twice"
    written(walk)
    assert walk.at == "send-on"
    shown = unescape(walk.html)
    assert "pickup@cartroundup.example" in shown
    assert not ReferralCount.objects.exists(), "a preview sends nothing"
    send(walk)
    assert walk.at == "sent-on"
    assert "Sent to Cart Roundup" in walk.html
    assert "The email is on its way." in walk.html
    deliver()
    (mail,) = mailbox.mails
    assert mail["To"] == "pickup@cartroundup.example"
    assert mail["Subject"] == "From a Rivermark resident: Stray shopping carts"
    assert mail["Reply-To"] is None
    assert " ".join(plain(mail).split()) in " ".join(shown.split()), "exactly what was shown"
    assert TEXT in plain(mail)
    assert "Where: 12 Elm St" in plain(mail)
    kept = walk.draft
    assert TEXT not in str(kept.typed)
    assert "12 Elm St" not in str(kept.typed)
    assert [(one.receiver, one.value) for one in ReferralCount.objects.all()] == [("pickup@cartroundup.example", 1)]
    later = walk.get("sent-on").html
    assert "we deleted what you wrote" in later
    assert "555-0187" in later


def test_contact_details_go_along_only_if_they_are_shared(cast: Rivermark, walk: Walk, mailbox: Mailbox) -> None:
    send(written(walk, **SHARED))
    send(written(walk, **{**SHARED, "share": ""}))
    deliver()
    shared, private = mailbox.mails
    assert shared["Reply-To"] == "ana@example.org"
    for words in ("Ana Ortiz", "ana@example.org", "555-0199"):
        assert words in plain(shared)
        assert words not in plain(private)
    assert private["Reply-To"] is None
    assert "no one expects an answer" in plain(private)


def signed_in(walk: Walk, mailbox: Mailbox, email: str) -> None:
    walk.client.post("/my/", {"email": email})
    deliver()
    (link,) = [found[1] for mail in mailbox.mails if (found := re.search(r"http://[^/]+(/c/\S+/)", plain(mail)))]
    assert walk.client.post(link).status_code == 302
    mailbox.mails.clear()


def test_replies_go_to_the_address_they_typed_and_the_email_says_if_it_is_proved(
    cast: Rivermark, walk: Walk, mailbox: Mailbox
) -> None:
    unproved, proved = "we haven’t confirmed that it’s theirs", "We’ve confirmed that the address is theirs."
    factories.submitted(cast.pothole, answers={"where": "lane"})
    signed_in(walk, mailbox, "ana@example.org")
    for email in ("Ana@Example.org", "tia@example.org"):
        written(walk, **{**SHARED, "email": email})
        assert (proved in walk.html, unproved in walk.html) == (email[:3] == "Ana", email[:3] != "Ana")
        send(walk)
    deliver()
    said = {mail["Reply-To"]: plain(mail) for mail in mailbox.mails}
    assert proved in said["Ana@Example.org"]
    assert unproved in said["tia@example.org"]
    assert proved not in said["tia@example.org"]


def test_nobody_has_many_answers_sent_to_somebody_else(cast: Rivermark) -> None:
    for number in range(referral.TO_ONE_UNVERIFIED_A_DAY + 1):
        # A browser of its own each time.
        walk = written(Walk(Client()), **{**SHARED, "email": f"tia@{'EXAMPLE' if number % 2 else 'example'}.org"})
        send(walk)
    assert walk.status == 429
    assert "Leave it out, or first sign in to My reports with it." in unescape(walk.html)
    send(walk.on("send-on/carts", text=TEXT, place=""))
    assert walk.at == "sent-on"


def photo(color: str = "gray") -> SimpleUploadedFile:
    taken = Image.Exif()
    taken[0x010F] = "Cam of Ana"
    out = io.BytesIO()
    Image.new("RGB", (400, 300), color).save(out, "JPEG", exif=taken)
    return SimpleUploadedFile("cart.jpg", out.getvalue(), "image/jpeg")


def names_in(html: str) -> list[str]:
    """Of the photos that a page shows."""
    return re.findall(r"/photos/(\w+)-(?:small|thumb)\.jpg", html)


def test_photos_go_along_as_they_were_shown_and_are_then_deleted(
    cast: Rivermark, walk: Walk, mailbox: Mailbox, django_capture_on_commit_callbacks: Any
) -> None:
    written(walk, photos=[photo("red"), photo("blue")])
    assert walk.at == "send-on"
    shown = names_in(walk.html)
    assert len(shown) == 2
    assert "2 photos are attached." in walk.html
    with django_capture_on_commit_callbacks(execute=True):
        send(walk)
    with django_capture_on_commit_callbacks(execute=True):
        deliver()
    (mail,) = mailbox.mails
    attached = {part.get_filename(): part.get_content() for part in mail.iter_attachments()}
    red, blue = (Image.open(io.BytesIO(attached[f"photo-{number}.jpg"])).getpixel((9, 9)) for number in (1, 2))
    assert (max(red), max(blue)) == (red[0], blue[2])  # type: ignore[arg-type, index]
    assert not any(b"Cam of Ana" in content for content in attached.values())
    assert not Photo.objects.exists()
    assert not any(default_storage.exists(f"photos/{name[:2]}/{name}.jpg") for name in shown)


def test_only_photos_that_were_chosen_go_along(
    cast: Rivermark, walk: Walk, mailbox: Mailbox, django_capture_on_commit_callbacks: Any
) -> None:
    # One for the city, and then somebody else turns out to do it.
    walk.begin(TEXT, service="pothole").on("location", address="12 Elm St")
    walk.on("details/1", text=TEXT, q_where="lane", photos=photo())
    (of_report,) = names_in(walk.get("details/1").html)
    box = re.search(rf'<input[^>]*name="photo_{of_report}"[^>]*>', walk.get("send-on/carts").html)
    assert box is not None
    assert "checked" not in box[0]
    walk.on("send-on/carts", text=TEXT, place="", photos=photo())
    (shown,) = names_in(walk.html)
    assert shown != of_report
    # One is taken out, the other put in.
    walk.on("send-on/carts", text=TEXT, place="", **{f"photo_{of_report}": "on"})
    assert names_in(walk.html) == [of_report]
    page = walk.html
    walk.on("send-on/carts", text=TEXT, place="")
    walk.html = page
    assert send(walk).status == 409, "not what was shown"
    with django_capture_on_commit_callbacks(execute=True):
        send(walk)
    deliver()
    assert not list(mailbox.mails[0].iter_attachments())
    assert not Photo.objects.exists()


def test_photos_survive_a_mistake_and_too_large_ones_are_named(
    cast: Rivermark, walk: Walk, monkeypatch: pytest.MonkeyPatch
) -> None:
    walk.post("/articles/carts/send/", text="", place="", photos=photo())
    assert walk.status == 422
    (kept,) = names_in(walk.html)
    assert "Tell them in a few words what it is." in walk.html
    box = re.search(rf'<input[^>]*name="photo_{kept}"[^>]*>', walk.html)
    assert box is not None
    assert "checked" in box[0]
    chosen = {"text": TEXT, "place": "", f"photo_{kept}": "on"}
    walk.on("send-on/carts", **chosen, photos=SimpleUploadedFile("notes.txt", b"no photo", "text/plain"))
    assert (walk.status, walk.at) == (422, "send-on/carts")
    assert "notes.txt: We can’t read this file." in unescape(walk.html)
    assert names_in(walk.html) == [kept]
    monkeypatch.setattr(referral_mail, "ATTACHED_MAX_BYTES", 10)
    assert walk.on("send-on/carts", **chosen).status == 422
    assert "too large for an email" in walk.html
    assert walk.get("send-on").at == "send-on/carts"
    assert walk.on("send-on/carts", text=TEXT, place="").at == "send-on"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"text": ""}, "Tell them in a few words what it is."),
        ({"text": "x" * 4001}, "characters or fewer"),
        ({"share": "on"}, "Enter your name, email or phone number below"),
        ({"share": "on", "email": "ana@"}, "Enter an email address like name@example.com"),
        ({"share": "on", "phone": "call me"}, "Enter a phone number"),
    ],
)
def test_a_mistake_is_named_and_nothing_is_lost(cast: Rivermark, walk: Walk, typed: dict[str, str], said: str) -> None:
    walk.begin(TEXT).on("send-on/carts", **{"text": TEXT, "place": "by the “big” store", **typed})
    assert (walk.status, walk.at) == (422, "send-on/carts")
    assert said in unescape(walk.html)
    assert "by the “big” store" in walk.html


def test_from_the_article_nothing_was_typed_yet(cast: Rivermark, walk: Walk, client: Client) -> None:
    assert "/articles/carts/send/" in client.get("/articles/carts/").content.decode()
    assert "/articles/carts/send/" in client.get("/who-to-call/").content.decode()
    assert client.get("/articles/carts/send/").status_code == 200
    assert not Draft.objects.exists()
    walk.post("/articles/carts/send/", text=TEXT, place="")
    assert walk.at == "send-on"
    assert TEXT in walk.html
    assert "Where:" not in walk.html


def test_in_spanish_the_pages_are_and_the_email_is_in_the_citys_language(
    cast: Rivermark, client: Client, mailbox: Mailbox
) -> None:
    walk = Walk(client, "/es")
    walk.begin("carrito de supermercado").on("send-on/carts", text="Un carrito tirado", place="")
    assert "Esto es exactamente lo que recibirá Recoge Carritos." in walk.html
    assert '<div class="typed" lang="en"' in walk.html
    send(walk)
    assert "Enviado a Recoge Carritos" in walk.html
    deliver()
    assert "asked us to send it to you" in plain(mailbox.mails[0])
    assert "Un carrito tirado" in plain(mailbox.mails[0])


def test_the_other_language_keeps_what_was_typed(cast: Rivermark, walk: Walk) -> None:
    walk.post("/articles/carts/send/", text=TEXT, share="on", email="ana@", switch_language="es")
    assert walk.page.startswith("/es/report/")
    assert TEXT in walk.html
    assert 'value="ana@"' in walk.html


@pytest.mark.parametrize("words", ["i smell gas by the shopping cart", "a wire is down on a shopping cart, sparks"])
def test_danger_is_asked_about_first_and_then_only_the_phone_is_offered(
    cast: Rivermark, walk: Walk, words: str, mailbox: Mailbox
) -> None:
    walk.post("/articles/carts/send/", text=words, place="")
    assert walk.at == "emergency"
    walk.on("emergency", go_on="1")
    assert walk.at == "send-on"
    assert "Call Cart Roundup" in walk.html
    assert "555-0187" in walk.html
    assert 'name="seen"' not in walk.html
    send(walk)
    deliver()
    assert not mailbox.mails
    assert "/send-on/carts/" not in walk.get("service").html


def test_who_gets_no_email_from_us_is_only_called(cast: Rivermark, walk: Walk, client: Client) -> None:
    html = walk.begin("my power is out").html
    assert "555-0172" in html
    assert "Send it to them for me" not in html
    assert walk.get("send-on/power").status == 404
    for path in ("/articles/power/send/", "/articles/nosuch/send/"):
        assert client.get(path).status_code == 404


def test_a_double_click_sends_one(cast: Rivermark, walk: Walk, mailbox: Mailbox) -> None:
    page = written(walk).html
    send(walk)
    walk.html = page
    send(walk)
    assert walk.at == "sent-on"
    deliver()
    assert len(mailbox.mails) == 1
    assert ReferralCount.objects.get().value == 1


def test_going_back_after_sending_changes_nothing_and_shows_what_was_typed(
    cast: Rivermark, walk: Walk, mailbox: Mailbox
) -> None:
    send(written(walk))
    assert walk.get("service").at == "sent-on"
    walk.on("send-on/carts", text="And there is another cart", place="")
    assert walk.status == 409
    assert "And there is another cart" in walk.html
    deliver()
    assert "another cart" not in plain(mailbox.mails[0])


def test_what_changed_meanwhile_is_shown_before_it_is_sent(cast: Rivermark, walk: Walk, mailbox: Mailbox) -> None:
    written(walk)
    Article.objects.filter(code="carts").update(contact={**CARTS, "email": "new@cartroundup.example"})
    send(walk)
    assert walk.status == 409
    assert "new@cartroundup.example" in walk.html
    send(walk)
    deliver()
    assert [mail["To"] for mail in mailbox.mails] == ["new@cartroundup.example"]


def test_who_takes_no_email_anymore_gets_none(cast: Rivermark, walk: Walk) -> None:
    written(walk)
    Article.objects.filter(code="carts").update(published=False)
    send(walk)
    assert not OutboxRow.objects.filter(kind="mail_referral").exists()
    assert "We can’t send email to them anymore." in walk.html
    assert TEXT in walk.html


@pytest.mark.parametrize("trapped", ["form", "check", "threat", "links"])
def test_robots_and_listed_words_are_not_sent(cast: Rivermark, walk: Walk, trapped: str) -> None:
    ModerationTerm.objects.create(jurisdiction=cast.city, kind="threat", value="vote for zed")
    text = {
        "threat": "Vote for Zed, says a cart",
        "links": "https://a.example https://b.example https://c.example",
    }.get(trapped, TEXT)
    walk.post("/articles/carts/send/", text=text, place="", subject="x" if trapped == "form" else "")
    send(walk, subject="x" if trapped == "check" else "")
    assert walk.status == 422
    assert "Please contact Cart Roundup yourself." in unescape(walk.html)
    assert text in unescape(walk.html)
    assert not OutboxRow.objects.filter(kind="mail_referral").exists()


def test_one_browser_sends_a_few_a_day(cast: Rivermark, walk: Walk) -> None:
    for _ in range(referral.BY_ONE_BROWSER_A_DAY):
        send(written(walk))
        assert walk.at == "sent-on"
    send(written(walk))
    assert walk.status == 429
    assert "You can send 5 of these a day." in walk.html
    assert TEXT in walk.html
    assert ReferralCount.objects.get().value == referral.BY_ONE_BROWSER_A_DAY


def test_one_receiver_gets_no_flood(cast: Rivermark, walk: Walk) -> None:
    today = app_now().astimezone(cast.city.zone).date()
    for day, value in ((today, referrals.TO_ONE_A_DAY), (today - dt.timedelta(days=1), 7)):
        ReferralCount.objects.create(
            jurisdiction=cast.city, day=day, receiver="pickup@cartroundup.example", value=value
        )
    send(written(walk))
    assert walk.status == 429
    assert "Cart Roundup got a lot of email from us today." in unescape(walk.html)
    assert TEXT in walk.html
    assert not OutboxRow.objects.filter(kind="mail_referral").exists()
    ReferralCount.objects.filter(day=today).update(value=referrals.TO_ONE_A_DAY - 1)
    send(walk)
    assert walk.at == "sent-on"


def test_a_refused_address_is_said_with_the_words(cast: Rivermark, walk: Walk, mailbox: Mailbox) -> None:
    send(written(walk))
    mailbox.rcpt_answer = "550 no such user"
    deliver()
    assert OutboxRow.objects.get(kind="mail_referral").dead_at is not None
    html = walk.get("sent-on").html
    assert "We couldn’t deliver your email" in html
    assert TEXT in html


def test_what_is_on_its_way_goes_out_even_if_the_device_forgets(
    cast: Rivermark, walk: Walk, client: Client, mailbox: Mailbox
) -> None:
    send(written(walk))
    client.post("/forget/")
    assert client.get(f"/report/{walk.draft_id}/sent-on/").status_code == 404
    deliver()
    assert len(mailbox.mails) == 1


def test_it_is_no_report_to_go_on_with_afterward(cast: Rivermark, walk: Walk, client: Client) -> None:
    send(written(walk))
    assert walk.draft_id not in client.get("/").content.decode()
    assert walk.draft.expires_at > app_now() + drafts.EXPIRES_AFTER - dt.timedelta(minutes=1)


def test_it_can_still_become_a_report(cast: Rivermark, walk: Walk) -> None:
    written(walk).on("service", service="pothole")
    assert walk.at == "location"
    assert not walk.draft.typed["referral"]
