"""Setup of the desk: lines with their greetings, the telephone's address, and counts by file; each with its test button."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from requests_app.models import CallCount, DeskLine, PhoneCall, SetupChange
from staff_app.setup.desk.forms import CountsForm
from tests import factories
from tests.desk import Call
from tests.factories import Rivermark
from tests.telephone import Seat

pytestmark = pytest.mark.django_db

LINE = {
    "name_en": "Main line", "name_es": "Línea principal", "number": "617 555 0100", "calendar": "", "is_active": "on",
    "greeting_en": "{city}, this is {name} on the {line}.", "greeting_es": "", "promise_en": "", "promise_es": "",
}  # fmt: skip


@pytest.fixture
def ada(cast: Rivermark) -> Client:
    client = Client()
    client.force_login(cast.ada)
    return client


def test_a_line_is_added_and_greets_in_its_own_words(cast: Rivermark, ada: Client) -> None:
    page = ada.post("/staff/setup/desk/lines/new/", {**LINE, "read": "1"}).content.decode()
    assert "Rivermark 311, this is Ada on the Main line." in page
    assert "Gracias por llamar" in page
    assert not DeskLine.objects.exists()
    assert ada.post("/staff/setup/desk/lines/new/", LINE)["Location"] == "/staff/setup/desk/"
    line = DeskLine.objects.get()
    assert (line.phone, line.jurisdiction) == ("+16175550100", cast.city)
    assert SetupChange.objects.get(kind="desk_line").user == cast.ada
    # The same number in another spelling is another's already.
    assert ada.post("/staff/setup/desk/lines/new/", {**LINE, "number": "(617) 555-0100"}).status_code == 422
    assert Call(cast.cal, line="617-555-0100").script == "Rivermark 311, this is Cal on the Main line."
    assert Call(cast.cal, line="311").script.startswith("Thanks for calling Rivermark")
    # Of another city.
    eve = Client(HTTP_HOST="lakeside.example")
    eve.force_login(
        factories.staff("Eve", "administrator", factories.jurisdiction("Lakeside", hosts=["lakeside.example"]))
    )
    assert eve.get(f"/staff/setup/desk/lines/{line.pk}/").status_code == 404
    assert "617 555 0100" not in eve.get("/staff/setup/desk/").content.decode()
    # The same number may be theirs, too.
    assert eve.post("/staff/setup/desk/lines/new/", LINE)["Location"] == "/staff/setup/desk/"


def test_the_telephones_address_is_shown_once_replaced_and_ended(cast: Rivermark, ada: Client) -> None:
    def make() -> str:
        page = ada.post("/staff/setup/desk/telephone/", {"replace": "1"}).content.decode()
        (path,) = re.findall(r"<code[^>]*>https?://[^/]+(/api/v1/cti/[\w-]+)", page)
        return str(path)

    event = {"event": "newCall", "callId": "c1", "from": "1", "to": "2", "direction": "in"}
    first = make()
    assert first.rpartition("/")[2] not in ada.get("/staff/setup/desk/telephone/").content.decode()
    assert Client().post(first, event).status_code == 200
    second = make()
    assert [Client().post(path, event).status_code for path in (first, second)] == [404, 200]
    ada.post("/staff/setup/desk/telephone/", {"end": "1"})
    assert Client().post(second, event).status_code == 404
    assert [change.key for change in SetupChange.objects.filter(kind="telephone_link")] != []
    assert second.rpartition("/")[2] not in str(list(SetupChange.objects.values("before", "after", "name")))


def test_a_test_ring_appears_at_the_administrators_own_desk(cast: Rivermark) -> None:
    ada, cal = (Seat(user, cast.city) for user in (cast.ada, cast.cal))
    ada.client.post("/staff/setup/desk/telephone/", {"test": "1"})
    assert "617-555-0100" in ada.client.get("/staff/setup/desk/telephone/").content.decode()
    assert cal.ringing() == []
    assert PhoneCall.objects.get().is_practice


def test_counts_are_checked_and_then_stored(cast: Rivermark, ada: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    DeskLine.objects.create(jurisdiction=cast.city, number="311", phone="311", name={"en": "311"})

    def send(rows: str, **more: str) -> str:
        file = SimpleUploadedFile("a.csv", f"line,starts_at,offered,answered,abandoned\n{rows}".encode(), "text/csv")
        answer = ada.post("/staff/setup/desk/counts/", {"file": file, **more}, follow=True)
        return answer.content.decode()

    wrong = send("311,2026-05-01T10:00,1,1,0\n311,2026-05-01T10:10,1,1,0")
    assert "Line 3, starts_at: It begins on the hour or on the half hour." in wrong
    assert "1 half hour is right. Nothing was stored." in send("311,2026-05-01T10:00,1,1,0", check="1")
    assert not CallCount.objects.exists()
    rows = "311,2026-05-01T10:00,7,6,1\n311,2026-05-01T11:00,1,1,0"
    stored = send(rows)
    assert "Stored: 2 new half hours, 0 replaced." in stored
    assert "Nothing was counted for 311 from " in stored
    size = len(f"line,starts_at,offered,answered,abandoned\n{rows}")
    for most, words in ((size, "Stored: 0 new half hours, 2 replaced."), (size - 1, "The file is larger than")):
        monkeypatch.setattr(CountsForm, "BYTES_MAX", most)
        assert words in send(rows)
    assert CallCount.objects.count() == 2


def test_only_administrators_set_the_desk_up(cast: Rivermark) -> None:
    cal = Client()
    cal.force_login(cast.cal)
    for path in ("", "lines/new/", "telephone/", "counts/"):
        assert cal.get(f"/staff/setup/desk/{path}").status_code == 403
