"""The starter catalog: a city without a developer begins with 12 services, in its own languages."""

import datetime as dt

import pytest

from requests_app.clock import app_now
from requests_app.imports.starter import import_starter, missing_languages
from requests_app.models import (
    Department,
    QuestionVersion,
    Service,
    ServiceApproval,
    ServiceRequest,
    ServiceVersion,
    SetupChange,
)
from requests_app.rules.setup import go_live
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.shows("13.3")]


def test_a_new_city_begins_with_twelve_services_and_a_second_time_changes_nothing() -> None:
    city = factories.jurisdiction(reply_address="desk@rivermark.example")
    assert import_starter(city)["services"] == 12
    assert [one.code for one in Department.objects.filter(jurisdiction=city)] == ["city"]
    assert QuestionVersion.objects.exclude(show_if={}).exists()
    assert SetupChange.objects.filter(jurisdiction=city, kind="service", action="added").count() == 12
    assert not any(import_starter(city).values())


@pytest.mark.parametrize(
    ("languages", "has", "missing"),
    [(["es"], {"es"}, []), (["en", "vi"], {"en"}, ["vi"]), (["ar"], {"en"}, ["ar"])],
)
def test_it_has_the_city_s_languages_and_tells_which_it_does_not_know(
    languages: list[str], has: set[str], missing: list[str]
) -> None:
    city = factories.jurisdiction(languages=languages)
    import_starter(city)
    assert {tuple(one.name) for one in ServiceVersion.objects.all()} == {tuple(has)}
    assert missing_languages(city) == missing


def test_each_has_eight_of_eight_and_its_words_count_for_thirty_days() -> None:
    city = factories.jurisdiction(reply_address="desk@rivermark.example", emergency_number="112")
    import_starter(city)
    services = Service.objects.filter(jurisdiction=city).select_related("jurisdiction", "current")
    missing = {one.service_code: go_live.missing(one) for one in services}
    assert len(missing) == 12
    assert not any(missing.values()), missing
    assert all(one.active for one in services)
    today = app_now().astimezone(city.zone).date()
    assert set(ServiceApproval.objects.values_list("is_shipped", "approver", "review_by")) == {
        (True, "", today + dt.timedelta(days=30))
    }
    assert not ServiceRequest.objects.exists()
    screens = [one.current.emergency_screen for one in services if one.current and one.current.emergency_screen]
    assert screens
    assert all("112" in text and "911" not in text for screen in screens for text in screen.values())


def test_without_an_address_for_email_they_wait() -> None:
    city = factories.jurisdiction()
    import_starter(city)
    assert not Service.objects.filter(active=True).exists()
    service = Service.objects.select_related("jurisdiction", "current").get(service_code="pothole")
    assert [check.code for check in go_live.missing(service)] == ["mailbox"]
