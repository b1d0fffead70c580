""" "About your address": the card of a place, and what is said where there is none."""

import datetime as dt
import re
from typing import Any

import pytest
from django.test import Client

from requests_app.models import Area, Calendar, Jurisdiction
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.shows("4.31")]

CARD = [
    {
        "layer": "ward",
        "name": {"en": "Your ward", "es": "Su distrito"},
        "fields": [
            {"key": "council_member", "label": {"en": "Council member", "es": "Concejal"}},
            {"key": "council_phone", "label": {"en": "Phone", "es": "Teléfono"}, "kind": "phone"},
            {"key": "council_email", "label": {"en": "E-mail", "es": "Correo"}, "kind": "email"},
            {"key": "collection_day", "label": {"en": "Trash", "es": "Basura"}, "kind": "weekday", "calendar": "trash"},
        ],
    },
    {"layer": "works_district", "name": {"en": "Streets"}, "fields": [{"key": "yard", "label": {"en": "Yard"}}]},
]
WARD = {
    "collection_day": {"en": "Friday", "es": "viernes"},
    "council_member": "Marisol Tanner",
    "council_phone": "555-0164",
    "council_email": "ward5@rivermark.example",
}


@pytest.fixture
def city() -> Jurisdiction:
    city = factories.rivermark().city
    Jurisdiction.objects.filter(pk=city.pk).update(address_card=CARD)
    factories.area(city)
    Area.objects.update(attributes=WARD)
    return city


def ask(client: Client, path: str = "/address/", **typed: Any) -> str:
    return " ".join(client.get(path, typed).content.decode().split())


def test_the_card_says_what_the_areas_fields_say_in_the_citys_order(client: Client, city: Jurisdiction) -> None:
    page = ask(client, q="12 Elm St")
    for piece in ("<h1>12 Elm St</h1>", "Your ward", "Marisol Tanner", 'href="tel:', "mailto:ward5@rivermark.example"):
        assert piece in page
    assert "Friday" in page
    assert page.index("Council member") < page.index("Trash</dt>")
    # A layer of the card that has no area here is left out.
    assert "Yard" not in page


def test_the_day_is_said_in_the_pages_language_with_its_next_date(client: Client, city: Jurisdiction) -> None:
    page = ask(client, "/es/address/", q="12 Elm St")
    assert "Basura" in page
    assert "viernes" in page.casefold()
    assert "Friday" not in page


def test_a_holiday_in_the_week_is_told(client: Client, city: Jurisdiction) -> None:
    assert "A holiday" not in ask(client, q="12 Elm St")
    week = [dt.date.today() + dt.timedelta(days=days) for days in range(-7, 8)]
    closed = [{"date": day.isoformat(), "name": {"en": "Flood"}} for day in week]
    Calendar.objects.create(jurisdiction=city, code="trash", holidays={"extra": closed})
    assert "A holiday that week may move it" in ask(client, q="12 Elm St")


def test_a_point_is_enough_and_the_page_leads_to_a_report_there(client: Client, city: Jurisdiction) -> None:
    longitude, latitude = factories.ELM_ST
    page = ask(client, lat=latitude, long=longitude)
    assert "Marisol Tanner" in page
    assert f"/report/?lat={latitude:.6f}&amp;long={longitude:.6f}" in page


@pytest.mark.shows("A2")
def test_several_places_that_fit_are_a_list_to_choose_from(client: Client, city: Jurisdiction) -> None:
    factories.address(city, "12 Elm Street Court")
    factories.address(city, "12 Elm Stable Lane")
    page = ask(client, q="12 Elm")
    assert "Which place do you mean?" in page
    assert "12 Elm Stable Lane" in page
    assert "Marisol" not in page


def test_an_unknown_address_keeps_what_was_typed_and_says_what_to_do(client: Client, city: Jurisdiction) -> None:
    page = ask(client, q="Quxxenbrück 99")
    assert "We couldn’t find this place" in page
    assert 'value="Quxxenbrück 99"' in page
    assert "Call us" in page


def test_outside_the_city_names_the_neighbor_if_it_is_known(client: Client, city: Jurisdiction) -> None:
    page = ask(client, lat=41.9, long=-70.5)
    assert "This place is outside Rivermark" in page
    assert "Marisol" not in page


def test_a_city_without_a_card_names_the_areas(client: Client, city: Jurisdiction) -> None:
    Jurisdiction.objects.filter(pk=city.pk).update(address_card=[])
    page = ask(client, q="12 Elm St")
    assert "Ward 5" in page
    assert "Marisol" not in page
    Area.objects.all().delete()
    assert "hasn’t added any information about its districts" in ask(client, q="12 Elm St")


def test_a_link_that_names_an_address_keeps_nothing(client: Client, city: Jurisdiction) -> None:
    answer = client.get("/address/", {"q": "12 Elm St"})
    assert "no-store" in answer["Cache-Control"]
    assert "address" not in answer.cookies


def test_an_address_that_is_typed_is_in_no_url_and_only_this_page_gets_it_again(
    client: Client, city: Jurisdiction
) -> None:
    assert 'method="post"' in ask(client).partition("address-form")[2][:200]
    answer = client.post("/address/", {"q": "12 elm st"})
    assert (answer.status_code, answer["Location"]) == (302, "/address/")
    kept = [morsel for morsel in answer.cookies.values() if morsel.key == "address"]
    assert {morsel["path"] for morsel in kept} == {"/address/", "/es/address/"}
    assert all(morsel["httponly"] and not morsel["max-age"] for morsel in kept), "until the browser is closed"
    assert "Marisol Tanner" in ask(client)
    assert "<h1>12 Elm St</h1>" in ask(client, "/es/address/")


def test_one_of_several_is_chosen_by_a_button(client: Client, city: Jurisdiction) -> None:
    for label in ("12 Elm Street Court", "12 Elm Stable Lane"):
        factories.address(city, label)
    page = client.post("/address/", {"q": "12 Elm"}).content.decode()
    (choice,) = re.findall(r'value="([-\d.]+,[-\d.]+;12 Elm Stable Lane)"', page)
    client.post("/address/", {"choice": choice})
    assert "<h1>12 Elm Stable Lane</h1>" in ask(client)


@pytest.mark.parametrize(
    "typed",
    [
        {"q": ""},
        {"choice": "91,0;x"},
        {"choice": ";" * 9000},
        {"q": "12 Elm St\x00", "lat": "x"},
        {"lat": "nan", "long": "0"},
    ],
)
def test_junk_is_answered(client: Client, city: Jurisdiction, typed: dict[str, str]) -> None:
    assert client.post("/address/", typed).status_code in (200, 302, 422)
    client.cookies["address"] = "%00;" + "x" * 3000
    assert client.get("/address/").status_code == 200


@pytest.mark.parametrize("typed", [{"lat": "x", "long": "y"}, {"lat": "91", "long": "0"}, {"q": "  "}, {"lat": "1"}])
def test_what_is_no_place_is_asked_again(client: Client, city: Jurisdiction, typed: dict[str, str]) -> None:
    answer = client.get("/address/", typed)
    assert answer.status_code in (200, 422)
    assert "Your address" in answer.content.decode()
