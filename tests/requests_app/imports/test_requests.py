"""import_requests: earlier requests with their history, each taken once, bad rows told and left out."""

import csv
import datetime as dt
import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from requests_app import events
from requests_app.actions.shared import counters
from requests_app.actions.work import endings, holds
from requests_app.imports.progress import Progress
from requests_app.imports.request_mapping import SHIPPED, read_mapping
from requests_app.imports.requests import import_requests
from requests_app.models import (
    Clock,
    Comment,
    Department,
    Event,
    Jurisdiction,
    OutboxRow,
    RequestArea,
    SearchDocument,
    Service,
    ServiceRequest,
)
from tests import factories
from tests.real_data import real_data
from tests.requests_app.imports.boston import boston_folder

pytestmark = [pytest.mark.django_db, pytest.mark.shows("8.6")]

HEADER = [
    "id", "opened", "due", "closed", "status", "type", "group", "dept", "text", "source", "address", "lon", "lat",
    "no_place", "ward", "ending",
]  # fmt: skip
MAPPING: dict[str, Any] = {
    "format": 1,
    "source": "old-desk",
    "time_zone": "America/New_York",
    "columns": {
        "external_id": "id", "submitted_at": "opened", "due_at": "due", "closed_at": "closed", "status": "status",
        "type": "type", "category": "group", "department": "dept", "description": "text", "channel": "source",
        "address": "address", "longitude": "lon", "latitude": "lat", "closing_words": "ending",
    },
    "status": {"Open": "open", "New": "received", "Closed": "closed"},
    "channels": {"Call": "phone", "Web": "web"},
    "place": {"default": {"column": "no_place", "values": ["1"]}, "geocode": True, "strip": [" MA$"]},
    "areas": {"ward": "ward"},
    "services": {"create": True},
    "departments": {"create": True, "names": {"PWDx": "Public Works"}},
    "endings": {
        "skip": "^Case Closed ",
        "rules": [
            {"match": "Duplicate", "disposition": "duplicate", "words": {"en": "Joined."}},
            {"match": "Case Resolved", "disposition": "fixed", "words": {"en": "Case resolved.", "es": "Caso resuelto."}},
        ],
        "default": {"disposition": "answered", "words": {"en": "Closed."}},
    },
    "duplicate_of": {"match": "Duplicate of (\\d+)"},
}  # fmt: skip
CASE = {
    "id": "1001", "opened": "2011-08-05T08:48:13", "due": "2011-08-09T08:48:13", "closed": "2011-08-08T10:00:00",
    "status": "Closed", "type": "Pothole Repair", "group": "Highways", "dept": "PWDx", "text": "Deep hole",
    "source": "Call", "address": "12 Elm St MA", "lon": "-69.0", "lat": "40.5", "no_place": "0", "ward": "5",
    "ending": "Case Closed Case Resolved filled by Tom Morrello, call 617-555-0199",
}  # fmt: skip
OPEN = CASE | {"id": "1002", "status": "Open", "closed": "", "ending": ""}

Import = Callable[..., str]


@pytest.fixture
def city() -> Jurisdiction:
    made = factories.jurisdiction()
    factories.area(made, "ward", "5")
    return made


@pytest.fixture
def run(city: Jurisdiction, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Import:
    """Writes rows and mapping, runs the command as a person would, and gives what it said."""

    def run(*rows: dict[str, str], mapping: dict[str, Any] | None = None, raw: bytes | None = None) -> str:
        (tmp_path / "map.yml").write_text(yaml.safe_dump(MAPPING | (mapping or {})))
        file = tmp_path / "cases.csv"
        with file.open("w", newline="") as out:
            writer = csv.DictWriter(out, HEADER)
            writer.writeheader()
            writer.writerows(rows)
        if raw is not None:
            file.write_bytes(file.read_bytes() + raw)
        call_command(
            "import_requests", str(file), "--mapping", str(tmp_path / "map.yml"), "--rejects", str(tmp_path / "r.csv")
        )
        return capsys.readouterr().out

    return run


def rejects(tmp_path: Path) -> list[dict[str, str]]:
    with (tmp_path / "r.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def kinds(service_request: ServiceRequest) -> list[str]:
    return list(Event.objects.filter(service_request=service_request).order_by("id").values_list("kind", flat=True))


# --- What a case becomes ----------------------------------------------------------------------------------------------


def test_a_closed_case_has_its_whole_history(run: Import, city: Jurisdiction) -> None:
    said = run(CASE)
    one = ServiceRequest.objects.get()
    assert "1 new, 0 changed, 0 unchanged, 0 rejected" in said
    assert (one.status, one.disposition, one.channel) == ("closed", "fixed", "phone")
    assert one.submitted_at == dt.datetime(2011, 8, 5, 12, 48, 13, tzinfo=dt.UTC)
    assert one.resolved_at == one.closed_at == dt.datetime(2011, 8, 8, 14, 0, tzinfo=dt.UTC)
    assert one.description == "Deep hole"
    assert one.address == one.public_address == "12 Elm St"
    assert one.public_point.coords == (-69.0, 40.5)
    assert kinds(one) == ["submitted", "routed", "note_added", "resolved", "closed", "imported"]
    assert set(Event.objects.values_list("source", flat=True)) == {"import"}
    assert one.service_version.name["en"] == "Pothole Repair"
    assert one.department.name["en"] == "Public Works"
    assert [area.code for area in one.areas.all()] == ["5"]
    assert not RequestArea.objects.get().is_open
    assert "Deep hole" in SearchDocument.objects.get(kind="request").text


def test_statistics_are_read_after_the_first_batch_and_at_the_end(
    run: Import, city: Jurisdiction, tmp_path: Path
) -> None:
    run(OPEN)
    with (tmp_path / "cases.csv").open("w", newline="") as out:
        writer = csv.DictWriter(out, HEADER)
        writer.writeheader()
        writer.writerows(OPEN | {"id": str(number)} for number in range(2, 7))
    with CaptureQueriesContext(connection) as captured:
        import_requests(city, tmp_path / "cases.csv", tmp_path / "map.yml", progress=Progress(), batch=2)
    steps = {"INSERT INTO requests_app_requestarea": "batch", 'ANALYZE "requests_app_servicerequest"': "analyze"}
    done = [steps[name] for query in captured for name in steps if name in query["sql"]]
    assert done == ["batch", "analyze", "batch", "batch", "analyze"]


def test_the_public_reads_our_words_for_the_ending_and_only_staff_what_names_people(run: Import) -> None:
    run(CASE)
    public = Comment.objects.get(public=True)
    assert (public.kind, public.text) == ("outcome", "Case resolved.")
    note = Comment.objects.get(public=False)
    assert (note.kind, "Tom Morrello" in note.text) == ("note", True)


def test_an_open_case_keeps_status_and_due_date_but_no_clock_runs(run: Import) -> None:
    run(OPEN, OPEN | {"id": "1003", "status": "New", "dept": ""})
    routed, waiting = ServiceRequest.objects.order_by("external_id")
    assert (routed.status, waiting.status) == ("routed", "received")
    assert routed.due_at == dt.datetime(2011, 8, 9, 12, 48, 13, tzinfo=dt.UTC)
    assert RequestArea.objects.filter(is_open=True).count() == 2
    assert not Clock.objects.exists()


def test_nothing_follows_from_an_import(run: Import) -> None:
    run(CASE, OPEN)
    assert not OutboxRow.objects.exists()
    assert endings.close_resolved() == 0
    assert holds.end_overdue_holds(Jurisdiction.objects.get()) == 0


def test_the_tracking_page_of_an_old_case_reads_right(run: Import, client: Client) -> None:
    run(CASE, OPEN)
    closed, still_open = ServiceRequest.objects.order_by("external_id")
    page = client.get(f"/r/{closed.reference}/").content.decode()
    assert "Fixed" in page
    assert "Case resolved." in page
    assert "August 8" in page
    assert "Public Works" in page
    assert "Tom Morrello" not in page
    page = client.get(f"/r/{still_open.reference}/").content.decode()
    assert "Sent to Public Works" in page


def test_events_hold_nothing_but_codes(run: Import) -> None:
    run(CASE, OPEN)
    for event in Event.objects.all():
        assert events._clean(event.kind, event.data) == event.data


def test_the_row_decides_the_department_even_if_its_type_goes_to_several(run: Import) -> None:
    run(CASE, CASE | {"id": "1003", "dept": "ISD"})
    assert Service.objects.count() == 1
    assert {one.department.code for one in ServiceRequest.objects.all()} == {"PWDx", "ISD"}


def test_a_case_that_was_closed_when_it_was_opened_is_taken(run: Import) -> None:
    run(CASE | {"closed": CASE["opened"]})
    assert kinds(ServiceRequest.objects.get()) == [
        "submitted",
        "routed",
        "note_added",
        "resolved",
        "closed",
        "imported",
    ]


@pytest.mark.parametrize(
    ("opened", "closed", "hours"),
    [
        # Twice 1:30 in autumn: the second one where the first would lie before the opening.
        ("2011-11-06T01:45:00", "2011-11-06T01:30:00", 0.75),
        ("2011-11-05T12:00:00", "2011-11-06T12:00:00", 25),
        # 2:30 does not exist in spring.
        ("2011-03-13T02:30:00", "2011-03-13T04:00:00", 0.5),
        ("2011-03-12T12:00:00", "2011-03-13T12:00:00", 23),
    ],
)
def test_wall_times_follow_daylight_saving(run: Import, opened: str, closed: str, hours: float) -> None:
    run(CASE | {"opened": opened, "closed": closed})
    one = ServiceRequest.objects.get()
    assert (one.closed_at - one.submitted_at).total_seconds() / 3600 == hours


def test_a_duplicate_points_at_the_case_that_it_names(run: Import) -> None:
    run(CASE, CASE | {"id": "1003", "ending": "Case Closed Duplicate of 1001"})
    one = ServiceRequest.objects.get(external_id="1003")
    assert (one.disposition, one.duplicate_of.external_id) == ("duplicate", "1001")


def test_a_private_service_of_the_catalog_keeps_its_cases_private(run: Import, city: Jurisdiction) -> None:
    version = factories.service(city, "heat", visibility="private")
    run(CASE, mapping={"services": {"map": {"Pothole Repair": "heat"}}})
    one = ServiceRequest.objects.get()
    assert (one.service, one.public_state, one.public_point, one.public_address) == (
        version.service,
        "private",
        None,
        "",
    )
    assert not SearchDocument.objects.filter(kind="request").exists()


# --- Where it was -----------------------------------------------------------------------------------------------------


def test_the_place_that_stands_for_unknown_is_no_place(run: Import) -> None:
    run(CASE | {"no_place": "1", "address": ""})
    one = ServiceRequest.objects.get()
    assert (one.point, one.public_point) == (None, None)
    assert [area.code for area in one.areas.all()] == ["5"], "its ward is still known"


def test_such_a_case_is_found_by_its_address_where_the_gazetteer_has_it(run: Import, city: Jurisdiction) -> None:
    factories.address(city, "12 Elm St", -69.01, 40.49)
    assert "1 located by address" in run(CASE | {"no_place": "1"})
    one = ServiceRequest.objects.get()
    assert one.point.coords == one.public_point.coords == (-69.01, 40.49)
    assert [area.code for area in one.areas.all()] == ["5"]


@pytest.mark.parametrize(
    ("address", "confidence"),
    [
        ("12-14 Elm St MA", 0.9),
        ("16 Elm St", 0.6),
        ("8 Elm St", 0.6),
        ("40 Elm St", None),
        ("0 Elm St", None),
        ("", None),
    ],
)
def test_a_house_a_few_numbers_along_stands_for_one_that_the_gazetteer_does_not_have(
    run: Import, city: Jurisdiction, address: str, confidence: float | None
) -> None:
    factories.address(city, "12 Elm St", -69.01, 40.49)
    run(CASE | {"no_place": "1", "address": address})
    assert ServiceRequest.objects.get().place_confidence == confidence


@pytest.mark.parametrize("ward", [" ", "", "99"])
def test_an_empty_or_unknown_ward_is_no_area(run: Import, ward: str) -> None:
    run(CASE | {"no_place": "1", "ward": ward})
    assert not RequestArea.objects.exists()


def test_a_point_outside_the_city_is_no_place(run: Import) -> None:
    run(CASE | {"lon": "-71.06", "lat": "42.36"}, CASE | {"id": "1003", "lon": "0", "lat": "0"})
    assert not ServiceRequest.objects.exclude(point=None).exists()


# --- Again ------------------------------------------------------------------------------------------------------------


def test_a_second_import_changes_nothing(run: Import) -> None:
    run(CASE, OPEN)
    before = (list(ServiceRequest.objects.values()), Event.objects.count(), Comment.objects.count())
    assert "0 new, 0 changed, 2 unchanged" in run(CASE, OPEN)
    assert (list(ServiceRequest.objects.values()), Event.objects.count(), Comment.objects.count()) == before


def test_a_case_that_was_closed_since_is_closed_and_its_history_goes_on(run: Import) -> None:
    run(OPEN)
    reference = ServiceRequest.objects.get().reference
    assert "0 new, 1 changed" in run(
        OPEN | {"status": "Closed", "closed": "2011-09-01T09:00:00", "ending": CASE["ending"]}
    )
    one = ServiceRequest.objects.get()
    assert (one.reference, one.status, one.disposition) == (reference, "closed", "fixed")
    assert kinds(one) == ["submitted", "routed", "imported", "note_added", "resolved", "closed", "imported"]
    assert not RequestArea.objects.get().is_open


def test_a_moved_case_lies_in_its_new_area(run: Import, city: Jurisdiction) -> None:
    run(CASE)
    east = factories.area(city, "ward", "6", factories.square(-68.99, 40.45, -68.95, 40.55))
    city.areas.get(code="5").delete()
    run(CASE | {"lon": "-68.97"})
    assert [pair.area for pair in RequestArea.objects.all()] == [east]


def test_counters_are_right_after_imports_and_changes(run: Import) -> None:
    run(CASE, OPEN, OPEN | {"id": "1003"})
    run(OPEN | {"status": "Closed", "closed": "2011-09-01T09:00:00"}, OPEN | {"id": "1003", "type": "Graffiti"})
    assert counters.recount() == 0


# --- Bad input --------------------------------------------------------------------------------------------------------


@pytest.mark.shows("11.8")
@pytest.mark.parametrize(
    ("change", "column", "reason"),
    [
        ({"id": ""}, "id", "needs an id"),
        ({"id": "1001"}, "id", "appeared earlier"),
        ({"opened": ""}, "opened", "missing"),
        ({"opened": "yesterday"}, "opened", "not a valid time"),
        ({"opened": "0012-01-01T00:00:00"}, "opened", "not a valid time"),
        ({"opened": "2099-01-01T00:00:00", "closed": "", "status": "Open"}, "opened", "in the future"),
        ({"closed": "2011-13-45"}, "closed", "not a valid time"),
        ({"closed": "2011-08-01T00:00:00"}, "closed", "before it was opened"),
        ({"closed": ""}, "closed", "no closing time"),
        ({"due": "soon"}, "due", "not a valid time"),
        ({"status": "Perhaps"}, "status", "does not define this status"),
        ({"type": ""}, "type", "no service for this type"),
        ({"lon": "west"}, "lon", "not coordinates"),
        ({"lat": "400"}, "lon", "not coordinates"),
        ({"lat": "nan"}, "lon", "not coordinates"),
    ],
)
def test_a_bad_row_is_told_with_line_column_and_reason_and_the_rest_is_taken(
    run: Import, tmp_path: Path, change: dict[str, str], column: str, reason: str
) -> None:
    said = run(CASE, CASE | {"id": "1005"} | change, CASE | {"id": "1009"})
    assert "2 new, 0 changed, 0 unchanged, 1 rejected" in said
    assert str(tmp_path / "r.csv") in said
    (row,) = rejects(tmp_path)
    assert (row["line"], row["column"], reason in row["reason"]) == ("3", column, True)
    assert row["type"] == (CASE | change)["type"], "the row is there as it was, to be mended"


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"1005,too,few\r\n", "the row has 3 values, but the header has 16"),
        (b"1005," + b"x" * 200_000 + b"\r\n", "not a valid CSV row"),
        (b'1005,"never closed, and so on to the end\r\n1006,a\r\n', "the row has 2 values"),
        (
            ",".join((CASE | {"id": "1005", "text": "caf\xe9", "ending": ""}).values()).encode("latin-1"),
            "this is not valid utf-8",
        ),
    ],
)
def test_what_is_no_row_at_all_stops_nothing(run: Import, tmp_path: Path, raw: bytes, reason: str) -> None:
    said = run(CASE, raw=raw)
    assert "1 new, 0 changed, 0 unchanged, 1 rejected" in said
    assert reason in rejects(tmp_path)[0]["reason"]


def test_nul_and_control_characters_are_dropped_not_stored(run: Import) -> None:
    run(CASE | {"text": "Deep\x00 hole\x07\u202e"})
    assert ServiceRequest.objects.get().description == "Deep hole"


def test_a_type_that_the_city_does_not_have_is_left_out_where_none_may_be_made(run: Import, tmp_path: Path) -> None:
    run(CASE, mapping={"services": {}})
    assert rejects(tmp_path)[0]["column"] == "type"
    assert not Service.objects.exists()


def test_no_rejects_file_is_made_where_nothing_is_left_out(run: Import, tmp_path: Path) -> None:
    run(CASE)
    assert not (tmp_path / "r.csv").exists()


def test_a_gzipped_file_is_read(run: Import, city: Jurisdiction, tmp_path: Path) -> None:
    run()
    with gzip.open(tmp_path / "cases.csv.gz", "wt", newline="") as out:
        writer = csv.DictWriter(out, HEADER)
        writer.writeheader()
        writer.writerow(CASE)
    call_command("import_requests", str(tmp_path / "cases.csv.gz"), "--mapping", str(tmp_path / "map.yml"))
    assert ServiceRequest.objects.count() == 1


def test_a_gzipped_file_that_breaks_off_stores_nothing(run: Import, city: Jurisdiction, tmp_path: Path) -> None:
    run()
    whole = gzip.compress(("\r\n".join([",".join(HEADER)] + [",".join(CASE.values())] * 500)).encode())
    (tmp_path / "cases.csv.gz").write_bytes(whole[:-20])
    with pytest.raises(CommandError, match=r"cases\.csv\.gz cannot be read"):
        call_command("import_requests", str(tmp_path / "cases.csv.gz"), "--mapping", str(tmp_path / "map.yml"))
    assert not ServiceRequest.objects.exists()
    assert not Service.objects.exists()


@pytest.mark.parametrize(
    ("mapping", "words"),
    [
        ({"columns": {"external_id": "id"}}, "columns: `submitted_at` is missing."),
        ({"columns": MAPPING["columns"] | {"status": "state"}}, "has no column `state`"),
        ({"columns": MAPPING["columns"] | {"color": "type"}}, "unknown key `color`"),
        ({"colour": 1}, "unknown key `colour`"),
        ({"status": {"Open": "ajar"}}, "`ajar` should be one of"),
        ({"channels": {"Call": "drum"}}, "channels, Call: `drum` should be one of"),
        ({"time_zone": "Mars/Olympus"}, "no time zone `Mars/Olympus`"),
        ({"endings": {"rules": [{"match": "(", "disposition": "fixed"}]}}, "is not a valid pattern"),
        (
            {"endings": {"rules": [{"match": "x", "disposition": "mended"}]}},
            "rules, x, disposition: `mended` should",
        ),
        ({"services": {"map": {"Pothole Repair": "nowhere"}}}, "sends `Pothole Repair` to the service `nowhere`"),
        ({"services": {"visibility": "blurred"}}, "services, visibility: `blurred` should be one of"),
    ],
)
def test_a_mapping_that_cannot_be_followed_is_refused_in_one_sentence(
    run: Import, mapping: dict[str, Any], words: str
) -> None:
    with pytest.raises(CommandError, match=words.replace("`", ".")):
        run(CASE, mapping=mapping)
    assert not ServiceRequest.objects.exists()


def test_a_file_that_is_not_there_is_told(city: Jurisdiction, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("import_requests", str(tmp_path / "none.csv"), "--mapping", "boston")


# --- A real city ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", sorted(SHIPPED.glob("*.yml")), ids=lambda path: path.stem)
def test_every_mapping_that_ships_can_be_read(path: Path) -> None:
    assert read_mapping(path).columns


@pytest.mark.shows("8.7")
@pytest.mark.real_data
@pytest.mark.slow
def test_a_real_city_starts_on_its_own_cases(tmp_path: Path) -> None:
    source = real_data("boston/boston_311_crm_2011h2.csv.gz")
    few = tmp_path / "few.csv"
    with gzip.open(source, "rt") as text, few.open("w") as out:
        lines = text.readlines()
        out.writelines([lines[0], *lines[1:501], *lines[30_001:30_501]])
    call_command("load_city", str(boston_folder(tmp_path, requests=False)))
    call_command("import_requests", str(few), "--mapping", "boston", "--rejects", str(tmp_path / "r.csv"))
    taken = ServiceRequest.objects.all()
    assert taken.count() == 1000
    assert not (tmp_path / "r.csv").exists()
    closed = sum(",Closed," in line for line in few.open())
    assert taken.filter(status="closed").count() == closed
    assert 0.03 < taken.filter(point=None).count() / 1000 < 0.12
    assert Department.objects.count() >= 6
    wards = {row["case_id"]: row["ward"].strip() for row in csv.DictReader(few.open())}
    placed = [
        (pair.area.code, wards[pair.service_request.external_id])
        for pair in RequestArea.objects.filter(area__layer="ward", service_request__point__isnull=False).select_related(
            "area", "service_request"
        )
        if wards[pair.service_request.external_id]
    ]
    assert sum(ours == theirs for ours, theirs in placed) / len(placed) > 0.985
    assert not Comment.objects.filter(public=True, text__contains="Case Closed").exists()
    assert counters.recount() == 0
