"""Accessibility rules that are often missed. For focus and targets see test_accessibility.py."""

import re

import pytest
from django.test import Client

from requests_app.models import ServiceRequest
from tests import factories
from tests.factories import Rivermark
from tests.walk import Walk

pytestmark = [pytest.mark.django_db, pytest.mark.shows("4.25")]

SPANISH = "Un hoyo enorme en la calle"


@pytest.fixture
def spanish(cast: Rivermark) -> ServiceRequest:
    return factories.routed(cast.pothole, SPANISH, answers={"where": "lane"}, reporter=factories.ANA, language="es")


def test_residents_words_carry_the_language_they_were_written_in(
    client: Client, cast: Rivermark, spanish: ServiceRequest
) -> None:
    said_in_spanish = re.compile(rf'lang="es"[^>]*>[^<]*{SPANISH}')
    assert said_in_spanish.search(client.get(f"/r/{spanish.reference}/").text)
    assert said_in_spanish.search(client.get("/requests/").text)
    client.force_login(cast.tom)
    assert said_in_spanish.search(client.get(f"/staff/r/{spanish.reference}/").text)
    assert said_in_spanish.search(client.get("/staff/").text)


def test_words_typed_before_the_switch_keep_the_language_of_the_page_they_were_typed_on(
    client: Client, cast: Rivermark
) -> None:
    walk = Walk(client).to_contact()
    walk.on("contact", email="ana@example.org", language="en", switch_language="es")
    assert walk.page.startswith("/es/")
    walk.prefix = "/es"
    walk.on("contact", email="ana@example.org", language="en")
    assert re.search(r'lang="en"[^>]*>A hole in the road', walk.html)


@pytest.mark.parametrize("path", ["/", "/report/", "/find/", "/services/", "/map/"])
def test_the_switch_is_said_in_the_other_language(client: Client, cast: Rivermark, path: str) -> None:
    page = client.get(path).text
    assert re.search(r'<(a|button)[^>]* lang="es"[^>]*>Español</\1>', page)
    assert re.search(r'<(a|button)[^>]* lang="en"[^>]*>English</\1>', client.get(f"/es{path}").text)


def test_help_and_the_number_stand_in_the_same_place_on_each_page(client: Client, cast: Rivermark) -> None:
    help_of = re.compile(r'<section aria-labelledby="footer-help">.*?</section>', re.DOTALL)
    walk = Walk(client).to_contact()
    paths = [
        "/",
        "/report/",
        "/find/",
        "/services/",
        "/services/streets/",
        "/requests/",
        "/map/",
        "/privacy/",
        walk.page,
    ]
    found = {path: help_of.findall(client.get(path).text.split('<footer class="site-footer">')[1]) for path in paths}
    assert [len(one) for one in found.values()] == [1] * len(paths)
    assert len({one[0] for one in found.values()}) == 1


def test_how_long_a_draft_is_kept_is_said_before_the_box_and_belongs_to_it(client: Client, cast: Rivermark) -> None:
    for path in ("/", "/report/"):
        page = client.get(path).text
        assert page.index("7 days") < page.index("<textarea")
        described = re.search(r'<textarea[^>]*aria-describedby="([^"]*)"', page)
        assert described is not None
        assert "kept-for" in described[1].split()


def test_a_box_that_was_left_empty_says_why_next_to_it(client: Client, cast: Rivermark) -> None:
    page = client.post("/report/", {"text": ""}).text
    described = re.search(r'<textarea[^>]*aria-describedby="([^"]*)"', page)
    assert described is not None
    assert "id_text_error" in described[1].split()
    assert 'id="id_text_error"' in page


def test_contact_boxes_say_what_they_are_for_and_open_the_right_keys(client: Client, cast: Rivermark) -> None:
    page = Walk(client).to_contact().get("contact").html
    for attributes in ('autocomplete="email"', 'autocomplete="tel"', 'inputmode="tel"', 'autocomplete="name"'):
        assert attributes in page
    where = Walk(Client()).begin().on("service", service="pothole")
    assert 'autocomplete="street-address"' in where.html


def test_dates_are_whole_with_their_day_in_the_pages_language(client: Client, spanish: ServiceRequest) -> None:
    day = r"\w+, \w+ \d{1,2}, \d{1,2}(:\d\d)? [ap]\.m\."
    assert re.search(rf"<time[^>]*>{day}", client.get(f"/r/{spanish.reference}/").text)
    dia = r"(lunes|martes|miércoles|jueves|viernes|sábado|domingo),? \d{1,2} de \w+"
    assert re.search(rf"<time[^>]*>{dia}", client.get(f"/es/r/{spanish.reference}/").text)


def test_numbers_are_grouped_as_the_language_does(settings: object) -> None:
    from django.utils.formats import number_format
    from django.utils.translation import override

    with override("en"):
        assert number_format(20000, use_l10n=True, force_grouping=True) == "20,000"
    with override("es"):
        assert number_format(20000, use_l10n=True, force_grouping=True) in ("20.000", "20\N{NO-BREAK SPACE}000")


def test_numbers_and_addresses_keep_their_own_direction(client: Client, spanish: ServiceRequest) -> None:
    """On a right-to-left page, 555-0100 would be shown as 0100-555, and "12 Elm St" as "Elm St 12"."""
    assert re.findall(r'<a class="phone"(?! dir="ltr")', client.get("/").text) == []
    assert "<bdi>12 Elm St</bdi>" in client.get(f"/r/{spanish.reference}/").text
    assert "<bdi>12 Elm St</bdi>" in client.get("/requests/").text
    assert "<bdi>12 Elm St</bdi>" in Walk(client).to_details().html


def test_nothing_moves_on_by_itself(client: Client, cast: Rivermark) -> None:
    walk = Walk(client).to_contact()
    for path in ("/", "/report/", walk.page, "/requests/", "/map/"):
        assert 'http-equiv="refresh"' not in client.get(path).text
