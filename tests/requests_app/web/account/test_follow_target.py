"""The page that asks for an address says what is followed and leads back to it; the ways from one page to the other."""

import pytest
from django.core import mail
from django.test import Client

from requests_app.models import Subscription
from requests_app.worker.tasks import drain
from tests import factories
from tests.factories import Rivermark
from tests.requests_app.web.explore.test_areas import page

pytestmark = pytest.mark.shows("5.31")

LANE = {"where": "lane"}
ELM = f"{factories.ELM_ST[1]},{factories.ELM_ST[0]}"


@pytest.mark.parametrize(
    ("query", "words", "back"),
    [
        ("area=ward:5", "Updates on Ward 5", "/areas/ward/5/"),
        ("service=pothole", "Updates on Pothole", "/service/pothole/"),
        ("asset=l00417", "Updates on Street light L00417", "/assets/L00417/"),
        (f"near={ELM},500", "Updates on 1–99 block of Elm St", "/requests/?near=40.5%2C-69.0%2C500"),
        ("area=ward:5&service=pothole", "Updates on Pothole · Ward 5", "/requests/?service=pothole&amp;area=ward%3A5"),
    ],
)
def test_it_says_what_is_followed_and_leads_back_to_it(cast: Rivermark, query: str, words: str, back: str) -> None:
    factories.area(cast.city)
    factories.asset(cast.city, "L00417")
    html = page(f"/follow/?{query}")
    assert f"<h1>{words}</h1>" in html
    assert f'href="{back}"' in html
    assert page(back.replace("&amp;", "&"))


def test_a_place_is_called_by_its_block_on_the_page_and_in_what_is_kept(cast: Rivermark) -> None:
    html = page(f"/follow/?near={ELM},200")
    assert "12 Elm St" not in html
    Client().post(f"/follow/?near={ELM},200", {"email": "a@example.org", "cadence": "daily", "radius": "200"})
    assert Subscription.objects.get().label == "1–99 block of Elm St"


@pytest.mark.parametrize(("looked", "chosen"), [("200", "200"), ("300", "500"), ("1000", "1000"), ("5000", "1000")])
def test_how_far_one_looked_is_chosen_already(cast: Rivermark, looked: str, chosen: str) -> None:
    html = page(f"/follow/?near={ELM},{looked}")
    assert html.count("checked") == 2
    assert f'value="{chosen}"' in html.split("checked")[0].rsplit("<input", 1)[1]


def test_the_answer_is_the_same_whether_the_address_is_known_or_not(cast: Rivermark) -> None:
    factories.area(cast.city)
    answers = []
    for _time in range(3):
        answer = Client().post("/follow/?area=ward:5", {"email": "a@example.org", "cadence": "daily"})
        answers.append((answer.status_code, answer.content))
        Subscription.objects.update(confirmed_at="2020-01-01T00:00Z")
    assert len(set(answers)) == 1
    while drain("database") or drain("outside"):
        pass
    assert {one.to[0] for one in mail.outbox} == {"a@example.org"}


def test_without_a_choice_it_says_what_can_be_followed(cast: Rivermark) -> None:
    html = page("/follow/")
    for path in ("/areas/", "/services/", "/requests/"):
        assert f'href="{path}"' in html
    # A category alone is nothing that one can follow, and nothing unknown either.
    assert "any more" not in page("/follow/?category=streets")


# --- The ways between the pages ---------------------------------------------------------------------------------------


def test_a_request_leads_to_its_service_its_block_and_its_areas(cast: Rivermark) -> None:
    factories.area(cast.city)
    made = factories.routed(cast.pothole, answers=LANE)
    html = page(f"/r/{made.reference}/")
    for path in ("/service/pothole/", "/places/1-99-block-of-elm-st/", "/areas/ward/5/"):
        assert f'href="{path}"' in html
        assert made.display_reference in page(path)


def test_what_is_not_listed_by_place_leads_to_no_block(cast: Rivermark) -> None:
    enforcement = factories.service(cast.city, "blight", listed_by_place=False, duplicate_policy="never")
    made = factories.routed(enforcement)
    assert "/places/" not in page(f"/r/{made.reference}/")


def test_a_private_request_leads_to_no_place_and_no_area(cast: Rivermark) -> None:
    factories.area(cast.city)
    sent = factories.submitted(cast.outreach)
    factories.run_worker()
    from requests_app import links

    client = Client()
    client.get(f"/l/{links.token(sent.link)}/")
    html = client.get(f"/r/{sent.service_request.reference}/").content.decode()
    assert "Only you and the city can see this." in html
    main = html.split("<main")[1].split("</main>")[0]
    assert "/places/" not in main
    assert "/areas/" not in main


def test_an_address_leads_to_its_block_and_its_areas(cast: Rivermark) -> None:
    factories.area(cast.city)
    html = page("/address/?q=12+Elm+St")
    assert 'href="/areas/ward/5/"' in html
    point = f"lat={factories.ELM_ST[1]:.6f}&amp;long={factories.ELM_ST[0]:.6f}"
    assert f'href="/places/?{point}"' in html
    assert Client().get(f"/places/?{point.replace('&amp;', '&')}")["Location"] == "/places/1-99-block-of-elm-st/"


def test_the_list_names_the_block_and_not_the_house_that_was_looked_from(cast: Rivermark) -> None:
    html = page(f"/requests/?near={ELM},200")
    assert "1–99 block of Elm St" in html
    assert "12 Elm St" not in html
