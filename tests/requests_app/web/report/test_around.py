"""What the place page's map offers to select, and what follows. The map itself: tests/journeys/test_place_map.py."""

from typing import Any

import pytest
from django.test import Client

from requests_app import links
from requests_app.models import AccessLink, ServiceRequest
from tests import factories
from tests.factories import ELM_ST, Rivermark
from tests.walk import Walk

pytestmark = pytest.mark.django_db

BOX = "-69.005,40.495,-68.995,40.505"


@pytest.fixture
def at_place(cast: Rivermark, client: Client) -> Walk:
    """At the place page of a report about a light."""
    factories.asset(cast.city, "L00417")
    factories.service(cast.city, "lamp", asset_kinds=["street_light"], duplicate_policy="join", duplicate_radius_m=30)
    factories.asset(cast.city, "L00418", ELM_ST[0] + 0.0001)
    factories.asset(cast.city, "B1", kind="litter_bin")
    return Walk(client).begin("The street light is out").on("service", service="lamp")


def around(walk: Walk, box: str = BOX, status: int = 200) -> dict[str, Any]:
    answer = walk.client.get(f"/report/{walk.draft.pk}/location/around.json", {"box": box})
    assert answer.status_code == status
    return dict(answer.json())


def test_the_assets_of_the_service_in_view(at_place: Walk) -> None:
    assert at_place.at == "location"
    assert "data-around=" in at_place.html
    assert [one["number"] for one in around(at_place)["assets"]] == ["L00417", "L00418"]
    assert around(at_place, "-69.5,40,-68.5,41") == {"assets": [], "reports": []}, "too wide a view"
    for box in ("", "1,2,3", "a,b,c,d", "nan,40,nan,41", "-68,40,-69,41"):
        around(at_place, box, 400)
    assert Client().get(f"/report/{at_place.draft.pk}/location/around.json?box={BOX}").status_code == 404


def test_the_asset_that_was_selected_is_the_place_unless_the_pin_was_moved(at_place: Walk) -> None:
    lat, long = f"{ELM_ST[1]:.6f}", f"{ELM_ST[0] + 0.0001:.6f}"
    at_place.on("location", asset="L00418", lat=lat, long=long, note="by the bus stop")
    assert at_place.at == "details/1", "which one it is isn't asked again"
    place = at_place.draft.typed["place"]
    assert (place["asset"]["number"], place["source"], place["note"]) == ("L00418", "asset", "by the bus stop")
    at_place.on("location", asset="L00418", lat=lat, long=f"{ELM_ST[0] + 0.0003:.6f}")
    assert at_place.at == "asset"
    at_place.on("location", asset="B1", lat=lat, long=f"{ELM_ST[0]:.6f}")
    assert at_place.at == "asset", "a bin is no light"


def test_open_reports_of_its_kind_and_nothing_that_is_not_public(at_place: Walk, cast: Rivermark) -> None:
    made = factories.report(at_place.draft.jurisdiction.services.get(service_code="lamp").current, "It’s dark here.")
    factories.report(cast.pothole, "A hole.", answers={"where": "lane"})
    (report,) = around(at_place)["reports"]
    assert (report["reference"], report["words"]) == (made.reference, "It’s dark here.")
    assert "Ana" not in str(report)
    for state in ("private", "hidden", "pending_review", "unconfirmed", "staff", "erased"):
        ServiceRequest.objects.update(public_state=state)
        assert around(at_place)["reports"] == []


def test_what_was_answered_on_the_map_is_not_asked_again(at_place: Walk) -> None:
    version = at_place.draft.jurisdiction.services.get(service_code="lamp").current
    first, second = factories.report(version, "It’s dark here."), factories.report(version, "The lamp is out.")
    place = {"asset": "L00417", "lat": f"{ELM_ST[1]:.6f}", "long": f"{ELM_ST[0]:.6f}"}
    at_place.on("location", **place, not_same=first.reference)
    assert at_place.at == "duplicates"
    assert second.reference in at_place.html
    assert first.reference not in at_place.html
    assert [one["reference"] for one in around(at_place)["reports"]] == [second.reference]
    at_place.on("location", **place, not_same=[second.reference, "x' OR 1"])
    assert at_place.at == "details/1"
    # [Me too] on a card sends the page's form to the page about duplicates.
    at_place.on("duplicates", **place, follow=second.reference)
    assert at_place.at == "sent"
    assert ServiceRequest.objects.get(pk=second.pk).people_count == 2
    # Email is offered afterward, also to who comes back with the private link, and counts nobody again.
    path = f"/r/{second.reference}/follow/"
    assert f'action="{path}"' in at_place.html
    link = AccessLink.objects.latest("pk")
    at_place.client.get(f"/l/{links.token(link)}/")
    assert "Email for updates" in at_place.client.get(path).content.decode()
    assert at_place.client.post(path, {"email": "tia@example.org"}).status_code == 302
    assert second.participations.get(role="follower").contact_point is not None
    assert ServiceRequest.objects.get(pk=second.pk).affected_count == 2
    assert ServiceRequest.objects.count() == 2
