"""Submitting a report: one submission makes one request, and a refused one leaves nothing behind."""

import io
import threading
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client

from requests_app import photos
from requests_app.actions.following import followers
from requests_app.actions.report import submission
from requests_app.actions.shared import counters
from requests_app.models import ContactPoint, Event, OutboxRow, Person, PublicState, ServiceRequest, ServiceVersion
from requests_app.rules.report.duplicates import Report, candidates
from requests_app.rules.shared import intake
from tests import factories
from tests.factories import ANA, Rivermark, rivermark

LANE = {"where": "lane"}


def key(name: str = "one", **options: Any) -> submission.Idempotency:
    return submission.Idempotency("draft", name, options.pop("body", "same"), **options)


def test_it_stores_answers_people_areas_clocks_and_what_must_follow(town: Rivermark) -> None:
    ward = factories.area(town.city)
    made = factories.report(town.pothole, answers={"where": "lane", "damage": "0"}, reporter=ANA)
    assert [(answer.question_version.code, answer.value_text) for answer in made.answers.order_by("id")] == [
        ("where", "Lane"),
        ("damage", "0"),
    ]
    participation = made.participations.get()
    assert participation.role == "reporter"
    assert participation.contact_point is not None
    assert participation.contact_point.normalized == "ana@example.org"
    assert list(made.areas.all()) == [ward]
    assert set(made.clocks.values_list("kind", flat=True)) == {"acknowledge", "resolve"}
    assert made.due_at is not None
    assert made.acknowledge_due_at is not None
    assert made.acknowledge_due_at < made.due_at
    rows = OutboxRow.objects.filter(service_request=made).values_list("kind", flat=True)
    assert set(rows) == {"route", "index", "notify", "match_subscriptions", "match_webhooks"}


def test_a_number_that_is_taken_is_chosen_again_and_what_fits_in_no_try_leaves_nothing(
    town: Rivermark, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = factories.report(town.tree)
    numbers = iter([first.reference, first.reference, "ZZZZZZZZ", *[first.reference] * submission.REFERENCE_TRIES])
    monkeypatch.setattr("requests_app.references.new_reference", lambda: next(numbers))
    # In a transaction of its caller, as a draft is sent.
    with transaction.atomic():
        made = factories.report(town.pothole, answers=LANE, reporter=ANA, idempotency=key())
    assert made.reference == "ZZZZZZZZ"
    assert (made.participations.count(), made.answers.count(), made.clocks.count()) == (1, 1, 2)
    before = Person.objects.count(), OutboxRow.objects.count()
    with pytest.raises(submission.ReferenceTaken):
        factories.report(town.pothole, answers=LANE)
    assert (Person.objects.count(), OutboxRow.objects.count()) == before


@pytest.mark.shows("2.3", "A14")
def test_a_private_service_is_private_from_its_first_moment(town: Rivermark) -> None:
    made = factories.report(town.outreach, "Someone sleeps here.")
    assert made.public_state == PublicState.PRIVATE
    assert made.public_point is None
    assert made.public_address == ""
    assert not ServiceRequest.objects.public().exists()


@pytest.mark.shows("2.3")
def test_a_coarse_service_shows_the_block(town: Rivermark) -> None:
    trash = factories.service(town.city, "missedtrash", visibility=ServiceVersion.Visibility.COARSE)
    made = factories.report(trash, "Not picked up.")
    assert made.public_state == PublicState.PUBLIC
    assert made.public_address == "Block of Elm St" or "Elm St" in made.public_address
    assert "12 " not in made.public_address
    assert made.public_point is not None
    assert made.point is not None
    assert made.public_point.coords != made.point.coords


@pytest.mark.shows("2.10")
def test_the_same_key_gives_the_same_request(town: Rivermark) -> None:
    first = factories.submitted(town.pothole, answers=LANE, idempotency=key())
    again = factories.submitted(town.pothole, answers=LANE, idempotency=key())
    assert again.repeated
    assert again.service_request == first.service_request
    assert again.link == first.link
    assert ServiceRequest.objects.count() == 1


def test_the_same_key_with_another_body_is_a_conflict(town: Rivermark) -> None:
    factories.submitted(town.pothole, answers=LANE, idempotency=key())
    with pytest.raises(submission.IdempotencyConflict):
        factories.submitted(town.pothole, answers=LANE, idempotency=key(body="other"))


def test_without_a_key_the_same_body_is_a_retry_for_a_minute_and_a_new_report_afterward(town: Rivermark) -> None:
    window = key("client", window_s=60)
    first = factories.submitted(town.pothole, answers=LANE, idempotency=window).service_request
    assert factories.submitted(town.pothole, answers=LANE, idempotency=window).service_request == first
    with connection.cursor() as cursor:
        cursor.execute("UPDATE requests_app_idempotencykey SET created_at = created_at - interval '61 seconds'")
    assert factories.submitted(town.pothole, answers=LANE, idempotency=window).service_request != first


@pytest.mark.shows("2.10")
@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_the_same_moment_make_one_request() -> None:
    town = rivermark()
    made: list[int] = []

    def click() -> None:
        made.append(factories.report(town.pothole, answers=LANE, idempotency=key()).pk)
        connection.close()

    threads = [threading.Thread(target=click) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 4
    assert len(set(made)) == 1
    assert ServiceRequest.objects.count() == 1
    assert Person.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"answers": {}}, "answers"),
        ({"place": submission.Place()}, "place"),
        ({"point": factories.at(-60, 40.5)}, "outside"),
    ],
)
def test_what_is_refused_leaves_nothing(town: Rivermark, change: dict[str, Any], code: str) -> None:
    with pytest.raises(submission.Refused) as refused:
        factories.report(town.pothole, **{"answers": LANE, **change})
    assert refused.value.code == code
    assert all(refused.value.problems.values())
    for model in (ServiceRequest, Person, ContactPoint, Event, OutboxRow):
        assert not model.objects.exists()


def test_a_service_that_was_switched_off_takes_nothing(town: Rivermark) -> None:
    town.pothole.service.active = False
    town.pothole.service.save()
    with pytest.raises(submission.Refused) as refused:
        factories.report(town.pothole, answers=LANE)
    assert refused.value.code == "service"


def test_an_answer_that_stops_the_form_stops_it_on_the_server(town: Rivermark) -> None:
    wires = factories.service(
        town.city,
        "wires",
        questions=[
            factories.question(
                "down",
                "single",
                options=[
                    {"value": "yes", "label": {"en": "Yes"}, "effects": {"stop": True}},
                    {"value": "no", "label": {"en": "No"}},
                ],
            )
        ],
    )
    with pytest.raises(submission.Refused) as refused:
        factories.report(wires, answers={"down": "yes"})
    assert refused.value.code == "emergency"
    assert factories.report(wires, answers={"down": "no"}).pk


def test_an_answer_may_raise_the_priority_set_the_promise_and_hide_the_photos(town: Rivermark) -> None:
    effects = {"priority": 1, "resolve_target": {"value": 2, "unit": "hours"}, "private_photos": True}
    graffiti = factories.service(
        town.city,
        "graffiti",
        priority=3,
        questions=[
            factories.question("hate", "single", options=[{"value": "yes", "label": {"en": "Yes"}, "effects": effects}])
        ],
    )
    photo = photos.store_upload(io.BytesIO(factories.jpeg()), size=1, jurisdiction=town.city)
    made = factories.report(graffiti, answers={"hate": "yes"}, photos=[photo])
    photo.refresh_from_db()
    assert photo.is_private
    assert (made.priority, made.priority_reason, made.photos_private) == (1, "hate", True)
    assert made.due_at is not None
    assert (made.due_at - made.submitted_at).total_seconds() == 2 * 3600


def test_an_answer_makes_an_urgent_service_no_less_urgent(town: Rivermark) -> None:
    option = {"value": "small", "label": {"en": "Small"}, "effects": {"priority": 3}}
    leak = factories.service(
        town.city, "leak", priority=2, questions=[factories.question("size", "single", options=[option])]
    )
    assert factories.report(leak, answers={"size": "small"}).priority == 2


def test_a_hidden_question_neither_blocks_nor_counts(town: Rivermark) -> None:
    asked = [
        factories.question("kind", "single", required=True, options=["small", "big"]),
        factories.question("how_big", "number", required=True, show_if={"question": "kind", "values": ["big"]}),
    ]
    hole = factories.service(town.city, "hole", questions=asked)
    assert factories.report(hole, answers={"kind": "small", "how_big": "7"}).answers.count() == 1
    with pytest.raises(submission.Refused):
        factories.report(hole, answers={"kind": "big"})


@pytest.mark.shows("2.4")
def test_an_address_that_nobody_confirmed_joins_no_two_requests_into_one_person(town: Rivermark) -> None:
    first, second = (factories.report(town.pothole, answers=LANE, reporter=ANA) for _ in range(2))
    assert first.participations.get().person_id != second.participations.get().person_id


@pytest.mark.shows("2.13")
def test_a_test_request_is_seen_by_no_one_outside(town: Rivermark, client: Client) -> None:
    made, real = (factories.routed(town.pothole, answers=LANE, is_test=is_test) for is_test in (True, False))
    assert made.public_state == PublicState.TEST
    for path in ("/requests/", "/requests/feed/", "/map/", "/open311/v2/requests.json", "/requests/?older=1&q=plate"):
        page = client.get(path).content.decode()
        assert real.reference in page.replace("-", ""), path
        assert made.reference not in page.replace("-", ""), path
    for path in ("/r/{}/", "/open311/v2/requests/{}.json"):
        assert client.get(path.format(real.reference)).status_code == 200
        assert client.get(path.format(made.reference)).status_code == 404
    assert counters.read(town.city, "submitted") == counters.read(town.city, "open") == 1
    found = candidates(Report(town.pothole, factories.at()))
    assert [one.service_request for one in found] == [real]


@pytest.mark.shows("11.4")
def test_text_with_nul_and_bidi_is_stored_clean_and_cut_to_its_limit(town: Rivermark) -> None:
    made = factories.report(town.pothole, "A\x00B\u202e" + "x" * 100_000, answers=LANE)
    assert made.description.startswith("ABx")
    assert len(made.description) == intake.DESCRIPTION_MAX


def test_joining_counts_people_and_changes_neither_priority_nor_due_date(town: Rivermark) -> None:
    made = factories.report(town.pothole, answers=LANE)
    _, link = followers.join(made.pk, reporter=factories.NOBODY, language="es")
    before = (made.priority, made.due_at)
    made.refresh_from_db()
    assert made.people_count == 2
    assert (made.priority, made.due_at) == before
    assert link.service_request_id == made.pk


def test_an_event_holds_no_words_names_or_places(town: Rivermark) -> None:
    made = factories.report(town.pothole, "CANARYWORDS in the road", answers=LANE, reporter=ANA)
    stored = str(list(Event.objects.filter(service_request=made).values()))
    for private in ("CANARYWORDS", "Ana", "ana@example.org", "Elm", "-69"):
        assert private not in stored
