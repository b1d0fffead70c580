"""What an ending calls for, and what counts as a photo of the work."""

import datetime as dt
from typing import Any

import pytest

from requests_app.actions.work import endings, reopenings
from requests_app.clock import app_now
from requests_app.models import ListedReason, Photo, ServiceRequest, ServiceVersion
from requests_app.rules.work import evidence
from tests import factories
from tests.factories import Rivermark
from tests.shifted_clock import set_time

pytestmark = [pytest.mark.django_db, pytest.mark.shows("14.6")]


def photo(of: ServiceRequest, **columns: Any) -> Photo:
    name = f"photo-{Photo.objects.count()}"
    defaults = {"jurisdiction": of.jurisdiction, "kind": Photo.Kind.WORK, "width": 4, "height": 3, "name": name}
    return Photo.objects.create(service_request=of, **{**defaults, **columns})


def asking(town: Rivermark, asked: str) -> ServiceRequest:
    known = ServiceVersion.objects.filter(service__service_code="limb").first()
    return factories.routed(known or factories.service(town.city, "limb", evidence=asked))


def test_the_residents_own_photo_and_one_of_a_check_are_no_evidence(town: Rivermark) -> None:
    made = asking(town, "photo")
    for kind in (Photo.Kind.REPORT, Photo.Kind.CHECK):
        photo(made, kind=kind)
    photo(asking(town, "photo"))
    assert evidence.missing(made, "fixed", visited=True) == "photo"
    photo(made)
    assert evidence.missing(made, "fixed", visited=None) == ""


def test_a_hidden_photo_is_no_evidence(town: Rivermark) -> None:
    made = asking(town, "photo")
    photo(made, hidden_at=made.submitted_at)
    assert not evidence.has_photo(made)


def test_after_the_last_reopening_only_a_newer_photo_counts(town: Rivermark) -> None:
    made = asking(town, "photo")
    for _round in range(2):
        set_time(app_now() + dt.timedelta(hours=1))
        photo(made)
        endings.resolve(made.pk, disposition="fixed", text="Filled.", visited=True, actor=town.dev)
        reopenings.reopen(made.pk, text="It’s back.", actor=town.tom)
        at = made.events.filter(kind="reopened").latest("id").at
        Photo.objects.update(created_at=at)
        assert not evidence.has_photo(made)
        Photo.objects.update(created_at=at + dt.timedelta(microseconds=1))
        assert evidence.has_photo(made)


@pytest.mark.parametrize(
    ("asked", "disposition", "visited", "expected"),
    [
        ("none", "fixed", None, ""),
        ("photo", "fixed", True, "photo"),
        ("photo", "action_taken", True, "photo"),
        ("photo", "answered", None, ""),
        ("photo", "cannot_do", None, ""),
        ("visit", "fixed", None, "visit"),
        ("visit", "fixed", False, "visit"),
        ("visit", "action_taken", True, ""),
        ("visit", "answered", None, ""),
        # Whatever the service asks for: nobody else can see that there is nothing.
        ("none", "not_found", True, "photo"),
        ("visit", "not_found", True, "photo"),
    ],
)
def test_what_each_ending_calls_for(
    town: Rivermark, asked: str, disposition: str, visited: bool | None, expected: str
) -> None:
    made = asking(town, asked)
    assert evidence.missing(made, disposition, visited=visited) == expected
    assert evidence.missing(made, disposition, visited=True, gives_photo=True) == ""


def test_a_citys_reasons_are_its_own_active_ones_of_this_list(town: Rivermark) -> None:
    lakeside = factories.lakeside()
    rows = [
        (lakeside.city, "no_evidence", "flood", True),
        (town.city, "no_evidence", "rain", True),
        (town.city, "no_evidence", "old", False),
        (town.city, "hold", "weather", True),
    ]
    for city, kind, code, active in rows:
        ListedReason.objects.create(jurisdiction=city, kind=kind, code=code, words={"en": code}, active=active)
    assert evidence.reasons(town.city) == {"rain": "rain"}
    assert evidence.reason_words(town.city, "old") == "old"
    assert evidence.reason_words(town.city, "weather") == ""
    assert evidence.reason_words(town.city, "flood") == ""
    assert evidence.reason_words(lakeside.city, "flood") == "flood"


def test_a_city_that_lists_none_has_the_built_in_reasons(town: Rivermark) -> None:
    ListedReason.objects.create(
        jurisdiction=town.city, kind="no_evidence", code="rain", words={"en": "rain"}, active=False
    )
    assert "unsafe" in evidence.reasons(town.city)
    assert evidence.reason_words(town.city, "unsafe") == "it wasn’t safe"
    assert evidence.reason_words(town.city, "") == ""
