"""The location pages: addresses, points and asset numbers, nearby assets, and other owners' land."""

import re
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from openlocationcode import openlocationcode

from requests_app.actions.report import drafts
from requests_app.models import OutboxRow, Owner, ServiceRequest
from requests_app.worker import tasks
from tests import factories
from tests.factories import EAST, Rivermark, square
from tests.walk import TEXT, Walk

pytestmark = [pytest.mark.django_db, pytest.mark.shows("4.7")]


def at_where(walk: Walk, **given: str) -> Walk:
    return walk.begin(service="pothole").on("location", **given)


# --- One place, however it is said ------------------------------------------------------------------------------------


@pytest.mark.shows("A1")
def test_an_empty_search_comes_back_to_the_place_page_and_files_nothing(walk: Walk) -> None:
    at_where(walk, address="   ")
    assert (walk.status, walk.at) == (422, "location")
    assert not ServiceRequest.objects.exists()
    assert walk.client.get("/places/search.json", {"q": " "}).json() == []


@pytest.mark.shows("A4")
@pytest.mark.parametrize("typed", ["40.5, -69.0", "40.5 N 69.0 W", "40.5° N, 69.0° O"])
def test_a_typed_latitude_and_longitude_is_the_point_that_a_click_gives(walk: Walk, typed: str) -> None:
    at_where(walk, address="", lat="40.5", long="-69.0")
    clicked = walk.draft.typed["place"]
    walk.on("location", address=typed)
    found = walk.draft.typed["place"]
    assert (found["lat"], found["long"], found["address"]) == (clicked["lat"], clicked["long"], "12 Elm St")


@pytest.mark.shows("A4")
@pytest.mark.parametrize("is_short", [False, True])
def test_a_plus_code_is_the_point_that_a_click_gives(walk: Walk, is_short: bool) -> None:
    code = openlocationcode.encode(40.5001, -69.0001)
    lat, long = openlocationcode.decode(code).latlng()
    at_where(walk, address="", lat=str(lat), long=str(long))
    clicked = walk.draft.typed["place"]
    walk.on("location", address=code[4:] if is_short else code)
    found = walk.draft.typed["place"]
    assert (found["lat"], found["long"], found["address"]) == (clicked["lat"], clicked["long"], clicked["address"])


def test_a_number_between_two_known_ones_is_offered_first_and_marked(cast: Rivermark, walk: Walk) -> None:
    longitude, latitude = factories.ELM_ST
    factories.address(cast.city, "16 Elm St", longitude + 0.0004, latitude)
    at_where(walk, address="14 Elm St")
    assert "place" not in walk.draft.typed, "the report asks"
    marks = re.findall(r"\d+ Elm St(?: \(about here\))?(?=\s*<)", walk.html)
    assert marks[:3] == ["14 Elm St (about here)", "12 Elm St", "16 Elm St"]
    walk.on("location/choose", choice=f"{longitude + 0.0002:.6f},{latitude:.6f}")
    place = walk.draft.typed["place"]
    assert (place["address"], place["long"]) == ("14 Elm St", pytest.approx(longitude + 0.0002))
    assert place["confidence"] < 0.9


def test_who_comes_back_for_the_note_alone_keeps_how_the_place_was_found(walk: Walk) -> None:
    at_where(walk, address="12 Elm St")
    before = walk.draft.typed["place"]
    walk.on("location", address="12 Elm St", lat=str(before["lat"]), long=str(before["long"]), note="by the door")
    assert walk.draft.typed["place"] == {**before, "note": "by the door"}


# --- Which one is it? -------------------------------------------------------------------------------------------------


def lamps(cast: Rivermark, **columns: Any) -> None:
    factories.service(cast.city, "lamp", asset_kinds=["street_light"], duplicate_policy="never", **columns)
    factories.asset(cast.city, "L00002", -69.0002, 40.5)
    factories.asset(cast.city, "L00001", -69.0001, 40.5)
    factories.asset(cast.city, "T1", -69.0, 40.5, kind="tree")


def at_asset(walk: Walk) -> Walk:
    return walk.begin(service="lamp").on("location", address="12 Elm St", note="left side")


def test_things_near_the_place_are_asked_for_nearest_first(cast: Rivermark, walk: Walk) -> None:
    lamps(cast)
    assert at_asset(walk).at == "asset"
    assert walk.html.index("Street light L00001, 28 feet away") < walk.html.index("Street light L00002, 55 feet away")
    # By its value: a CSRF token may hold these two letters by chance.
    assert 'value="T1"' not in walk.html


def test_the_chosen_thing_gives_the_place_and_is_shown_back_to_everybody_it_concerns(
    cast: Rivermark, walk: Walk, client: Client
) -> None:
    lamps(cast)
    at_asset(walk).on("asset", asset="L00002")
    assert walk.at == "details/1"
    assert "Street light L00002, 12 Elm St" in walk.html
    place = walk.draft.typed["place"]
    assert (place["long"], place["note"], place["address"]) == (-69.0002, "left side", "12 Elm St")
    walk.on("details/1", text=TEXT).on("contact", none="1")
    assert "Street light L00002" in walk.html
    walk.send()
    factories.run_worker()
    made = ServiceRequest.objects.get()
    assert made.asset is not None
    assert made.asset.asset_id == "L00002"
    assert "Street light L00002" in Client().get(f"/r/{made.reference}/").content.decode()
    client.force_login(cast.ada, backend="django.contrib.auth.backends.ModelBackend")
    assert "Street light L00002" in client.get(f"/staff/r/{made.reference}/").content.decode()


def test_a_thing_is_not_named_where_the_exact_place_is_not(cast: Rivermark, walk: Walk) -> None:
    lamps(cast, visibility="coarse")
    at_asset(walk).on("asset", asset="L00002").on("details/1", text=TEXT).on("contact", none="1")
    everyone = walk.html.split('id="everyone"')[1].split("</section>")[0]
    assert "L00002" not in everyone
    assert "L00002" in walk.html
    walk.send()
    assert "L00002" not in Client().get(f"/r/{ServiceRequest.objects.get().reference}/").content.decode()


def test_none_of_these_always_goes_on_and_is_not_asked_again(cast: Rivermark, walk: Walk) -> None:
    lamps(cast)
    assert at_asset(walk).on("asset", none="1").at == "details/1"
    walk.on("details/1", text=TEXT).on("contact", none="1").send()
    assert ServiceRequest.objects.get().asset is None


def test_who_said_none_may_still_choose_one_and_the_other_way_around(cast: Rivermark, walk: Walk) -> None:
    lamps(cast)
    at_asset(walk).on("asset", none="1").on("asset", asset="L00001")
    assert walk.draft.typed["place"]["asset"]["number"] == "L00001"
    walk.on("asset", none="1")
    assert "asset" not in walk.draft.typed["place"]
    assert walk.at == "details/1"


@pytest.mark.parametrize("thing", ["", "T1", "L99999", "\x00"])
def test_what_was_not_offered_cannot_be_chosen(cast: Rivermark, walk: Walk, thing: str) -> None:
    lamps(cast)
    at_asset(walk).on("asset", asset=thing)
    assert walk.status == 422
    assert "Choose one, or select “None of these, or I don’t know.”" in walk.html


def test_a_number_in_the_address_box_is_the_thing(cast: Rivermark, walk: Walk) -> None:
    lamps(cast)
    walk.begin(service="lamp").on("location", address="l00001")
    assert walk.at == "details/1"
    assert walk.draft.typed["place"]["asset"]["number"] == "L00001"
    found = walk.client.get("/places/search.json", {"q": "l00001", "language": "es"}).json()
    assert [one["label"] for one in found] == ["Poste de luz L00001"]


def test_a_service_about_no_things_and_a_place_without_any_do_not_ask(cast: Rivermark, walk: Walk) -> None:
    lamps(cast)
    assert at_where(walk, address="12 Elm St").at == "details/1"
    assert walk.begin(service="lamp").on("location", address="", lat="40.52", long="-69.0").at == "details/1"


def test_a_sign_on_a_light_does_not_say_which_bin_it_is(cast: Rivermark, walk: Walk) -> None:
    lamps(cast)
    factories.asset(cast.city, "B1", -69.0002, 40.5, kind="bin")
    factories.service(cast.city, "full_bin", asset_kinds=["bin"], duplicate_policy="never")
    assert walk.begin(service="full_bin", asset="L00001").at == "asset"


def test_choosing_a_thing_keeps_the_choice_over_a_change_of_language(cast: Rivermark, walk: Walk) -> None:
    lamps(cast)
    at_asset(walk).on("asset", asset="L00002", switch_language="es")
    assert "Poste de luz L00002" in walk.html
    assert re.findall(r'value="(L\d+)"[^>]* checked', walk.html) == ["L00002"]


# --- Ground of another ------------------------------------------------------------------------------------------------


def neighbor(cast: Rivermark, **columns: Any) -> Owner:
    return factories.owner(cast.city, square(EAST, 40.4, EAST + 0.1, 40.6), kind="town", name="Marlbury", **columns)


def beyond(walk: Walk, service: str = "pothole") -> Walk:
    return walk.begin(service=service).on("location", address="", lat="40.5", long=str(EAST + 0.05))


def test_beyond_the_boundary_the_neighbors_card_says_how_to_reach_them_and_we_send_it_on(
    cast: Rivermark, walk: Walk
) -> None:
    neighbor(cast, email="desk@marlbury.example", phone="555-0174", url="https://marlbury.example/")
    assert beyond(walk).at == "owner"
    for words in ("This place is outside Rivermark.", "555-0174", "desk@marlbury.example", "https://marlbury.example/"):
        assert words in walk.html
    assert walk.send().at == "owner"
    walk.on("owner", send="1").on("details/1", text=TEXT, q_where="lane", q_damage="a rim")
    walk.on("contact", email="ana@example.org", language="en")
    assert "We’ll send it to Marlbury for you" in walk.html
    walk.send()
    factories.run_worker()
    tasks.drain(OutboxRow.Lane.OUTSIDE)
    made = ServiceRequest.objects.get()
    assert (made.disposition, made.owner.name) == ("handed_over", "Marlbury")  # type: ignore[union-attr]
    (theirs,) = [one for one in mail.outbox if one.to == ["desk@marlbury.example"]]
    assert TEXT in str(theirs.body)
    assert "ana@example.org" not in theirs.message().as_string()


def test_beyond_the_boundary_what_is_urgent_goes_to_the_neighbor_too(cast: Rivermark, walk: Walk) -> None:
    neighbor(cast)
    factories.service(cast.city, "danger", priority=1, duplicate_policy="never")
    assert beyond(walk, "danger").at == "owner"
    walk.on("owner", send="1").on("details/1", text=TEXT).on("contact", none="1").send()
    factories.run_worker()
    assert ServiceRequest.objects.get().disposition == "handed_over"


def test_a_neighbor_without_an_address_is_not_promised_anything(cast: Rivermark, walk: Walk) -> None:
    neighbor(cast, email="")
    assert beyond(walk).at == "owner"
    assert "Please contact them yourself." in walk.html
    assert "Send it" not in walk.html
    assert walk.on("owner", send="1").at == "owner"
    assert walk.send().at == "owner"
    assert not ServiceRequest.objects.exists()


@pytest.mark.shows("A3")
def test_a_place_that_is_nobodys_cannot_be_sent_by_direct_post(cast: Rivermark, walk: Walk) -> None:
    at_where(walk, address="12 Elm St")
    draft = walk.draft
    drafts.save(draft, place={"lat": 0.0, "long": 0.0, "address": "", "note": "at sea", "source": "pin"})
    assert walk.send().at == "location"
    assert "This place is outside Rivermark." in walk.html
    assert "at sea" in walk.html
    assert not ServiceRequest.objects.exists()


def test_exactly_on_the_border_it_is_ours(cast: Rivermark, walk: Walk) -> None:
    neighbor(cast)
    walk.begin(service="pothole").on("location", address="", lat="40.5", long=str(EAST))
    assert walk.at == "details/1"


def test_an_owner_within_the_city_without_an_address_is_told_by_us(cast: Rivermark, walk: Walk) -> None:
    factories.owner(cast.city, square(-69.001, 40.499, -68.999, 40.501), kind="utility", name="CLP", email="")
    factories.service(cast.city, "line", place_rule="polygon", owner_kinds=["utility"], duplicate_policy="never")
    walk.begin(service="line").on("location", address="12 Elm St")
    assert walk.at == "owner"
    assert "You can send your report to us, and we’ll let them know." in walk.html
    walk.on("owner", send="1").on("details/1", text=TEXT).on("contact", none="1").send()
    factories.run_worker()
    made = ServiceRequest.objects.get()
    assert (made.status, made.owner.name) == ("routed", "CLP")  # type: ignore[union-attr]


def test_without_a_place_or_a_service_it_is_nobody_elses_ground(cast: Rivermark, walk: Walk) -> None:
    ground = {"place_rule": "polygon", "owner_kinds": ["utility"]}
    factories.owner(cast.city, square(-69.001, 40.499, -68.999, 40.501), kind="utility", name="CLP")
    factories.service(cast.city, "line", place_required=False, duplicate_policy="never", **ground)
    assert walk.begin().get("owner").at == "service"
    walk.on("service", service="line").on("location", skip="1").on("details/1", text=TEXT).on(
        "contact", none="1"
    ).send()
    assert ServiceRequest.objects.get().owner is None


def test_another_place_asks_anew_whose_it_is(cast: Rivermark, walk: Walk) -> None:
    neighbor(cast)
    beyond(walk).on("owner", send="1")
    walk.on("location", address="12 Elm St")
    assert walk.at == "details/1"
    assert walk.on("location", address="", lat="40.5", long=str(EAST + 0.05)).at == "owner"


def test_another_address_is_not_where_the_old_one_was_where_no_script_clears_the_pin(
    cast: Rivermark, walk: Walk
) -> None:
    factories.address(cast.city, "40 Oak Ave", -69.01, 40.51)
    at_where(walk, address="12 Elm St")
    kept = walk.draft.typed["place"]
    walk.on("location", address="40 Oak Ave", lat=str(kept["lat"]), long=str(kept["long"]))
    assert walk.draft.typed["place"]["long"] == -69.01
