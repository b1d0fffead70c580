"""Setup is of one city: an administrator neither reads nor changes a row of another, whatever number they put in the address."""

import datetime as dt
from typing import Any

import pytest
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from requests_app.clock import app_now
from requests_app.models import (
    AnswerTemplate,
    ApiKey,
    Article,
    ClockSuspension,
    EmergencyPhrase,
    ListedReason,
    Macro,
    ModerationTerm,
    Notice,
    OnCall,
    SetupChange,
    ShortLink,
    SignInProvider,
    Target,
    Team,
    Webhook,
)
from tests import factories
from tests.factories import Lakeside, Rivermark

pytestmark = pytest.mark.django_db
CANARY = "LAKECANARY"
WORDS = {"en": CANARY, "es": CANARY}


def rows(lakeside: Lakeside) -> dict[str, Model]:
    """One row of each kind that setup edits, by the name of its page."""
    city, now = lakeside.city, app_now()
    of = {"jurisdiction": city}
    key = ApiKey.objects.create(**of, name=CANARY, prefix="lake", key_hash="lake", scopes=["requests:read"])
    webhook = Webhook.objects.create(api_key=key, url=f"https://{CANARY.lower()}.example/", secret="s")
    sensor = factories.sensor(city, lakeside.sid)
    reason = ListedReason.objects.create(**of, kind="cannot_do", code="lake", words=WORDS)
    macro = Macro.objects.create(**of, name=CANARY, steps=[{"verb": "accept"}])
    template = AnswerTemplate.objects.create(**of, name=CANARY, words=WORDS)
    article = Article.objects.create(**of, code="lake", title=WORDS, body=WORDS)
    notice = Notice.objects.create(
        **of, words=WORDS, starts_at=now, ends_at=now + dt.timedelta(days=1), created_by=lakeside.sid
    )
    suspension = ClockSuspension.objects.create(
        **of, reason=WORDS, starts_at=now, ends_at=now + dt.timedelta(days=1), created_by=lakeside.sid
    )
    shift = OnCall.objects.create(**of, department=lakeside.streets, name=CANARY, phone="555-0101")
    EmergencyPhrase.objects.create(**of, language="en", phrase=CANARY)
    SignInProvider.objects.create(**of, name=CANARY, server_url="https://id.lakeside.example", client_id="lake")
    ModerationTerm.objects.create(**of, kind="word", value=CANARY)
    team = Team.objects.create(department=lakeside.streets, code="lake", name=WORDS)
    type(lakeside.streets).objects.filter(pk=lakeside.streets.pk).update(name=WORDS)
    return {
        "api_key": key,
        "edit_api_key": key,
        "replace_api_key": key,
        "revoke_api_key": key,
        "webhook": webhook,
        "edit_sensor": sensor,
        "remove_sensor": sensor,
        "new_sensor": key,
        "department": lakeside.streets,
        "close_department": lakeside.streets,
        "reopen_department": lakeside.streets,
        "new_team": lakeside.streets,
        "team": team,
        "end_team": team,
        "calendar": lakeside.streets.calendar,
        "edit_macro": macro,
        "remove_macro": macro,
        "person": lakeside.lou,
        "end_person": lakeside.lou,
        "role": factories.role(city, "crew"),
        "remove_role": factories.role(city, "crew"),
        "service_targets": lakeside.pothole.service,
        "new_target": lakeside.pothole.service,
        "remove_target": Target.objects.filter(service=lakeside.pothole.service).earliest("id"),
        "category": lakeside.pothole.category,
        "suspension": suspension,
        "end_suspension": suspension,
        "edit_article": article,
        "publish_article": article,
        "discard_article_draft": article,
        "take_down_article": article,
        "article_history": article,
        "edit_reason": reason,
        "move_reason": reason,
        "remove_reason": reason,
        "edit_notice": notice,
        "end_notice": notice,
        "edit_template": template,
        "remove_template": template,
        "emergency_phrase": EmergencyPhrase.objects.get(**of),
        "on_call_entry": shift,
        "remove_on_call": shift,
        "remove_sign": ShortLink.objects.create(**of, code="LAKE1", label=CANARY),
    }


LISTS = (
    "api_keys", "departments", "macros", "suspensions", "articles", "reasons", "notices", "templates", "emergency_words",
    "on_call", "signs", "audit", "sign_in_setup",
)  # fmt: skip


def arguments(name: str, row: Any) -> list[int]:
    return [row.api_key_id, row.pk] if name == "webhook" else [row.pk]


@pytest.fixture
def ada(town: Rivermark, signed_in: Any) -> Client:
    return signed_in(town.ada)


def test_another_citys_row_is_not_found_and_stays_as_it_was(town: Rivermark, ada: Client) -> None:
    every = rows(factories.lakeside())
    before = {name: type(row).objects.filter(pk=row.pk).values().get() for name, row in every.items()}  # type: ignore[attr-defined]
    answers = {
        (name, method): getattr(ada, method)(reverse(f"staff_app:{name}", args=arguments(name, row))).status_code
        for name, row in every.items()
        for method in ("get", "post")
    }
    # 405: the page only takes the other method.
    assert {key: status for key, status in answers.items() if status not in (404, 405)} == {}
    assert {name for name, _method in answers if answers[name, "get"] == answers[name, "post"] == 405} == set()
    after = {name: type(row).objects.filter(pk=row.pk).values().get() for name, row in every.items()}  # type: ignore[attr-defined]
    assert after == before
    assert not SetupChange.objects.exists()


@pytest.mark.parametrize("name", LISTS)
def test_a_list_shows_its_own_citys_rows_alone(town: Rivermark, ada: Client, signed_in: Any, name: str) -> None:
    lakeside = factories.lakeside()
    rows(lakeside)
    SetupChange.objects.create(jurisdiction=lakeside.city, kind="reason", key="lake", name=CANARY, action="added")
    lea = signed_in(factories.staff("Lea", "administrator", lakeside.city))
    ours, theirs = (
        client.get(reverse(f"staff_app:{name}"), headers={"host": host})
        for client, host in ((ada, "testserver"), (lea, "lakeside.example"))
    )
    assert (ours.status_code, theirs.status_code) == (200, 200)
    assert CANARY not in ours.content.decode()
    assert CANARY in theirs.content.decode()
