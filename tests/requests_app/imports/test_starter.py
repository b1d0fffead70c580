"""The starter catalog: a city without a developer begins with 12 services, in its own languages."""

import datetime as dt

import pytest
from django.test import Client

from requests_app.clock import app_now
from requests_app.imports.starter import import_starter, missing_languages
from requests_app.models import (
    AnswerTemplate,
    Department,
    Jurisdiction,
    ListedReason,
    Macro,
    OnCall,
    QuestionVersion,
    SavedView,
    Service,
    ServiceApproval,
    ServiceRequest,
    ServiceVersion,
    SetupChange,
    User,
)
from requests_app.rules.alarms.on_call_week import gaps
from requests_app.rules.setup import go_live
from requests_app.rules.work.answer_templates import OUTCOMES, fill, unfilled
from tests import factories
from tests.reading import ease, grade
from tests.saved import saved

pytestmark = [pytest.mark.django_db, pytest.mark.shows("13.3")]


@saved
def desk_rows() -> tuple[Jurisdiction, User, dict[str, int]]:
    """With what was added, by kind. To add it takes a second and more."""
    city = factories.jurisdiction(reply_address="desk@rivermark.example", desk_number="311", emergency_number="112")
    ada = factories.staff("Ada", "administrator", city)
    return city, ada, dict(import_starter(city, ada))


@pytest.fixture
def desk() -> tuple[Jurisdiction, User]:
    return desk_rows()[:2]


def test_a_new_city_begins_with_twelve_services_and_a_second_time_changes_nothing() -> None:
    city, _ada, added = desk_rows()
    assert added["services"] == 12
    assert [one.code for one in Department.objects.filter(jurisdiction=city)] == ["city"]
    assert QuestionVersion.objects.exclude(show_if={}).exists()
    assert SetupChange.objects.filter(jurisdiction=city, kind="service", action="added").count() == 12
    assert not any(import_starter(city).values())


@pytest.mark.parametrize(
    ("languages", "has", "missing"),
    [(["es"], {"es"}, []), (["en", "vi"], {"en"}, ["vi"]), (["ar"], {"en"}, ["ar"])],
)
@pytest.mark.sampled(3)
def test_it_has_the_city_s_languages_and_tells_which_it_does_not_know(
    languages: list[str], has: set[str], missing: list[str]
) -> None:
    city = factories.jurisdiction(languages=languages)
    import_starter(city)
    assert {tuple(one.name) for one in ServiceVersion.objects.all()} == {tuple(has)}
    assert missing_languages(city) == missing
    # Staff's own names for answers have one language, the city's first.
    names = set(AnswerTemplate.objects.values_list("name", flat=True))
    assert ("Bache: rellenado" in names, "Pothole: patched" in names) == ("es" in has, "es" not in has)
    assert Macro.objects.filter(name="Yo lo atiendo" if "es" in has else "I'll take it").exists()


def test_each_has_eight_of_eight_and_its_words_count_for_thirty_days(desk: tuple[Jurisdiction, User]) -> None:
    city, _ada = desk
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
    # Nobody is there to be called, or to keep a view.
    assert not OnCall.objects.exists()
    assert not SavedView.objects.exists()


def test_each_outcome_of_each_service_has_words_to_send(desk: tuple[Jurisdiction, User]) -> None:
    city, _ada = desk
    templates = AnswerTemplate.objects.filter(jurisdiction=city)
    assert templates.count() >= 40
    by_service = {
        service: {one.outcome for one in templates if one.service_id in (service.pk, None)}
        for service in Service.objects.filter(jurisdiction=city)
    }
    assert len(by_service) == 12
    assert all(outcomes >= set(OUTCOMES) for outcomes in by_service.values())
    # Its own, in its own words.
    assert {outcome: templates.filter(outcome=outcome).exclude(service=None).count() for outcome in OUTCOMES[:2]} == {
        "fixed": 12,
        "action_taken": 12,
    }
    assert templates.filter(outcome="", name__startswith="Ask").count() >= 8


def test_they_can_be_sent_as_they_are_in_both_languages(desk: tuple[Jurisdiction, User]) -> None:
    city, ada = desk
    report = factories.routed(
        Service.objects.get(jurisdiction=city, service_code="pothole").current, "A hole", answers={"where": "edge"}
    )
    for template in AnswerTemplate.objects.filter(jurisdiction=city):
        assert set(template.words) == {"en", "es"}
        for language, said in template.words.items():
            words = fill(template.words, report, language, staff=ada)
            assert not unfilled(words)
            assert "911" not in said
            # A city that isn't Rivermark sends them, too, on any day.
            assert not any(digit in said for digit in "0123456789"), said
        assert grade(template.words["en"]) <= 8, template.name
        assert ease(template.words["es"]) >= 65, template.name


def test_macros_views_reasons_and_the_roster_are_ready(desk: tuple[Jurisdiction, User], client: Client) -> None:
    city, ada = desk
    assert sorted(Macro.objects.filter(jurisdiction=city).values_list("key", flat=True)) == [1, 2, 3, 4, 5, 6]
    assert SavedView.objects.filter(jurisdiction=city, audience="city", owner=ada).count() == 4
    assert set(ListedReason.objects.filter(jurisdiction=city).values_list("kind", flat=True)) == set(ListedReason.Kind)
    roster = list(OnCall.objects.filter(jurisdiction=city, department=None))
    assert [(one.user, str(one.starts_at)) for one in roster] == [(ada, "08:00:00"), (ada, "17:00:00")]
    assert not gaps(roster, [one.pk for one in roster])
    client.force_login(ada, backend="django.contrib.auth.backends.ModelBackend")
    assert "I&#x27;ll take it" in client.get("/staff/setup/macros/").content.decode()
    for view in SavedView.objects.filter(jurisdiction=city):
        page = client.get("/staff/", dict(view.query))
        assert page.status_code == 200
        assert "queue-note" not in page.content.decode()


def test_the_audit_has_them(desk: tuple[Jurisdiction, User]) -> None:
    city, ada = desk
    logged = SetupChange.objects.filter(jurisdiction=city, action="added", user=ada)
    counts = {kind: logged.filter(kind=kind).count() for kind in ("template", "macro", "view")}
    assert counts == {"template": AnswerTemplate.objects.count(), "macro": 6, "view": 4}


def test_a_second_time_it_changes_nothing_and_what_the_city_put_on_its_lists_stays(
    desk: tuple[Jurisdiction, User],
) -> None:
    city, ada = desk
    OnCall.objects.filter(jurisdiction=city).delete()
    lou = factories.staff("Lou", "call_taker", city)
    OnCall.objects.create(jurisdiction=city, user=lou)
    ListedReason.objects.filter(jurisdiction=city, kind="hold").exclude(code="parts").delete()
    before = SetupChange.objects.count()
    assert not any(import_starter(city, ada).values())
    assert SetupChange.objects.count() == before
    assert [one.user for one in OnCall.objects.filter(jurisdiction=city)] == [lou]
    assert [one.code for one in ListedReason.objects.filter(jurisdiction=city, kind="hold")] == ["parts"]
