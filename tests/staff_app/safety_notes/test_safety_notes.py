"""Safety notes: a supervisor sets a fact about a place, staff who go there are offered it, and each reading is logged."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from requests_app.actions.privacy import expiry
from requests_app.actions.work import safety_notes
from requests_app.clock import app_now
from requests_app.models import SafetyNote, SafetyNoteReading, SafetyNoteText, ServiceRequest, SetupChange, User
from requests_app.rules.work import safety_notes as rules
from tests import factories
from tests.factories import Rivermark
from tests.shifted_clock import set_time

pytestmark = [pytest.mark.django_db, pytest.mark.shows("14.11")]
SignIn = Callable[[User], Client]
PATH = "/staff/safety-notes/"
WORDS = "The dog in the front yard isn’t on a leash."


@pytest.fixture
def made(town: Rivermark) -> ServiceRequest:
    """At 12 Elm St, with Streets."""
    return factories.routed(town.pothole, answers={"where": "lane"})


@pytest.fixture
def dev(town: Rivermark, signed_in: SignIn) -> Client:
    """Dev is on a crew of Streets."""
    return signed_in(town.dev)


def typed(**more: Any) -> dict[str, Any]:
    until = dt.datetime.now(dt.UTC).date() + dt.timedelta(days=100)
    return {"kind": "dog", "words": WORDS, "address": "12 Elm St", "until": until.isoformat(), **more}


def add(town: Rivermark, meters_north: float = 0, **more: Any) -> SafetyNote:
    point = factories.at(factories.ELM_ST[0], factories.ELM_ST[1] + meters_north / 111_195)
    columns = {"kind": "dog", "words": WORDS, "address": "12 Elm St", "point": point}
    times = {"ends_at": app_now() + dt.timedelta(days=100)}
    return safety_notes.add(town.city, **{**columns, **times, **more}, actor=town.pia)


def shows(client: Client, made: ServiceRequest) -> tuple[bool, bool]:
    """Whether the request's page offers a note, and whether it shows its words."""
    page = client.get(f"/staff/r/{made.reference}/").content.decode()
    return "Show the safety note" in page, WORDS in page


def test_a_supervisor_sets_one_and_the_crew_reads_it_on_request(
    town: Rivermark, pia: Client, dev: Client, made: ServiceRequest, signed_in: SignIn, client: Client
) -> None:
    opened = pia.get(f"{PATH}new/?reference={factories.routed(town.tree).reference}").content.decode()
    assert 'value="12 Elm St"' in opened
    assert pia.post(f"{PATH}new/", typed()).status_code == 302
    note = SafetyNote.objects.get()
    assert shows(dev, made) == (True, False)
    assert shows(signed_in(town.cal), made) == (False, False), "who answers the phone goes nowhere"
    assert SafetyNoteReading.objects.count() == 0
    read = dev.post(f"/staff/r/{made.reference}/safety-notes/").content.decode()
    assert WORDS in read
    assert "Dog." in read
    reading = SafetyNoteReading.objects.get()
    assert (reading.note, reading.user, reading.service_request) == (note, town.dev, made)
    # The log is for supervisors; neither it nor the list shows the words.
    page = pia.get(f"{PATH}{note.pk}/").content.decode()
    assert ">Dev<" in page
    assert WORDS not in page + pia.get(PATH).content.decode()
    # Made by another department's: Pia isn't told which request it was.
    assert "A request you can’t open" in page
    assert made.display_reference not in page
    assert WORDS in pia.post(f"{PATH}{note.pk}/read/").content.decode()
    assert list(note.readings.order_by("id").values_list("user__name", flat=True)) == ["Dev", "Pia"]
    # The audit is kept forever, so it has neither the words nor the place.
    change = SetupChange.objects.get(kind="safety_note")
    assert (change.user, change.name) == (town.pia, "")
    assert change.after.keys() == {"kind", "ends_at", "text_number"}
    assert WORDS not in client.get(f"/r/{made.reference}/").content.decode()


def test_it_counts_for_one_building(town: Rivermark, made: ServiceRequest) -> None:
    here = [add(town, meters_north=24)]
    add(town, meters_north=27)
    add(town, meters_north=-60)
    assert rules.at(made) == here
    # A degree of longitude is shorter: 24 meters to the east are within it, 27 aren't.
    east = factories.ELM_ST[0] + 24 / (111_195 * 0.7604)
    here.insert(0, add(town, point=factories.at(east, factories.ELM_ST[1])))
    add(town, point=factories.at(factories.ELM_ST[0] + 27 / (111_195 * 0.7604), factories.ELM_ST[1]))
    assert rules.at(made) == here


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"words": "The owner is a drunk."}, "Remove “drunk.”"),
        ({"words": "El dueño está loco."}, "Remove “loco.”"),
        ({"words": "Call 617-555-0147 first."}, "Remove “617-555-0147.”"),
        ({"words": ""}, "Describe what is there."),
        ({"kind": ""}, "Choose what it is."),
        ({"address": "1 Nowhere Ave"}, "We couldn’t find this place."),
        ({"until": "2020-01-01"}, "This has passed."),
        ({"until": ""}, "Enter the last day it applies."),
        ({"until": (dt.datetime.now(dt.UTC).date() + dt.timedelta(days=370)).isoformat()}, "can last up to 12 months"),
    ],
)
def test_what_may_not_be_said_is_refused_and_nothing_is_lost(
    town: Rivermark, pia: Client, more: dict[str, str], words: str
) -> None:
    sent = typed(**more)
    response = pia.post(f"{PATH}new/", sent)
    page = response.content.decode()
    assert response.status_code == 422
    assert words in page
    assert (sent["words"] or sent["address"]) in page
    assert not SafetyNote.objects.exists()


def test_its_text_and_end_are_changed_and_the_log_says_so_without_the_words(
    town: Rivermark, pia: Client, signed_in: SignIn
) -> None:
    note = add(town, words="One dog behind the house.")
    path = f"{PATH}{note.pk}/"
    form = pia.post(f"{path}read/").content.decode()
    assert note.words in form
    seen = re.search(r'name="seen" value="(\w+)"', form)
    assert seen
    until = (app_now() + dt.timedelta(days=30)).date().isoformat()
    sent = {"words": "Two dogs now.", "until": until, "seen": seen[1]}
    # Bad input loses nothing, and shows none of the words that were not asked for.
    refused = pia.post(f"{path}edit/", {**sent, "words": "Two dogs, the owner is a drunk."})
    assert refused.status_code == 422
    assert "Two dogs, the owner is a drunk." in refused.content.decode()
    assert note.words not in refused.content.decode()
    assert pia.post(f"{path}edit/", sent).status_code == 302
    note.refresh_from_db()
    assert (note.words, note.ends_at.astimezone(town.city.zone).date().isoformat()) == ("Two dogs now.", until)
    change = SetupChange.objects.filter(kind="safety_note").latest("id")
    assert (change.user, change.before["text_number"], change.after["text_number"]) == (town.pia, 1, 2)
    assert "dogs" not in f"{change.before['ends_at']}{change.after['ends_at']}{change.name}{change.note}"
    shown = pia.post(f"{path}read/").content.decode()
    assert "Two dogs now." in shown
    assert "One dog behind the house." in shown, "what it said before, for those whose reading is logged"
    # Somebody who had opened it before sees what changed, and keeps what they typed.
    readings = note.readings.count()
    late = signed_in(factories.staff("Sue", "supervisor", town.city, town.parks)).post(
        f"{path}edit/", {**sent, "words": "Three dogs."}
    )
    assert late.status_code == 409
    for words in ("Someone else changed this", "Three dogs.", "Two dogs now.", "Saved by Pia"):
        assert words in late.content.decode()
    assert note.readings.count() == readings + 1
    # Who only reads the log, or nothing, changes nothing.
    assert signed_in(town.dev).post(f"{path}edit/", sent).status_code == 403
    # It is erased with the note.
    SafetyNote.objects.filter(pk=note.pk).delete()
    assert not SafetyNoteText.objects.exists()


def test_a_renewed_one_counts_on_and_an_ended_one_is_erased_with_its_log(
    town: Rivermark, pia: Client, dev: Client, made: ServiceRequest
) -> None:
    note, other = add(town), add(town, kind="needles")
    with pytest.raises(IntegrityError), transaction.atomic():
        SafetyNote.objects.filter(pk=note.pk).update(ends_at=app_now() + dt.timedelta(days=370))
    set_time(app_now() + dt.timedelta(days=90))
    until = (app_now() + dt.timedelta(days=360)).date().isoformat()
    assert pia.post(f"{PATH}{note.pk}/", {"until": until}).status_code == 302
    set_time(app_now() + dt.timedelta(days=20))
    assert rules.at(made) == [note]
    assert shows(dev, made) == (True, False)
    page = pia.get(PATH).content.decode()
    assert f"{PATH}{note.pk}/" in page
    assert f"{PATH}{other.pk}/" not in page
    assert f"{PATH}{other.pk}/" in pia.get(f"{PATH}?show=ended").content.decode()
    # Nobody is shown the words of an ended one, and it can't be renewed.
    assert pia.post(f"{PATH}{other.pk}/read/").status_code == 404
    pia.post(f"{PATH}{other.pk}/", {"until": until})
    assert rules.at(made) == [note]
    assert pia.post(f"{PATH}{note.pk}/end/").status_code == 302
    assert shows(dev, made) == (False, False)
    assert "anymore" in dev.post(f"/staff/r/{made.reference}/safety-notes/").content.decode()
    expiry.sweep()
    assert SafetyNote.objects.count() == 2
    set_time(app_now() + rules.LOG_KEPT - dt.timedelta(days=5))
    expiry.sweep()
    assert SafetyNote.objects.get() == note
    set_time(app_now() + dt.timedelta(days=6))
    expiry.sweep()
    assert not SafetyNote.objects.exists()
