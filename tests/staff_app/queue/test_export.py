"""What the queue shows, as a file and on paper: the same rows, redacted for the same people, without formulas, and logged."""

import csv
import io
import re
import zipfile
from collections.abc import Callable

import pytest
from django.test import Client

from requests_app.actions.work import assignment
from requests_app.models import ServiceRequest, SetupChange, User
from staff_app.queue import export
from tests import factories
from tests.factories import Rivermark
from tests.staff_app.queue.test_queue import pothole

pytestmark = [pytest.mark.django_db, pytest.mark.shows("14.1")]
SignIn = Callable[[User], Client]


def read(client: Client, query: str = "") -> list[dict[str, str]]:
    answer = client.post(f"/staff/export/csv/{query}")
    assert answer.status_code == 200
    text = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text[1:])))


def test_a_file_has_the_filters_rows_in_batches_and_is_in_the_audit(
    town: Rivermark, tom: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "BATCH", 2)
    holes = [pothole(town, priority=2) for _ in range(5)]
    pothole(town, priority=4)
    limb = factories.routed(town.tree)
    ServiceRequest.objects.filter(pk=holes[0].pk).update(assignee=town.dev)
    rows = read(tom, "?priority=2")
    assert {(row["Department"], row["Assigned to"]) for row in rows} == {("Streets", ""), ("Streets", "Dev")}
    assert {row["Number"] for row in rows} == {one.display_reference for one in holes}
    assert limb.display_reference not in {row["Number"] for row in read(tom)}
    first = SetupChange.objects.filter(kind="queue").order_by("id")[0]
    assert (first.user, first.action, first.after) == (town.tom, "exported", {"tab": "all", "priority": "2"})
    monkeypatch.setattr(export, "ROWS_MAX", 4)
    numbers = [row["Number"] for row in read(tom, "?priority=2")]
    assert len({one.display_reference for one in holes} & set(numbers[:4])) == 4
    assert numbers[4:] == ["Only the first 4 requests. Add a filter for the rest."]


@pytest.mark.parametrize("start", ["=", "+", "-", "@"])
def test_no_cell_is_a_formula(town: Rivermark, tom: Client, start: str) -> None:
    pothole(town, f"{start}cmd|'/C calc'!A0")
    (row,) = read(tom)
    assert row["Description"].startswith(f"'{start}")
    answer = tom.post("/staff/export/xlsx/")
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as book:  # type: ignore[attr-defined]
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert f"{start}cmd" in sheet


def test_who_reads_no_names_gets_their_own_rows_redacted(town: Rivermark, signed_in: SignIn) -> None:
    gus = factories.staff("Gus", "contractor", town.city, town.streets)
    own, other = (pothole(town, "Call me at 401-555-0123 about it.") for _ in range(2))
    assignment.assign(own.pk, assignee=gus, actor=town.tom)
    client = signed_in(gus)
    (row,) = read(client)
    assert row["Number"] == own.display_reference
    assert row["Description"] == "Call me at [phone number] about it."
    page = client.get("/staff/print/").content.decode()
    assert own.display_reference in page
    assert other.display_reference not in page
    assert "401-555-0123" not in page


def test_paper_says_what_is_on_it(town: Rivermark, tom: Client) -> None:
    one = pothole(town)
    page = re.sub(r"<[^>]+>", " ", tom.get("/staff/print/?service=pothole").content.decode())
    assert "Service: Pothole" in page
    assert one.display_reference in page


def test_other_kinds_of_files_are_not_there(tom: Client) -> None:
    assert tom.post("/staff/export/pdf/").status_code == 404
    assert tom.get("/staff/export/csv/").status_code == 405
