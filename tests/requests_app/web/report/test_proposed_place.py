"""The place page proposes what the words name, and asks about what can't be right."""

import re

import pytest
from django.contrib.gis.geos import LineString, Polygon

from requests_app.models import BasemapFeature, GazetteerEntry
from tests import factories
from tests.factories import EAST, Rivermark, square
from tests.walk import TEXT, Walk

pytestmark = pytest.mark.django_db

LIGHT_OUT = "Streetlight out in front of Central Library"


def library(cast: Rivermark) -> GazetteerEntry:
    return factories.address(cast.city, "Central Library", -69.01, 40.51)


def proposed(walk: Walk) -> list[str]:
    return re.findall(r'name="proposal"\s+value="([^"]+)"', walk.html)


# --- From the words ---------------------------------------------------------------------------------------------------


@pytest.mark.shows("16.6")
def test_a_place_in_the_words_is_proposed_and_taken_only_with_the_press(cast: Rivermark, walk: Walk) -> None:
    library(cast)
    walk.begin(LIGHT_OUT, service="pothole")
    assert walk.at == "location"
    assert "Central Library?" in walk.html
    assert "Yes, that’s it" in walk.html
    assert "place" not in walk.draft.typed
    (value,) = proposed(walk)
    # Continue doesn't take it.
    walk.on("location", address="")
    assert (walk.status, walk.at) == (422, "location")
    assert "Central Library?" in walk.html
    walk.on("location", proposal=value, address="", note="left door")
    assert walk.at == "details/1"
    place = walk.draft.typed["place"]
    assert (place["address"], place["long"], place["note"]) == ("Central Library", -69.01, "left door")


@pytest.mark.shows("16.6")
def test_a_house_that_is_not_known_is_about_where_its_neighbors_say(cast: Rivermark, walk: Walk) -> None:
    factories.address(cast.city, "38 Salt Rd", -69.0, 40.5)
    factories.address(cast.city, "44 Salt Rd", -69.0, 40.5006)
    walk.begin("A hole in front of 40 Salt Rd", service="pothole")
    assert "40 Salt Rd (about here)?" in walk.html
    assert proposed(walk) == ["-69.000000,40.500200"]
    walk.on("location", proposal="-69.000000,40.500200", address="")
    place = walk.draft.typed["place"]
    assert (place["address"], place["lat"]) == ("40 Salt Rd", 40.5002)
    assert place["confidence"] < 1


@pytest.mark.shows("16.6")
def test_two_places_in_the_words_are_both_offered_and_the_other_one_later(cast: Rivermark, walk: Walk) -> None:
    library(cast)
    walk.begin("Trash at Central Library and 12 Elm St", service="pothole")
    both = proposed(walk)
    assert len(both) == 2
    assert "Is it one of these places from what you wrote?" in walk.html
    walk.on("location", proposal=both[1], address="")
    assert walk.draft.typed["place"]["address"] == "12 Elm St"
    assert proposed(walk.get("location")) == both[:1]


@pytest.mark.shows("16.6")
def test_a_light_in_the_words_is_the_light_and_its_number_is_not_asked_for(cast: Rivermark, walk: Walk) -> None:
    questions = [
        factories.question("lights", "single", options=["one", "several"]),
        factories.question("pole", text="Is there a number on the pole?", asks_asset=True),
    ]
    factories.service(cast.city, "lamp", asset_kinds=["street_light"], duplicate_policy="never", questions=questions)
    factories.asset(cast.city, "L00417", -69.0001, 40.5)
    walk.begin("light pole 417 is dark", service="lamp")
    walk.on("location", proposal="asset:L00417", address="")
    assert walk.at == "details/1"
    assert "Tell us the lights." in walk.html
    assert "number on the pole" not in walk.html
    # Nor after it was chosen from the list or on the map, which is the same form. Somebody who doesn't know is asked.
    walk.begin(TEXT, service="lamp").on("location", address="12 Elm St").on("asset", asset="L00417")
    assert "number on the pole" not in walk.html
    walk.on("asset", none="1")
    assert walk.at == "details/1"
    assert "Is there a number on the pole?" in walk.html


@pytest.mark.shows("16.6")
def test_words_without_a_place_and_a_place_elsewhere_leave_the_page_as_it_is(cast: Rivermark, walk: Walk) -> None:
    library(cast)
    for text in ("A hole in the road", "🙂", "Central Library in Boston", "x " * 2000):
        walk.begin(text, service="pothole")
        assert walk.at == "location"
        assert "proposal" not in walk.html


@pytest.mark.shows("16.6")
def test_a_stale_button_loses_nothing_and_asks_again(cast: Rivermark, walk: Walk) -> None:
    library(cast)
    walk.begin(LIGHT_OUT, service="pothole")
    (value,) = proposed(walk)
    walk.on("problem", text="Streetlight out at 12 Elm St")
    walk.on("location", proposal=value, note="left door", address="")
    assert walk.at == "location"
    assert "12 Elm St?" in walk.html
    assert "left door" in walk.html


@pytest.mark.shows("16.6")
def test_the_proposal_is_in_spanish(cast: Rivermark, client: object) -> None:
    library(cast)
    walk = Walk(client, "/es")  # type: ignore[arg-type]
    walk.begin("Farol apagado frente a la biblioteca", service="pothole")
    assert "¿Central Library?" in walk.html
    assert "Sí, ahí es" in walk.html


# --- On the water -----------------------------------------------------------------------------------------------------


def harbor(cast: Rivermark) -> None:
    """Water in the east of the city, with a bridge over it."""
    water = Polygon.from_bbox((-68.99, 40.49, -68.96, 40.51))
    bridge = LineString((-68.995, 40.5), (-68.955, 40.5))
    for layer, shape in (("water", water), ("streets", bridge)):
        shape.srid = 4326
        BasemapFeature.objects.create(jurisdiction=cast.city, layer=layer, shape=shape.transform(3857, clone=True))


@pytest.mark.shows("16.7")
def test_a_pothole_in_the_harbor_is_asked_about_and_taken(cast: Rivermark, walk: Walk) -> None:
    harbor(cast)
    walk.begin(service="pothole").on("location", address="", lat="40.505", long="-68.97", note="by the buoy")
    assert walk.at == "location"
    assert "That is on the water. Is this right?" in walk.html
    assert "by the buoy" in walk.html
    walk.on("location", on_water="1", address="", lat="40.505", long="-68.97", note="by the red buoy")
    assert walk.at == "details/1"
    assert walk.draft.typed["place"]["note"] == "by the red buoy"
    # Another place there is asked about again, and dry land is not.
    walk.on("location", address="", lat="40.506", long="-68.97")
    assert "That is on the water." in walk.html
    assert walk.on("location", address="12 Elm St").at == "details/1"


@pytest.mark.shows("16.7")
def test_a_pothole_on_a_bridge_is_not_asked_about_and_one_from_the_map_is(cast: Rivermark, walk: Walk) -> None:
    harbor(cast)
    walk.begin(service="pothole").on("location", address="", lat="40.5001", long="-68.97")
    assert walk.at == "details/1"
    walk.begin(service="pothole", lat="40.505", long="-68.97")
    assert walk.at == "location"
    assert "That is on the water." in walk.html


# --- Beyond the boundary ----------------------------------------------------------------------------------------------


@pytest.mark.shows("16.7")
def test_beyond_the_boundary_no_address_of_ours_is_named(cast: Rivermark, walk: Walk) -> None:
    """ "You're at 659 Western Ave", and then "This belongs to Marlbury"."""
    factories.owner(cast.city, square(EAST, 40.4, EAST + 0.1, 40.6), kind="town", name="Marlbury")
    factories.address(cast.city, "659 Western Ave", EAST - 0.0001, 40.5)
    outside = {"lat": "40.5", "long": str(EAST + 0.0001)}
    assert [one["label"] for one in walk.client.get("/places/nearest.json", outside).json()] == ["Marlbury"]
    walk.begin(service="pothole").on("location", address="", **outside)
    assert walk.at == "owner"
    assert "This belongs to Marlbury" in walk.html
    assert "659 Western Ave" not in walk.html
    inside = {"lat": "40.5", "long": str(EAST - 0.0001)}
    assert [one["label"] for one in walk.client.get("/places/nearest.json", inside).json()] == ["659 Western Ave"]
