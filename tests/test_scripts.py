"""The small scripts, in a real browser under the site's own policy. Each enhances a form that works without it."""

import io
import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from crispy_forms.utils import render_crispy_form
from csp.utils import build_policy
from django import forms
from django.template.loader import render_to_string
from PIL import Image
from playwright.sync_api import Browser, Page, Request, Route, expect

from requests_app.forms.fields import PhotosField, address_attributes
from tests.held import Held

pytestmark = pytest.mark.browser

STATIC = Path(__file__).parent.parent / "static"
AXE = (Path(__file__).parent / "vendor/axe.min.js").read_text()
SITE = "http://127.0.0.1:1"
SCRIPTS = ["submit-once", "char-count", "combobox", "copy-link", "photo-shrink", "use-location"]
KINDS = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".woff2": "font/woff2"}
STREETS = ["12 Elm St", "120 Elm St", "1200 Elm St"]


class ReportForm(forms.Form):
    where = forms.CharField(
        label="Where is it?", widget=forms.TextInput(attrs=address_attributes("/addresses/", "id_lat", "id_long"))
    )
    lat = forms.CharField(required=False, widget=forms.HiddenInput)
    long = forms.CharField(required=False, widget=forms.HiddenInput)
    words = forms.CharField(label="Tell us more", max_length=100, widget=forms.Textarea)
    photos = PhotosField(label="Photos", most=2, required=False)
    email = forms.EmailField(label="E-mail", required=False)


class City:
    """The site as the browser sees it: a form, static files, and an endpoint that knows three addresses."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.posts: list[str] = []
        self.complaints: list[str] = []
        page.on("console", lambda message: self.complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.route("**/*", self.answer)

    def answer(self, route: Route, request: Request) -> None:
        address = urlsplit(request.url)
        if address.path.startswith("/static/"):
            file = STATIC / address.path.removeprefix("/static/")
            route.fulfill(body=file.read_bytes(), content_type=KINDS[file.suffix])
        elif address.path == "/addresses/":
            asked = parse_qs(address.query)
            found = (
                STREETS[:1] if "lat" in asked else [street for street in STREETS if street.startswith(asked["q"][0])]
            )
            places = [{"label": street, "lat": 40.5, "long": -69.0} for street in found]
            route.fulfill(body=json.dumps(places), content_type="application/json")
        elif request.method == "POST":
            self.posts.append((request.post_data_buffer or b"").decode("latin-1"))
            route.fulfill(body="<!doctype html><title>Sent</title>", content_type="text/html")
        else:
            headers = {"Content-Security-Policy": build_policy()}
            route.fulfill(body=self.html(), content_type="text/html; charset=utf-8", headers=headers)

    def html(self) -> str:
        form = ReportForm()
        helper = FormHelper()
        helper.form_id = "report-form"
        helper.add_input(Submit("send", "Continue"))
        pieces = [
            render_to_string(
                "requests_app/_language_switch.html",
                {"other_languages": [{"code": "es", "label": "Español"}], "switch_form": "report-form"},
            ),
            render_crispy_form(form, helper),
            render_to_string(
                "requests_app/_use_location.html",
                {"lat": form["lat"], "long": form["long"], "address": form["where"], "source": "/addresses/"},
            ),
            '<code id="link">http://city.example/l/abc</code>',
            render_to_string("requests_app/_copy_button.html", {"target": "link", "label": "Copy my private link"}),
        ]
        scripts = "".join(f'<script type="module" src="/static/js/{name}.js"></script>' for name in SCRIPTS)
        styles = "".join(
            f'<link rel="stylesheet" href="/static/{name}.css">'
            for name in ("vendor/uswds/uswds", "css/site", "css/report")
        )
        head = f'<meta name="viewport" content="width=device-width"><title>Report</title>{styles}'
        body = f"<main><h1>Report</h1>{''.join(pieces)}</main>{scripts}"
        return f'<!doctype html><html lang="en"><head>{head}</head><body>{body}</body></html>'

    def open(self) -> Page:
        self.page.goto(f"{SITE}/report/")
        return self.page


@pytest.fixture
def city(browser: Browser) -> Iterator[City]:
    place = {"latitude": 40.5, "longitude": -69.0}
    context = browser.new_context(geolocation=place, permissions=["geolocation"])
    city = City(context.new_page())
    yield city
    context.close()
    assert city.complaints == []


def choose_first_address(page: Page) -> None:
    page.locator("#id_where").press_sequentially("12 Elm")
    page.wait_for_selector("#id_where_list [role=option]")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")


def test_an_address_is_chosen_by_keyboard_alone_and_focus_never_leaves_the_box(city: City) -> None:
    page = city.open()
    page.locator("#id_where").press_sequentially("12")
    page.wait_for_timeout(400)
    assert page.get_attribute("#id_where", "aria-expanded") == "false"
    page.locator("#id_where").press_sequentially("0")
    page.wait_for_selector("#id_where_list [role=option]")
    assert page.inner_text(".usa-combo-box [role=status]") == (
        "2 addresses found. Use the down arrow key to reach them."
    )
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert page.get_attribute("#id_where", "aria-activedescendant") == "id_where_list_1"
    assert page.get_attribute("#id_where_list_1", "aria-selected") == "true"
    assert page.evaluate("document.activeElement.id") == "id_where"
    page.keyboard.press("Enter")
    assert page.input_value("#id_where") == "1200 Elm St"
    assert (page.input_value("#id_lat"), page.input_value("#id_long")) == ("40.5", "-69")
    assert not page.is_visible("#id_where_list")
    assert city.posts == []


def test_escape_closes_the_list_and_keeps_what_was_typed(city: City) -> None:
    page = city.open()
    page.locator("#id_where").press_sequentially("12 Elm")
    page.wait_for_selector("#id_where_list [role=option]")
    page.keyboard.press("Escape")
    assert not page.is_visible("#id_where_list")
    assert page.input_value("#id_where") == "12 Elm"


def test_keys_typed_before_the_script_arrives_are_not_lost(city: City) -> None:
    page = city.page
    held = Held(page, "**/js/combobox.js")
    page.goto(f"{SITE}/report/", wait_until="commit")
    page.locator("#id_where").press_sequentially("12 E")
    script = held.first()
    city.answer(script, script.request)
    page.wait_for_selector("#id_where_list", state="attached")
    page.keyboard.type("lm")
    assert page.input_value("#id_where") == "12 Elm"
    page.wait_for_selector("#id_where_list [role=option]")


def test_an_address_that_is_typed_over_loses_its_point(city: City) -> None:
    page = city.open()
    choose_first_address(page)
    assert page.input_value("#id_lat") == "40.5"
    page.keyboard.type("x")
    assert (page.input_value("#id_lat"), page.input_value("#id_long")) == ("", "")


@pytest.mark.shows("3.4")
def test_my_location_fills_point_and_address(city: City) -> None:
    page = city.open()
    page.click("text=Use my location")
    expect(page.locator("#id_where")).not_to_have_value("")
    assert page.input_value("#id_where") == "12 Elm St"
    assert page.input_value("#id_lat") == "40.500000"
    assert page.inner_text("#id_where_located") == "We think you’re at: 12 Elm St."


@pytest.mark.parametrize(
    ("meters", "words", "is_taken"),
    [
        (80, "within 260 feet. Check the address, or move the pin on the map.", True),
        (5000, "Your device only knows roughly where you are. Type the address instead.", False),
    ],
)
def test_a_rough_location_is_said_to_be_one(city: City, meters: int, words: str, is_taken: bool) -> None:
    page = city.open()
    page.context.set_geolocation({"latitude": 40.5, "longitude": -69.0, "accuracy": meters})
    page.click("text=Use my location")
    expect(page.locator("#id_where_located")).to_contain_text(words)
    assert (page.input_value("#id_lat") != "") is is_taken


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (1, "Your browser isn’t sharing your location. Type the address instead."),
        (2, "We couldn’t find your location. Type the address instead."),
        (3, "Finding your location took too long. Try again, or type the address."),
    ],
)
def test_why_there_is_no_location_is_said_and_what_was_typed_stays(city: City, code: int, words: str) -> None:
    page = city.page
    page.add_init_script(
        f"""navigator.geolocation.getCurrentPosition = (found, failed) =>
        failed({{ code: {code}, PERMISSION_DENIED: 1, POSITION_UNAVAILABLE: 2, TIMEOUT: 3 }});"""
    )
    city.open()
    page.fill("#id_where", "by the school")
    page.click("text=Use my location")
    expect(page.locator("#id_where_located")).to_have_text(words)
    assert page.input_value("#id_where") == "by the school"


def test_the_limit_is_counted_as_the_server_counts(city: City) -> None:
    page = city.open()
    page.fill("#id_words", "a" * 90 + "\n\N{PARTY POPPER}")
    assert page.inner_text("#id_words_count") == "7 characters left"
    page.fill("#id_words", "a" * 101)
    assert page.inner_text("#id_words_count") == "1 character too many"
    assert len(page.input_value("#id_words")) == 101


def photo(width: int, height: int) -> bytes:
    out = io.BytesIO()
    Image.effect_noise((width, height), 80).convert("RGB").save(
        out, "JPEG", quality=95, exif=b"Exif\0\0MM\0*\0\0\0\x08\0\0"
    )
    return out.getvalue()


def test_photos_are_shrunk_shown_and_can_be_taken_out(city: City) -> None:
    page = city.open()
    big = photo(3000, 2000)
    page.set_input_files(
        "#id_photos",
        [
            {"name": "street.jpg", "mimeType": "image/jpeg", "buffer": big},
            {"name": "iphone.heic", "mimeType": "image/heic", "buffer": b"not for this browser"},
        ],
    )
    page.wait_for_selector("text=Remove photo 2")
    chosen = "[...document.getElementById('id_photos').files].map(file => [file.name, file.size])"
    (first, size), second = page.evaluate(chosen)
    assert first == "street.jpg"
    assert size < len(big) / 2
    assert second == ["iphone.heic", len(b"not for this browser")]
    page.set_input_files("#id_photos", [{"name": "more.jpg", "mimeType": "image/jpeg", "buffer": photo(40, 30)}])
    page.wait_for_selector("text=You can send up to 2 photos. We kept the first ones and left out: more.jpg.")
    assert [name for name, _ in page.evaluate(chosen)] == ["street.jpg", "iphone.heic"]
    page.click("text=Remove photo 1")
    assert [name for name, _ in page.evaluate(chosen)] == ["iphone.heic"]
    assert page.evaluate("document.activeElement.textContent") == "Remove photo 1"


@pytest.mark.shows("3.11")
def test_two_presses_send_one_form(city: City) -> None:
    page = city.open()
    with page.expect_navigation():
        page.evaluate("() => { const send = document.getElementById('submit-id-send'); send.click(); send.click(); }")
    assert len(city.posts) == 1


def test_enter_sends_the_form_and_does_not_switch_the_language(city: City) -> None:
    page = city.open()
    page.fill("#id_email", "ana@example.org")
    with page.expect_navigation():
        page.press("#id_email", "Enter")
    assert "ana@example.org" in city.posts[0]
    assert "switch_language" not in city.posts[0]


def test_the_language_switch_takes_what_was_typed_along(city: City) -> None:
    page = city.open()
    page.fill("#id_email", "ana@example.org")
    with page.expect_navigation():
        page.click("button[name=switch_language]")
    assert "ana@example.org" in city.posts[0]
    assert "switch_language" in city.posts[0]


def test_without_a_script_the_form_is_whole_and_no_dead_button_is_shown(browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    city = City(context.new_page())
    page = city.open()
    assert not page.is_visible("text=Use my location")
    assert not page.is_visible("text=Copy my private link")
    page.fill("#id_where", "12 Elm St")
    page.set_input_files("#id_photos", [{"name": "a.jpg", "mimeType": "image/jpeg", "buffer": b"photo"}])
    page.click("text=Continue")
    page.wait_for_load_state()
    assert "12 Elm St" in city.posts[0]
    assert "a.jpg" in city.posts[0]
    context.close()


@pytest.mark.sampled(2)
@pytest.mark.shows("3.13")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 375])
def test_axe_finds_nothing_by_day_or_night_on_desk_or_phone(browser: Browser, scheme: str, width: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": 720}, color_scheme=scheme, bypass_csp=True)
    city = City(context.new_page())
    page = city.open()
    page.locator("#id_where").press_sequentially("12 Elm")
    page.wait_for_selector("#id_where_list [role=option]")
    page.keyboard.press("ArrowDown")
    page.evaluate(AXE)
    found = page.evaluate("axe.run()")
    assert [(broken["id"], broken["nodes"][0]["html"]) for broken in found["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    context.close()
