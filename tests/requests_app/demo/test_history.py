"""The demo's stories as rows: as if each had been lived through the actions, with clocks, people, words and events."""

import datetime as dt
import html
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.db.models import Count, F, Q
from django.test import Client, override_settings

from requests_app import events
from requests_app.actions.shared import counters
from requests_app.actions.work import endings, progress
from requests_app.demo import history
from requests_app.imports.progress import Silent
from requests_app.models import (
    OPEN,
    AccessLink,
    Answer,
    Article,
    Clock,
    Comment,
    ContactPoint,
    Department,
    Event,
    Jurisdiction,
    OutboxRow,
    Owner,
    Participation,
    Photo,
    RequestArea,
    RoutingDecision,
    SearchDocument,
    ServiceRequest,
    SurveyAnswer,
)
from requests_app.rules.answers import suggestions
from requests_app.rules.shared.lifecycle import TRANSITIONS
from requests_app.worker import training
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.shows("8.2")]

RIVERMARK = Path(history.__file__).parent / "rivermark"
STORIES = 1_000
TIME = dt.datetime(2026, 12, 1, 12, 8, tzinfo=dt.UTC)
ASKED = Path(__file__).parents[2] / "benchmarks/asked"
# Every eleventh sentence of the benchmark, which asks all of them with all of the demo's requests (tests/benchmarks/asked.py).
SAMPLE = 11


@pytest.fixture(scope="module")
def city(django_db_setup: None, django_db_blocker) -> Iterator[Jurisdiction]:  # type: ignore[no-untyped-def]
    """Loaded once for this file, and rolled back after it."""
    with django_db_blocker.unblock(), transaction.atomic():
        made = factories.city_with_the_demo_catalog()
        made.is_demo = True
        made.save()
        for said in yaml.safe_load((RIVERMARK / "owners.yaml").read_text())["owners"]:
            Owner.objects.create(jurisdiction=made, code=said["code"], name=said["name"], kind=said["kind"])
        factories.area(made, "ward", "5")
        for code in ("PW", "PK"):
            factories.staff(f"Tom{code}", "triage", made, Department.objects.get(jurisdiction=made, code=code))
        # Stories depend on the time, and at some there is no request that nobody has accepted yet.
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lamplighter.time_shift', (%s - now())::text, true)", [TIME])
        assert history.load(made, RIVERMARK, progress=Silent(), count=STORIES) == STORIES
        # Once: a test ends with these checks, and would repeat those of all rows before it.
        connection.check_constraints()
        yield made
        transaction.set_rollback(True)


def ours(city: Jurisdiction):  # type: ignore[no-untyped-def]
    return ServiceRequest.objects.filter(jurisdiction=city)


def test_all_are_there_and_a_second_load_changes_nothing(city: Jurisdiction) -> None:
    assert ours(city).count() == STORIES
    assert history.load(city, RIVERMARK, progress=Silent(), count=STORIES) == 0
    assert ours(city).count() == STORIES


def test_nothing_waits_in_the_outbox(city: Jurisdiction) -> None:
    assert not OutboxRow.objects.filter(service_request__jurisdiction=city).exists()


def test_events_are_marked_as_the_demos_and_hold_nothing_but_codes(city: Jurisdiction) -> None:
    told = Event.objects.filter(jurisdiction=city)
    assert set(told.values_list("source", flat=True)) == {"demo"}
    for kind, data in told.values_list("kind", "data"):
        assert events._clean(kind, data) == data


def test_events_of_a_request_are_in_the_order_in_which_they_happened(city: Jurisdiction) -> None:
    last: dict[int, object] = {}
    for pk, at in Event.objects.filter(jurisdiction=city).order_by("id").values_list("service_request_id", "at"):
        assert pk not in last or last[pk] <= at
        last[pk] = at


def test_every_open_request_runs_by_its_clocks_and_no_ended_one_does(city: Jurisdiction) -> None:
    running = Clock.objects.filter(service_request__jurisdiction=city, met_at=None)
    assert not running.filter(service_request__status__in=["resolved", "closed"]).exists()
    for one in ours(city).filter(status__in=OPEN).prefetch_related("clocks"):
        clocks = {clock.kind: clock for clock in one.clocks.all() if clock.met_at is None}
        assert "resolve" in clocks
        assert ("acknowledge" in clocks) == (one.acknowledged_at is None)
        assert one.due_at == (None if clocks["resolve"].paused_at else clocks["resolve"].due_at)
        assert (clocks["resolve"].paused_at is not None) == (one.status == "on_hold")
    assert ours(city).filter(status__in=OPEN, due_at__isnull=False).exists()


def test_the_columns_agree_with_the_status(city: Jurisdiction) -> None:
    assert not ours(city).filter(status__in=["resolved", "closed"], resolved_at=None).exists()
    assert not ours(city).filter(status="closed", closed_at=None).exists()
    assert not ours(city).filter(status="on_hold", hold_reason="").exists()
    assert not ours(city).exclude(status="on_hold").exclude(hold_reason="").exists()
    assert not ours(city).filter(in_triage=True).exclude(department=None).exists()
    assert not ours(city).filter(status__in=["routed", "in_progress", "on_hold"], department=None).exists()
    assert not ours(city).filter(disposition="cannot_do", disposition_reason="").exists()
    assert not ours(city).filter(disposition="handed_over", owner=None).exists()


def test_each_was_routed_first_exactly_once(city: Jurisdiction) -> None:
    first = Count("routing_decisions", filter=Q(routing_decisions__is_first=True))
    assert not ours(city).annotate(first=first).exclude(first=1).exists()
    by_rule = RoutingDecision.objects.filter(service_request__jurisdiction=city, reason="rule")
    assert by_rule.exists()
    assert not by_rule.filter(rule=None).exists()


def test_people_have_a_role_a_private_link_and_invented_addresses(city: Jurisdiction) -> None:
    taking_part = Participation.objects.filter(service_request__jurisdiction=city)
    assert set(taking_part.values_list("role", flat=True)) == {"reporter", "caller", "affected"}
    senders = taking_part.filter(role__in=["reporter", "caller"]).count()
    assert AccessLink.objects.filter(service_request__jurisdiction=city).count() == senders
    contacts = ContactPoint.objects.filter(person__jurisdiction=city)
    assert not contacts.filter(kind="email").exclude(value__endswith="@mail.example").exists()
    assert not contacts.filter(kind="phone").exclude(value__startswith="555-01").exists()


def test_answers_show_the_words_in_the_reporters_language(city: Jurisdiction) -> None:
    spanish = Answer.objects.filter(
        service_request__jurisdiction=city, service_request__language="es", question_version__kind="single"
    ).select_related("question_version")
    assert spanish.exists()
    for answer in spanish[:200]:
        assert answer.question_text == answer.question_version.text["es"]
        labels = {str(one["value"]): one["label"]["es"] for one in answer.question_version.options}
        assert answer.value_text == labels[answer.value]


def test_the_public_reads_departments_words_and_never_notes_questions_or_answers(city: Jurisdiction) -> None:
    said = Comment.objects.filter(service_request__jurisdiction=city)
    assert not said.filter(kind__in=["note", "question", "answer"], public=True).exists()
    assert not said.filter(kind="outcome", public=False).exists()
    assert not said.filter(public=True, department=None).exists()
    assert not said.filter(public=True).exclude(person=None).exists()
    pointed = Event.objects.filter(jurisdiction=city, data__has_key="comment_id").count()
    assert pointed == said.count()


def test_private_and_coarse_services_keep_their_places(city: Jurisdiction) -> None:
    private = ours(city).filter(service_version__visibility="private")
    assert private.exists()
    assert not private.exclude(public_state__in=["private", "hidden"]).exists()
    assert not private.exclude(public_point=None).exists()
    coarse = ours(city).filter(service_version__visibility="coarse", point__isnull=False)
    assert coarse.exists()
    assert not coarse.filter(public_address=F("address")).exists()
    assert not SearchDocument.objects.filter(kind="request", object_id__in=private.values("id")).exists()


def test_what_is_placed_lies_in_its_areas_as_open_or_not(city: Jurisdiction) -> None:
    pairs = RequestArea.objects.filter(service_request__jurisdiction=city)
    assert pairs.count() == ours(city).exclude(point=None).count()
    assert not pairs.filter(is_open=True, service_request__status__in=["resolved", "closed"]).exists()
    assert not pairs.exclude(public_state=F("service_request__public_state")).exists()


def test_duplicates_point_at_their_parent_and_both_say_so(city: Jurisdiction) -> None:
    children = ours(city).filter(disposition="duplicate")
    assert children.exists()
    for child in children.select_related("duplicate_of"):
        assert child.duplicate_of is not None
        told = Event.objects.filter(service_request=child.duplicate_of, kind="duplicate_merged")
        assert child.pk in [data["child_id"] for data in told.values_list("data", flat=True)]


def test_counters_agree_with_what_is_there(city: Jurisdiction) -> None:
    assert counters.recount() == 0


def test_staff_can_go_on_where_a_story_stands(city: Jurisdiction) -> None:
    one = ours(city).filter(status="routed").exclude(department=None).first()
    assert one is not None
    user = factories.staff("TomPW2", "triage", city, one.department)
    progress.accept(one.pk, actor=user)
    done = endings.resolve(one.pk, disposition="fixed", text="Filled this morning.", actor=user)
    assert (done.status, done.due_at) == ("resolved", None)
    assert not done.clocks.filter(met_at=None).exists()


@pytest.mark.parametrize("status", ["routed", "in_progress", "on_hold", "resolved", "closed"])
def test_tracking_pages_say_what_the_story_says(city: Jurisdiction, client: Client, status: str) -> None:
    shown = ours(city).filter(status=status, public_state="public").exclude(disposition="duplicate").order_by("id")[:8]
    assert shown
    for one in shown:
        answer = client.get(f"/r/{one.reference}/")
        assert answer.status_code == 200, one
        page = html.unescape(answer.content.decode())
        assert one.description in page
        for said in one.comments.filter(public=True):
            assert said.text in page
        for private in one.comments.filter(public=False):
            assert private.text not in page


def test_the_last_event_that_moves_a_request_leads_to_its_status(city: Jurisdiction) -> None:
    assert set(ours(city).values_list("status", flat=True)) <= {status for status, _ in TRANSITIONS}
    for one in ours(city).filter(status="closed")[:50]:
        assert Event.objects.filter(service_request=one).order_by("id").last().kind == "closed"


@pytest.mark.shows("5.49")
def test_some_say_how_it_went_as_the_events_tell(city: Jurisdiction) -> None:
    said = SurveyAnswer.objects.filter(service_request__jurisdiction=city)
    assert said.count() == Event.objects.filter(jurisdiction=city, kind="survey_answered").count() > 20
    for one in said.select_related("service_request"):
        assert one.person_id is not None
        assert one.ending <= one.service_request.reopened_count
        assert (one.reason == "") == (one.value == "yes")
        assert one.answered_at >= one.service_request.submitted_at


@pytest.mark.shows("8.9")
def test_reports_show_drawings_and_finished_work_shows_the_same_place(city: Jurisdiction, client: Client) -> None:
    photos = Photo.objects.filter(jurisdiction=city)
    reported = photos.filter(kind="report")
    assert ours(city).count() * 0.12 < reported.count() < ours(city).count() * 0.4
    # By the rules of photos that people take.
    assert not reported.exclude(is_private=F("service_request__photos_private")).exists()
    assert not reported.filter(service_request__service_version__photo_policy="none").exists()
    assert not photos.exclude(alt__startswith="Drawing: ").exclude(alt__startswith="Dibujo: ").exists()
    assert photos.filter(alt__startswith="Dibujo: ", service_request__language="es").exists()
    work = photos.filter(kind="work")
    assert not work.exclude(stage="after", service_request__disposition__in=["fixed", "action_taken"]).exists()
    assert work.count() > 50
    compared = ours(city).filter(photos__kind="work", public_state="public").filter(photos__kind="report").first()
    assert compared is not None
    for photo in compared.photos.all():
        for path in (photo.path, photo.small_path):
            answer = client.get(f"/photos/{photo.name}{'-small' if path == photo.small_path else ''}.jpg")
            assert b"".join(answer.streaming_content).startswith(b"\xff\xd8")  # type: ignore[attr-defined]
    # Two of one drawing are one file.
    twice = [Path(default_storage.path(photo.path)).stat().st_nlink for photo in photos[:40]]
    assert max(twice) > 1


@pytest.mark.filterwarnings("ignore:lbfgs failed to converge")
@pytest.mark.shows("4.4", "16.1")
@pytest.mark.slow
def test_a_model_trained_on_the_demo_keeps_answers_first_and_finds_more(
    city: Jurisdiction, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    # A few rounds are enough for that, in a tenth of the time.
    monkeypatch.setattr(training, "ROUNDS", 8)
    answers = set(Article.objects.filter(jurisdiction=city).values_list("code", flat=True))

    def first(text: str, language: str) -> str:
        for one in suggestions.suggest(city, text, language).ranked[:1]:
            return one.code if isinstance(one, Article) else one.service.service_code
        return ""

    rows = [("en", "when is trash day", ["collection-days"]), ("es", "¿qué día pasa la basura?", ["collection-days"])]
    for language in ("en", "es"):
        asked = yaml.safe_load((ASKED / f"{language}.yaml").read_text())[::SAMPLE]
        rows += [(language, row["said"], row["right"]) for row in asked]
        rows += [
            (language, said, [""]) for said in yaml.safe_load((ASKED / f"nobody_{language}.yaml").read_text())[::SAMPLE]
        ]
    plain = {text: first(text, language) for language, text, _ in rows}
    with override_settings(SUGGESTIONS_ROOT=str(tmp_path)):
        training.train(city)
        trained = {text: first(text, language) for language, text, _ in rows}
        assert suggestions.likely(city, "when is trash day")
    for text, code in plain.items():
        if not code or code in answers:
            assert trained[text] == code, text
    right = [trained[text] in found for _, text, found in rows]
    assert sum(right) / len(right) >= 0.93
    asking = [trained[text] in found for _, text, found in rows if answers.issuperset(found)]
    assert sum(asking) / len(asking) >= 0.93
    nothing = [not trained[text] for _, text, found in rows if found == [""]]
    assert sum(nothing) / len(nothing) >= 0.9
