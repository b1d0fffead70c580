"""Paper: blank forms, and what came on one. The day it came starts the clock."""

import datetime as dt

import pytest
from django.test import Client

from requests_app.clock import app_now
from requests_app.models import Comment, Contact, ServiceRequest, Target
from requests_app.rules.report import paper
from tests import factories
from tests.desk import PAPER, Letter
from tests.factories import Rivermark

pytestmark = pytest.mark.django_db


def today(cast: Rivermark, less: int = 0) -> str:
    return (app_now().astimezone(cast.city.zone).date() - dt.timedelta(days=less)).isoformat()


def test_the_blank_form_has_each_question_and_its_number(cast: Rivermark) -> None:
    client = Client()
    client.force_login(cast.dev)
    assert 'href="/staff/paper/pothole/?language=es"' in client.get(PAPER).content.decode()
    page = client.get("/staff/paper/pothole/?language=es").content.decode()
    for question in cast.pothole.questions.all():
        assert question.text["es" if "es" in question.text else "en"] in page
    assert f"POTHOLE-{cast.pothole.number}-ES" in page
    assert "¿Hay alguien en peligro?" in page
    factories.service(cast.city, "city-car", visibility="staff")
    factories.service(factories.jurisdiction("Lakeside", hosts=["lakeside.example"]), "pier")
    for code in ("city-car", "pier", "nothing"):
        assert client.get(f"/staff/paper/{code}/").status_code == 404


def test_the_day_it_came_starts_the_clock(cast: Rivermark) -> None:
    day = today(cast, 3)
    Target.objects.update(valid_from=app_now() - dt.timedelta(days=9))
    letter = Letter(cast.cal, number="pothole-1-en", received_on=day)
    request = letter.entered(cast)
    began = dt.datetime.combine(dt.date.fromisoformat(day), dt.time(), cast.city.zone)
    assert (request.channel, request.submitted_at, request.is_public) == ("letter", began, True)
    assert {clock.started_at for clock in request.clocks.all()} == {began}
    # 24 and 72 hours.
    assert request.acknowledge_due_at == began + dt.timedelta(hours=24)
    assert request.reference in Client().get("/api/v1/requests/").content.decode()
    # Programs that ask what changed find it today, not those that ask what was reported today.
    since = (app_now() - dt.timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    for parameter, is_listed in (("updated_after", True), ("start_date", False)):
        listed = Client().get("/open311/v2/requests.json", {parameter: since}).content.decode()
        assert (request.display_reference in listed) is is_listed, parameter
    # The next sheet of the pile.
    letter.to("close", outcome="request_made", note="", transferred_to="")
    assert letter.page == PAPER
    assert 'value="POTHOLE-1-EN"' in letter.html
    assert f'value="{day}"' in letter.html
    assert Contact.objects.get(number=letter.number).channel == "letter"


@pytest.mark.parametrize(
    ("days_ago", "reason", "message"),
    [
        (-1, "", "That day hasn’t come yet."),
        (0, "", ""),
        (paper.DAYS_WITHOUT_REASON, "", ""),
        (paper.DAYS_WITHOUT_REASON + 1, "", "Say why it’s entered so late."),
        (paper.DAYS_WITHOUT_REASON + 1, "Lay in the wrong tray", ""),
        (paper.DAYS_AT_MOST, "Lay in the wrong tray", ""),
        (paper.DAYS_AT_MOST + 1, "Lay in the wrong tray", "That’s more than a year ago."),
    ],
)
def test_the_days_on_which_a_letter_can_have_come(cast: Rivermark, days_ago: int, reason: str, message: str) -> None:
    letter = Letter(cast.cal, number="", received_on=today(cast, days_ago), late_reason=reason)
    assert (letter.status, bool(message and message in letter.html)) == ((422, True) if message else (302, False))
    if reason and not message:
        request = letter.entered(cast)
        note = Comment.objects.get(service_request=request)
        assert (note.kind, note.text) == ("note", reason)
        assert reason not in Client().get(f"/r/{request.reference}/").content.decode()


def test_a_letter_that_waits_too_long_at_the_desk_is_begun_again(
    cast: Rivermark, monkeypatch: pytest.MonkeyPatch
) -> None:
    letter = Letter(cast.cal, number="pothole-1-en", received_on=today(cast, paper.DAYS_WITHOUT_REASON))
    tomorrow = dt.date.fromisoformat(today(cast, -1))
    monkeypatch.setattr(paper, "today", lambda _city: tomorrow)
    steps = ServiceRequest.objects.count()
    with pytest.raises(IndexError):
        letter.entered(cast)
    assert ServiceRequest.objects.count() == steps
    assert "Begin again, with the day on which it came." in letter.html


def test_the_form_number_finds_the_version_that_was_printed(cast: Rivermark) -> None:
    earlier = cast.pothole
    assert paper.find_form(cast.city, " Pothole-1-es ") == paper.Form(earlier, "es")
    for wrong in ("", "pothole", "pothole-2-en", "pothole-1-xx", "pier-1-en", "pothole-1-en-x", "x" * 500):
        assert paper.find_form(cast.city, wrong) is None
    factories.service(factories.jurisdiction("Lakeside", hosts=["lakeside.example"]), "pier")
    assert paper.find_form(cast.city, "pier-1-en") is None
    letter = Letter(cast.cal, number="pier-1-en", received_on=today(cast))
    assert (letter.status, "There’s no form with this number" in letter.html) == (422, True)


def test_only_the_desk_enters_letters(cast: Rivermark) -> None:
    letter = Letter(cast.tom, number="", received_on=today(cast))
    assert letter.status == 403
    assert "Enter what came" not in letter.follow(PAPER).html
    assert "Enter what came" in Letter(cast.cal, number="", received_on="x").html
    # The desk's own choice of a channel leads there, too.
    desk = Client()
    desk.force_login(cast.cal)
    assert desk.post("/staff/desk/", {"channel": "letter"})["Location"] == PAPER
