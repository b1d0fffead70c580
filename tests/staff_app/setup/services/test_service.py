"""A service on one page: its state, what is next, what it says, and one way to its targets."""

import html
import re
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from django.test import Client

from requests_app.actions.setup import retirements, service_drafts
from requests_app.models import Service, ServiceApproval, ServiceDraft, Target, User
from requests_app.rules.setup import go_live
from requests_app.rules.setup.catalog_rows import written_service
from tests import factories
from tests.factories import Rivermark

pytestmark = [pytest.mark.django_db, pytest.mark.shows("13.1")]
PAGE = "/staff/setup/services/pothole/"


def drafted(town: Rivermark, code: str = "pothole", **changed: Any) -> ServiceDraft:
    written = deepcopy(written_service(Service.objects.get(service_code=code, jurisdiction=town.city)))
    return service_drafts.save(town.city, code, written | changed, revision=0, base=1, actor=town.ada)


def approve(town: Rivermark, code: str) -> None:
    service = Service.objects.get(service_code=code, jurisdiction=town.city)
    emergency = go_live.emergency_words(written_service(service), town.city)
    ServiceApproval.objects.create(service=service, kind="emergency", approver="Lt. Ruiz", approved=emergency)


def state(client: Client, page: str = PAGE) -> str:
    """What its first section says."""
    text = html.unescape(client.get(page).content.decode())
    section = text.split('aria-labelledby="state"')[1].split("</section>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", section).split())


def test_it_says_what_state_the_service_is_in_and_what_is_next(
    town: Rivermark, ada: Client, django_assert_max_num_queries: Any
) -> None:
    assert "Live Waiting for approval Residents can use this service." in state(ada)
    assert "Missing: Email, Targets" in state(ada)
    drafted(town, priority=1)
    assert "Live Draft Waiting for approval Residents can use this service. The draft changes 1 thing." in state(ada)
    assert "Check and publish" in state(ada)
    with django_assert_max_num_queries(40):
        ada.get(PAGE)
    outreach = PAGE.replace("pothole", "outreach")
    approve(town, "outreach")
    assert "Waiting for approval" not in state(ada, outreach)
    draft = drafted(town, "outreach", emergency_screen={"en": "Hurt? Call 911.", "es": "¿Herido? Llame al 911."})
    assert "Waiting for approval" in state(ada, outreach)
    service_drafts.discard(town.city, "outreach", revision=draft.revision, actor=town.ada)
    Service.objects.filter(service_code="outreach").update(active=False)
    assert "Not live yet" in state(ada, outreach)
    assert "checks before it goes live are done" in state(ada, outreach)
    retirements.retire(town.tree.service, successor=None, moves_requests=False, actor=town.ada)
    assert "Retired Nobody can use this service anymore." in state(ada, PAGE.replace("pothole", "tree"))
    new = {"name_en": "Leaves", "name_es": "Hojas", "service_code": "leaves", "category": "streets", "department": "PW"}
    ada.post("/staff/setup/services/new/", new)
    assert "New, not published Only administrators see it" in state(ada, PAGE.replace("pothole", "leaves"))


def test_each_part_says_what_is_drafted_and_leads_to_its_editor(town: Rivermark, ada: Client) -> None:
    drafted(
        town,
        name={"en": "Hole", "es": "Hoyo"},
        description={"en": "We fill it."},
        visibility="coarse",
        photo="none",
        offered={"from": "10-15", "to": "12-15"},
        keywords={"en": [f"word{number}" for number in range(8)], "es": []},
    )
    page = html.unescape(ada.get(PAGE).content.decode())
    for text in (
        "Hoyo", "We fill it.", "Missing", "and 2 more", "Tell us the where.", "Everyone, but not the exact place",
        "October 15 to December 15",
    ):  # fmt: skip
        assert text in page, text
    for part in ("words", "questions", "handling", "privacy"):
        assert f'href="{PAGE}{part}/">Change' in page
    # What another city has under the same code is its own.
    factories.lakeside()
    assert "Hoyo" in ada.get(PAGE).content.decode()


def test_another_citys_service_is_not_found(town: Rivermark, ada: Client, signed_in: Callable[[User], Client]) -> None:
    lakeside = factories.lakeside()
    code = "only-there"
    Service.objects.filter(pk=lakeside.pothole.service_id).update(service_code=code)
    assert ada.get(f"/staff/setup/services/{code}/").status_code == 404
    assert signed_in(town.tom).get(PAGE).status_code == 403


def test_there_is_one_way_to_its_targets(town: Rivermark, ada: Client) -> None:
    service = town.pothole.service
    Target.objects.create(service=service, kind="resolve", value=9, unit="days", agreed_by="Council 26-114")
    Target.objects.create(service=service, kind="resolve", value=4, unit="hours", priority=1)
    page = html.unescape(ada.get(PAGE).content.decode())
    card = page.split('id="targets"')[1].split("</section>")[0]
    assert f'href="/staff/setup/targets/{service.pk}/"' in card
    for text in ("9 days", "agreed by Council 26-114", "4 hours", "Priority 1"):
        assert text in card
    # The editor of who and when asks for no number of its own.
    editor = ada.get(f"{PAGE}handling/").content.decode()
    assert "resolve_value" not in editor
    assert f'href="/staff/setup/targets/{service.pk}/"' in editor
    # A draft that was begun before doesn't bring the old ones back.
    draft = drafted(town, priority=1)
    Target.objects.create(service=service, kind="resolve", value=7, unit="days")
    assert "7 days" in ada.get(PAGE).content.decode()
    assert "Done within" not in "".join(ada.get(f"{PAGE}changes/").context["editing"].changes)
    service_drafts.publish(town.city, "pothole", revision=draft.revision, actor=town.ada)
    assert Target.objects.filter(service=service, priority=None, kind="resolve").latest("id").value == 7
