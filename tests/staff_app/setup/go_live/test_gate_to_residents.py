"""One gate to residents: every road by which a service, or its next version, reaches them asks the same, in a table.

Rows are the roads, columns the rules. A function that publishes a version or offers a service and is on no road fails.
"""

import ast
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from copy import deepcopy
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client

from requests_app.actions.setup import catalog_versions, departments, retirements, service_drafts
from requests_app.actions.setup import go_live as actions
from requests_app.actions.setup.go_live import new_approval
from requests_app.clock import app_now
from requests_app.imports import starter
from requests_app.imports.catalog import export_catalog
from requests_app.imports.catalog_file import read_catalog
from requests_app.imports.city import load_city
from requests_app.imports.map_files import ImportProblemError
from requests_app.imports.progress import Silent
from requests_app.models import OutboxRow, Service, ServiceApproval, ServiceTest
from requests_app.rules.setup import go_live as rules
from requests_app.rules.setup.catalog_rows import written_service
from tests.assertions import ROOT
from tests.factories import Rivermark

pytestmark = [pytest.mark.django_db, pytest.mark.shows("13.2")]

Written = dict[str, Any]
ASKED = {"en": "Is the person hurt? Call 911.", "es": "¿La persona está herida? Llame al 911."}
OTHER = {"en": "Ring 911 if they don't answer.", "es": "Llame al 911 si no contesta."}
NUMBERLESS = {"en": "Ring the mayor if you are hurt.", "es": "Llame al alcalde si está herido."}
STOP: Written = {
    "code": "danger",
    "kind": "single",
    "text": {"en": "Is somebody in danger?", "es": "¿Hay alguien en peligro?"},
    "options": [
        {"value": "no", "label": {"en": "No", "es": "No"}},
        {"value": "yes", "label": {"en": "Yes", "es": "Sí"}, "effects": {"stop": True}},
    ],
}


def outreach(city: Any) -> Service:
    return Service.objects.select_related("jurisdiction").get(jurisdiction=city, service_code="outreach")


def current(town: Rivermark) -> Written:
    return written_service(outreach(town.city))


@contextmanager
def shifted(by: timedelta) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lamplighter.time_shift', %s, true)", [f"{by.total_seconds():.0f} s"])
        yield
        cursor.execute("SELECT set_config('lamplighter.time_shift', '', true)")


@dataclass
class Attempt:
    """Somebody tries, by a road, to make residents see the service as written. `tmp` is a folder for files."""

    town: Rivermark
    written: Written
    tmp: Path
    client: Client
    approved: bool = False

    @property
    def approval(self) -> ServiceApproval | None:
        if not self.approved:
            return None
        words = rules.emergency_words(self.written, self.town.city)
        until = app_now().astimezone(self.town.city.zone).date() + timedelta(days=90)
        return new_approval(
            outreach(self.town.city), approver="Lt. Ruiz", review_by=until, approved=words, actor=self.town.ada
        )

    def draft(self) -> int:
        base = outreach(self.town.city).versions.count()
        draft = service_drafts.save(
            self.town.city, "outreach", self.written, revision=0, base=base, actor=self.town.ada
        )
        return draft.revision

    def file(self) -> Written:
        """As the catalog page's download has it, with the service as it is to be."""
        said = {**self.written}
        if self.approved:
            code = rules.fingerprint(rules.emergency_words(self.written, self.town.city))
            said["emergency_check"] = {"approved_by": "Lt. Ruiz", "days": 90, "code": code}
        return {"format": 1, "services": [said]}

    def on_disk(self) -> Path:
        path = self.tmp / "new.yaml"
        path.write_text(yaml.safe_dump(self.file(), allow_unicode=True))
        return path


def publish(attempt: Attempt) -> None:
    revision = attempt.draft()
    service_drafts.publish(
        attempt.town.city, "outreach", revision=revision, actor=attempt.town.ada, approval=attempt.approval
    )


def at_a_date(attempt: Attempt) -> None:
    """The date is set before the words are changed, so that nothing but the day itself asks again."""
    town, day = attempt.town, app_now() + timedelta(minutes=1)
    base = outreach(town.city).versions.count()
    started = {**current(town), "priority": 2}
    draft = service_drafts.save(town.city, "outreach", started, revision=0, base=base, actor=town.ada)
    draft = service_drafts.schedule(town.city, "outreach", revision=draft.revision, publish_at=day, actor=town.ada)
    draft = service_drafts.save(
        town.city, "outreach", attempt.written, revision=draft.revision, base=base, actor=town.ada
    )
    if attempt.approved:
        service_drafts.schedule(
            town.city, "outreach", revision=draft.revision, publish_at=day, actor=town.ada, approval=attempt.approval
        )
    with shifted(timedelta(hours=1)):
        service_drafts.publish_row(OutboxRow(dedupe_key=f"publish_service:{draft.pk}:{day.isoformat()}"))


def roll_back(attempt: Attempt) -> None:
    """The version that is rolled back to was published while residents couldn't use the service."""
    town, now = attempt.town, current(attempt.town)
    active, count = outreach(town.city).active, outreach(town.city).versions.count()
    Service.objects.filter(pk=outreach(town.city).pk).update(active=False)
    for written in (attempt.written, now):
        base = outreach(town.city).versions.count()
        draft = service_drafts.save(town.city, "outreach", written, revision=0, base=base, actor=town.ada)
        service_drafts.publish(town.city, "outreach", revision=draft.revision, actor=town.ada)
    Service.objects.filter(pk=outreach(town.city).pk).update(active=active)
    service_drafts.roll_back(
        town.city, "outreach", number=count + 1, base=count + 2, actor=town.ada, approval=attempt.approval
    )


def catalog_page(attempt: Attempt) -> None:
    page = "/staff/setup/catalog/"
    content = SimpleUploadedFile("new.yaml", attempt.on_disk().read_bytes())
    shown = attempt.client.post(page, {"file": content}, follow=True)
    if shown.status_code == 422:
        return
    code = shown.content.decode().split('name="code" value="')
    if len(code) > 1:
        attempt.client.post(f"{page}check/", {"code": code[1].split('"')[0]})


def command(attempt: Attempt) -> None:
    call_command("import_catalog", attempt.on_disk())


def city_folder(attempt: Attempt) -> None:
    attempt.on_disk()
    city = {
        "format": 1, "name": attempt.town.city.name, "jurisdiction_id": attempt.town.city.jurisdiction_id, "catalog": "new.yaml",
    }  # fmt: skip
    (attempt.tmp / "city.yaml").write_text(yaml.safe_dump(city))
    load_city(attempt.tmp, progress=Silent())


def starter_file(attempt: Attempt) -> None:
    """A starter catalog with this service alone: another release may have it."""
    own = {**read_catalog([starter.FILE]), "services": attempt.file()["services"], "articles": []}
    desk = dict(read_catalog([starter.DESK_FILE]))
    # Those of the other services.
    desk["templates"] = [one for one in desk["templates"] if "service" not in one]
    before = starter.FILE, starter.DESK_FILE
    starter.FILE, starter.DESK_FILE = attempt.tmp / "starter.yaml", attempt.tmp / "desk.yaml"
    for file, parts in ((starter.FILE, own), (starter.DESK_FILE, desk)):
        file.write_text(yaml.safe_dump({"format": 1, **parts}, allow_unicode=True))
    try:
        starter.import_starter(attempt.town.city, attempt.town.ada)
    finally:
        starter.FILE, starter.DESK_FILE = before


def go_live(attempt: Attempt) -> None:
    """Offers it as it is: the words were published while residents couldn't use it."""
    town = attempt.town
    Service.objects.filter(pk=outreach(town.city).pk).update(active=False)
    if attempt.written != current(town):
        publish(attempt)
    if attempt.approval is not None:
        actions.store_approval(attempt.approval)
    actions.set_offered(outreach(town.city), offered=True, actor=town.ada)


def move_department(attempt: Attempt) -> None:
    """Moves the service as it is: to nobody's words but its own."""
    departments.move_everything(attempt.town.streets, attempt.town.parks, actor=attempt.town.ada)


Road = Callable[[Attempt], None]
# Every road, with the functions that publish a version or offer a service on it.
ROADS: dict[Road, set[str]] = {
    publish: {"requests_app/actions/setup/service_drafts.py:_publish"},
    at_a_date: {"requests_app/actions/setup/service_drafts.py:_publish"},
    roll_back: {"requests_app/actions/setup/service_drafts.py:roll_back"},
    catalog_page: {
        "requests_app/imports/catalog_go_live.py:publish",
        "requests_app/imports/catalog_go_live.py:_switch",
    },
    command: {"requests_app/imports/catalog_go_live.py:publish", "requests_app/imports/catalog_go_live.py:_switch"},
    city_folder: {"requests_app/imports/catalog_go_live.py:publish", "requests_app/imports/catalog_go_live.py:_switch"},
    starter_file: {
        "requests_app/imports/catalog_go_live.py:publish",
        "requests_app/imports/catalog_go_live.py:_switch",
    },
    go_live: {"requests_app/actions/setup/go_live.py:set_offered"},
    move_department: {"requests_app/actions/setup/departments.py:move_everything"},
}
# The gate itself, and what only takes a service away or makes one that nobody is offered.
NO_ROADS = {
    "requests_app/actions/setup/go_live.py:switch",
    "requests_app/actions/setup/catalog_versions.py:publish",
    "requests_app/actions/setup/retirements.py:retire",
    "requests_app/actions/setup/service_drafts.py:_publish",
    "requests_app/imports/catalog.py:services",
    "requests_app/imports/requests.py:_new_service",
    # Switches a webhook.
    "staff_app/setup/api_keys/webhooks.py:_do",
    # Fills in what it has read.
    "requests_app/rules/shared/directory.py:_load",
}
BY_WORDS = [road for road in ROADS if road not in (go_live, move_department)]


def attempted(road: Road, attempt: Attempt) -> None:
    with suppress(rules.NotReady, ImportProblemError, CommandError):
        road(attempt)


@pytest.fixture
def attempt(town: Rivermark, signed_in: Any, tmp_path: Path) -> Attempt:
    return Attempt(town, current(town), tmp_path, signed_in(town.ada))


def named(roads: Sequence[Road]) -> Any:
    return pytest.mark.parametrize("road", roads, ids=lambda one: one.__name__)


CHANGES: dict[str, Callable[[Written], None]] = {
    "other words": lambda written: written.update(emergency_screen=OTHER),
    "no words": lambda written: written.update(emergency_screen=None),
    "words in one language": lambda written: written["emergency_screen"].update(en=OTHER["en"]),
    "a new stop": lambda written: written.update(questions=[*written["questions"], STOP]),
}


@named(BY_WORDS)
@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_emergency_words_that_residents_read_change_only_with_an_approval(
    attempt: Attempt, road: Road, change: Callable[[Written], None]
) -> None:
    before = current(attempt.town)
    attempt.written = deepcopy(before)
    change(attempt.written)
    attempted(road, attempt)
    now = current(attempt.town)
    assert (now["emergency_screen"], now["questions"]) == (before["emergency_screen"], before["questions"])
    assert outreach(attempt.town.city).active


@named(BY_WORDS)
def test_with_the_approval_they_do_and_it_is_kept(attempt: Attempt, road: Road) -> None:
    attempt.written["emergency_screen"], attempt.approved = OTHER, True
    road(attempt)
    assert current(attempt.town)["emergency_screen"] == OTHER
    approval = ServiceApproval.objects.get(service=outreach(attempt.town.city))
    assert (approval.approver, approval.approved["screen"]) == ("Lt. Ruiz", OTHER)


@named(BY_WORDS)
def test_no_approval_is_enough_for_words_that_do_not_name_the_number(attempt: Attempt, road: Road) -> None:
    attempt.written["emergency_screen"], attempt.approved = NUMBERLESS, True
    attempted(road, attempt)
    assert current(attempt.town)["emergency_screen"] == ASKED


def complete(attempt: Attempt) -> None:
    """Gives the service, which residents can't use, everything on the list."""
    town, both = attempt.town, {"en": "Help came", "es": "Llegó ayuda"}
    Service.objects.filter(pk=outreach(town.city).pk).update(active=False)
    town.streets.email = "streets@rivermark.example"
    town.streets.save()
    target = {"value": 2, "unit": "business_days", "calendar": "department"}
    written = {
        **current(town), "active": True, "description": both, "outcome_words": {"fixed": both},
        "targets": {"acknowledge": target, "resolve": target},
    }  # fmt: skip
    service = outreach(town.city)
    catalog_versions.publish(service, written)
    catalog_versions.set_targets(service, written["targets"])
    actions.set_no_article(service, needs_none=True, actor=town.ada)
    attempt.written = written
    actions.store_approval(Attempt(town, written, attempt.tmp, attempt.client, approved=True).approval)  # type: ignore[arg-type]
    service = outreach(town.city)
    ServiceTest.objects.create(service=service, service_version=service.current, user=town.ada, passed_at=app_now())
    assert rules.missing(outreach(town.city)) == []


def missing_email(town: Rivermark) -> None:
    town.streets.email = ""
    town.streets.save()


def missing_test(town: Rivermark) -> None:
    ServiceTest.objects.update(passed_at=None)


def missing_approval(town: Rivermark) -> None:
    ServiceApproval.objects.filter(kind="emergency").update(review_by=app_now().date() - timedelta(days=9))


def retired(town: Rivermark) -> None:
    """Also by its own file of before, in which residents used it."""
    retirements.retire(outreach(town.city), successor=None, moves_requests=False, actor=town.ada)


OFFERING: list[Road] = [go_live, catalog_page, command, city_folder, starter_file]
NOT_OFFERING: list[Road] = [publish, at_a_date, roll_back]


@named(OFFERING)
def test_what_is_ready_is_offered(attempt: Attempt, road: Road) -> None:
    complete(attempt)
    attempt.written["priority"] = 4
    road(attempt)
    assert outreach(attempt.town.city).active


@named([*OFFERING, *NOT_OFFERING])
@pytest.mark.parametrize("lacks", [missing_email, missing_test, missing_approval, retired])
def test_what_is_not_ready_or_retired_is_not_offered(
    attempt: Attempt, road: Road, lacks: Callable[[Rivermark], None]
) -> None:
    complete(attempt)
    attempt.written["priority"] = 4
    lacks(attempt.town)
    attempted(road, attempt)
    assert not outreach(attempt.town.city).active


@named(BY_WORDS)
def test_what_is_no_emergency_word_changes_freely(attempt: Attempt, road: Road) -> None:
    attempt.written["priority"] = 4
    road(attempt)
    assert current(attempt.town)["priority"] == 4
    assert outreach(attempt.town.city).active


def test_a_move_to_another_department_keeps_the_words_and_the_service(attempt: Attempt) -> None:
    move_department(attempt)
    now = current(attempt.town)
    assert (now["department"], now["emergency_screen"]) == ("PK", ASKED)
    assert outreach(attempt.town.city).active


def test_its_own_export_changes_nothing_for_a_retired_service(attempt: Attempt) -> None:
    town = attempt.town
    before = next(one for one in export_catalog(town.city)["services"] if one["service_code"] == "outreach")
    assert before["active"] is True
    retirements.retire(outreach(town.city), successor=None, moves_requests=False, actor=town.ada)
    exported = export_catalog(town.city)
    assert next(one for one in exported["services"] if one["service_code"] == "outreach")["active"] is False
    for written in (before, {name: value for name, value in before.items() if name != "active"}):
        attempt.written = written
        command(attempt)
        assert export_catalog(town.city) == exported


# --- A new road without a row -----------------------------------------------------------------------------------------

# What a road ends with: a call that stores a version or offers a service, or rows made and changed by hand.
CALLS = {"catalog_versions.publish", "catalog_go_live.publish", "actions.switch", "switch"}
MAKES = {
    "Service.objects.create",
    "Service.objects.get_or_create",
    "Service.objects.bulk_create",
    "ServiceVersion.objects.create",
}


# What the text of a file with such a function has, since reading all files as code takes a second.
MARKS = re.compile(r"[.]publish\(|switch\(|Service(Version)?[.]objects|service[.](active|current) =")


def functions(path: Path) -> Iterator[tuple[str, ast.AST]]:
    text = path.read_text()
    for node in ast.walk(ast.parse(text)) if MARKS.search(text) else ():
        if isinstance(node, ast.FunctionDef):
            yield node.name, node


def ends_a_road(function: ast.AST) -> bool:
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in CALLS | MAKES:
            return True
        targets = node.targets if isinstance(node, ast.Assign) else []
        if any(ast.unparse(target) in ("service.active", "service.current") for target in targets):
            return True
        called = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
        keywords = {keyword.arg for keyword in node.keywords} if isinstance(node, ast.Call) else set()
        if "Service.objects" in called and ".update" in called and keywords & {"active", "current"}:
            return True
    return False


def test_every_function_that_publishes_or_offers_is_on_a_road() -> None:
    found = {
        f"{path.relative_to(ROOT)}:{name}"
        for package in ("requests_app", "staff_app")
        for path in (ROOT / package).rglob("*.py")
        if "migrations" not in path.parts
        for name, function in functions(path)
        if ends_a_road(function)
    }
    assert found == set().union(*ROADS.values()) | NO_ROADS
