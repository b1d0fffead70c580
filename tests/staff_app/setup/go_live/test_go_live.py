"""What a service needs before residents can use it: the list says what is missing, and approvals count for what was read."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client

from requests_app.actions.setup import catalog_versions
from requests_app.clock import app_now
from requests_app.imports.catalog import export_catalog
from requests_app.models import OnCall, Service, ServiceApproval, ServiceTest, SetupChange, User
from requests_app.rules.setup import go_live
from tests import factories
from tests.factories import Rivermark

pytestmark = [pytest.mark.django_db, pytest.mark.shows("13.2")]
SignIn = Callable[[User], Client]
PAGE = "/staff/setup/services/outreach/go-live/"
LATER = (dt.date.today() + dt.timedelta(days=200)).isoformat()
APPROVED = {"approver": "Lt. Ruiz", "review_by": LATER}


@pytest.fixture
def ada(town: Rivermark, signed_in: SignIn) -> Client:
    return signed_in(town.ada)


def service_of(town: Rivermark, code: str = "outreach") -> Service:
    return Service.objects.get(jurisdiction=town.city, service_code=code)


def sentences(town: Rivermark, code: str = "outreach") -> dict[str, list[str]]:
    return {check.code: check.missing for check in go_live.missing(service_of(town, code))}


def republish(town: Rivermark, code: str = "outreach", **changed: object) -> None:
    written = next(one for one in export_catalog(town.city)["services"] if one["service_code"] == code)
    catalog_versions.publish(service_of(town, code), {**written, **changed})
    catalog_versions.set_targets(service_of(town, code), dict(changed.get("targets") or {}))  # type: ignore[call-overload]


def test_everything_that_is_missing_is_named(town: Rivermark) -> None:
    town.streets.email, town.streets.active = "", False
    town.streets.save()
    republish(
        town,
        description={"en": "Somebody who needs help."},
        targets={"resolve": {"value": 4, "unit": "hours", "calendar": "always"}},
        questions=[{"code": "who", "kind": "text", "text": {"en": "Who?", "es": ""}}],
    )
    assert sentences(town) == {
        "owner": ["Streets is closed. Choose another department."],
        "mailbox": ["Streets has no email address."],
        "targets": [
            "The target for a first answer counts day and night, but Streets has nobody on call.",
            "The target for the work itself counts day and night, but Streets has nobody on call.",
        ],
        "languages": [
            "The description is missing in Spanish.",
            "The question “Who?” is missing in Spanish.",
        ],
        "outcomes": ["Say what “fixed” means for this service."],
        "emergency": ["Read the emergency check and approve it."],
        "article": ["Add an article about this service, or say that none is needed."],
        "test": ["Send a test request and mark it as passed."],
    }


def test_a_target_needs_hours_in_which_it_can_be_met(town: Rivermark) -> None:
    factories.calendar(town.city, "never", always=False, hours={"mon": []})
    target = {"value": 2, "unit": "business_days", "calendar": "never"}
    republish(town, targets={"acknowledge": target, "resolve": {**target, "calendar": "always"}})
    assert sentences(town)["targets"] == [
        "The calendar never has no working hours, so the target for a first answer can’t be met."
    ]
    republish(town, targets={"acknowledge": {"value": 30, "unit": "minutes", "calendar": "always"}})
    OnCall.objects.create(jurisdiction=town.city, department=town.streets, name="Night crew")
    assert "targets" not in sentences(town)


def test_the_emergency_check_is_approved_with_a_date_and_by_name(town: Rivermark, ada: Client) -> None:
    html = ada.get(PAGE).content.decode()
    assert "Is the person hurt? Call 911." in html
    seen = html.split('name="seen" value="')[1].split('"')[0]
    for wrong in ({"review_by": ""}, {"review_by": "2001-01-01"}, {"review_by": "2999-01-01"}, {"approver": " "}):
        assert ada.post(f"{PAGE}approve/", {**APPROVED, **wrong, "seen": seen}).status_code == 422
    html = ada.post(f"{PAGE}approve/", {**APPROVED, "seen": seen}, follow=True).content.decode()
    assert "Approved by Lt. Ruiz until" in html
    assert "Entered by Ada on" in html
    assert "emergency" not in sentences(town)
    logged = SetupChange.objects.get()
    assert (logged.action, logged.key, logged.user) == ("approved", "outreach", town.ada)
    assert logged.after == {"emergency": True, "review_by": LATER, "approver": "Lt. Ruiz"}
    ServiceApproval.objects.update(review_by="2001-01-01")
    assert "Approve it again." in sentences(town)["emergency"][0]


def test_an_approval_counts_only_for_the_words_that_were_read(town: Rivermark, ada: Client) -> None:
    seen = ada.get(PAGE).content.decode().split('name="seen" value="')[1].split('"')[0]
    ada.post(f"{PAGE}approve/", {**APPROVED, "seen": seen})
    Service.objects.update(active=False)
    republish(town, emergency_screen={"en": "In danger? Call 911.", "es": "¿Está en peligro? Llame al 911."})
    assert "changed after it was approved" in sentences(town)["emergency"][0]
    answer = ada.post(f"{PAGE}approve/", {**APPROVED, "seen": seen})
    assert answer.status_code == 409
    assert "Read it again before you approve it." in answer.content.decode()
    assert "emergency" in sentences(town)


def test_an_article_or_the_tick_that_none_is_needed(town: Rivermark, ada: Client) -> None:
    ada.post(f"{PAGE}no-article/", {"needs_none": "1"})
    assert "article" not in sentences(town)
    ada.post(f"{PAGE}no-article/", {})
    assert "article" in sentences(town)
    factories.article(town.city, "help", "Help outside", "Call us.", town.outreach)
    assert "article" not in sentences(town)


def test_the_list_shows_how_far_each_service_is_in_a_fixed_number_of_queries(
    town: Rivermark, ada: Client, django_assert_max_num_queries: Callable[..., object]
) -> None:
    html = ada.get("/staff/setup/go-live/").content.decode()
    assert html.count(" of 8") == 4
    for number in range(4):
        factories.service(town.city, f"more{number}")
    with django_assert_max_num_queries(15):  # type: ignore[attr-defined]
        assert ada.get("/staff/setup/go-live/").content.decode().count(" of 8") == 8


def test_what_is_missing_leads_to_where_it_is_added(town: Rivermark, ada: Client) -> None:
    html = ada.get(PAGE).content.decode()
    for check, address in {
        "The department has an email address": f"/staff/setup/departments/{town.streets.pk}/",
        "Targets that can be met": f"/staff/setup/targets/{town.outreach.service_id}/",
        "Outcome wording": "/staff/setup/services/outreach/words/",
    }.items():
        assert f'href="{address}"' in html.split(check)[1].split("</li>")[0]


def test_it_goes_live_only_once_nothing_is_missing_and_goes_offline_at_once(
    town: Rivermark, ada: Client, client: Client
) -> None:
    name = "Person who needs help outside"
    Service.objects.filter(pk=town.outreach.service_id).update(active=False)
    answer = ada.post(f"{PAGE}offer/", {"offer": "1"})
    assert answer.status_code == 409
    assert "It isn’t ready to go live." in answer.content.decode()
    assert not service_of(town).active
    everything_is_done(town, ada)
    assert go_live.missing(service_of(town)) == []
    assert "Go live" in ada.get(PAGE).content.decode()
    ada.post(f"{PAGE}offer/", {"offer": "1"})
    assert name in client.get("/services/").content.decode()
    assert SetupChange.objects.latest("id").after == {"active": True}
    ada.post(f"{PAGE}offer/", {"offer": "0"})
    assert name not in client.get("/services/").content.decode()


def everything_is_done(town: Rivermark, ada: Client) -> None:
    town.streets.email = "streets@rivermark.example"
    town.streets.save()
    OnCall.objects.create(jurisdiction=town.city, department=town.streets, name="Night crew")
    in_both = {"en": "Help came", "es": "Llegó ayuda"}
    target = {"value": 2, "unit": "days"}
    republish(
        town,
        description=in_both,
        outcome_words={"fixed": in_both},
        targets={"acknowledge": target, "resolve": target},
    )
    seen = ada.get(PAGE).content.decode().split('name="seen" value="')[1].split('"')[0]
    ada.post(f"{PAGE}approve/", {**APPROVED, "seen": seen})
    ada.post(f"{PAGE}no-article/", {"needs_none": "1"})
    made = factories.routed(town.outreach)
    ServiceTest.objects.create(
        service=service_of(town),
        service_version=service_of(town).current,
        service_request=made,
        user=town.ada,
        passed_at=app_now(),
    )


def test_a_passed_test_belongs_to_the_questions_it_passed_with(town: Rivermark, ada: Client) -> None:
    everything_is_done(town, ada)
    before = export_catalog(town.city)["services"]
    questions = next(one for one in before if one["service_code"] == "outreach")["questions"]
    more = {"code": "tent", "kind": "text", "text": {"en": "Is there a tent?", "es": "¿Hay una carpa?"}}
    republish(town, questions=[*questions, more], priority=2)
    assert sentences(town) == {
        "test": ["The questions were changed after the test. Send another test request."],
    }
    republish(town, questions=questions, priority=4)
    assert sentences(town) == {}


def test_a_test_passes_with_the_questions_that_it_was_sent_with(town: Rivermark, ada: Client) -> None:
    """The version was published while the tester walked through the pages of the earlier one."""
    made = factories.routed(town.outreach)
    test = ServiceTest.objects.create(
        service=service_of(town), service_version=town.outreach, service_request=made, user=town.ada
    )
    more = {"code": "tent", "kind": "text", "text": {"en": "Is there a tent?", "es": "¿Hay una carpa?"}}
    republish(town, questions=[more])
    ada.post(f"{PAGE}tests/{test.pk}/pass/")
    assert "changed after the test" in sentences(town)["test"][0]


def test_words_that_do_not_name_the_city_s_number_are_not_approved(town: Rivermark, ada: Client) -> None:
    Service.objects.update(active=False)
    republish(town, emergency_screen={"en": "Ring the mayor if you are hurt.", "es": "Llame al 9-1-1."})
    seen = ada.get(PAGE).content.decode().split('name="seen" value="')[1].split('"')[0]
    answer = ada.post(f"{PAGE}approve/", {**APPROVED, "seen": seen})
    assert answer.status_code == 422
    assert "The emergency question must name 911 in English." in answer.content.decode()
    assert not ServiceApproval.objects.exists()


def test_another_emergency_number_asks_for_another_approval_and_the_service_goes_on(
    town: Rivermark, ada: Client
) -> None:
    everything_is_done(town, ada)
    town.city.emergency_number = "112"
    town.city.save()
    assert sentences(town)["emergency"] == ["The emergency question must name 112 in English, Spanish."]
    assert service_of(town).active


@pytest.mark.parametrize("words", ["Call 911.", "Call 9-1-1 now", "¡911!", "dial 9 1 1"])
def test_a_number_is_named_however_it_is_written(words: str) -> None:
    assert go_live.unnamed_in({"screen": {"en": words}, "number": "911"}) == []
    assert go_live.unnamed_in({"screen": {"en": words.replace("1", "2")}, "number": "911"}) == ["en"]
    assert go_live.unnamed_in({"screen": {"en": "Call 555-9110"}, "number": "911"}) == ["en"]


@pytest.mark.parametrize(
    ("visibility", "active", "words"),
    [
        ("staff", True, "Only staff can use this service."),
        ("staff", False, "Nobody can use this service now."),
        ("private", True, "Residents can use this service."),
        ("private", False, "Residents can’t use this service now."),
    ],
)
def test_who_can_use_a_service_is_said_as_it_is(
    town: Rivermark, ada: Client, visibility: str, active: bool, words: str
) -> None:
    republish(town, visibility=visibility)
    Service.objects.filter(pk=service_of(town).pk).update(active=active)
    page = ada.get(PAGE).content.decode()
    assert words in page
    assert ("Residents" in page) == words.startswith("Residents")


def test_taken_offline_nobody_can_use_it(town: Rivermark, ada: Client) -> None:
    page = ada.post(f"{PAGE}offer/", {"offer": "0"}, follow=True).content.decode()
    assert "Nobody can use it anymore." in page
