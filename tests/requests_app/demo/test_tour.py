"""A tour of the demo: every page of staff and setup that its people reach has something on it."""

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import F
from django.test import Client, override_settings
from django.urls import Resolver404, resolve

from requests_app.actions.promises import silence
from requests_app.actions.promises.suspensions import suspend_row
from requests_app.clock import app_now
from requests_app.demo import desk, moderation, storm
from requests_app.demo.staff import DEMO_BAR, demo_user, load_staff
from requests_app.management.commands.load_demo import LOADERS
from requests_app.models import (
    AnswerTemplate,
    Article,
    Asset,
    Clock,
    EndingCheck,
    EndingSample,
    Jurisdiction,
    Macro,
    OutboxRow,
    SafetyNote,
    SafetyNoteReading,
    SavedView,
    Service,
    ServiceRequest,
    SetupChange,
    Snooze,
    StaffNotice,
    Task,
)
from requests_app.rules.report.duplicates import near_for_staff
from requests_app.rules.truth.rate import Looked, count
from requests_app.rules.work import request_reads, safety_notes
from tests import factories

pytestmark = pytest.mark.django_db

# Reports of these services, as many of each, that are open when the tour begins.
OPEN = {"pothole": 26, "sidewalk": 2, "treehazard": 3, "treeprune": 14, "streetlight": 2, "drain": 2}
# And that ended in the last eight weeks.
ENDED = {"pothole": 40, "treeprune": 40, "dumping": 40}
SILENT = dt.timedelta(days=40)
# Pages that may be empty, or have an empty list on them, with the reason.
EMPTY_FOR = {
    ("*", "health"): "Beat and the clock's parts run once the demo has started",
    ("*", "layers"): "Rivermark's map comes from its folder, and nobody has uploaded another file",
    ("*", "on_call"): "Some departments have nobody on call, and most kinds of danger no contact: the page says so",
    ("*", "department"): "Most departments are too small for teams",
    ("*", "outbox_group"): "Without a group in its address; the list of failed tasks leads to it with one",
    ("*", "service_changes"): "A service without a draft",
    ("*", "article_history"): "Most articles are as they came",
    ("*", "api_key"): "The last calls are kept for a week in Redis, and no program calls the demo",
    ("*", "setup"): "Macros are all that most people set up; their own page leads there",
    ("*", "my_jobs"): "Only those who change many requests at once have jobs, such as Tom",
    ("administrator", "mine"): "Nothing is assigned to administrators and call takers, who work on no requests",
    ("call_taker", "mine"): "As above",
    ("administrator", "crew_day"): "As above",
    ("call_taker", "crew_day"): "As above",
    ("administrator", "crew_sheet"): "As above",
    ("call_taker", "crew_sheet"): "As above",
    ("administrator", "tasks"): "Tasks are a department's; those who work for the whole city have none",
    ("call_taker", "tasks"): "As above",
}
# What a tour leaves alone: forms, files, and pages by themselves.
NO_TOUR = re.compile(
    r"/(?:new|add|invite|remove|end|export|edit|logout|undo|watch|preview)\b|\.(?:json|csv|xlsx|js|ics)|/r/"
)
EMPTY = re.compile(r'<(?:p|li|td)[^>]*class="empty"[^>]*>\s*([^<]*)')


@pytest.fixture(scope="module")
def demo(django_db_setup: None, django_db_blocker: Any) -> Iterator[Jurisdiction]:
    """Loaded once for this file, twice over, and rolled back after it."""
    with django_db_blocker.unblock(), override_settings(DEMO=True), transaction.atomic():
        city = factories.city_with_the_demo_catalog()
        city.is_demo = True
        city.save()
        load_staff(city)
        for ward in ("1", "2"):
            factories.area(city, "ward", ward)
        for number in range(1, 12):
            factories.address(city, f"{number} Elm St")
        for kind in ("litter_bin", "street_light"):
            Asset.objects.create(
                jurisdiction=city, kind=kind, asset_id=f"{kind}-1", point=factories.at(*factories.ELM_ST)
            )
        for code in {**OPEN, **ENDED}:
            _report(city, code)
        # Nobody has said anything about the oldest ones for weeks, and some trees are Pia's.
        trees = ServiceRequest.objects.filter(service__service_code="treeprune", status="routed").order_by("id")
        trees.filter(pk__in=trees[:3]).update(assignee=demo_user(city, "supervisor"), submitted_at=app_now() - SILENT)
        for _twice in range(2):
            for load in LOADERS:
                load(city)
        hers = ServiceRequest.objects.filter(assignee=demo_user(city, "crew")).order_by("id")
        hers.filter(pk__in=hers[:1]).update(submitted_at=app_now() - SILENT)
        silence.ask(city)
        for row in OutboxRow.objects.filter(kind="suspend_clocks", due_at__lte=app_now()):
            suspend_row(row)
        factories.run_worker()
        # Once: a test ends with these checks, and would repeat those of all rows before it.
        connection.check_constraints()
        yield city
        transaction.set_rollback(True)


def _report(city: Jurisdiction, code: str) -> None:
    version = Service.objects.get(jurisdiction=city, service_code=code).current
    assert version is not None
    answers = moderation._harmless_answers(version)
    first = factories.routed(version, f"Please look at the {code}.", answers=answers, address="12 Elm St")
    factories.copies(first, OPEN.get(code, 1))
    ended = factories.copies(first, ENDED.get(code, 0))
    for number, one in enumerate(ended):
        one.status, one.disposition = "closed", "action_taken" if number % 4 == 0 else "fixed"
        one.resolved_at = app_now() - dt.timedelta(days=1 + number * 1.5)
    ServiceRequest.objects.bulk_update(ended, ["status", "disposition", "resolved_at"])


def empty_pages(city: Jurisdiction, role: str) -> dict[str, str]:
    """By the name of the page, the first words of a list that is empty. One page of each name is opened."""
    client, user = Client(), demo_user(city, role)
    assert user is not None
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    found: dict[str, str] = {}
    seen: set[str] = set()
    ahead = ["/staff/"]
    while ahead:
        address = ahead.pop(0)
        try:
            name = resolve(address).url_name or ""
        except Resolver404:
            continue
        if name in seen or NO_TOUR.search(address):
            continue
        seen.add(name)
        answer = client.get(address)
        page = answer.content.decode() if answer.status_code == 200 else ""
        main = page[page.find("<main") :]
        if hit := EMPTY.search(re.sub(r"<[^>]*\bhidden>.*?</", "", main)):
            found[name] = f"{address}: {hit[1].strip()}"
        ahead += re.findall(r'href="(/staff/[^"?#]*)', page)
    assert len(seen) > 12, seen
    return found


def test_each_list_that_a_tour_reaches_has_something_on_it(demo: Jurisdiction, settings: Any) -> None:
    # Only the demo's own URLs have the bar above each page.
    settings.DEMO = False
    found = {(role, name): words for role in DEMO_BAR for name, words in empty_pages(demo, role).items()}
    surprising = {
        page: words for page, words in found.items() if page not in EMPTY_FOR and ("*", page[1]) not in EMPTY_FOR
    }
    assert not surprising, "\n".join(f"{page}: {words}" for page, words in surprising.items())


def test_an_empty_list_is_seen(demo: Jurisdiction, settings: Any) -> None:
    settings.DEMO = False
    Macro.objects.filter(jurisdiction=demo).delete()
    assert empty_pages(demo, "crew")["macros"].endswith("No macros yet.")


def test_answers_macros_and_views_are_those_of_the_starter_catalog_and_more(demo: Jurisdiction) -> None:
    templates = AnswerTemplate.objects.filter(jurisdiction=demo)
    assert templates.count() >= 40
    assert templates.filter(service__service_code="treehazard", outcome="fixed").exists()
    assert Macro.objects.filter(jurisdiction=demo).count() == 6
    audiences = SavedView.objects.filter(jurisdiction=demo).values_list("audience", flat=True)
    assert Counter(audiences) == {"city": 4, "me": 4, "team": 1, "department": 1}
    assert SetupChange.objects.filter(jurisdiction=demo, kind="template", action="added").count() == templates.count()


def test_departments_work_for_each_other_and_one_in_its_own_system(demo: Jurisdiction) -> None:
    tasks = Task.objects.filter(department__jurisdiction=demo)
    assert set(tasks.values_list("department__code", flat=True)) == {"PW", "PK", "TR", "WS"}
    assert (tasks.filter(state="done").count(), tasks.exclude(after=None).count()) == (1, 1)
    assert tasks.get(department__code="WS").outside_status == "Scheduled"


def test_places_have_notes_that_somebody_read_and_one_was_changed(demo: Jurisdiction) -> None:
    notes = SafetyNote.objects.filter(jurisdiction=demo)
    assert set(notes.values_list("kind", flat=True)) == {"dog", "structure", "needles", "other"}
    assert SafetyNoteReading.objects.filter(note__in=notes).values("note").distinct().count() == notes.count()
    assert notes.get(kind="dog").earlier_texts.count() == 1
    # As the page that sets one would have refused.
    assert not any(safety_notes.refused_words(note.words) for note in notes)


def test_a_storm_has_stopped_the_clocks_of_tree_work(demo: Jurisdiction) -> None:
    stopped = Clock.objects.filter(suspension__jurisdiction=demo, met_at=None)
    assert set(stopped.values_list("service_request__service__service_code", flat=True)) == set(storm.SERVICES)


def test_checks_of_eight_weeks_make_a_truth_rate_and_the_last_ones_wait(demo: Jurisdiction) -> None:
    samples = EndingSample.objects.filter(jurisdiction=demo)
    assert samples.values("week").distinct().count() == 8
    checks = EndingCheck.objects.filter(sample__in=samples)
    by_department = {
        code: count([Looked(one.seen) for one in checks.filter(sample__department__code=code)]).rate or 0
        for code in ("PK", "PW", "SW")
    }
    assert all(0.5 < rate < 1 for rate in by_department.values()), by_department
    last = max(samples.values_list("week", flat=True))
    assert checks.filter(sample__week=last, seen="").exists()
    assert not checks.filter(seen_at__lt=F("sample__drawn_at")).exists()


def test_some_requests_are_snoozed_articles_have_owners_and_colleagues_wrote(demo: Jurisdiction) -> None:
    assert set(Snooze.objects.values_list("user__name", flat=True)) == {"Tom Reyes", "Pia Lindqvist"}
    owned = Article.objects.filter(jurisdiction=demo, owner__isnull=False)
    assert owned.filter(review_on__lte=app_now().date()).exists()
    assert Article.objects.filter(jurisdiction=demo).exclude(draft=None).count() == 1
    named = StaffNotice.objects.filter(jurisdiction=demo, kind=StaffNotice.Kind.MENTIONED).values_list(
        "user__name", flat=True
    )
    assert len(set(named)) == len(DEMO_BAR)


def test_setup_begins_with_what_waits_for_an_administrator(demo: Jurisdiction, settings: Any) -> None:
    settings.DEMO = False
    client, ada = Client(), demo_user(demo, "administrator")
    assert ada is not None
    client.force_login(ada, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get("/staff/setup/").content.decode()
    shown = page[page.index('id="to-do"') : page.index("setup-group")]
    for text in (
        "Parking Enforcement, Sunday: Nobody 2 a.m.–6 a.m.",
        "The approval of Tree or branch down or unsafe ends on ",
        "1 service waits to go live.",
        "bus-shelters.csv was checked and waits to be used: Assets.",
        "articles are due for review.",
        "5 texts have no Spanish yet.",
    ):
        assert text in shown, text
    go_live = client.get("/staff/setup/services/leafpickup/go-live/").content.decode()
    assert "Go live" not in re.findall(r"<button[^>]*>([^<]*)<", go_live)


def test_some_requests_are_unread_and_some_have_changed_since_they_were_opened(demo: Jurisdiction) -> None:
    tom = demo_user(demo, "triage")
    assert tom is not None
    now = app_now()
    seen = request_reads.with_last_read(ServiceRequest.objects.open().visible_to(tom), tom)
    rows = seen.annotate(newest=request_reads.NEWEST_EVENT)
    unread = [one for one in rows if request_reads.is_unread(one.newest, one.read_event_id, tom, now)]
    assert 0 < len(unread) < len(rows) / 2
    assert {one.read_event_id is None for one in unread} == {True, False}


def test_some_new_reports_are_about_one_problem(demo: Jurisdiction) -> None:
    ada = demo_user(demo, "administrator")
    assert ada is not None
    new = ServiceRequest.objects.in_jurisdiction(demo).filter(status="routed")
    for service_code, *both in desk.TWICE:
        for text, other in (both, reversed(both)):
            one = new.get(description=text)
            assert not one.alarms.exists(), text
            near = ServiceRequest.objects.filter(pk__in=[near.key for near in near_for_staff(one, ada)])
            assert other in near.values_list("description", flat=True), service_code
