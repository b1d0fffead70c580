"""Signs are made, printed and taken down by who may; each sheet says the short address in letters too."""

from collections.abc import Callable

import pytest
from django.contrib.gis.geos import Point
from django.test import Client

from requests_app.models import ShortLink, User
from tests import factories
from tests.factories import Rivermark

pytestmark = [pytest.mark.django_db, pytest.mark.shows("4.9")]
SignIn = Callable[[User], Client]


@pytest.fixture
def ada(town: Rivermark, signed_in: SignIn) -> Client:
    return signed_in(town.ada)


def make(client: Client, **given: str) -> str:
    return client.post("/staff/signs/", given, follow=True).content.decode()


def test_several_things_are_made_at_once_and_ticked_for_printing(town: Rivermark, ada: Client) -> None:
    for number in ("L00417", "L00418"):
        factories.asset(town.city, number)
    html = make(ada, numbers="l00417, L00418\nL00417", service=str(town.pothole.service_id))
    assert "2 signs are ready to print." in html
    assert html.count(" checked") == 2
    made = ShortLink.objects.order_by("id")
    assert [(one.code, one.label, one.service) for one in made] == [
        ("L00417", "Street light L00417", town.pothole.service),
        ("L00418", "Street light L00418", town.pothole.service),
    ]


def test_a_place_is_found_by_its_address(town: Rivermark, ada: Client) -> None:
    make(ada, address="12 elm street", label="Bus stop")
    sign = ShortLink.objects.get()
    assert (sign.label, sign.address, sign.created_by) == ("Bus stop", "12 Elm St", town.ada)
    assert sign.point == Point(*factories.ELM_ST, srid=4326)
    assert len(sign.code) == 5


def test_a_service_alone_is_enough(town: Rivermark, ada: Client) -> None:
    make(ada, service=str(town.pothole.service_id))
    assert ShortLink.objects.get().label == "Pothole"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "Enter a number or a place, or choose what the sign is about."),
        ({"numbers": "L1 L00417 L2"}, "We can’t find anything with these numbers: L1, L2"),
        ({"numbers": "L00417", "address": "12 Elm St"}, "Enter numbers or a place, but not both."),
        ({"numbers": " ".join(f"N{n}" for n in range(61))}, "You can make up to 60 at once. You entered 61."),
        ({"address": "qqqzzz"}, "We couldn’t find this place. Enter an address, a corner or a park."),
        ({"address": "far away", "lat": "0", "long": "0"}, "This place is outside Rivermark."),
        ({"numbers": "\x00"}, "Null characters are not allowed."),
        ({"service": "999999"}, "Select a valid choice."),
    ],
)
def test_what_is_wrong_is_told_and_what_was_typed_kept(
    town: Rivermark, ada: Client, given: dict[str, str], words: str
) -> None:
    factories.asset(town.city, "L00417")
    answer = ada.post("/staff/signs/", {**given, "label": "By the “school”"})
    assert answer.status_code == 422
    html = answer.content.decode()
    assert words in html
    assert "By the “school”" in html
    assert not ShortLink.objects.exists()


@pytest.mark.parametrize("size", ["large", "small", "nonsense"])
def test_a_sheet_has_the_code_and_the_short_address_in_letters_in_each_language(
    town: Rivermark, ada: Client, size: str
) -> None:
    make(ada, address="12 Elm St", label="<Bus stop>")
    sign = ShortLink.objects.get()
    html = ada.get("/staff/signs/print/", {"sign": [sign.pk, "x", "9" * 30], "size": size}).content.decode()
    assert html.count("<svg viewBox") == 1
    assert f"/q/{sign.code}</p>" in html
    assert "&lt;Bus stop&gt;" in html
    assert 'lang="en">' in html
    assert 'lang="es">' in html


def test_nothing_ticked_is_told(ada: Client) -> None:
    assert "No signs selected." in ada.get("/staff/signs/print/").content.decode()


def test_a_sign_that_was_taken_down_is_gone_from_list_and_sheet(town: Rivermark, ada: Client) -> None:
    make(ada, address="12 Elm St", label="Bus stop")
    sign = ShortLink.objects.get()
    assert ada.post(f"/staff/signs/{sign.pk}/end/").status_code == 302
    assert "/q/" not in ada.get("/staff/signs/").content.decode()
    assert "Bus stop" not in ada.get("/staff/signs/print/", {"sign": sign.pk}).content.decode()


def test_another_citys_signs_are_not_there(town: Rivermark, ada: Client) -> None:
    other = factories.jurisdiction("Stonecliff", hosts=["stonecliff.example"])
    town.city.hosts = ["testserver"]
    town.city.save()
    sign = ShortLink.objects.create(jurisdiction=other, code="ABCDE", label="Pier")
    assert "Pier" not in ada.get("/staff/signs/").content.decode()
    assert "Pier" not in ada.get("/staff/signs/print/", {"sign": sign.pk}).content.decode()
    assert ada.post(f"/staff/signs/{sign.pk}/end/").status_code == 404


def test_only_administrators_make_signs(town: Rivermark, tom: Client) -> None:
    for path in ("/staff/signs/", "/staff/signs/print/"):
        assert tom.get(path).status_code == 403
    assert tom.post("/staff/signs/", {"address": "12 Elm St"}).status_code == 403
    assert not ShortLink.objects.exists()
