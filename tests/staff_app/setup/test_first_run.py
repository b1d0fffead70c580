"""An empty installation becomes a city in the browser, for the person with the link from the command line only."""

import io
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client

from requests_app.imports import first_run
from requests_app.models import (
    Calendar,
    Department,
    GazetteerEntry,
    Jurisdiction,
    LayerImport,
    Membership,
    Service,
    SetupChange,
    User,
)
from requests_app.rules.setup import go_live
from tests import factories
from tests.factories import EAST, NORTH, SOUTH, WEST
from tests.staff_app.setup.places.map_files import box, geojson, polygon, table

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.live import Site

pytestmark = [pytest.mark.django_db, pytest.mark.shows("13.9")]

PASSWORD = "seven tin lanterns"
TYPED = {
    "name": "Mill Falls", "time_zone": "America/Chicago", "languages": ["en", "es"], "desk_number": "311",
    "emergency_number": "911",
    "days": ["mon", "tue"], "opens": "09:00", "closes": "16:30", "reply_address": "desk@millfalls.example",
    "admin_name": "Ada Lopez", "admin_email": "Ada@millfalls.example", "password": PASSWORD,
}  # fmt: skip


def link() -> str:
    return f"/staff/first-run/{first_run.token()}/"


def boundary() -> SimpleUploadedFile:
    return geojson([polygon(box(WEST, SOUTH, EAST, NORTH))], "boundary.geojson")


def addresses() -> SimpleUploadedFile:
    return table("Address,Longitude,Latitude", "12 Elm St,-69.0,40.5", "14 Elm St,-69.001,40.5", "1 Far St,-10,10")


def test_eight_answers_make_a_city_that_takes_reports(db: None, client: Client) -> None:
    answer = client.post(link(), TYPED | {"boundary": boundary(), "addresses": addresses()})
    assert answer.status_code == 302, answer.context["form"].errors
    city = Jurisdiction.objects.get()
    assert (city.name, city.jurisdiction_id, city.time_zone) == ("Mill Falls", "mill-falls", "America/Chicago")
    assert city.boundary is not None
    assert city.map_view["bounds"] == [WEST, SOUTH, EAST, NORTH]
    services = Service.objects.filter(jurisdiction=city).select_related("jurisdiction", "current")
    assert [one.active and not go_live.missing(one) for one in services] == [True] * 12
    department = Department.objects.get()
    assert (department.email, Calendar.objects.get(code="office").hours) == (
        "desk@millfalls.example",
        {"mon": [["09:00", "16:30"]], "tue": [["09:00", "16:30"]]},
    )
    ada = User.objects.get()
    assert (ada.email, ada.check_password(PASSWORD)) == ("ada@millfalls.example", True)
    assert set(Membership.objects.values_list("role__code", "department")) == {
        ("administrator", None),
        ("triage", None),
    }
    assert set(SetupChange.objects.values_list("user", flat=True)) == {ada.pk}
    factories.run_worker()
    checked = client.get(answer["Location"]).content.decode()
    assert "2 rows can be used." in checked
    assert "Mill Falls is ready: 12 services" in checked
    client.post(answer["Location"], {"apply": "1"})
    factories.run_worker()
    assert GazetteerEntry.objects.count() == 2
    assert client.get("/staff/").status_code == 200
    assert "Mill Falls" in Client().get("/").content.decode()
    go_live_page = client.get("/staff/setup/services/street-light/go-live/").content.decode()
    assert "Shipped with the product. Your 911 center should read it by" in go_live_page
    assert "8 of 8 are done." in go_live_page


def test_nobody_else_finds_the_page_and_it_works_once(db: None, client: Client) -> None:
    assert client.get("/staff/first-run/guessed/").status_code == 404
    assert b"bin/manage first_run_link" in client.get("/").content
    assert client.get("/staff/").status_code == 503
    page = link()
    assert client.get(page).status_code == 200
    assert client.get(page.replace("/staff/", "/es/staff/")).status_code == 200
    factories.jurisdiction()
    assert client.get(page).status_code == 404
    assert client.post(page, TYPED).status_code == 404
    with pytest.raises(CommandError, match="There is a city already"):
        call_command("first_run_link")
    assert not User.objects.exists()


def test_the_command_prints_a_link_that_ends_after_a_day(db: None, client: Client, monkeypatch: Any) -> None:
    out = io.StringIO()
    call_command("first_run_link", stdout=out)
    path = "/staff/" + out.getvalue().strip().split("/staff/")[1]
    assert client.get(path).status_code == 200
    monkeypatch.setattr(first_run, "LINK_HOURS", -1)
    assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"name": ""}, "name"),
        ({"password": "password1234"}, "password"),
        ({"closes": "08:00"}, "closes"),
        ({"days": []}, "days"),
        ({"seal": SimpleUploadedFile("s.svg", b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>')}, "seal"),
        ({"boundary": SimpleUploadedFile("b.zip", b"PK\x03\x04 broken")}, "boundary"),
        ({"boundary": table("a,b", "1,2")}, "boundary"),
        ({"addresses": SimpleUploadedFile("a.csv", b"%PDF-1.7")}, "addresses"),
    ],
)
def test_a_wrong_answer_is_named_and_nothing_is_made(
    db: None, client: Client, changed: dict[str, Any], field: str
) -> None:
    answer = client.post(link(), TYPED | changed)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert not Jurisdiction.objects.exists()
    assert not User.objects.exists()
    # What was typed is still there.
    assert changed.get("name", "Mill Falls") in answer.content.decode()


@pytest.mark.usefixtures("worker")
@pytest.mark.slow
def test_the_whole_first_run_in_a_browser(live_site: "Site", new_page: Callable[..., "Page"]) -> None:
    page = new_page()
    page.goto(live_site.url.rstrip("/") + link())
    page.get_by_label("Name of the city").fill("Mill Falls")
    page.get_by_label("Boundary file").set_input_files(
        {"name": "boundary.geojson", "mimeType": "application/json", "buffer": boundary().read()}
    )
    page.get_by_label("Address file").set_input_files(
        {"name": "addresses.csv", "mimeType": "text/csv", "buffer": addresses().read()}
    )
    page.get_by_label("Your name").fill("Ada Lopez")
    page.get_by_label("Your email address").fill("ada@millfalls.example")
    page.get_by_label("Choose a password").fill(PASSWORD)
    page.get_by_role("button", name="Create the city").click()
    page.get_by_role("button", name="Use these 2 rows").click(timeout=30_000)
    page.get_by_text("In use", exact=True).wait_for(timeout=30_000)
    page.get_by_role("link", name="Queue").click()
    page.goto(f"{live_site.url.rstrip('/')}/report/")
    page.get_by_text("Mill Falls").first.wait_for()
    assert LayerImport.objects.filter(state="applied").count() == 2
