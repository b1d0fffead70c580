"""Each page's number of queries: the same for 50 requests as for 500, and as stated in tests/pages.py."""

import datetime as dt
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings
from django.urls import reverse

from requests_app import api_keys, references
from requests_app.actions.people import staff_notices
from requests_app.actions.publication import public_changes
from requests_app.actions.shared.search_index import index_request
from requests_app.clock import app_now
from requests_app.models import (
    Answer,
    ApiKey,
    Area,
    Clock,
    Comment,
    ContactPoint,
    Event,
    ListedReason,
    OutboxRow,
    Participation,
    Person,
    Photo,
    RequestArea,
    ServiceRequest,
    Target,
    TypicalTime,
)
from requests_app.rules.shared import directory
from staff_app.queue import alarms
from tests import factories
from tests.pages import (
    DRAFT,
    LINK,
    ONLY_API_KEY,
    PAGES,
    PROBE,
    RESIDENT,
    SIGNED_IN,
    SIGNING_IN,
    STAFF_KEY,
    address,
    link_to,
)
from tests.planted import VISITOR, Planted, kept_for_a_module, token_of

FEW, MANY = 50, 500
pytestmark = pytest.mark.shows("10.4")

# Possible states, with the fields that they require.
STANDS: list[dict[str, Any]] = [
    {"status": "received"},
    {"status": "resolved", "disposition": "fixed"},
    {"status": "routed", "reopened_count": 2, "has_new_answer": True},
    {"status": "closed", "disposition": "cannot_do", "disposition_reason": "budget"},
    {"status": "on_hold", "hold_reason": "permit", "hold_until": dt.date(2031, 1, 5)},
    {"status": "resolved", "disposition": "answered"},
    {"status": "in_progress", "acknowledged_at": dt.datetime(2026, 1, 5, tzinfo=dt.UTC)},
    {"status": "resolved", "disposition": "not_found"},
]


def seed(planted: Planted, count: int, *, alike: int) -> None:
    """Adds requests with everything that belongs to one, in bulk, without routing or email.

    `alike` is the number of consecutive requests of one kind. Each batch is newer than the one before, so the first page of a list
    then has other rows of each kind, and a query for each row of a kind shows in the count.
    """
    cast, now = planted.cast, app_now() + dt.timedelta(minutes=alike * 1000)
    area = Area.objects.get(jurisdiction=cast.city)
    requests = []
    for number in range(count):
        version = cast.tree if number % 10 == 9 else cast.pothole
        stands = STANDS[number // alike % len(STANDS)]
        at = now - dt.timedelta(minutes=number)
        # Half of them near each other, so that they are possible duplicates.
        point = factories.at(factories.ELM_ST[0] + (number % 2) * 0.0001 * number, factories.ELM_ST[1])
        requests.append(
            ServiceRequest(
                jurisdiction=cast.city,
                reference=references.new_reference(),
                service=version.service,
                service_version=version,
                description=f"A hole of the seed, number {number}.",
                point=point,
                public_point=point,
                address=f"{number} Elm St",
                public_address=f"{number} Elm St",
                public_state="public",
                priority=1 + number % 4,
                department=version.department,
                assignee=planted.staff["sue"] if number % 5 == 0 else None,
                people_count=1 + number % 3,
                submitted_at=at,
                updated_at=at,
                resolved_at=at if "disposition" in stands else None,
                due_at=at + dt.timedelta(days=number % 9),
                acknowledge_due_at=at + dt.timedelta(days=1),
                **stands,
            )
        )
    ServiceRequest.objects.bulk_create(requests)
    RequestArea.objects.bulk_create(
        RequestArea(area=area, service_request=one, submitted_at=one.submitted_at, public_state="public")
        for one in requests
    )
    people = Person.objects.bulk_create(Person(jurisdiction=cast.city, name=f"Seed {n}") for n in range(count))
    points = ContactPoint.objects.bulk_create(
        ContactPoint(
            person=person, kind="email", value=f"seed{person.pk}@example.org", normalized=f"seed{person.pk}@example.org"
        )
        for person in people
    )
    Participation.objects.bulk_create(
        Participation(person=person, service_request=one, role="reporter", contact_point=point)
        for person, point, one in zip(people, points, requests, strict=True)
    )
    comments = Comment.objects.bulk_create(
        Comment(
            service_request=one, text="We will come.", public=True, user=planted.staff["sue"], department=one.department
        )
        for one in requests
    )
    # Old enough that nobody can undo them anymore: until then Open311's updates leave them out.
    at = app_now() - dt.timedelta(hours=1)
    events = Event.objects.bulk_create(
        Event(jurisdiction=cast.city, service_request=one, kind=kind, data=data, at=at)
        for one, comment in zip(requests, comments, strict=True)
        for kind, data in (("submitted", {}), ("commented", {"comment_id": comment.pk}))
    )
    question = cast.pothole.questions.get(code="where")
    Answer.objects.bulk_create(
        Answer(service_request=one, question_version=question, question_text="Where?", value="lane", value_text="Lane")
        for one in requests
        if one.service_version_id == cast.pothole.pk
    )
    target = Target.objects.filter(service=cast.pothole.service, kind="resolve").first()
    Clock.objects.bulk_create(
        Clock(service_request=one, kind="resolve", target=target, started_at=one.submitted_at, due_at=one.due_at)
        for one in requests
    )
    Photo.objects.bulk_create(
        Photo(jurisdiction=cast.city, service_request=one, name=f"{one.pk:032}", width=40, height=30)
        for one in requests[::3]
    )
    OutboxRow.objects.bulk_create(
        OutboxRow(
            kind="email_commented",
            lane="outside",
            service_request=event.service_request,
            event=event,
            recipient=points[0],
            dedupe_key=f"seed:{event.pk}",
            dead_at=now if number % 2 else None,
            last_error="550",
        )
        for number, event in enumerate(events[: count // 2])
    )
    ApiKey.objects.bulk_create(
        ApiKey(
            jurisdiction=cast.city,
            name=f"Seed {one.pk}",
            prefix="lk_seed",
            key_hash=f"{one.pk:064}",
            created_by=planted.staff["ada"],
        )
        for one in requests[::10]
    )
    for one in requests[::5]:
        index_request(one.pk)
    for service, place in ((cast.pothole.service, None), (None, area)):
        TypicalTime.objects.update_or_create(
            jurisdiction=cast.city,
            service=service,
            area=place,
            day=app_now().date(),
            defaults={
                "computed_at": app_now(),
                "count": count,
                "days": 21,
                "half": dt.timedelta(days=2),
                "most": dt.timedelta(days=4),
                "factor": 1.0,
            },
        )


# Opens the staff pages.
READERS = ("ada", "sue", "cal")


def reader(planted: Planted, name: str) -> Client:
    """The client of someone who may read the page."""
    who = PAGES[name].who
    # The server's own socket has no address.
    client = Client(REMOTE_ADDR="" if who == PROBE else "127.0.0.1")
    if who in (
        "staff: manage_api_keys",
        "staff: administer",
        "staff: write_articles",
        "staff: administer or records",
        "staff: submit_for_others or administer",
        SIGNED_IN,
    ):
        client.force_login(planted.staff["ada"])
    elif who == "staff: submit_for_others":
        client.force_login(planted.staff["cal"])
    elif who.startswith("staff"):
        client.force_login(planted.staff["sue"])
    elif who in (ONLY_API_KEY, STAFF_KEY):
        key = planted.staff_key if who == STAFF_KEY else planted.api_key
        plain = api_keys.replace_secret(key, earlier_until=None)
        if name.startswith("v1_sandbox"):
            key, plain = api_keys.create(planted.cast.city, f"Trying {uuid.uuid4()}", is_test=True)
            ServiceRequest.objects.filter(is_test=True).update(api_key=key)
        client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {plain}"
    elif who == DRAFT:
        client.cookies["visitor"] = VISITOR
    elif who == RESIDENT:
        client.cookies["resident"] = planted.resident
    elif who == LINK:
        client.get(reverse("requests_app:private_link", args=[token_of(link_to(planted, PAGES[name]))]))
    return client


# Pages that redirect, and the one without content.
ANSWERS = {
    # Nobody came from the provider.
    "staff_app:connect_account": 302,
    # Nothing is uploaded.
    "staff_app:catalog_check": 302,
    "staff_app:translations_check": 302,
    "sign": 302,
    "requests_app:private_link": 302,
    "requests_app:survey_link": 302,
    "requests_app:keep_private_link": 302,
    # Of a report that staff did not make public.
    "requests_app:keep_private": 302,
    "requests_app:my_request": 302,
    "requests_app:answered": 302,
    "requests_app:resend_confirmation": 302,
    # No session asks.
    "staff_app:ring": 404,
    # There is no photo of a test.
    "v1_sandbox_photo": 404,
    # In a city without single sign-on.
    # Without a list.
    "staff_app:step": 302,
    "staff_app:single_sign_on": 302,
    "staff_app:single_sign_on_done": 302,
    "open311_not_found": 404,
    "api_not_found": 404,
    # There is a city.
    "staff_app:first_run": 404,
}


class Filled:
    """The planted city, with as many requests as a test wants."""

    def __init__(self, planted: Planted) -> None:
        self.planted, self.city = planted, planted.cast.city
        self.there, self.stamp = 0, ""

    def fill(self, count: int) -> None:
        for batch, size in enumerate((FEW, MANY), 1):
            if self.there < size <= count:
                seed(self.planted, size - self.there, alike=batch)
                self.there = size
                public_changes.number_all()
        if not self.stamp:
            directory.of(self.city)
            self.stamp = directory._kept[self.city.pk][0]

    def cost(self, client: Client, name: str) -> int:
        """The number of queries with an empty cache, without the directory, which a process keeps for a minute, and without the
        bell's count and the lines of alarms, which every staff page shows and Redis keeps for seconds."""
        cache.clear()
        cache.set(directory._key(self.city.pk), self.stamp, None)
        directory.of(self.city)
        # Whose first use in an hour is written down.
        ApiKey.objects.update(last_used_at=app_now())
        for who in READERS if PAGES[name].who.startswith(("staff", SIGNED_IN)) else ():
            staff_notices.unread_count(self.planted.staff[who], self.city)
            alarms.lines(self.planted.staff[who], self.city)
        with CaptureQueriesContext(connection) as captured:
            response = client.get(address(name, self.planted))
            if response.streaming:
                b"".join(response.streaming_content)
        assert response.status_code == ANSWERS.get(name, 200), name
        print(name, len(captured), *[q["sql"][:260] for q in captured.captured_queries], sep="\n  ")
        return len(captured)


# What isn't a full page of the first segments asks for the others too (paging.page_of_segments).
IN_SEGMENTS = {"staff_app:queue", "v1_staff_requests"}
BUDGETED = [
    name
    for name, page in PAGES.items()
    if "GET" in page.methods and page.who != SIGNING_IN and not name.startswith(("account_", "mfa_"))
]
# Few first, since there can only be more. An N+1 shows in the exact number too, so a run takes one page in twelve with few.
EACH_PAGE = [
    *(pytest.param(name, FEW, marks=[pytest.mark.slow] if at % 12 else []) for at, name in enumerate(sorted(BUDGETED))),
    *((name, MANY) for name in BUDGETED),
]


@pytest.fixture(scope="module")
def filled(django_db_setup: None, django_db_blocker: Any) -> Iterator[Filled]:
    with override_settings(RATE_LIMITS=False), kept_for_a_module(django_db_blocker) as planted:
        words = {"en": "we lack a permit", "es": "falta un permiso"}
        ListedReason.objects.create(jurisdiction=planted.cast.city, kind="hold", code="permit", words=words)
        yield Filled(planted)


@pytest.mark.parametrize(("name", "count"), EACH_PAGE)
def test_a_page_costs_what_the_table_states_however_much_there_is(filled: Filled, name: str, count: int) -> None:
    filled.fill(count)
    budget = PAGES[name].budget
    if budget is not None and count == FEW and name in IN_SEGMENTS:
        budget += 1
    client = reader(filled.planted, name)
    # Again if it differs: some things a process loads only once, and the first call of a key does more.
    assert filled.cost(client, name) == budget or filled.cost(client, name) == budget, f"with {count} requests"


# Marked, since pytest makes no database if no test of a run is. (One page: `-k "PAGE or its_budget"`.)
@pytest.mark.django_db
def test_every_page_of_ours_states_its_budget() -> None:
    assert {name for name, page in PAGES.items() if page.budget is not None} == set(BUDGETED)
