"""HTML emails use only what Gmail, Outlook for Windows and Apple Mail know, or what leaves them whole if it is dropped."""

import datetime as dt
import re
from html.parser import HTMLParser

import pytest
from django.conf import settings
from django.test import Client
from django.utils.translation import override

from requests_app.actions.work import conversation
from requests_app.clock import app_now
from requests_app.drawing.colors import contrast, parse
from requests_app.messages import department_work, email, email_parts, html_part, link_mail, notifications, staff_email
from requests_app.models import Event, Jurisdiction, OneTimeLink, Photo, ServiceRequest, User
from tests import factories
from tests.factories import ANA, Rivermark

pytestmark = [pytest.mark.django_db, pytest.mark.shows("5.74")]

# By caniemail.com, which each note sums up: what happens where it isn't supported.
ELEMENTS = {
    **dict.fromkeys(
        ["html", "head", "body", "title", "meta"],
        "Gmail keeps only what is in them; the table repeats lang, dir and color",
    ),
    "style": "Gmail drops a sheet it can't read; both only hold media queries, so the inline styles remain",
    **dict.fromkeys(["table", "tr", "td"], "everywhere"),
    **dict.fromkeys(
        ["p", "h1", "h2", "ul", "li", "a", "img", "strong", "br", "div", "span", "blockquote"], "everywhere"
    ),
    "bdi": "its text stays",
    **dict.fromkeys(["picture", "source"], "Apple Mail; elsewhere the <img> in it is shown, by day and by night"),
}
ATTRIBUTES = {
    **dict.fromkeys(
        ["href", "src", "alt", "width", "height", "align", "bgcolor", "cellpadding", "cellspacing", "style"],
        "everywhere",
    ),
    **dict.fromkeys(["charset", "name", "content"], "of meta, as above"),
    **dict.fromkeys(
        ["lang", "dir", "role", "class"], "everywhere but Outlook for Windows, which shows the same without"
    ),
    **dict.fromkeys(["media", "srcset"], "of source, as above"),
    "aria-hidden": "everywhere (elsewhere the shape is read out before the words)",
}
PROPERTIES = {
    **dict.fromkeys(
        ["font-family", "font-size", "font-weight", "line-height", "color", "background-color"], "everywhere"
    ),
    **dict.fromkeys(["border", "border-top", "vertical-align"], "everywhere"),
    **dict.fromkeys(["height", "width"], "Outlook for Windows: not of pictures, which have the attribute"),
    "text-decoration": "everywhere (one line)",
    "margin": "everywhere, except auto and negative ones",
    "padding": "Outlook for Windows: on cells only. Links have mso-padding-alt, a quote's text touches the edge of its tint",
    "border-radius": "Outlook for Windows: square corners",
    "max-width": "Outlook for Windows: a table of 600 px in a conditional comment, and the width attribute of pictures",
    "word-break": "Outlook for Windows: breaks long addresses by itself",
    "display": "Outlook for Windows: inline-block has mso-padding-alt, none has mso-hide; block only closes the gap below pictures",
    **dict.fromkeys(["max-height", "overflow"], "only with display: none"),
    **dict.fromkeys(["mso-hide", "mso-padding-alt"], "for Outlook alone"),
}
MEDIA = {"(max-width: 480px)", "(prefers-color-scheme: dark)"}
SEAL = 1


class Seen(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.comments: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_comment(self, data: str) -> None:
        self.comments.append(data)

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.tags if name == tag]


def declarations(css: str) -> list[tuple[str, str]]:
    return [
        (name.strip(), value.strip())
        for name, _, value in (one.partition(":") for one in css.split(";") if one.strip())
    ]


def problems(html: str) -> list[str]:
    """What of an email isn't in the lists above."""
    seen = Seen(html)
    found = [f"<{tag}>" for tag, _ in seen.tags if tag not in ELEMENTS]
    found += [f"{tag} {name}" for tag, attributes in seen.tags for name in attributes if name not in ATTRIBUTES]
    for tag, attributes in seen.tags:
        style = declarations(attributes.get("style", ""))
        found += [f"{tag} {name}: {value}" for name, value in style if name not in PROPERTIES or "url(" in value]
        if dict(style).get("display") == "none" and "mso-hide" not in dict(style):
            found.append("hidden, but not from Outlook")
        if attributes.get("bgcolor", "") not in dict(style).get("background-color", ""):
            found.append(f"{tag}: bgcolor differs")
    found += [f"<!--{one}-->" for one in seen.comments if not one.startswith("[if mso]>")]
    found += [f"@media {one}" for one in re.findall(r"@media (.*?) {", html) if one not in MEDIA]
    found += [f"picture: {one}" for one in seen.all("img") if "alt" not in one or not one["src"].startswith("http")]
    buttons = [one for one in seen.all("td") if "mso-padding-alt" in one.get("style", "")]
    if len(buttons) != sum("inline-block" in one.get("style", "") for one in seen.all("a")):
        found.append("a link with padding outside a cell with mso-padding-alt")
    return found


def work_photo(made: ServiceRequest, **columns: object) -> Photo:
    fields = {"kind": "work", "stage": "after", "width": 400, "height": 300, "jurisdiction": made.jurisdiction}
    return Photo.objects.create(service_request=made, **{**fields, **columns})


@pytest.fixture
def commented(town: Rivermark) -> Event:
    """A public report with a comment of the city, photos of the work before and after, and one that staff hid."""
    made = factories.routed(town.pothole, answers={"where": "lane"}, reporter=ANA)
    for name, stage in (("a1", "before"), ("b2", "after")):
        work_photo(made, name=name, stage=stage)
    work_photo(made, name="c3", hidden_at=app_now())
    work_photo(made, name="d4", is_private=True)
    conversation.comment(made.pk, text="We look on <Monday>.", actor=town.tom)
    return Event.objects.filter(service_request=made, kind="commented").latest("pk")


def written(event: Event, kind: str, **columns: object) -> tuple[str, str, str]:
    """Subject, plain text and HTML."""
    ServiceRequest.objects.filter(events=event).update(**columns)
    made = ServiceRequest.objects.get(events=event)
    contact_point = made.participations.get().person.contact_points.get(kind="email")
    mail = email.compose(made, contact_point, kind=kind, event=event)
    return str(mail.subject), str(mail.body), str(mail.alternatives[0][0])


@pytest.mark.parametrize("kind", sorted(set(notifications.EMAILS.values())))
def test_each_email_uses_what_is_known_and_says_all_without_pictures(commented: Event, kind: str) -> None:
    end = {"status": "resolved", "disposition": "fixed", "resolved_at": app_now()} if kind == "resolved" else {}
    subject, plain, html = written(commented, kind, **end)
    assert problems(html) == []
    seen = Seen(html)
    assert subject.startswith("Pothole at 12 Elm St: ")
    status = email_parts.SHAPES["good"] + " Fixed" if kind == "resolved" else ""
    for text in (plain, re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", html))):
        assert status in text
        assert "12 Elm St" in text
    assert len([one for one in seen.all("td") if one.get("class") == "button"]) == 1, "one filled button"
    answers = [one for one in seen.all("a") if "/fixed/" in one["href"]]
    assert len(answers) == (2 if kind == "resolved" else 0)


def test_progress_shows_the_work_and_nothing_hidden_or_private(commented: Event) -> None:
    _, plain, html = written(commented, "commented")
    pictures = Seen(html).all("img")[SEAL:]
    assert [one["alt"] for one in pictures] == [
        "After the work: Pothole at 12 Elm St",
        "Before the work: Pothole at 12 Elm St",
    ]
    assert [one["src"].rpartition("/")[2] for one in pictures] == ["b2-small.jpg", "a1-small.jpg"]
    assert pictures[0]["src"] in plain
    Photo.objects.update(created_at=app_now() - dt.timedelta(days=2))
    assert len(Seen(written(commented, "commented")[2]).all("img")) == SEAL, "they were in an earlier email"
    for state in ("private", "hidden"):
        assert len(Seen(written(commented, "commented", public_state=state)[2]).all("img")) == SEAL, state


def test_the_receipt_shows_the_reporters_public_photo(commented: Event) -> None:
    made = ServiceRequest.objects.get(events=commented)
    work_photo(made, name="e5", kind="report", stage="", alt="A deep hole")
    (photo,) = Seen(written(commented, "received")[2]).all("img")[SEAL:]
    assert (photo["alt"], photo["src"].endswith("/photos/e5-small.jpg")) == ("Photo: A deep hole", True)


@pytest.mark.parametrize("photos", [0, 1, 2])
def test_a_public_report_has_a_map_of_its_spot(commented: Event, client: Client, photos: int) -> None:
    Jurisdiction.objects.update(basemap_version=1)
    Photo.objects.exclude(name__in=["b2", "a1"][:photos]).delete()
    (*others, map_picture) = Seen(written(commented, "commented")[2]).all("img")[SEAL:]
    assert (len(others), map_picture["alt"]) == (photos, "Map: Pothole at 12 Elm St")
    assert map_picture["width"] == ("268" if photos == 1 else "552"), "beside a single photo, else below"
    (at_night,) = Seen(written(commented, "commented")[2]).all("source")
    assert at_night["media"] == "(prefers-color-scheme: dark)"
    by_day, dark = (client.get(url.removeprefix(settings.SITE_URL)) for url in (map_picture["src"], at_night["srcset"]))
    assert by_day["Content-Type"] == dark["Content-Type"] == "image/png"
    assert by_day.content != dark.content
    assert len(Seen(written(commented, "commented", public_point=None)[2]).all("img")) == SEAL + photos
    assert len(Seen(written(commented, "commented", public_state="private")[2]).all("img")) == SEAL


def test_email_to_staff_and_about_an_unsent_report_begins_with_a_status_line(commented: Event) -> None:
    Jurisdiction.objects.update(basemap_version=1)
    made = ServiceRequest.objects.get(events=commented)
    department, user = made.department, User.objects.get(name="Tom")
    assert department is not None
    notice = staff_email._compose_notice(made, ["Ana replied"], to=user, escalated=False)
    work = department_work.compose(made, commented, department)
    frame = link_mail._frame(OneTimeLink(purpose="confirm", service_request=made))
    unsent = html_part.as_html("Select the link.", title="One more step", city=made.jurisdiction, frame=frame)
    for html, words, maps in (
        (str(notice.alternatives[0][0]), "Ana replied", 1),
        (str(work.alternatives[0][0]), "Sent to Streets", 1),
        (unsent, "Your report hasn’t been sent yet", 0),
    ):
        assert problems(html) == []
        assert words in html.partition("</h1>")[0]
        assert html.count(words) <= 2, "as the title and the status line"
        assert len(Seen(html).all("source")) == maps
    private = ServiceRequest.objects.filter(pk=made.pk)
    private.update(public_state="private")
    hidden = staff_email._compose_notice(private.get(), ["Ana replied"], to=user, escalated=False)
    assert Seen(str(hidden.alternatives[0][0])).all("source") == []


@pytest.mark.parametrize("seal", ["", "svg", "svg with a file"])
def test_the_seal_is_a_picture_that_email_programs_know(town: Rivermark, client: Client, seal: str) -> None:
    inside = '<image href="/etc/passwd"/>' if "file" in seal else '<circle r="9"/>'
    drawing = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">{inside}</svg>'
    if seal:
        town.city.branding["seal_url"] = email_parts.branding.encoded_seal("svg", drawing.encode())
        town.city.save()
    url = email_parts.seal_url(town.city)
    if "file" in seal:
        assert url == "", "the renderer would open it"
    elif seal:
        answer = client.get(url.removeprefix(settings.SITE_URL))
        assert (answer.status_code, answer.content[:4]) == (200, b"\x89PNG")
    else:
        assert url.endswith(".png")


@pytest.mark.parametrize("tone", email_parts.TONES)
def test_status_lines_can_be_read_by_day_and_in_the_dark(tone: str) -> None:
    color = email_parts.TONES[tone]
    for ink, background in (
        (color.ink, color.background),
        (color.ink, "#ffffff"),
        (color.dark_ink, color.dark),
        (color.dark_ink, "#1b1b1b"),
    ):
        assert contrast(parse(ink, "#000"), parse(background, "#000")) >= 4.5, (ink, background)


def test_a_link_becomes_a_button_and_what_a_resident_typed_does_not(town: Rivermark) -> None:
    url = "https://city.example/verify/1"
    long = "To send it, open this link and select the button below it"
    text = f"Your report:\nhttps://elsewhere.example/\n\n{long}:\n{url}\n\nSee it:\n{url}"
    with override("en"):
        html = html_part.as_html(text, title="One more step", city=town.city, url=url)
    assert problems(html) == []
    assert re.findall(r'<a href="([^"]+)"[^>]*>([^<]+)</a>', html) == [(url, "Continue"), (url, "See it")]
    assert "https://elsewhere.example/" in html
