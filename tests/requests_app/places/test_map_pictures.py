"""Map pictures: what they show, of what there is none, who may have one, and that a picture is drawn once."""

import io
import re
from typing import Any
from unittest.mock import patch
from xml.etree import ElementTree

import pytest
from django.contrib.gis.geos import LineString, Point
from django.core.cache import cache
from django.test import Client
from PIL import Image

from requests_app.models import BasemapFeature, Jurisdiction, PublicState, ServiceRequest
from requests_app.places import drawn_pictures, map_picture, map_picture_links, style
from requests_app.places.map_labels import Board, Label
from tests import factories
from tests.factories import ELM_ST, Rivermark
from tests.walk import Walk

pytestmark = [pytest.mark.django_db, pytest.mark.shows("4.35")]


@pytest.fixture
def city(cast: Rivermark) -> Jurisdiction:
    for name, angle in (("Elm St", (0.004, 0.0)), ("Oak <St>", (0.0, 0.004))):
        line = LineString(
            (ELM_ST[0] - angle[0], ELM_ST[1] - angle[1]), (ELM_ST[0] + angle[0], ELM_ST[1] + angle[1]), srid=4326
        )
        BasemapFeature.objects.create(
            jurisdiction=cast.city,
            layer="streets",
            properties={"class": "street", "name": name},
            shape=line.transform(3857, clone=True),
        )
    Jurisdiction.objects.filter(pk=cast.city.pk).update(basemap_version=1)
    cache.delete("jurisdiction:testserver")
    return cast.city


def picture(client: Client, subject: str, name: str = "medium", ending: str = "svg", status: int = 200) -> Any:
    answer = client.get(map_picture_links.path(subject, name, ending))
    assert answer.status_code == status, answer.content[:200]
    return answer


def pins(answer: Any) -> int:
    return answer.content.decode().count(f'fill="{map_picture.PIN}" stroke')


def test_a_report_has_a_picture_of_its_public_place_with_names_of_streets(
    client: Client, cast: Rivermark, city: Any
) -> None:
    report = factories.report(cast.tree)
    answer = picture(client, map_picture_links.of_report(report))
    drawing = ElementTree.fromstring(answer.content)  # noqa: S314 (our own)
    assert (drawing.get("width"), drawing.get("height")) == ("600", "300")
    texts = [text.text for text in drawing.iter("{http://www.w3.org/2000/svg}text")]
    assert {"Elm St", "Oak <St>"} <= set(texts)
    assert pins(answer) == 1
    assert answer["Content-Type"] == "image/svg+xml"
    assert "max-age=30" in answer["Cache-Control"]
    again = client.get(
        map_picture_links.path(map_picture_links.of_report(report), "medium"), headers={"If-None-Match": answer["ETag"]}
    )
    assert again.status_code == 304


def test_a_png_has_the_same_in_more_pixels_and_the_names_by_our_own_font(
    client: Client, cast: Rivermark, city: Any
) -> None:
    subject = map_picture_links.of_report(factories.report(cast.tree))
    image = Image.open(io.BytesIO(picture(client, subject, ending="png").content))
    assert image.size == (750, 375)
    BasemapFeature.objects.update(properties={"class": "street"})
    Jurisdiction.objects.update(basemap_version=2)
    cache.delete("jurisdiction:testserver")
    unnamed = Image.open(io.BytesIO(picture(client, subject, ending="png").content))
    ink = tuple(int(style.INK[at : at + 2], 16) for at in (1, 3, 5))
    counted = [sum(pixel[:3] == ink for pixel in one.convert("RGB").get_flattened_data()) for one in (image, unnamed)]
    assert counted[0] > 100 > counted[1]


def test_hidden_private_and_moved_to_a_home_it_is_gone_at_once(client: Client, cast: Rivermark, city: Any) -> None:
    report = factories.report(cast.tree)
    subjects = [map_picture_links.of_report(report, with_neighbors=wide) for wide in (False, True)]
    for subject in subjects:
        picture(client, subject)
    for state in (PublicState.PRIVATE, PublicState.PENDING_REVIEW):
        ServiceRequest.objects.filter(pk=report.pk).update(public_state=state)
        for subject in subjects:
            picture(client, subject, status=404)
    ServiceRequest.objects.filter(pk=report.pk).update(public_state=PublicState.PUBLIC, public_point=None)
    for subject in subjects:
        picture(client, subject, status=404)


def test_of_a_block_it_shows_the_block_and_of_neighbors_only_public_open_ones(
    client: Client, cast: Rivermark, city: Any
) -> None:
    mine = factories.report(cast.tree)
    other, hidden, ended = (factories.report(cast.tree) for _ in range(3))
    ServiceRequest.objects.filter(pk=hidden.pk).update(public_state=PublicState.PRIVATE)
    ServiceRequest.objects.filter(pk=ended.pk).update(status="resolved", disposition="fixed")
    around = picture(client, map_picture_links.of_report(mine, with_neighbors=True)).content.decode()
    assert around.count(f'stroke="{map_picture.OPEN}"') == 1
    # The same of the whole city, and each for half a minute.
    city_wide = picture(client, map_picture_links.NEWEST)
    assert city_wide.content.decode().count(f'stroke="{map_picture.OPEN}"') == 2
    assert city_wide["Cache-Control"] == "public, max-age=30"
    ServiceRequest.objects.filter(pk=other.pk).update(public_state=PublicState.PRIVATE)
    assert picture(client, map_picture_links.NEWEST).content.decode().count(f'stroke="{map_picture.OPEN}"') == 1
    # And around a place.
    place = picture(client, map_picture_links.of_place(Point(*ELM_ST)))
    assert place.content.decode().count(f'stroke="{map_picture.OPEN}"') == 1
    assert place["Cache-Control"] == "public, max-age=30"
    rats = factories.report(factories.service(cast.city, "rodent", visibility="coarse"))
    block = picture(client, map_picture_links.of_report(rats))
    assert pins(block) == 0
    assert f'stroke="{map_picture.PIN}"' in block.content.decode()


def test_of_a_service_it_shows_the_open_public_reports_that_are_listed_by_place(
    client: Client, cast: Rivermark, city: Any
) -> None:
    Jurisdiction.objects.update(map_view={"bounds": [-69.05, 40.45, -68.95, 40.55]})
    cache.delete("jurisdiction:testserver")
    _open, hidden, ended = (factories.report(cast.tree) for _ in range(3))
    factories.report(cast.pothole, answers={"where": "lane"})
    ServiceRequest.objects.filter(pk=hidden.pk).update(public_state=PublicState.PRIVATE)
    ServiceRequest.objects.filter(pk=ended.pk).update(status="resolved", disposition="fixed")
    answer = picture(client, map_picture_links.of_service(cast.tree.service))
    assert answer.content.decode().count(f'stroke="{map_picture.OPEN}"') == 1
    assert "max-age=30" in answer["Cache-Control"]
    weeds = factories.service(cast.city, "weeds", listed_by_place=False)
    factories.report(weeds)
    assert (
        f'stroke="{map_picture.OPEN}"'
        not in picture(client, map_picture_links.of_service(weeds.service)).content.decode()
    )
    assert map_picture_links.of_service(cast.tree.service) in client.get("/service/tree/").content.decode()
    private = client.get(f"/service/{cast.outreach.service.service_code}/").content.decode()
    assert "map-pictures" not in private


@pytest.mark.parametrize("at", range(3))
def test_who_changes_the_address_gets_nothing(client: Client, cast: Rivermark, city: Any, at: int) -> None:
    path = map_picture_links.path(map_picture_links.of_place(Point(*ELM_ST)), "medium")
    picture(client, map_picture_links.of_place(Point(*ELM_ST)))
    changed = [
        path.replace("40.5", "40.6", 1),
        path.replace("medium", "wide"),
        path.replace("/map-pictures/", "/map-pictures/x"),
    ]
    assert client.get(changed[at]).status_code == 404


def test_an_area_is_outlined_and_the_city_fits(client: Client, cast: Rivermark, city: Any) -> None:
    area = factories.area(cast.city)
    drawing = picture(client, map_picture_links.of_area(area), "wide").content.decode()
    assert f'stroke="{map_picture.AREA}"' in drawing
    numbers = re.search(rf'<path d="M([^"]+)z" fill="{map_picture.AREA}"', drawing)
    assert numbers is not None
    places = [float(number) for number in re.findall(r"-?[\d.]+", numbers[1])]
    assert min(places) >= 0
    assert max(places[::2]) <= 1200
    assert max(places[1::2]) <= 630
    picture(client, map_picture_links.CITY, "wide-night")
    Jurisdiction.objects.update(basemap_version=0)
    cache.delete("jurisdiction:testserver")
    picture(client, map_picture_links.CITY, "wide", status=404)


def test_a_picture_is_drawn_once_by_day_and_once_at_night(client: Client, cast: Rivermark, city: Any) -> None:
    subject = map_picture_links.of_report(factories.report(cast.tree))
    with patch.object(drawn_pictures, "svg", wraps=drawn_pictures.svg) as drawn:
        for name in ("medium", "medium", "medium-night", "medium-night"):
            picture(client, subject, name)
    assert drawn.call_count == 2


def test_at_night_every_color_is_another() -> None:
    by_day, at_night = (re.findall(r"'(#[0-9a-f]{6})'", str(style.layers(dark=dark))) for dark in (False, True))
    assert len(by_day) == len(at_night) > 50
    assert not [one for one, other in zip(by_day, at_night, strict=True) if one == other]


def test_no_label_lies_on_another_or_over_the_edge() -> None:
    board = Board(200, 100)
    assert board.add(Label(("Mill Street",), 100, 50, 12))
    assert not board.add(Label(("Oak Street",), 120, 55, 12))
    assert not board.add(Label(("Elm Street",), 20, 20, 12)), "cut off at the left"
    assert board.add(Label(("Oak Street",), 100, 80, 12))
    assert not board.add_along("Bent Street", [[(10, 20), (60, 20), (60, 45), (130, 20)]], 12)
    assert board.add_along("Main St", [[(10, 12), (190, 12)]], 12)
    turned = Board(200, 200)
    assert turned.add_along("Hill Road", [[(100, 190), (100, 10)]], 12)
    assert abs(turned.placed[0].angle) == 90


def test_before_it_is_sent_the_place_is_drawn_for_its_own_browser_only(
    client: Client, cast: Rivermark, city: Any
) -> None:
    walk = Walk(client).to_check()
    path = f"/report/{walk.draft.pk}/check/small.svg"
    assert f'srcset="{path}"' in walk.html
    answer = client.get(path)
    assert pins(answer) == 1
    assert "no-store" in answer["Cache-Control"]
    assert Client().get(path).status_code == 404
    assert client.get(path.replace("small", "huge")).status_code == 404
