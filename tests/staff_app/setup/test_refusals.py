"""What forms of setup, the queue and the checks refuse, each with its sentence, and what they take right next to it."""

import datetime as dt
import html
from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from requests_app.clock import app_now
from requests_app.models import AnswerTemplate, Role
from requests_app.rules.programs import api_keys
from staff_app.setup.places import forms as places
from tests.pages import PAGES
from tests.planted import Planted, kept_for_a_module

ZONE = ZoneInfo("America/New_York")
WALKED = ("staff_app/setup", "staff_app/queue", "staff_app/checks")


@pytest.fixture(scope="module")
def planted(django_db_setup: None, django_db_blocker: Any) -> Iterator[Planted]:
    with kept_for_a_module(django_db_blocker) as planted:
        yield planted


def day(days: int) -> str:
    """So many days from today, as the city has it."""
    return (app_now().astimezone(ZONE).date() + dt.timedelta(days=days)).isoformat()


def minute(minutes: float) -> str:
    return f"{app_now().astimezone(ZONE) + dt.timedelta(minutes=minutes):%Y-%m-%dT%H:%M}"


A_DAY = 24 * 60
TWO_TIMES = {"starts_at": "08:00", "ends_at": "17:00"}
NETWORKS = "\n".join(f"192.0.2.{number}" for number in range(api_keys.NETWORKS_MAX))
# By sentence: the page, what it refuses, and what it takes. What is typed is computed when the test runs.
REFUSALS: dict[str, tuple[str, list[dict[str, Any]], list[dict[str, Any]]]] = {
    "This day has passed. To end a key now, revoke it.": (
        "new_api_key", [{"expires_on": lambda: day(-1)}], [{"expires_on": lambda: day(0)}],
    ),
    f"Enter at most {api_keys.NETWORKS_MAX} networks.": (
        "new_api_key", [{"networks": f"{NETWORKS}\n198.51.100.1"}], [{"networks": NETWORKS}],
    ),
    "This is only for keys that work on requests.": (
        "new_api_key", [{"acts_as": "ada", "scopes": ["report"]}], [{"acts_as": "ada", "scopes": ["staff"]}],
    ),
    "This day is before the first one.": (
        "audit",
        [{"since": "2026-01-02", "until": "2026-01-01"}],
        [{"since": "2026-01-02", "until": "2026-01-02"}],
    ),
    "There’s no request with this number, or you don’t have access to it.": (
        "audit", [{"number": "ZZZZ-ZZZZ"}], [{"number": ""}],
    ),
    "This must be at least as long as the first.": (
        "city_part/urgent",
        [{"urgent_acknowledge_minutes": "30", "urgent_resolve_minutes": "29"}],
        [{"urgent_acknowledge_minutes": "30", "urgent_resolve_minutes": "30"}],
    ),
    "Enter a phone number, like 311 or (555) 010-0100.": (
        "city_part/numbers", [{"desk_number": "call us"}], [{"desk_number": "311"}, {"all_night_number": ""}],
    ),
    "“no host” isn’t a web address.": ("city", [{"hosts": "no host"}], []),
    "Enter one span of hours, like 08:00–12:00.": (
        "new_calendar", [{"days-0-hours": "08:00–10:00, 11:00–12:00"}], [{"days-0-hours": "08:00–12:00"}],
    ),
    "That’s not a website. Enter one like spam.example.": (
        "moderation_words?kind=link", [{"value": "not a site"}], [{"value": "spam.example"}],
    ),
    "Enter a day within the next three years.": (
        "approve_emergency",
        [{"review_by": lambda: day(0)}, {"review_by": lambda: day(1099)}],
        [{"review_by": lambda: day(1)}, {"review_by": lambda: day(1098)}],
    ),
    "Say why. The other department will see it.": (
        "new_macro", [{"department": "PW"}], [{"department": "PW", "reason": "Theirs"}],
    ),
    "After a transfer, the other department assigns it and puts it on hold.": (
        "new_macro",
        [{"department": "PW", "assignee": "me"}, {"department": "PW", "hold_reason": "weather"}],
        [{"department": "PW"}, {"assignee": "me"}],
    ),
    "A resolved request can’t be put on hold or transferred.": (
        "new_macro",
        [{"outcome": "answered", "department": "PW"}, {"outcome": "answered", "hold_reason": "weather"}],
        [{"outcome": "answered"}],
    ),
    "This template is for another outcome.": (
        "new_macro", [{"outcome": "answered", "outcome_template": "of cannot_do"}], [],
    ),
    "Enter both times, or none for all day.": (
        "on_call",
        [{"name": "Crew", "email": "c@example.org", "order": "1", "starts_at": "08:00"}],
        [{"name": "Crew", "email": "c@example.org", "order": "1", **TWO_TIMES}],
    ),
    "Enter two different times, or none for all day.": (
        "on_call", [{"name": "Crew", "email": "c@example.org", "order": "1", "starts_at": "08:00", "ends_at": "08:00"}],
        [],
    ),
    "The last day can’t be before the first.": (
        "person",
        [{"add_leave": "1", "starts_on": lambda: day(2), "ends_on": lambda: day(1)}],
        [{"add_leave": "1", "starts_on": lambda: day(1), "ends_on": lambda: day(1)}],
    ),
    "Choose at least one thing this role may do.": ("add_role", [{"name_en": "R", "name_es": "R"}], []),
    "To work on requests, a role must see them.": ("role", [{"group_0": ["accept"]}], [{"group_0": ["view", "accept"]}]),
    "Enter an address that begins with https://.": (
        "sign_in_setup",
        [{"name": "City", "server_url": "http://id.example", "client_id": "c", "groups_claim": "groups"}],
        [{"name": "City", "server_url": "https://id.example", "client_id": "c", "groups_claim": ""}],
    ),
    "Enter a short name, like ward.": ("upload_layer", [{"layer": "!?"}], [{"layer": "ward"}]),
    "A target must be at least 1.": (
        "new_target", [{"value": "0", "unit": "hours"}], [{"value": "1", "unit": "hours"}],
    ),
    "Enter both times, or neither.": ("add_routing_rule", [{"begins": "08:00"}, {"ends": "08:00"}], [{}]),
    "Enter two different times.": (
        "add_routing_rule", [{"begins": "08:00", "ends": "08:00"}], [{"begins": "08:00", "ends": "08:01"}],
    ),
    "This team is in another department.": (
        "add_routing_rule",
        [{"team": "PW/crew-1", "department": "PK"}, {"team": "PW/crew-1"}],
        [{"team": "PW/crew-1", "department": "PW"}],
    ),
    "Choose a department first: the triage queue has no assignee.": (
        "add_routing_rule", [{"assignee": "sue@"}], [{"assignee": "sue@", "department": "PW"}],
    ),
    "This person works in another department.": (
        "add_routing_rule", [{"assignee": "sue@", "department": "PK"}], [{"assignee": "sue@", "department": "PW"}],
    ),
    "Choose another code. This one is reserved.": ("new_service", [{"service_code": "new"}], [{"service_code": "newer"}]),
    "Clocks may be stopped for 90 days at most.": (
        "new_suspension",
        [{"starts_at": lambda: minute(0), "ends_at": lambda: minute(90 * A_DAY + 1)}],
        [{"starts_at": lambda: minute(0), "ends_at": lambda: minute(90 * A_DAY)}],
    ),
    "It must end after it starts.": (
        "new_suspension",
        [{"starts_at": lambda: minute(60), "ends_at": lambda: minute(60)}],
        [{"starts_at": lambda: minute(60), "ends_at": lambda: minute(61)}],
    ),
    "This has passed. Clocks can be stopped from now on.": (
        "new_suspension",
        [{"starts_at": lambda: minute(-17), "ends_at": lambda: minute(60)}],
        [{"starts_at": lambda: minute(-13), "ends_at": lambda: minute(60)}],
    ),
    "A notice may stay for a year at most.": (
        "new_notice",
        [{"starts_at": lambda: minute(0), "ends_at": lambda: minute(366 * A_DAY + 1)}],
        [{"starts_at": lambda: minute(0), "ends_at": lambda: minute(366 * A_DAY)}],
    ),
    "This has passed. Enter a later time.": (
        "new_notice",
        [{"starts_at": lambda: minute(-60), "ends_at": lambda: minute(-2)}],
        [{"starts_at": lambda: minute(-60), "ends_at": lambda: minute(2)}],
    ),
    "Choose a day after today.": (
        "bulk?verb=hold&request={public}", [{"until": lambda: day(0)}], [{"until": lambda: day(1)}],
    ),
    "Enter a date from tomorrow to a year from now.": (
        "snooze",
        [{"until": lambda: day(0)}, {"until": lambda: day(366)}],
        [{"until": lambda: day(1)}, {"until": lambda: day(365)}],
    ),
    "Add a photo of what you see.": ("check", [{"seen": "fixed"}], [{"seen": "cant_tell"}]),
}  # fmt: skip


def address(planted: Planted, page: str) -> str:
    page, _, query = page.partition("?")
    name, _, part = page.partition("/")
    given: dict[str, dict[str, Any]] = {
        "city_part": {"part": part},
        "role": {"role_id": Role.objects.get(code="crew", jurisdiction=planted.cast.city).pk},
    }
    arguments = given.get(name) or PAGES[f"staff_app:{name}"].arguments(planted)[0]
    return f"{reverse(f'staff_app:{name}', kwargs=arguments)}?{query.format(public=planted.public.pk)}"


def typed(planted: Planted, page: str, data: dict[str, Any]) -> dict[str, Any]:
    filled = {name: value() if callable(value) else value for name, value in data.items()}
    if filled.get("acts_as") == "ada":
        filled["acts_as"] = str(planted.staff["ada"].pk)
    if filled.get("assignee") == "sue@":
        filled["assignee"] = planted.staff["sue"].email
    if filled.get("outcome_template") == "of cannot_do":
        of_outcome = AnswerTemplate.objects.create(
            jurisdiction=planted.cast.city, name="No", outcome="cannot_do", words={"en": "No.", "es": "No."}
        )
        filled["outcome_template"] = str(of_outcome.pk)
    if page == "new_calendar":
        filled |= {"days-TOTAL_FORMS": "1", "days-INITIAL_FORMS": "0"}
    return filled


@pytest.mark.parametrize("sentence", REFUSALS)
def test_it_is_refused_with_its_sentence_and_what_is_beside_it_is_not(
    planted: Planted, db: None, settings: Any, sentence: str
) -> None:
    settings.RATE_LIMITS = False
    page, refused, taken = REFUSALS[sentence]
    client = Client()
    client.force_login(planted.staff["ada" if page != "check" else "sue"])
    path = address(planted, page)
    says = {}
    for data, expected in [*((one, True) for one in refused), *((one, False) for one in taken)]:
        filled = typed(planted, page, data)
        response = client.get(path, filled) if page == "audit" else client.post(path, filled)
        says[str(filled)] = (sentence in html.unescape(response.content.decode()), expected, response.status_code)
    assert {
        filled: told for filled, told in says.items() if told[0] != told[1] or told[2] not in (200, 302, 303, 409, 422)
    } == {}


def test_a_file_that_is_too_big_is_refused(planted: Planted, db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    client = Client()
    client.force_login(planted.staff["ada"])
    path = address(planted, "upload_layer")
    for size, is_refused in ((11, True), (10, False)):
        monkeypatch.setattr(places, "UPLOAD_MAX", 10)
        response = client.post(path, {"layer": "ward", "file": SimpleUploadedFile("wards.geojson", b"x" * size)})
        assert ("This file is too big" in response.content.decode()) == is_refused
