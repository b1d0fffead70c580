"""A city's own pages: what is saved there shows, nothing unreadable or active gets in, and nobody overwrites unseen changes."""

import base64
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from requests_app.messages import email
from requests_app.models import CityImage, Jurisdiction, SetupChange, User
from tests import factories
from tests.factories import Rivermark

pytestmark = [pytest.mark.django_db, pytest.mark.shows("13.9")]

BASICS = {"name": "Rivermark", "time_zone": "America/New_York", "languages": ["en", "es"], "units": "us", "hosts": ""}
LOOK = {"primary": "#14476b", "header": "#0c2f49", "accent": "#f2b84b"}
INKSCAPE = """<?xml version="1.0"?>
<svg xmlns="http://www.w3.org/2000/svg" xmlns:inkscape="http://www.inkscape.org/x" viewBox="0 0 9 9">
<metadata><x/></metadata><defs><linearGradient id="a"/></defs>
<g inkscape:label="Layer 1"><circle r="4" fill="url(#a)"/></g></svg>"""


@pytest.fixture
def ada(town: Rivermark, signed_in: Callable[[User], Client]) -> Client:
    return signed_in(town.ada)


def svg(inner: str, **attributes: str) -> SimpleUploadedFile:
    named = "".join(f' {name}="{value}"' for name, value in attributes.items())
    content = f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"{named}>{inner}</svg>'
    return SimpleUploadedFile("seal.svg", content.encode(), "image/svg+xml")


def look(client: Client, **more: Any) -> Any:
    seen = client.get("/staff/setup/city/look/").context["seen"]
    return client.post("/staff/setup/city/look/", LOOK | {"seen": seen} | more)


def test_what_is_saved_shows_to_residents_and_stands_in_the_log(town: Rivermark, ada: Client) -> None:
    assert ada.post("/staff/setup/city/", BASICS | {"name": "Rivermark Falls"}).status_code == 302
    numbers = {"desk_number": "312", "emergency_number": "911", "all_night_number": "(555) 010-0123"}
    assert ada.post("/staff/setup/city/numbers/", numbers).status_code == 302
    texts = {"welcome_en": "Tell us <b>all</b>.", "welcome_es": "Cuéntenos."}
    assert ada.post("/staff/setup/city/texts/", texts).status_code == 302
    home = Client().get("/").content.decode()
    assert "Rivermark Falls" in home
    assert "Tell us &lt;b&gt;all&lt;/b&gt;." in home
    assert "312" in home
    assert "Cuéntenos." in Client().get("/es/").content.decode()
    changes = list(SetupChange.objects.filter(kind="city").order_by("id"))
    assert [(change.key, change.user) for change in changes] == [
        (part, town.ada) for part in ("basics", "numbers", "texts")
    ]
    assert (changes[0].before["name"], changes[0].after["name"]) == ("Rivermark", "Rivermark Falls")  # type: ignore[index]


@pytest.mark.parametrize(
    "seal",
    [
        svg("<script>alert(1)</script>"),
        svg("<circle r='1'/>", onload="alert(1)"),
        svg("<foreignObject><p xmlns='http://www.w3.org/1999/xhtml'>x</p></foreignObject>"),
        svg("<use xlink:href='https://evil.example/x.svg#a'/>"),
        svg("<a href='javascript:alert(1)'><circle r='1'/></a>"),
        svg("<image href='data:text/html,x'/>"),
        svg("<animate attributeName='href' to='javascript:alert(1)'/>"),
        svg("<style>@import url(https://evil.example/x.css)</style>"),
        svg("<rect fill='url(https://evil.example/x)'/>"),
        SimpleUploadedFile(
            "seal.svg", b'<!DOCTYPE svg [<!ENTITY a "aaaa">]><svg xmlns="http://www.w3.org/2000/svg">&a;</svg>'
        ),
        SimpleUploadedFile("seal.png", b"\x89PNG\r\n\x1a\nnot a picture"),
        svg("<g>" * 60 + "</g>" * 60),
    ],
)
def test_a_seal_that_could_do_something_is_refused(town: Rivermark, ada: Client, seal: SimpleUploadedFile) -> None:
    answer = look(ada, seal=seal)
    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {"seal"}
    assert "seal_url" not in Jurisdiction.objects.get().branding


def test_a_drawing_is_kept_without_what_its_program_added(town: Rivermark, ada: Client) -> None:
    assert look(ada, seal=SimpleUploadedFile("s.svg", INKSCAPE.encode())).status_code == 302
    stored = base64.b64decode(Jurisdiction.objects.get().branding["seal_url"].partition(",")[2]).decode()
    assert "circle" in stored
    assert "url(#a)" in stored
    assert "inkscape" not in stored
    assert "metadata" not in stored


def test_pictures_are_encoded_anew_and_colors_must_be_readable(town: Rivermark, ada: Client) -> None:
    picture = SimpleUploadedFile("card.png", factories.jpeg())
    assert look(ada, card=picture, seal=SimpleUploadedFile("seal.png", factories.jpeg())).status_code == 302
    card = CityImage.objects.get(kind="card")
    assert bytes(card.content).startswith(b"\x89PNG")
    html = Client().get("/").content.decode()
    assert f'/city/card-{card.version}.png"' in html
    assert Client().get(f"/city/card-{card.version}.png")["Content-Type"] == "image/png"
    assert look(ada, no_card="on").status_code == 302
    assert not CityImage.objects.exists()
    assert "og:image" not in Client().get("/").content.decode()
    pale = look(ada, primary="#ffcc00")
    assert pale.status_code == 422
    assert "White letters can’t be read on #ffcc00: the contrast is 1.5 to 1" in pale.content.decode()


@pytest.mark.parametrize(
    ("hosts", "words"),
    [
        ("elsewhere.example", "elsewhere.example already leads to Elsewhere."),
        ("", "Enter an address. This server also serves Elsewhere"),
        ("http://x", "isn’t a web address"),
        ("other.test", "doesn’t answer at other.test yet"),
    ],
)
def test_a_city_keeps_an_address_of_its_own(
    town: Rivermark, ada: Client, settings: Any, hosts: str, words: str
) -> None:
    settings.ALLOWED_HOSTS = ["testserver", "elsewhere.example"]
    Jurisdiction.objects.update(hosts=["testserver"])
    factories.jurisdiction("Elsewhere", hosts=["elsewhere.example"] if hosts else [])
    answer = ada.post("/staff/setup/city/", BASICS | {"hosts": hosts})
    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_a_metric_city_reads_meters(town: Rivermark, ada: Client) -> None:
    assert "feet" in Client().get("/follow/?near=40.5,-69.0,200").content.decode()
    ada.post("/staff/setup/city/", BASICS | {"units": "metric"})
    html = Client().get("/follow/?near=40.5,-69.0,200").content.decode()
    assert "200 meters" in html
    assert "feet" not in html


def test_email_comes_from_whom_the_city_says(town: Rivermark, ada: Client) -> None:
    typed = {
        "sender_name": "Rivermark\n311 desk",
        "sender_address": "desk-mail@rivermark.example",
        "reply_address": "desk@rivermark.example",
    }
    assert ada.post("/staff/setup/city/email/", typed).status_code == 302
    city = Jurisdiction.objects.get()
    assert email.sender(city) == "Rivermark 311 desk <desk-mail@rivermark.example>"
    assert email.reply_to(city) == ["desk@rivermark.example"]


def test_the_targets_for_priority_1_are_minutes_in_order(town: Rivermark, ada: Client) -> None:
    path = "/staff/setup/city/urgent/"
    assert ada.get(path).context["form"]["urgent_resolve_minutes"].value() == 240
    typed = {"urgent_acknowledge_minutes": "1", "urgent_resolve_minutes": "1440"}
    assert ada.post(path, typed).status_code == 302
    for wrong in (
        {"urgent_acknowledge_minutes": "0"},
        {"urgent_resolve_minutes": "1441"},
        {"urgent_resolve_minutes": ""},
    ):
        answer = ada.post(path, typed | wrong)
        assert answer.status_code == 422
        assert "Enter a number from 1 to 1440." in answer.content.decode()
    answer = ada.post(path, {"urgent_acknowledge_minutes": "61", "urgent_resolve_minutes": "60"})
    assert "at least as long as the first" in answer.content.decode()
    city = Jurisdiction.objects.get()
    assert (city.urgent_acknowledge_minutes, city.urgent_resolve_minutes) == (1, 1440)
    change = SetupChange.objects.get(kind="city", key="urgent")
    assert (change.before or {})["urgent_resolve_minutes"] == 240
