"""Links and signs that prefill the report path. Reading one writes nothing; invalid values are reported or left out."""

import itertools
from typing import Any

import pytest
from django.test import Client

from requests_app.actions.setup import signs
from requests_app.models import Draft, ServiceRequest, ShortLink
from tests import factories
from tests.factories import Rivermark, at, square

pytestmark = [pytest.mark.django_db, pytest.mark.shows("4.8")]


@pytest.fixture
def cast() -> Rivermark:
    cast = factories.rivermark()
    factories.asset(cast.city, "L00417", -69.0001, 40.5)
    return cast


def page(client: Client, query: str, prefix: str = "") -> str:
    answer = client.get(f"{prefix}/report/?{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def begun(client: Client, **given: str) -> Draft:
    answer = client.post("/report/", {"text": "It is broken", **given})
    assert answer.status_code == 302
    return Draft.objects.get()


def test_service_and_place_are_shown_and_carried_along(cast: Rivermark, client: Client) -> None:
    html = page(client, "service=pothole&lat=40.5&long=-69.0")
    assert "Pothole" in html
    assert "12 Elm St" in html
    draft = begun(client, service="pothole", lat="40.5", long="-69.0")
    assert draft.typed["service"] == "pothole"
    assert draft.typed["place"]["address"] == "12 Elm St"


def test_a_things_number_says_what_and_where(cast: Rivermark, client: Client) -> None:
    html = page(client, "asset=l00417")
    assert "Street light L00417" in html
    place = begun(client, asset="l00417").typed["place"]
    assert (place["asset"]["number"], place["source"], place["address"]) == ("L00417", "asset", "12 Elm St")
    assert (place["lat"], place["long"]) == (40.5, -69.0001)


def test_a_link_preview_that_reads_a_link_leaves_no_draft_and_no_cookie(cast: Rivermark, client: Client) -> None:
    for path in ("/q/L00417", "/report/?service=pothole&asset=L00417&lat=40.5&long=-69.0"):
        client.get(path, follow=True)
        client.head(path)
    assert not Draft.objects.exists()
    assert set(client.cookies) <= {"csrftoken"}


JUNK = ["", "x", "nan", "1e999", "-0", "\x00", "’; drop --", "９９", "9" * 500, "<b>", "../..", "٤"]


@pytest.mark.parametrize("name", ["service", "lat", "long", "asset", "sign"])
def test_junk_in_a_link_never_breaks_it(cast: Rivermark, client: Client, name: str) -> None:
    for junk, other in itertools.product(JUNK, ["", "40.5"]):
        query: dict[str, Any] = {"lat": other, "long": "-69.0", name: junk}
        assert client.get("/report/", query).status_code == 200
    assert client.post("/report/", {"text": "A hole", name: "\x00<b>9"}).status_code == 302
    assert "place" not in Draft.objects.get().typed


def test_what_a_link_says_wrongly_is_told_and_the_path_asks(cast: Rivermark, client: Client) -> None:
    html = page(client, "asset=L99999&service=nosuch&sign=QQQQQ")
    assert "We couldn’t find anything with the number “L99999.”" in html
    assert "We don’t offer that service here." in html
    assert "We don’t recognize this sign." in html
    answer = client.post("/report/", {"text": "A hole", "asset": "L99999", "service": "pothole"})
    assert answer["Location"].endswith("/location/")


def test_a_place_outside_is_told_on_the_first_page(cast: Rivermark, client: Client) -> None:
    assert "This place is outside Rivermark." in page(client, "lat=0&long=0")


def test_a_place_of_a_neighbor_leads_to_their_card(cast: Rivermark, client: Client) -> None:
    factories.owner(cast.city, square(-68.9, 40.4, -68.8, 40.6), kind="town", name="Marlbury")
    answer = client.post("/report/", {"text": "A hole", "service": "pothole", "lat": "40.5", "long": "-68.85"})
    assert answer["Location"].endswith("/owner/")


def test_another_service_and_another_language_keep_the_place(cast: Rivermark, client: Client) -> None:
    html = page(client, "service=pothole&asset=L00417")
    assert 'href="/report/?asset=L00417&amp;service="' in html
    answer = client.post("/report/", {"text": "", "switch_language": "es", "asset": "L00417", "service": "pothole"})
    assert answer["Location"] == "/es/report/?service=pothole&asset=L00417"
    assert "Poste de luz L00417" in client.get(answer["Location"]).content.decode()


# --- Signs ------------------------------------------------------------------------------------------------------------


def playground(cast: Rivermark, **columns: Any) -> ShortLink:
    given: dict[str, Any] = {"label": "Playground", "address": "Millstream Park", "point": at(-69.01, 40.51), **columns}
    return signs.create(cast.city, actor=cast.ada, **given)


def test_a_sign_opens_its_place_and_service_in_the_words_on_it(cast: Rivermark, client: Client) -> None:
    sign = playground(cast, service=cast.pothole.service)
    answer = client.get(f"/q/{sign.code}")
    assert answer["Location"] == f"/report/?sign={sign.code}"
    html = client.get(answer["Location"]).content.decode()
    assert "Millstream Park" in html
    assert "Pothole" in html
    typed = begun(client, sign=sign.code).typed
    assert typed["service"] == "pothole"
    assert (typed["place"]["address"], typed["place"]["lat"]) == ("Millstream Park", 40.51)


def test_whoever_sees_something_else_at_a_sign_keeps_its_place(cast: Rivermark, client: Client) -> None:
    sign = playground(cast, service=cast.pothole.service)
    typed = begun(client, sign=sign.code, service="").typed
    assert "service" not in typed
    assert typed["place"]["address"] == "Millstream Park"


def test_a_code_is_read_however_people_type_it(cast: Rivermark, client: Client) -> None:
    sign = playground(cast)
    ShortLink.objects.filter(pk=sign.pk).update(code="A01B1")
    for typed in ("A01B1", "a01b1", "AOIBL", "aoib-l", " a01b1 "):
        assert "Millstream Park" in page(client, f"sign={typed}"), typed
    assert client.get("/q/aoibl/")["Location"] == "/report/?sign=aoibl"


def test_a_things_number_is_a_sign_without_a_row(cast: Rivermark, client: Client) -> None:
    html = client.get("/q/l00417", follow=True).content.decode()
    assert "Street light L00417" in html


def test_a_row_of_a_thing_adds_its_service(cast: Rivermark, client: Client) -> None:
    from requests_app.models import Asset

    signs.create(cast.city, label="Light", service=cast.pothole.service, asset=Asset.objects.get(), actor=cast.ada)
    typed = begun(client, sign="L00417").typed
    assert (typed["service"], typed["place"]["asset"]["number"]) == ("pothole", "L00417")


def test_a_sign_that_came_down_leads_to_the_first_page_without_the_place(cast: Rivermark, client: Client) -> None:
    sign = playground(cast)
    signs.end(sign)
    html = client.get(f"/q/{sign.code}", follow=True).content.decode()
    assert "We don’t recognize this sign." in html
    assert "Millstream Park" not in html


def test_another_citys_sign_says_nothing_here(cast: Rivermark, client: Client) -> None:
    other = factories.jurisdiction("Stonecliff", hosts=["stonecliff.example"])
    cast.city.hosts = ["testserver"]
    cast.city.save()
    sign = signs.create(other, label="Pier", address="Pier 1", actor=cast.ada)
    assert "Pier 1" not in page(client, f"sign={sign.code}")


def test_a_sign_speaks_the_readers_language(cast: Rivermark, client: Client) -> None:
    answer = client.get("/q/L00417", headers={"Accept-Language": "es-MX,es;q=0.9,en;q=0.5"})
    assert answer["Location"] == "/es/report/?sign=L00417"
    assert "no-store" in answer["Cache-Control"]
    assert client.get("/q/L00417", headers={"Accept-Language": "tlh"})["Location"] == "/report/?sign=L00417"


def test_a_report_from_a_sign_is_about_its_thing(cast: Rivermark, client: Client) -> None:
    factories.service(cast.city, "lamp", asset_kinds=["street_light"], duplicate_policy="never")
    answer = client.post("/report/", {"text": "It is dark", "service": "lamp", "sign": "L00417"})
    # Not asked which one it is.
    assert answer["Location"].endswith("/details/1/")
    path = answer["Location"].removesuffix("details/1/")
    client.post(f"{path}details/1/", {"text": "It is dark"})
    client.post(f"{path}contact/", {"none": "1"})
    check = client.get(f"{path}check/").content.decode()
    assert "Street light L00417" in check
    client.post(f"{path}check/")
    made = ServiceRequest.objects.get()
    assert made.asset is not None
    assert made.asset.asset_id == "L00417"


def test_a_text_fills_the_box_and_can_be_changed(cast: Rivermark, client: Client) -> None:
    html = page(client, "service=pothole&text=A+hole%00+%3Cb%3E")
    assert "A hole &lt;b&gt;</textarea>" in html
    assert "x" * 4000 + "</textarea>" in page(client, f"text={'x' * 4001}")
    assert begun(client, service="pothole").typed["text"] == "It is broken"
