"""What forms of setup, the queue and the checks refuse, each with its sentence, and what they take right next to it."""

import datetime as dt
import html
import re
from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from requests_app.clock import app_now
from requests_app.models import AnswerTemplate, Area, ClockSuspension, Notice, Role, Target
from requests_app.rules.programs import api_keys
from requests_app.rules.promises.service_levels import LONGEST
from requests_app.rules.publication import review
from staff_app.setup import forms as setup_forms
from staff_app.setup.city import forms as city_forms
from staff_app.setup.places import forms as places
from staff_app.setup.promises import forms as targets
from staff_app.setup.routing import forms as routing
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


def lines(text: str, count: int) -> str:
    return "\n".join(f"{text} {number}" for number in range(count))


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
    f"Use at most {routing.PHRASES_MAX} lines.": (
        "add_routing_rule", [{"words": lines("hole", routing.PHRASES_MAX + 1)}], [{"words": lines("hole", routing.PHRASES_MAX)}],
    ),
    f"is too long. Use at most {routing.PHRASE_MAX} characters per line.": (
        "add_routing_rule", [{"words": "x" * (routing.PHRASE_MAX + 1)}], [{"words": "x" * routing.PHRASE_MAX}],
    ),
    "Choose at least one condition": (
        "add_routing_rule",
        [{"name": "All", "department": "PW", "position": "1"}],
        [{"name": "All", "department": "PW", "position": "1", "words": "hole"}],
    ),
    "Choose areas of one kind only.": (
        "add_routing_rule", [{"areas": ["ward:5", "zone:1"]}], [{"areas": ["ward:5"]}, {"areas": ["ward:5", "ward:6"]}],
    ),
    "Enter words, not just punctuation.": (
        "emergency_words", [{"phrase": "!!"}], [{"phrase": "gas"}],
    ),
    "words, not just punctuation.": ("add_routing_rule", [{"words": "!!"}], [{"words": "hole"}]),
    "not just punctuation.": ("moderation_words?kind=threat", [{"value": "!!"}], [{"value": "you will pay"}]),
    f"Use at most {review.PHRASE_MAX} characters.": (
        "moderation_words?kind=threat", [{"value": "x" * (review.PHRASE_MAX + 1)}], [{"value": "x" * review.PHRASE_MAX}],
    ),
    f"at most {setup_forms.EXCEPTIONS_MAX} lines.": (
        "emergency_words",
        [{"phrase": "gas", "unless": lines("gas", setup_forms.EXCEPTIONS_MAX + 1)}],
        [{"phrase": "gas", "unless": lines("gas", setup_forms.EXCEPTIONS_MAX)}],
    ),
    f"too long. Use at most {setup_forms.PHRASE_MAX} characters per line.": (
        "emergency_words",
        [{"phrase": "gas", "unless": "gas ".ljust(setup_forms.PHRASE_MAX + 1, "x")}],
        [{"phrase": "gas", "unless": "gas ".ljust(setup_forms.PHRASE_MAX, "x")}],
    ),
    "must contain “gas” and other words.": (
        "emergency_words", [{"phrase": "gas", "unless": "oil"}], [{"phrase": "gas", "unless": "gas bill"}],
    ),
    f"You can make up to {setup_forms.AT_ONCE} at once.": (
        "signs", [{"numbers": lines("L", setup_forms.AT_ONCE + 1).replace(" ", "")}],
        [{"numbers": lines("L", setup_forms.AT_ONCE).replace(" ", "")}],
    ),
    f"Use at most {city_forms.HOSTS_MAX} addresses.": (
        "city", [{"hosts": lines("h", city_forms.HOSTS_MAX + 1).replace(" ", "")}],
        [{"hosts": lines("h", city_forms.HOSTS_MAX).replace(" ", "")}],
    ),
    "isn’t a web address.": (
        "city", [{"hosts": f"{'a.' * 100}a"}], [{"hosts": f"{'a.' * 99}aa"}],
    ),
    "Write the color like #14476b.": (
        "city_part/look", [{"primary": "red", "header": "#14476b", "accent": "#14476b"}],
        [{"primary": "#14476b", "header": "#14476b", "accent": "#14476b"}],
    ),
    "Enter a phone number like 555-0121.": (
        "on_call", [{"name": "Crew", "phone": "call us", "order": "1"}], [{"name": "Crew", "phone": "555-0121", "order": "1"}],
    ),
    "Choose today or a later day.": ("new_target", [{"valid_from": lambda: day(-1)}], [{"valid_from": lambda: day(0)}]),
    f"Choose a day within the next {targets.YEARS_AHEAD} years.": (
        "new_target",
        [{"valid_from": lambda: f"{app_now().year + targets.YEARS_AHEAD + 1}-01-01"}],
        [{"valid_from": lambda: f"{app_now().year + targets.YEARS_AHEAD}-12-31"}],
    ),
    "That’s too long. The longest target is": (
        "new_target",
        [{"value": str(LONGEST[Target.Unit.HOURS] + 1), "unit": "hours"}],
        [{"value": str(LONGEST[Target.Unit.HOURS]), "unit": "hours"}],
    ),
    "Choose a time in the future.": (
        "service_changes",
        [{"schedule": "1", "publish_at": lambda: minute(-2)}],
        [{"schedule": "1", "publish_at": lambda: minute(2)}],
    ),
    "is taken. Choose another code.": (
        "new_calendar", [{"code": "always"}, {"code": "ALWAYS"}], [{"code": "never"}],
    ),
    "Enter the day.": ("new_calendar", [{"days-0-name_en": "Eve"}], [{"days-0-name_en": "Eve", "days-0-date": "2031-01-02"}]),
    "must end after it starts.": (
        "new_notice",
        [{"starts_at": lambda: minute(60), "ends_at": lambda: minute(60)}],
        [{"starts_at": lambda: minute(60), "ends_at": lambda: minute(61)}],
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
    if "zone:1" in filled.get("areas", ()):
        ward = Area.objects.get(jurisdiction=planted.cast.city, layer="ward", code="5")
        for layer, code in (("zone", "1"), ("ward", "6")):
            Area.objects.create(jurisdiction=planted.cast.city, layer=layer, code=code, name=code, polygon=ward.polygon)
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


def test_a_time_is_over_at_its_exact_minute(planted: Planted, db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    now = app_now().replace(second=0, microsecond=0)
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)
    client = Client()
    client.force_login(planted.staff["ada"])
    passed = "This has passed. Enter a later time."
    table = [
        ("new_notice", {"starts_at": minute(-60), "ends_at": minute(0)}, passed, True),
        ("new_notice", {"starts_at": minute(-60), "ends_at": minute(1)}, passed, False),
        ("new_suspension", {"starts_at": minute(-15), "ends_at": minute(0)}, passed, True),
        ("new_suspension", {"starts_at": minute(-15), "ends_at": minute(1)}, passed, False),
        (
            "new_suspension",
            {"starts_at": minute(-15), "ends_at": minute(1)},
            "Clocks can be stopped from now on.",
            False,
        ),
        (
            "new_suspension",
            {"starts_at": minute(-16), "ends_at": minute(1)},
            "Clocks can be stopped from now on.",
            True,
        ),
    ]
    for page, data, sentence, is_refused in table:
        answer = client.post(address(planted, page), data)
        assert (sentence in html.unescape(answer.content.decode())) == is_refused, (page, data)
    city, dates = planted.cast.city, {"over": (-60, 0), "begun": (0, 60), "later": (1, 60)}
    for words, (starts, ends) in dates.items():
        columns = {
            "jurisdiction": city,
            "starts_at": now + dt.timedelta(minutes=starts),
            "ends_at": now + dt.timedelta(minutes=ends),
            "created_by": planted.staff["ada"],
        }
        Notice.objects.create(words={"en": f"{words} notice"}, **columns)
        ClockSuspension.objects.create(reason={"en": f"{words} clock"}, **columns)
    for page, kind, states in (
        ("notices", "notice", {"over": "Ended", "begun": "Shown now", "later": "Later"}),
        ("suspensions", "clock", {"over": "Ended", "begun": "Now", "later": "Later"}),
    ):
        shown = html.unescape(client.get(address(planted, page)).content.decode())
        for words, state in states.items():
            row = shown.partition(f"{words} {kind}")[2].partition("</tr>")[0]
            assert re.search(rf">\s*{state}\s*<", row), (page, words, row)
    over = Notice.objects.get(words__en="over notice")
    assert client.get(reverse("staff_app:edit_notice", args=[over.pk])).context["is_over"] is True
