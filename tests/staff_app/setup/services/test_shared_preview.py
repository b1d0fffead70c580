"""A link to share a draft: that draft's form and nothing else, for 14 days, until it's ended, without anything of staff."""

import datetime as dt
import html
from collections.abc import Callable
from copy import deepcopy
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client

from requests_app import links
from requests_app.actions.setup import draft_links, service_drafts
from requests_app.clock import app_now
from requests_app.models import Draft, Service, ServiceDraft, ServiceDraftLink, ServiceRequest, SetupChange, User
from requests_app.rules.setup.catalog_rows import written_service
from staff_app.setup.services import shared_preview
from tests import factories
from tests.factories import Rivermark, question

pytestmark = [pytest.mark.django_db, pytest.mark.shows("13.1")]
SERVICE = "/staff/setup/services/pothole/"


@pytest.fixture
def draft(town: Rivermark) -> ServiceDraft:
    """With a question, internal words for suggestions, and an approval by name."""
    written = deepcopy(written_service(Service.objects.get(service_code="pothole", jurisdiction=town.city)))
    leads = {
        "value": "tree",
        "label": {"en": "A root", "es": "Una ra\u00edz"},
        "effects": {"service": "tree", "priority": 1},
    }
    deep = question(
        "deep", "single", text={"en": "How deep?", "es": "\u00bfQu\u00e9 tan hondo?"}, required=True, options=["inch"]
    )
    deep["options"].append(leads)
    changed = written | {"questions": [deep], "keywords": {"en": ["OURWORD"], "es": []}}
    draft = service_drafts.save(town.city, "pothole", changed, revision=0, base=1, actor=town.ada)
    draft.approval = {"approver": "Lt. Ruiz", "review_by": "2031-01-01", "approved": {}, "user": town.ada.pk}
    draft.save()
    return draft


def shared(ada: Client) -> str:
    """The path of a new link, as the service's page shows it."""
    ada.post(f"{SERVICE}share/")
    return urlsplit(str(ada.get(SERVICE).context["share_link"]["url"])).path


def test_anyone_with_the_link_walks_the_draft_and_nothing_else(
    town: Rivermark, ada: Client, client: Client, draft: ServiceDraft
) -> None:
    path = shared(ada)
    assert path in ada.get(SERVICE).content.decode()
    answer = client.get(path)
    page = html.unescape(answer.content.decode())
    assert "How deep?" in page
    assert "A draft for review." in page
    assert "\u00bfQu\u00e9 tan hondo?" in html.unescape(client.get(f"/es{path}").content.decode())
    assert 'name="robots" content="noindex"' in page
    assert "no-store" in answer["Cache-Control"]
    assert answer["Referrer-Policy"] == "no-referrer"
    end = client.post(path, {"page": "1", "text": "A hole", "q_deep": "tree"})
    last = html.unescape(end.content.decode())
    assert "A root" in last
    for inside in ("Ada", "Lt. Ruiz", "OURWORD", "Priority", "Streets", "/staff/setup/", "Suggest"):
        assert inside not in page, inside
        assert inside not in last, inside
    # It shows the draft as it is by now.
    service_drafts.save(
        town.city, "pothole", draft.written | {"questions": []}, revision=draft.revision, base=1, actor=town.ada
    )
    assert "How deep?" not in client.get(path).content.decode()
    assert not Draft.objects.exists()
    assert not ServiceRequest.objects.exists()


def test_it_ends_after_14_days_to_the_second(town: Rivermark, draft: ServiceDraft, client: Client) -> None:
    link = draft_links.share(draft, actor=town.ada)
    path = urlsplit(links.service_draft_url(link)).path
    assert link.expires_at == app_now() + dt.timedelta(days=14)
    for left, status in ((dt.timedelta(seconds=1), 200), (dt.timedelta(0), 404)):
        ServiceDraftLink.objects.update(expires_at=app_now() + left)
        assert client.get(path).status_code == status, left
        assert client.post(path, {"page": "1"}).status_code == (404 if status == 404 else 422)


def test_it_ends_when_it_is_ended_replaced_published_or_discarded(
    town: Rivermark, ada: Client, client: Client, draft: ServiceDraft
) -> None:
    first = shared(ada)
    second = shared(ada)
    assert (client.get(first).status_code, client.get(second).status_code) == (404, 200)
    ada.post(f"{SERVICE}share/", {"end": "1"})
    assert client.get(second).status_code == 404
    assert ada.get(SERVICE).context["share_link"] is None
    third = shared(ada)
    service_drafts.publish(town.city, "pothole", revision=draft.revision, actor=town.ada)
    assert client.get(third).status_code == 404
    assert not ServiceDraftLink.objects.exists()
    # Without a draft there is nothing to share.
    assert "no draft to share" in html.unescape(ada.post(f"{SERVICE}share/", follow=True).content.decode())
    actions = SetupChange.objects.filter(key="pothole", action__in=["shared", "unshared"]).order_by("id")
    assert [change.action for change in actions] == ["shared", "shared", "unshared", "shared"]
    assert {change.user for change in actions} == {town.ada}
    audit = html.unescape(ada.get("/staff/audit/").content.decode())
    assert "Service, draft shared by a link: Pothole" in audit
    assert "Service, link to the draft ended: Pothole" in audit


@pytest.mark.parametrize("change", ["another id", "another secret", "no secret", "not ascii"])
def test_a_link_that_never_was_is_not_found(ada: Client, client: Client, draft: ServiceDraft, change: str) -> None:
    number, _, secret = shared(ada).rstrip("/").rsplit("/", 1)[-1].partition("-")
    forged = {
        "another id": f"{int(number) + 1}-{secret}",
        "another secret": f"{number}-{'a' if secret[0] != 'a' else 'b'}{secret[1:]}",
        "no secret": number,
        "not ascii": f"{number}-\u00f1",
    }[change]
    assert client.get(f"/staff/shared-preview/{forged}/").status_code == 404


def test_another_city_neither_opens_nor_makes_it(
    town: Rivermark, ada: Client, client: Client, draft: ServiceDraft, signed_in: Callable[[User], Client]
) -> None:
    lakeside = factories.lakeside()
    path = shared(ada)
    assert client.get(path, headers={"host": lakeside.city.hosts[0]}).status_code == 404
    assert client.get(path).status_code == 200
    # Only administrators of its own city make one.
    assert signed_in(town.tom).post(f"{SERVICE}share/").status_code == 403
    assert client.post(f"{SERVICE}share/").status_code == 302
    assert ServiceDraftLink.objects.count() == 1
    theirs = links.service_draft_url(
        draft_links.share(
            service_drafts.create(lakeside.city, draft.written | {"service_code": "x"}, actor=lakeside.sid),
            actor=lakeside.sid,
        )
    )
    assert client.get(urlsplit(theirs).path).status_code == 404


def test_a_network_may_ask_so_often(
    ada: Client, draft: ServiceDraft, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = shared(ada)
    settings.RATE_LIMITS = True
    monkeypatch.setattr(shared_preview, "USES_AN_HOUR", 3)
    asking = Client(REMOTE_ADDR="198.51.100.61")
    statuses = {asking.get(path).status_code for _ in range(shared_preview.USES_AN_HOUR)}
    assert statuses == {200}
    assert asking.get(path).status_code == 429
