"""The change feed: anyone who follows it has what is public, exactly, and nothing that never was."""

import datetime as dt
import io
import random
import threading
import time
from collections.abc import Callable
from importlib import import_module
from typing import Any

import pytest
from django.db import connection, transaction

from requests_app import photos
from requests_app.actions.following import votes
from requests_app.actions.privacy import erasures, expiry
from requests_app.actions.publication import moderation, public_changes
from requests_app.actions.routing import place_corrections
from requests_app.actions.work import assignment, conversation, endings, merges, reopenings
from requests_app.api.framework import throttling
from requests_app.api.v1.request_serializers import ROW_FIELDS
from requests_app.clock import app_now
from requests_app.models import Person, Photo, PublicChange, PublicState, ServiceRequest
from requests_app.models.public_change import FOLLOWED, NOT_FOLLOWED
from requests_app.rules.publication.public_texts import version_of
from requests_app.worker import tasks
from tests import factories
from tests.at_once import at_once
from tests.requests_app.api.v1.conftest import V1
from tests.shifted_clock import set_time

pytestmark = pytest.mark.shows("15.11")
START = dt.datetime(2026, 12, 1, 12, tzinfo=dt.UTC)
BEGINNINGS = import_module("requests_app.migrations.0010_public_changes").BEGINNINGS
EVERY = ",".join(FOLLOWED)


class Mirror:
    """A copy, as the documentation says to keep one."""

    def __init__(self, api: V1, limit: int = 200) -> None:
        self.api, self.limit = api, limit
        public_changes.number_all()
        self.cursor = api.get("changes/", since="now")["cursor"]
        self.rows = listed(api)
        self.kinds: list[tuple[str, str]] = []

    def read(self) -> list[tuple[str, str]]:
        """Reads on to the end. Returns the kinds and references of what it read."""
        public_changes.number_all()
        self.kinds, is_more = [], True
        while is_more:
            page = unchecked(self.api, "/api/v1/changes/", cursor=self.cursor, limit=self.limit)
            for change in page["results"]:
                self.kinds.append((change["kind"], change["reference"]))
                if change["kind"] == "removed":
                    assert change == {"kind": "removed", "reference": change["reference"], "request": None}
                    self.rows.pop(change["reference"], None)
                else:
                    self.rows[change["reference"]] = change["request"]
            self.cursor, is_more = page["cursor"], page["next"] is not None
        return self.kinds


def unchecked(api: V1, address: str, **query: Any) -> Any:
    """Without a look at the document, which takes longer than the answer."""
    answer = api.client.get(address, query or None)
    assert answer.status_code == 200, answer.content
    return answer.json()


def listed(api: V1) -> dict[str, Any]:
    """All that is public, by the list."""
    rows: dict[str, Any] = {}
    address = f"/api/v1/requests/?older=1&limit=200&fields={EVERY}"
    while address:
        page = unchecked(api, address)
        rows |= {row["reference"]: row for row in page["results"]}
        address = page["next"]
    return rows


def test_each_field_of_a_list_is_followed_or_not() -> None:
    assert FOLLOWED.keys() | set(NOT_FOLLOWED) == set(ROW_FIELDS)
    assert not FOLLOWED.keys() & set(NOT_FOLLOWED)


@pytest.mark.django_db
def test_the_triggers_compare_the_column_of_each_field() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE tgname = 'public_request_changed'")
        definition = cursor.fetchone()[0]
        cursor.execute("SELECT prosecdef FROM pg_proc WHERE proname ~ '^(public_(photo|request)|record_public)'")
        # Between migrate and create_roles the web role has no right on the table, and no report may fail.
        assert {is_definer for (is_definer,) in cursor.fetchall()} == {True}
    missing = {name for columns in FOLLOWED.values() for name in columns if f"new.{name}" not in definition.lower()}
    assert missing == set()


def test_a_mirror_is_exact_after_every_action(anyone: V1, cast: factories.Rivermark) -> None:
    """Whatever changes what is public is a change: also what has no event of its own."""
    parent = factories.routed(cast.pothole, answers={"where": "lane"})
    made = factories.routed(cast.pothole, answers={"where": "lane"})
    pk, mirror = made.pk, Mirror(anyone)
    assert len(mirror.rows) == 2
    assert mirror.read() == []

    actions: list[tuple[str, Callable[[], Any]]] = [
        ("removed", lambda: moderation.hide(pk, reason="abuse", actor=cast.pia)),
        ("created", lambda: moderation.publish(pk, actor=cast.pia)),
        ("removed", lambda: moderation.send_to_review(pk, reason="link")),
        ("created", lambda: moderation.approve(pk, actor=cast.pia)),
        ("changed", lambda: conversation.comment(pk, text="We ordered asphalt.", actor=cast.tom)),
        ("changed", lambda: moderation.hide_text(pk, hidden_text(made), reason="personal_data", actor=cast.pia)),
        ("changed", lambda: add_photo(made)),
        ("changed", lambda: moderation.hide_photo(made.photos.get().pk, reason="personal_data", actor=cast.pia)),
        ("changed", lambda: moderation.restore_photo(made.photos.get().pk, actor=cast.pia)),
        ("changed", lambda: votes.vote(pk, "me_too", visitor_hash="a" * 64)),
        ("changed", lambda: merges.merge(pk, parent=parent, actor=cast.tom)),
        ("changed", lambda: merges.unmerge(pk, actor=cast.tom)),
        ("changed", lambda: endings.resolve(pk, disposition="fixed", text="Done.", actor=cast.tom)),
        ("changed", lambda: reopenings.reopen(pk, text="Still there.", actor=cast.tom)),
        ("changed", lambda: assignment.change_service(pk, version=cast.tree, actor=cast.tom)),
        (
            "changed",
            lambda: place_corrections.correct_place(
                pk, point=factories.at(-68.99, 40.51), address="1 Oak St", note="", actor=cast.tom
            ),
        ),
        ("removed", lambda: assignment.change_service(pk, version=cast.outreach, actor=cast.tom)),
        ("removed", lambda: erase(parent)),
    ]
    for minute, (kind, act) in enumerate(actions):
        set_time(START + dt.timedelta(minutes=minute))
        act()
        changed = [
            read for read, reference in mirror.read() if reference == made.display_reference or kind == "removed"
        ]
        assert changed == [kind], minute
        assert mirror.rows == listed(anyone), minute
    assert mirror.rows == {}


def hidden_text(made: ServiceRequest) -> dict[str, moderation.Replacement]:
    return {"description": moderation.Replacement("[…] plate.", seen=version_of(made.description))}


def add_photo(made: ServiceRequest) -> Photo:
    content = factories.jpeg()
    return photos.store_upload(
        io.BytesIO(content), size=len(content), jurisdiction=made.jurisdiction, service_request=made
    )


def erase(made: ServiceRequest) -> None:
    person = made.participations.get().person
    Person.objects.filter(pk=person.pk).update(erased_at=app_now())
    erasures.erase_request(made.pk, person_id=person.pk)


def set_state(made: ServiceRequest, state: str) -> None:
    ServiceRequest.objects.filter(pk=made.pk).update(public_state=state, is_test=state == "test")


def test_each_move_of_the_public_state_is_what_it_is_to_the_public(anyone: V1, cast: factories.Rivermark) -> None:
    """No matter who moves it: here, a statement of its own."""
    made = factories.routed(cast.tree)
    mirror = Mirror(anyone)
    for state in PublicState.values:
        if state == "public":
            continue
        kinds = []
        for now in (state, state, "hidden", "erased", "public", "public"):
            set_state(made, now)
            kinds += [kind for kind, _reference in mirror.read()]
            assert (made.display_reference in mirror.rows) == (now == "public")
        assert kinds == ["removed", "created"], state


def test_what_was_never_public_appears_nowhere(anyone: V1, cast: factories.Rivermark) -> None:
    mirror = Mirror(anyone)
    private = factories.routed(cast.outreach, "Somebody sleeps there.")
    set_state(private, "staff")
    add_photo(private)
    # Public for a moment that nobody else could see, and taken away in the same transaction.
    with transaction.atomic():
        made = factories.report(cast.tree)
        add_photo(made)
        moderation.send_to_review(made.pk, reason="link")
    set_state(made, "hidden")
    made.refresh_from_db()
    (copy,) = factories.copies(made, 1)
    copy.delete()
    assert mirror.read() == []
    assert anyone.get("changes/")["results"] == []


def test_what_was_hidden_meanwhile_is_removed_in_pages_that_are_read_late(
    anyone: V1, cast: factories.Rivermark
) -> None:
    cursor = anyone.get("changes/", since="now")["cursor"]
    made, other = factories.report(cast.tree, "Bob Smith did it."), factories.report(cast.tree)
    public_changes.number(cast.city)
    moderation.hide(made.pk, reason="abuse", actor=cast.pia)
    page = anyone.get("changes/", cursor=cursor, limit=1, fields="reference,description")
    removed = {"kind": "removed", "reference": made.display_reference, "request": None}
    assert page["results"] == [removed]
    assert anyone.last["Link"] == f'<{page["next"]}>; rel="next"'
    assert "fields=" in page["next"]
    second = anyone.get(page["next"])
    shown = {"reference": other.display_reference, "description": other.description}
    assert second["results"][0] == {"kind": "created", "reference": other.display_reference, "request": shown}


def test_what_is_deleted_is_removed(anyone: V1, cast: factories.Rivermark) -> None:
    (copy,) = factories.copies(factories.report(cast.tree), 1)
    mirror = Mirror(anyone)
    reference = copy.display_reference
    copy.delete()
    assert mirror.read() == [("removed", reference)]
    assert mirror.rows == listed(anyone)


def test_changes_of_one_request_are_one_on_a_page(
    anyone: V1, cast: factories.Rivermark, django_assert_max_num_queries: Any
) -> None:
    mirror = Mirror(anyone)
    made = [factories.report(cast.tree) for _ in range(3)]
    for people in range(2, 7):
        for one in made:
            ServiceRequest.objects.filter(pk=one.pk).update(people_count=people)
            public_changes.number(cast.city)
    with django_assert_max_num_queries(15):
        assert mirror.read() == [("created", one.display_reference) for one in made]
    set_state(made[0], "hidden")
    public_changes.number(cast.city)
    set_state(made[0], "public")
    assert mirror.read() == [("changed", made[0].display_reference)]
    assert mirror.rows == listed(anyone)


def test_each_city_has_its_own(anyone: V1, cast: factories.Rivermark) -> None:
    lakeside = factories.lakeside()
    cast.city.hosts = ["testserver"]
    cast.city.save()
    theirs = V1()
    theirs.client.defaults["HTTP_HOST"] = "lakeside.example"
    mirror = Mirror(theirs)
    ours = factories.report(cast.tree)
    assert mirror.read() == []
    made = factories.report(lakeside.pothole)
    assert mirror.read() == [("created", made.display_reference)]
    assert [change["reference"] for change in anyone.get("changes/")["results"]] == [ours.display_reference]
    problem = anyone.get("changes/", 400, cursor=mirror.cursor)
    assert problem["type"].endswith("/invalid-cursor/")


def test_since_starts_at_any_moment_that_is_kept(anyone: V1, cast: factories.Rivermark) -> None:
    made = []
    for days in (100, 89, 3):
        set_time(START - dt.timedelta(days=days))
        made.append(factories.report(cast.tree).display_reference)
        public_changes.number(cast.city)
    set_time(START)

    def since(value: Any, status: int = 200) -> Any:
        answer = anyone.get("changes/", status, since=value)
        return [change["reference"] for change in answer["results"]] if status == 200 else answer

    assert since((START - dt.timedelta(days=89, minutes=1)).isoformat()) == made[1:]
    assert since((START - dt.timedelta(days=89, seconds=-30)).isoformat()) == made[2:]
    assert since((START - dt.timedelta(days=2)).date().isoformat()) == []
    assert since("now") == []
    expiry.sweep()
    assert [change["reference"] for change in anyone.get("changes/")["results"]] == made[1:]
    # Ninety days are kept; the moment before, they aren't.
    assert since((START - dt.timedelta(days=90)).isoformat()) == made[1:]
    expired = since((START - dt.timedelta(days=90, seconds=1)).isoformat(), 410)
    assert expired["type"].endswith("/changes-expired/")
    assert "since=now" in expired["detail"]
    for wrong in ("yesterday", "2026-13-01", "2026-06-03T14:30:00", (START + dt.timedelta(days=1)).isoformat()):
        assert since(wrong, 400)["errors"][0]["field"] == "since"
    cursor = anyone.get("changes/", since="now")["cursor"]
    assert anyone.get("changes/", 400, since="now", cursor=cursor)["errors"][0]["field"] == "since"


def test_a_cursor_of_ninety_one_days_ago_says_to_start_again(anyone: V1, cast: factories.Rivermark) -> None:
    cursors = [anyone.get("changes/", since="now")["cursor"]]
    for days in (91, 90, 2):
        set_time(START - dt.timedelta(days=days))
        factories.report(cast.tree)
        public_changes.number_all()
        cursors.append(anyone.get("changes/", since="now")["cursor"])
    set_time(START)
    expiry.sweep()
    # Before the first change, after it, after the second.
    for cursor, status in zip(cursors, (410, 410, 200, 200), strict=True):
        anyone.get("changes/", status, cursor=cursor)
    # A reader who has everything loses nothing in a year without a change.
    set_time(START + dt.timedelta(days=365))
    expiry.sweep()
    assert anyone.get("changes/", cursor=cursors[-1])["results"] == []


def test_a_cursor_that_was_edited_is_refused(anyone: V1, cast: factories.Rivermark) -> None:
    factories.report(cast.tree)
    cursor = anyone.get("changes/")["cursor"]
    for edited in ("x", cursor[:-1], "A" + cursor, "W10:" + cursor.partition(":")[2], "é", "a" * 500):
        problem = anyone.get("changes/", 400, cursor=edited)
        assert problem["errors"][0]["field"] == "cursor"
    # Of a list, and so signed for something else.
    of_list = anyone.get("requests/", limit=1, older=1)
    factories.report(cast.tree)
    of_list = anyone.get("requests/", limit=1, older=1)["next"].partition("cursor=")[2].partition("&")[0]
    anyone.get(f"/api/v1/changes/?cursor={of_list}", 400)


def test_a_database_restored_to_an_earlier_day_refuses_the_cursors_of_the_days_it_lost(
    anyone: V1, cast: factories.Rivermark
) -> None:
    factories.report(cast.tree)
    public_changes.number_all()
    early = anyone.get("changes/")["cursor"]
    lost = transaction.savepoint()
    factories.report(cast.tree)
    public_changes.number_all()
    late = anyone.get("changes/")["cursor"]
    transaction.savepoint_rollback(lost)
    # Nothing happened since, or the same number was handed out again.
    anyone.get("changes/", 410, cursor=late)
    again = factories.report(cast.tree)
    public_changes.number_all()
    anyone.get("changes/", 410, cursor=late)
    assert anyone.get("changes/", cursor=early)["results"][0]["reference"] == again.display_reference


def test_of_a_city_with_requests_before_the_feed_nothing_is_known_before_it(
    anyone: V1, cast: factories.Rivermark
) -> None:
    set_time(START - dt.timedelta(days=5))
    with connection.cursor() as cursor:
        cursor.execute(BEGINNINGS.replace("clock_timestamp()", "app_now()"))
    set_time(START)
    made = factories.report(cast.tree)
    public_changes.number_all()
    assert [change["reference"] for change in anyone.get("changes/")["results"]] == [made.display_reference]
    assert len(anyone.get("changes/", since=(START - dt.timedelta(days=4)).isoformat())["results"]) == 1
    anyone.get("changes/", 410, since=(START - dt.timedelta(days=6)).isoformat())


def test_ten_thousand_changes_in_a_second_are_numbered_in_parts(
    anyone: V1, cast: factories.Rivermark, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(public_changes, "NUMBERED_AT_ONCE", 4)
    mirror = Mirror(anyone, limit=3)
    factories.copies(factories.report(cast.tree), 10)
    assert len(mirror.read()) == 11
    assert mirror.rows == listed(anyone)
    numbers = PublicChange.objects.order_by("number").values_list("number", flat=True)
    assert list(numbers) == list(range(1, 12))
    factories.copies(factories.report(cast.tree), 5)
    tasks.drain("database")
    assert not PublicChange.objects.filter(number=None).exists()


# --- Under load -------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_what_is_committed_late_is_not_skipped() -> None:
    """The classic trap: the first to write is the last to commit."""
    cast = factories.rivermark()
    api = V1()
    early, late = factories.report(cast.tree), factories.report(cast.tree)
    mirror = Mirror(api)
    written, is_read = threading.Event(), threading.Event()

    def slow() -> None:
        with transaction.atomic():
            ServiceRequest.objects.filter(pk=early.pk).update(people_count=7)
            written.set()
            assert is_read.wait(10)

    def reader() -> None:
        assert written.wait(10)
        ServiceRequest.objects.filter(pk=late.pk).update(people_count=8)
        assert mirror.read() == [("changed", late.display_reference)]
        is_read.set()

    at_once((slow,), (reader,))
    assert mirror.read() == [("changed", early.display_reference)]
    assert mirror.rows == listed(api)


@pytest.mark.django_db(transaction=True)
def test_while_somebody_numbers_nobody_else_does() -> None:
    cast = factories.rivermark()
    made = factories.report(cast.tree)
    with transaction.atomic():
        assert public_changes.number(cast.city) == 1
        ServiceRequest.objects.filter(pk=made.pk).update(people_count=7)
        (other,) = at_once((public_changes.number, cast.city))
        assert other == 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("requests", "writers", "rounds"), [(40, 3, 8), pytest.param(20_000, 6, 1500, marks=pytest.mark.slow)]
)
def test_a_mirror_under_load_ends_equal(
    monkeypatch: pytest.MonkeyPatch, requests: int, writers: int, rounds: int
) -> None:
    """Writers whose transactions end in another order than they began; hides, edits, erasures, new reports, savepoints."""
    monkeypatch.setattr(throttling, "WITHOUT_KEY_A_MINUTE", 1_000_000)
    cast = factories.rivermark()
    model = factories.report(cast.tree)
    factories.copies(model, requests - 1)
    api = V1()
    mirror = Mirror(api)
    pks = list(ServiceRequest.objects.order_by("pk").values_list("pk", flat=True))
    ended = threading.Event()

    def write(number: int) -> None:
        chance = random.Random(number)
        for _ in range(rounds):
            with transaction.atomic():
                for pk in sorted(chance.sample(pks, 3)):
                    change(chance, pk)
                # Others commit meanwhile.
                time.sleep(chance.choice((0, 0, 0.001, 0.02)))

    def read() -> None:
        while not ended.is_set():
            mirror.read()

    def write_all() -> None:
        try:
            at_once(*((write, number) for number in range(writers)), patience_s=900)
        finally:
            ended.set()

    at_once((write_all,), (read,), patience_s=900)
    mirror.read()
    assert mirror.rows == listed(api)
    assert len(mirror.rows) == ServiceRequest.objects.public().count()


def change(chance: random.Random, pk: int) -> None:
    request = ServiceRequest.objects.filter(pk=pk)
    match chance.randrange(6):
        case 0:
            request.update(public_state=chance.choice(PublicState.values), is_test=False)
        case 1:
            request.update(public_state="erased", description="", public_point=None, is_test=False)
        case 2:
            request.update(public_state="public", is_test=False)
        case 3:
            try:
                with transaction.atomic():
                    request.update(people_count=chance.randrange(1000))
                    raise ZeroDivisionError
            except ZeroDivisionError:
                request.update(thanks_count=chance.randrange(1000))
        case 4:
            factories.copies(request.get(), 1)
        case _:
            request.update(description=f"Words {chance.randrange(1000)}")
