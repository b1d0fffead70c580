"""The pages of a service: each saves its part in the draft, shows problems at their fields, and stops a second editor."""

import html
import re
from typing import Any

import pytest
from django.test import Client

from requests_app.models import Service, ServiceDraft, ServiceVersion
from tests import factories
from tests.factories import Rivermark
from tests.staff_app.setup.test_setup_rows import Editor

pytestmark = [pytest.mark.django_db, pytest.mark.shows("13.1")]
WORDS = "/staff/setup/services/pothole/words/"
HANDLING = "/staff/setup/services/pothole/handling/"
PRIVACY = "/staff/setup/services/pothole/privacy/"


def typed(client: Client, page: str) -> dict[str, Any]:
    """What the page's form would send as it is."""
    context = client.get(page).context
    form, editing = context["form"], context["editing"]
    fields = {field.html_name: field.value() for field in form}
    fields = {
        name: str(value) if value is not True else "on" for name, value in fields.items() if value not in (None, False)
    }
    return {**fields, "revision": editing.revision, "base": editing.base}


def test_saved_unchanged_it_starts_no_draft(ada: Client) -> None:
    for page in (WORDS, HANDLING, PRIVACY):
        assert ada.post(page, typed(ada, page)).status_code == 302
    assert not ServiceDraft.objects.exists()


def test_each_page_saves_its_part_and_residents_see_nothing_of_it(town: Rivermark, ada: Client) -> None:
    ada.post(WORDS, typed(ada, WORDS) | {"name_en": "Hole in the street", "keywords_en": "hole, dent\npit"})
    later = {
        "priority": "1",
        "radius_ft": "100",
        "offered": "yearly",
        "offered_from": "2028-10-15",
        "offered_to": "2028-12-15",
    }
    ada.post(HANDLING, typed(ada, HANDLING) | later)
    ada.post(PRIVACY, typed(ada, PRIVACY) | {"visibility": "coarse"})
    written = ServiceDraft.objects.get().written
    assert written["name"] == {"en": "Hole in the street", "es": "Bache"}
    assert written["keywords"]["en"] == ["hole", "dent", "pit"]
    assert (written["priority"], written["duplicates"]["radius_m"], written["visibility"]) == (1, 30, "coarse")
    assert written["offered"] == {"from": "10-15", "to": "12-15"}
    assert ServiceVersion.objects.get(service__service_code="pothole").priority == 2


@pytest.mark.parametrize(
    ("page", "wrong", "said"),
    [
        (WORDS, {"name_es": " "}, "Name: Enter the text in Spanish."),
        (HANDLING, {"department": "gone"}, "Select a valid choice."),
        (HANDLING, {"offered": "yearly"}, "Enter the first and the last day."),
        (HANDLING, {"offered": "once", "offered_from": "2027-02-01", "offered_to": "2027-01-01"}, "can’t be before"),
        (PRIVACY, {"identity_words_en": "The law says so."}, "Enter the text in Spanish."),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_is_kept(
    ada: Client, page: str, wrong: dict[str, str], said: str
) -> None:
    answer = ada.post(page, typed(ada, page) | wrong)
    assert answer.status_code == 422
    assert said in html.unescape(answer.content.decode())
    assert all(answer.context["form"][name].value() == value for name, value in wrong.items())
    assert not ServiceDraft.objects.exists()


def test_an_urgent_service_cannot_wait_for_an_email(ada: Client) -> None:
    ada.post(HANDLING, typed(ada, HANDLING) | {"priority": "1"})
    answer = ada.post(PRIVACY, typed(ada, PRIVACY) | {"must_confirm": "on"})
    assert answer.status_code == 422
    assert "must_confirm" in answer.context["form"].errors


def test_two_editors_of_different_parts_both_save_and_one_field_is_asked_with_its_name(
    town: Rivermark, ada: Client, signed_in: Any
) -> None:
    ben = signed_in(factories.staff("Ben", "administrator", town.city))
    words, privacy = (Editor(ada, page, town.city.zone) for page in (WORDS, PRIVACY))
    theirs = Editor(ben, WORDS, town.city.zone)
    assert theirs.save(name_en="Crater", description_es="Un hoyo.").status_code == 302
    # The draft is another one now, but this part of it isn't.
    assert privacy.save(visibility="coarse").status_code == 302
    asked = words.save(name_en="Hole")
    page = html.unescape(asked.content.decode())
    assert asked.status_code == 409
    assert re.findall(r'name="keep-(\w+)" value="mine"', page) == ["name_en"]
    assert "Which “Name (English)” do you want to keep?" in page
    assert "Ben changed “Description (Spanish)”." in " ".join(page.split())
    words.read(asked)
    assert words.save(**{"keep-name_en": "mine"}).status_code == 302
    written = ServiceDraft.objects.get().written
    assert (written["name"]["en"], written["description"]["es"]) == ("Hole", "Un hoyo.")
    assert written["visibility"] == "coarse"


def test_a_draft_that_was_published_or_discarded_meanwhile_loses_nothing(
    town: Rivermark, ada: Client, signed_in: Any
) -> None:
    ben = signed_in(factories.staff("Ben", "administrator", town.city))
    Editor(ben, WORDS, town.city.zone).save(name_en="Crater")
    published, discarded = (Editor(ada, WORDS, town.city.zone) for _each in range(2))
    changes = "/staff/setup/services/pothole/changes/"
    ben.post(changes, {"revision": ServiceDraft.objects.get().revision, "publish": "1"})
    assert published.save(description_en="A hole.").status_code == 302
    written = ServiceDraft.objects.get().written
    assert (written["name"]["en"], written["description"]["en"]) == ("Crater", "A hole.")
    ben.post(changes, {"revision": ServiceDraft.objects.get().revision, "discard": "1"})
    assert discarded.save(description_es="Un hoyo.").status_code == 302
    written = ServiceDraft.objects.get().written
    assert (written["name"]["en"], written["description"].get("es")) == ("Crater", "Un hoyo.")


def test_html_in_every_field_is_text(ada: Client) -> None:
    evil = "<script>alert(1)</script>"
    ada.post(WORDS, typed(ada, WORDS) | {"name_en": evil, "description_en": evil, "keywords_en": evil})
    for page in ("", "words/", "changes/", "preview/", "history/"):
        assert evil not in ada.get(f"/staff/setup/services/pothole/{page}").content.decode()


def test_a_service_with_dates_is_offered_on_these_days_only(town: Rivermark, ada: Client, client: Client) -> None:

    never = {"offered": "once", "offered_from": "2001-01-01", "offered_to": "2001-01-02"}
    ada.post(HANDLING, typed(ada, HANDLING) | never)
    ada.post(
        "/staff/setup/services/pothole/changes/", {"revision": ServiceDraft.objects.get().revision, "publish": "1"}
    )
    assert "Pothole" not in client.get("/services/").content.decode()
    assert "We take these reports from" in client.get("/service/pothole/").content.decode()
    listed = client.get("/open311/v2/services.json")
    assert "pothole" not in [one["service_code"] for one in listed.json()]


def test_a_new_service_grows_from_a_draft_to_one_that_can_go_live(town: Rivermark, ada: Client, client: Client) -> None:
    new = {"name_en": "Leaves", "name_es": "Hojas", "service_code": "leaves", "category": "streets", "department": "PW"}
    assert ada.post("/staff/setup/services/new/", new | {"service_code": "pothole"}).status_code == 422
    assert ada.post("/staff/setup/services/new/", new | {"service_code": "new"}).status_code == 422
    assert ada.post("/staff/setup/services/new/", new | {"name_es": ""}).status_code == 422
    assert ada.post("/staff/setup/services/new/", new)["Location"] == "/staff/setup/services/leaves/words/"
    assert "New, not published" in ada.get("/staff/setup/services/").content.decode()
    assert "Leaves" not in client.get("/services/").content.decode()
    revision = ServiceDraft.objects.get().revision
    ada.post("/staff/setup/services/leaves/changes/", {"revision": revision, "publish": "1"})
    assert Service.objects.get(service_code="leaves").current is not None
    assert "Leaves" not in client.get("/services/").content.decode(), "not before it goes live"
    assert "Not offered" in ada.get("/staff/setup/services/").content.decode()
