"""The list of what is in view next to the map, and the cards of its popups."""

import io
from typing import Any

import pytest
from django.test import Client

from requests_app import photos
from requests_app.actions.publication import moderation
from requests_app.models import Jurisdiction, ServiceRequest
from requests_app.web.explore import map_list
from tests import factories

pytestmark = pytest.mark.django_db

HERE = "frame=-69.01,40.49,-68.99,40.51"
ELSEWHERE = "frame=-68.95,40.55,-68.85,40.65"


def listed(client: Client, query: str, path: str = "/map/list/") -> str:
    answer = client.get(f"{path}?{query}")
    assert answer.status_code == 200
    assert set(answer["Cache-Control"].split(", ")) == {"max-age=30", "public"}
    return answer.content.decode()


def test_it_lists_what_is_in_the_frame_by_the_filters(cast: factories.Rivermark, client: Client) -> None:
    made = factories.report(cast.tree, "A branch hangs.")
    far = factories.report(cast.tree)
    ServiceRequest.objects.filter(pk=far.pk).update(public_point=factories.at(-68.9, 40.6))
    here, elsewhere = listed(client, HERE), listed(client, ELSEWHERE)
    assert "1 report in view" in here
    assert f'data-reference="{made.reference}"' in here
    assert far.reference not in here
    assert f'data-reference="{far.reference}"' in elsewhere
    assert "No reports in view" in listed(client, f"{HERE}&status=ended")
    assert "1 reporte a la vista" in listed(client, HERE, "/es/map/list/")


def test_all_of_the_city_is_the_list_of_the_page(cast: factories.Rivermark, client: Client) -> None:
    """With what is about homes, which no smaller frame finds."""
    unlisted = factories.service(cast.city, "weeds", listed_by_place=False)
    made = factories.report(unlisted)
    Jurisdiction.objects.filter(pk=cast.city.pk).update(map_view={"bounds": [-69.1, 40.4, -68.9, 40.6]})
    assert made.reference in listed(client, "frame=-69.2,40.3,-68.8,40.7")
    assert made.reference in listed(client, "")
    assert made.reference not in listed(client, HERE)


def test_it_goes_on_page_by_page(cast: factories.Rivermark, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(map_list, "ROWS", 2)
    made = [factories.report(cast.tree) for _ in range(3)]
    first = client.get(f"/map/list/?{HERE}")
    assert "The first 2 reports in view" in first.content.decode()
    further = client.get(first.context["more_url"])
    assert [row["request"] for row in further.context["rows"]] == [made[0]]
    assert further.context["more_url"] == ""
    assert len(client.get(f"/map/list/?{HERE}&cursor=forged").context["rows"]) == 2


@pytest.mark.parametrize("frame", ["here", "1,2,3", "-69,40.5,-69.1,40.6", "-69,40.5,nan,40.6", "-690,40,69,41"])
def test_what_is_no_frame_is_refused(cast: factories.Rivermark, client: Client, frame: str) -> None:
    answer = client.get(f"/map/list/?frame={frame}")
    assert (answer.status_code, answer.content.decode()) == (400, "The frame is not a part of the map.")


def test_a_search_that_takes_too_long_is_no_error_page(
    cast: factories.Rivermark, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(*args: Any, **options: Any) -> None:
        raise map_list.TimeUpError

    monkeypatch.setattr(map_list.filters, "page", slow)
    answer = client.get(f"/map/list/?{HERE}")
    assert (answer.status_code, answer["Cache-Control"]) == (503, "no-store")


def test_only_the_public_place_is_in_it(cast: factories.Rivermark, client: Client) -> None:
    coarse = factories.service(cast.city, "rodent", visibility="coarse")
    made = factories.report(coarse, point=factories.at(-69.001234, 40.501234), address="123 Elm St")
    for page in (listed(client, HERE), client.get(f"/map/cards/{made.reference}/").content.decode()):
        assert "100 block of Elm St" in page
        for secret in ("123 Elm St", "40.501234", "-69.001234"):
            assert secret not in page


def test_the_cards_say_what_and_how_it_stands_in_the_order_asked(cast: factories.Rivermark, client: Client) -> None:
    one, other = factories.report(cast.tree, "A branch hangs."), factories.report(cast.tree, "Another.")
    answer = client.get(f"/map/cards/{other.reference},{one.reference.lower()},{'7' * 8}/")
    assert set(answer["Cache-Control"].split(", ")) == {"max-age=10", "public"}
    assert [row["request"] for row in answer.context["rows"]] == [other, one]
    page = answer.content.decode()
    for words in (
        "Tree to prune",
        "A branch hangs.",
        "Received",
        "12 Elm St",
        "just now",
        f'href="/r/{one.reference}/"',
    ):
        assert words in page


@pytest.mark.parametrize("state", ["hidden", "private", "pending_review"])
def test_what_is_not_public_anymore_leaves_list_and_card(cast: factories.Rivermark, client: Client, state: str) -> None:
    made = factories.report(cast.tree, "A branch hangs.")
    card = f"/map/cards/{made.reference}/"
    assert client.get(card).status_code == 200
    ServiceRequest.objects.filter(pk=made.pk).update(public_state=state)
    gone, unknown = client.get(card), client.get(f"/map/cards/{'7' * 8}/")
    assert (gone.status_code, unknown.status_code) == (404, 404)
    assert gone.content == unknown.content
    assert made.reference not in listed(client, HERE)


def test_a_hidden_photo_is_in_neither(cast: factories.Rivermark, client: Client) -> None:
    made = factories.report(cast.tree)
    content = factories.jpeg()
    photo = photos.store_upload(io.BytesIO(content), size=len(content), jurisdiction=cast.city, service_request=made)
    card = f"/map/cards/{made.reference}/"
    assert f"{photo.name}-thumb.jpg" in client.get(card).content.decode()
    assert f"{photo.name}-thumb.jpg" in listed(client, HERE)
    moderation.hide_photo(photo.pk, reason="personal_data", actor=cast.pia)
    assert photo.name not in client.get(card).content.decode() + listed(client, HERE)
