"""The preview: the draft's form as residents will see it, walked with its conditions, framed by our own pages, never stored."""

import html

import pytest
from django.test import Client

from requests_app.actions.setup import service_drafts
from requests_app.models import Department, Draft, Service, ServiceRequest
from requests_app.rules.setup.catalog_rows import written_service
from tests import factories
from tests.factories import Rivermark, question

pytestmark = [pytest.mark.django_db, pytest.mark.shows("13.1")]
PREVIEW = "/staff/setup/services/pothole/preview/"


@pytest.fixture
def drafted(town: Rivermark) -> None:
    """Two answers to depth; the deep one stops, and asks how wide."""
    written = written_service(Service.objects.get(service_code="pothole"))
    deep = question(
        "deep", "single", text={"en": "How deep?", "es": "¿Qué tan hondo?"}, required=True, options=["foot", "inch"]
    )
    deep["options"][0]["effects"] = {"stop": True, "priority": 1}
    wide = question("wide", "single", required=True, options=["yard"], show_if={"question": "deep", "values": ["foot"]})
    new = written | {"questions": [deep, wide], "emergency_screen": {"en": "Is anyone hurt?", "es": "¿Hay heridos?"}}
    service_drafts.save(town.city, "pothole", new, revision=0, base=1, actor=town.ada)


def test_the_draft_is_walked_in_each_language_and_nothing_is_stored(drafted: None, ada: Client) -> None:
    assert "How deep?" in ada.get(PREVIEW).content.decode()
    assert "¿Qué tan hondo?" in html.unescape(ada.get(f"/es{PREVIEW}").content.decode())
    assert ada.post(PREVIEW, {"page": "1", "text": "x"}).status_code == 422
    stopped = ada.post(PREVIEW, {"page": "1", "text": "A hole", "q_deep": "foot"})
    assert stopped.context["stopped"] == "How deep?"
    walked = {"page": "1", "text": "A hole", "q_deep": "foot", "shown": ["deep", "words", "stopped"]}
    second = ada.post(PREVIEW, walked)
    assert list(second.context["form"].fields) == ["q_wide"]
    end = ada.post(PREVIEW, walked | {"page": "2", "q_wide": "yard"})
    assert end.context["end"]["priority"] == 1
    assert end.context["end"]["answers"] == [("How deep?", "Foot"), ("Tell us the wide.", "Yard")]
    short = ada.post(PREVIEW, {"page": "1", "text": "A hole", "q_deep": "inch"})
    assert short.context["end"]["answers"] == [("How deep?", "Inch")]
    assert not Draft.objects.exists()
    assert not ServiceRequest.objects.exists()


def test_only_our_own_pages_may_frame_it(drafted: None, ada: Client) -> None:
    answer = ada.get(PREVIEW)
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in answer["Content-Security-Policy"]
    assert "frame-src 'self'" in ada.get("/staff/setup/services/pothole/words/")["Content-Security-Policy"]


def test_a_city_with_the_codes_of_an_earlier_one_is_shown_its_own_service_and_department(town: Rivermark) -> None:
    beside = factories.lakeside()
    Department.objects.filter(pk=beside.streets.pk).update(name={"en": "Lake streets"})
    factories.service(beside.city, "tree", name="Lake tree", of=beside.streets)
    client = Client(HTTP_HOST=beside.city.hosts[0])
    client.force_login(factories.staff("Lil", "administrator", beside.city))
    page = PREVIEW.replace("pothole", "tree")
    assert "Lake tree" in client.get(page).content.decode()
    end = client.post(page, {"page": "1", "text": "A branch"})
    assert end.context["end"]["department"] == "Lake streets"
