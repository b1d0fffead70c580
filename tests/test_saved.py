"""Restored rows are the same as those built first, without changes by earlier tests."""

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from unittest import mock

import pytest
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.core import mail
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import Settings

from requests_app.actions.people.reporters import Reporter
from requests_app.clock import app_now
from requests_app.models import Area, EmergencyPhrase, Jurisdiction, OutboxRow, Service, ServiceRequest, User
from tests import factories, resident
from tests.saved import empty_database, filled_tables, insert_statement, repeatable, saved, step
from tests.walk import Walk

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _no_step_is_known() -> Iterator[None]:
    """Not even by tests before it in this process."""
    with mock.patch.dict("tests.saved._steps", clear=True), mock.patch.dict("tests.saved._seen", clear=True):
        yield


def everything() -> dict[str, list[str]]:
    """The rows of each table, in an order of their own: PostgreSQL promises none."""
    return {
        table: sorted(re.findall(r"\((?:'(?:[^']|'')*'|[^()'])*\)", insert_statement(table)))
        for table in filled_tables()
    }


def test_the_same_rows_come_back_with_new_instances() -> None:
    town = saved(factories.rivermark.__wrapped__)
    first = town()
    built = everything()
    assert len(built) > 10
    first.city.name = "Elsewhere"
    first.tom.delete()
    empty_database()
    second = town()
    assert everything() == built
    assert (second.city, second.city.name) == (first.city, "Rivermark")
    assert second.tom.memberships.get().department == second.streets
    # One instance of each row, as when it was built.
    assert second.pothole.service.jurisdiction is second.city
    # New rows get ids that no row of the city has.
    report = factories.routed(second.pothole, answers={"where": "lane"})
    assert (report.department, report.status) == (second.streets, "routed")


def test_what_was_built_upon_other_rows_is_not_saved() -> None:
    elsewhere = factories.jurisdiction("Elsewhere")
    town = saved(factories.rivermark.__wrapped__)
    town()
    empty_database()
    town()
    assert not Jurisdiction.objects.filter(pk=elsewhere.pk).exists()


def routed_in(change: Callable[[factories.Rivermark], object] = lambda _town: None) -> tuple[str, list[str], int]:
    """The reference of a new report, its events, and how many statements it took, in a transaction of its own."""
    with transaction.atomic():
        town = factories.rivermark()
        change(town)
        with CaptureQueriesContext(connection) as took:
            made = factories.routed(town.tree, "Hangs low.", reporter=factories.ANA)
        kinds = list(made.events.order_by("id").values_list("kind", flat=True))
        assert (made.department, made.submitted_at) == (town.parks, app_now())
        assert set(made.participations.values_list("contact_point__value", flat=True)) == {"ana@example.org"}
        transaction.set_rollback(True)
    return made.reference, kinds, len(took)


def test_a_report_that_came_before_is_restored_with_what_follows_from_it(settings: Settings) -> None:
    first, second, third = routed_in(), routed_in(), routed_in()
    assert first[0] != second[0] == third[0]
    assert first[1] == second[1] == third[1] == ["submitted", "routed"]
    assert first[2] > 50 > 10 > third[2]
    # A sign-in changes nothing, nor does the mail server.
    settings.EMAIL_PORT = 2525
    assert routed_in(lambda town: Client().force_login(town.tom))[0] == second[0]
    # Not where something else was there before it, or is set otherwise.
    area = routed_in(lambda town: factories.area(town.city))
    off = routed_in(lambda town: User.objects.filter(pk=town.pia.pk).update(is_active=False))
    settings.RATE_LIMITS = not settings.RATE_LIMITS
    assert second[0] not in {area[0], off[0], routed_in()[0]}


@contextmanager
def rivermark() -> Iterator[factories.Rivermark]:
    """In a transaction of its own."""
    with transaction.atomic():
        yield factories.rivermark()
        transaction.set_rollback(True)


def test_a_row_without_a_time_is_part_of_the_situation() -> None:
    def ward(code: str, name: str = "") -> tuple[str, int]:
        def add(town: factories.Rivermark) -> None:
            made = factories.area(town.city, code=code)
            ids.append(made.pk)
            if name:
                Area.objects.filter(pk=made.pk).update(name=name)

        reference, _kinds, queries = routed_in(add)
        return reference, queries

    ids: list[int] = []
    first, second, third = ward("7"), ward("7"), ward("7")
    assert first[0] != second[0] == third[0]
    assert first[1] > 50 > 15 > third[1]
    assert len(set(ids)) == 1
    assert second[0] not in {routed_in()[0], ward("6")[0], ward("7", "The seventh")[0]}
    with rivermark() as town:
        two = [factories.area(town.city, code=code) for code in ("7", "8")]
        assert (two[0].pk, two[1].pk > two[0].pk) == (ids[0], True)
        with connection.cursor() as cursor:
            cursor.execute("SELECT nextval(pg_get_serial_sequence('requests_app_area', 'id')) < 1000000000")
            assert cursor.fetchone() == (True,)


def test_what_a_factory_made_comes_back_and_refers_to_what_it_was_given() -> None:
    def swings(how: str = "bad", change: Callable[[factories.Rivermark], object] = lambda _town: None) -> int:
        """How many statements the service took."""
        with rivermark() as town:
            change(town)
            questions = [factories.question("how", options=[how])]
            with CaptureQueriesContext(connection) as took:
                made = repeatable(factories.service)(town.city, "swings", of=town.parks, questions=questions)
            assert (made.service.jurisdiction, made.department) == (town.city, town.parks)
            assert made.service.jurisdiction is town.city
            assert made.department is town.parks
            found = Service.objects.get(service_code="swings")
            assert (found.current, found.targets.count()) == (made, 2)
            assert [one.options[0]["value"] for one in made.questions.all()] == [how]
            pks.append(made.pk)
        return len(took)

    pks: list[int] = []
    took = [swings(), swings(), swings(), swings("worn"), swings(change=lambda town: town.pia.delete())]
    assert pks[1] == pks[2]
    assert len(set(pks)) == 4
    assert took[2] < 6 <= min(took[0], took[3], took[4])


def test_a_step_may_change_and_delete_rows() -> None:
    def taken(build: Callable[[], object]) -> dict[str, list[str]]:
        with rivermark() as town:
            User.objects.filter(pk=town.dev.pk).update(name="Dev")
            step("some words", build)
            return everything()

    def change() -> None:
        User.objects.filter(name="Tom").update(name="Tim O'Neill", is_active=False)
        EmergencyPhrase.objects.filter(language="es").delete()
        factories.calendar(Jurisdiction.objects.get(), "nights")

    taken(change)
    second = taken(change)
    assert any("Tim O''Neill" in row for row in second["requests_app_user"])
    assert any("'nights'" in row for row in second["requests_app_calendar"])
    assert not any("huele a gas" in row for row in second["requests_app_emergencyphrase"])
    # Nothing is called, and every row is the same.
    assert taken(lambda: pytest.fail("called again")) == second


def test_pages_filled_in_come_back_with_the_cookies_and_the_mail() -> None:
    def sent(language: str = "", **headers: str) -> tuple[object, int]:
        with rivermark(), CaptureQueriesContext(connection) as took:
            walk = Walk(Client(headers=headers), language).to_check()
            queries, draft = len(took), walk.draft.pk
            assert (walk.at, walk.status) == ("check", 302)
            assert "a bent rim" in walk.html
            assert "/sent/" in walk.send().page
            assert ServiceRequest.objects.get().answers.count() == 2
        return draft, queries

    first, second, third = sent(), sent(), sent()
    assert first[0] != second[0] == third[0]
    assert first[1] > 100 > 30 > third[1]
    assert second[0] not in {sent("/es")[0], sent(user_agent="another")[0]}

    def signed_in(email: str = resident.ANA) -> tuple[str, int]:
        mail.outbox.clear()
        with rivermark() as town, CaptureQueriesContext(connection) as took:
            factories.routed(town.tree, reporter=Reporter(email=email))
            client = resident.signed_in(email)
            queries = len(took)
            assert email in client.get("/my/").content.decode()
            assert [message.to for message in mail.outbox] == [[email]]
        return client.cookies["resident"].value, queries

    once, twice, again = signed_in(), signed_in(), signed_in()
    assert once[0] != twice[0] == again[0]
    assert once[1] > 30 > 15 > again[1]
    assert twice[0] != signed_in("bob@example.org")[0]


def test_an_emptied_database_keeps_what_the_migrations_put_into_it() -> None:
    kept = [ContentType.objects.count(), Permission.objects.count()]
    factories.routed(factories.rivermark().pothole, answers={"where": "lane"})
    empty_database()
    assert filled_tables() == []
    assert [ContentType.objects.count(), Permission.objects.count()] == kept
    assert all(kept)


def test_a_deadlock_with_another_process_only_delays_it() -> None:
    factories.rivermark()
    has_first, may_go_on = threading.Event(), threading.Event()

    def another_process() -> None:
        """Reads a table, and a second one when the other waits for the first."""
        with transaction.atomic():
            Jurisdiction.objects.count()
            has_first.set()
            may_go_on.wait(10)
            list(OutboxRow.objects.all())
        connection.close()

    reader = threading.Thread(target=another_process)
    reader.start()
    assert has_first.wait(10)
    threading.Timer(0.3, may_go_on.set).start()
    empty_database()
    reader.join()
    assert filled_tables() == []
