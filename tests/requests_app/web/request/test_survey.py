"""After the outcome: is it fixed, were you treated well, and what comes back a second time."""

import datetime as dt
import re
from collections.abc import Callable

import pytest
from django.core import mail
from django.test import Client

from requests_app import links
from requests_app.actions.shared import counters
from requests_app.actions.truth import surveys
from requests_app.actions.work import conversation, endings, merges, progress, reopenings
from requests_app.clock import app_now
from requests_app.models import AccessLink, Event, Participation, ServiceRequest, SurveyAnswer
from requests_app.worker.tasks import drain
from tests import factories
from tests.factories import Rivermark
from tests.mail_server import deliver

pytestmark = [pytest.mark.django_db, pytest.mark.shows("5.13", "5.72")]

LANE = {"where": "lane"}


@pytest.fixture
def fixed(cast: Rivermark) -> ServiceRequest:
    made = factories.routed(cast.pothole, "A deep hole.", answers=LANE)
    progress.accept(made.pk, actor=cast.tom)
    return endings.resolve(made.pk, disposition="fixed", text="Filled.", actor=cast.tom, visited=True)


def browser_of(service_request: ServiceRequest) -> Client:
    """A client that opened the first private link of this request."""
    client = Client()
    link = AccessLink.objects.filter(service_request=service_request).order_by("id")[0]
    client.get(f"/l/{links.token(link)}/")
    return client


def said(service_request: ServiceRequest) -> dict[str, tuple[str, str]]:
    answers = SurveyAnswer.objects.filter(service_request=service_request)
    return {one.question: (one.value, one.reason) for one in answers}


def test_one_press_on_the_tracking_page_says_that_it_is_fixed(fixed: ServiceRequest) -> None:
    ana = browser_of(fixed)
    page = f"/r/{fixed.reference}/"
    assert "Is it fixed?" in ana.get(page).content.decode()
    answer = ana.post(f"{page}survey/", {"fixed": "yes"}, follow=True)
    assert "Were you treated well?" in answer.content.decode()
    assert said(fixed) == {"fixed": ("yes", "")}
    assert "Thank you for your answer." in ana.get(page).content.decode()
    event = Event.objects.get(service_request=fixed, kind="survey_answered")
    assert event.data == {"question": "fixed", "value": "yes", "reason": None}


def test_a_no_opens_it_again_with_that_press_and_the_survey_comes_after(fixed: ServiceRequest) -> None:
    ana = browser_of(fixed)
    page = f"/r/{fixed.reference}/survey/"
    html = ana.post(page, {"fixed": "no"}, follow=True).content.decode()
    fixed.refresh_from_db()
    assert (fixed.status, fixed.disposition, fixed.reopened_count) == ("routed", "", 1)
    assert fixed.due_at is not None
    assert "Your report is open again." in html
    assert "It came back" in html
    assert "Undo: close it again" in html
    given = {"fixed": "no", "fixed_reason": "came_back", "treated_well": "partly", "treated_well_reason": "no_news"}
    ana.post(page, {**given, "more": "1"})
    assert said(fixed) == {"fixed": ("no", "came_back"), "treated_well": ("partly", "no_news")}
    assert set(SurveyAnswer.objects.values_list("ending", flat=True)) == {0}, "it is about the first outcome"
    fixed.refresh_from_db()
    assert fixed.reopened_count == 1, "the second press changes the answer only"


@pytest.mark.parametrize("value", ["yes", "partly"])
def test_nothing_but_a_no_opens_it_again(fixed: ServiceRequest, value: str) -> None:
    browser_of(fixed).post(f"/r/{fixed.reference}/survey/", {"fixed": value})
    fixed.refresh_from_db()
    assert fixed.status == "resolved"


@pytest.mark.parametrize("value", ["yes", "partly", "no"])
def test_opening_an_answer_in_an_email_changes_nothing_and_its_button_does(fixed: ServiceRequest, value: str) -> None:
    mail.outbox.clear()
    deliver()
    body = next(one.body for one in mail.outbox if ": fixed (" in one.subject)
    token = links.token(AccessLink.objects.get(service_request=fixed))
    path = f"/l/{token}/fixed/{value}/"
    # "Partly" is on the page behind the other two, and in older emails.
    assert (path in body) == (value != "partly")
    ana = Client()
    for _ in range(2):
        page = ana.get(path, follow=True)
    html = page.content.decode()
    (form,) = re.findall(r'<form method="post" action="/r/[^"]+/survey/">.*?</form>', html, re.DOTALL)
    assert (form.count("<button"), f'name="fixed" value="{value}"' in form) == (1, True)
    assert ("opens your report again" in form) == (value == "no")
    fixed.refresh_from_db()
    assert (said(fixed), fixed.status) == ({}, "resolved")
    ana.post(f"/r/{fixed.reference}/survey/", {"fixed": value})
    fixed.refresh_from_db()
    assert said(fixed) == {"fixed": (value, "")}
    assert fixed.status == ("routed" if value == "no" else "resolved")


@pytest.mark.parametrize("path", ["/l/1-nonsense/fixed/no/", "/l/{token}/fixed/maybe/"])
def test_a_wrong_answer_link_is_as_unknown_as_any(fixed: ServiceRequest, path: str) -> None:
    token = links.token(AccessLink.objects.get(service_request=fixed))
    assert Client().get(path.format(token=token)).status_code == 404


def test_a_no_by_mistake_is_undone_and_everything_is_as_before(cast: Rivermark, fixed: ServiceRequest) -> None:
    before = ServiceRequest.objects.get(pk=fixed.pk)
    ana = browser_of(fixed)
    page = f"/r/{fixed.reference}/"
    ana.post(f"{page}survey/", {"fixed": "no"})
    assert "Undo: close it again" in ana.get(page).content.decode()
    assert "Undo: close it again" not in Client().get(page).content.decode()
    html = ana.post(f"{page}undo-reopening/", follow=True).content.decode()
    assert "Your report is closed again, as before." in html
    assert "Is it fixed?" in html, "and it is asked again"
    after = ServiceRequest.objects.get(pk=fixed.pk)
    for field in ("status", "disposition", "resolved_at", "acknowledged_at", "reopened_count", "assignee_id", "due_at",
                  "acknowledge_due_at", "has_new_answer", "in_triage"):  # fmt: skip
        assert getattr(after, field) == getattr(before, field), field
    assert said(fixed) == {}
    assert not after.clocks.filter(met_at=None).exists()
    assert not after.request_areas.filter(is_open=True).exists()
    counters.fold()
    assert counters.recount() == 0
    assert "Undo: close it again" not in html


def begun(cast: Rivermark, fixed: ServiceRequest) -> None:
    progress.accept(fixed.pk, actor=cast.tom)


def noted(cast: Rivermark, fixed: ServiceRequest) -> None:
    conversation.note(fixed.pk, text="On my list.", actor=cast.tom)


@pytest.mark.parametrize("act", [begun, noted])
def test_nothing_is_undone_once_somebody_acted_on_it(
    cast: Rivermark, fixed: ServiceRequest, act: Callable[[Rivermark, ServiceRequest], None]
) -> None:
    ana = browser_of(fixed)
    ana.post(f"/r/{fixed.reference}/survey/", {"fixed": "no"})
    act(cast, fixed)
    ana.post(f"/r/{fixed.reference}/undo-reopening/")
    fixed.refresh_from_db()
    assert fixed.is_open
    assert said(fixed) == {"fixed": ("no", "")}
    with pytest.raises(progress.TooLate):
        reopenings.undo_reopening(fixed.pk, actor=fixed.participations.get().person)


def test_nobody_else_undoes_it(cast: Rivermark, fixed: ServiceRequest) -> None:
    ben = factories.routed(cast.pothole, "Same hole.", answers=LANE)
    browser_of(fixed).post(f"/r/{fixed.reference}/survey/", {"fixed": "no"})
    with pytest.raises(progress.TooLate):
        reopenings.undo_reopening(fixed.pk, actor=ben.participations.get().person)
    assert Client().post(f"/r/{fixed.reference}/undo-reopening/").status_code == 403


def test_followers_hear_of_the_undoing_too(cast: Rivermark, fixed: ServiceRequest) -> None:
    ana = browser_of(fixed)
    ana.post(f"/r/{fixed.reference}/survey/", {"fixed": "no"})
    ana.post(f"/r/{fixed.reference}/undo-reopening/")
    html = Client().get(f"/r/{fixed.reference}/").content.decode()
    assert "Reopened by mistake, so it’s closed again" in html
    assert Event.objects.get(service_request=fixed, kind="reopening_undone").data == {"count": 0}


def test_a_no_after_the_days_for_reopening_is_counted_and_offers_a_new_report(cast: Rivermark) -> None:
    made = factories.routed(cast.pothole, "A deep hole.", answers=LANE)
    endings.resolve(made.pk, disposition="not_found", text="Nothing there.", actor=cast.tom, visited=True)
    ServiceRequest.objects.filter(pk=made.pk).update(resolved_at=app_now() - dt.timedelta(days=15))
    html = browser_of(made).post(f"/r/{made.reference}/survey/", {"fixed": "no"}, follow=True).content.decode()
    assert said(made) == {"fixed": ("no", "")}
    assert "You could reopen this report until" in html
    assert "Report it again" in html
    made.refresh_from_db()
    assert made.status == "resolved"


def test_a_no_to_did_our_answer_help_you_opens_nothing(cast: Rivermark) -> None:
    made = factories.routed(cast.pothole, "Who mends this?", answers=LANE)
    endings.resolve(made.pk, disposition="answered", text="The State does.", actor=cast.tom)
    html = browser_of(made).post(f"/r/{made.reference}/survey/", {"fixed": "no"}, follow=True).content.decode()
    made.refresh_from_db()
    assert made.status == "resolved"
    assert "Reopen report" in html, "they may still do it themselves"


def test_a_second_answer_replaces_the_first_and_a_yes_needs_no_reason(fixed: ServiceRequest) -> None:
    ana = browser_of(fixed)
    page = f"/r/{fixed.reference}/survey/"
    ana.post(page, {"fixed": "partly", "fixed_reason": "part_done"})
    ana.post(page, {"fixed": "yes", "fixed_reason": "came_back"})
    assert said(fixed) == {"fixed": ("yes", "")}


@pytest.mark.parametrize("given", [{}, {"fixed": "maybe"}, {"fixed": "no", "fixed_reason": "drop table"}])
def test_what_is_no_answer_is_told_and_nothing_kept(fixed: ServiceRequest, given: dict[str, str]) -> None:
    answer = browser_of(fixed).post(f"/r/{fixed.reference}/survey/", given)
    assert answer.status_code == 422
    assert said(fixed) == {}


def test_where_an_answer_was_the_service_one_is_asked_whether_it_helped(cast: Rivermark) -> None:
    made = factories.routed(cast.pothole, "Who mends this?", answers=LANE)
    endings.resolve(made.pk, disposition="answered", text="The State does.", actor=cast.tom)
    html = browser_of(made).get(f"/r/{made.reference}/").content.decode()
    assert "Did our answer help you?" in html
    assert "Is it fixed?" not in html


@pytest.mark.parametrize("disposition", ["withdrawn", "handed_over", "duplicate", "no_reply"])
def test_nobody_is_asked_where_nothing_was_done(fixed: ServiceRequest, disposition: str) -> None:
    ServiceRequest.objects.filter(pk=fixed.pk).update(disposition=disposition)
    ana = browser_of(fixed)
    assert "Is it fixed?" not in ana.get(f"/r/{fixed.reference}/").content.decode()
    ana.post(f"/r/{fixed.reference}/survey/", {"fixed": "yes"})
    assert said(fixed) == {}


def test_after_thirty_days_and_by_a_stranger_nothing_is_answered(fixed: ServiceRequest) -> None:
    stranger = Client().post(f"/r/{fixed.reference}/survey/", {"fixed": "yes"})
    assert stranger.status_code == 403
    ana = browser_of(fixed)
    ServiceRequest.objects.filter(pk=fixed.pk).update(resolved_at=app_now() - dt.timedelta(days=31))
    ana.post(f"/r/{fixed.reference}/survey/", {"fixed": "yes"})
    assert said(fixed) == {}


def test_whoever_joined_answers_about_the_request_that_they_joined(cast: Rivermark) -> None:
    parent = factories.routed(cast.pothole, "A deep hole.", answers=LANE)
    mine = factories.routed(cast.pothole, "Same hole.", answers=LANE)
    merges.merge(mine.pk, parent=parent, actor=cast.tom)
    endings.resolve(parent.pk, disposition="fixed", text="Filled.", actor=cast.tom)
    browser_of(mine).post(f"/r/{mine.reference}/survey/", {"fixed": "no"})
    assert said(parent) == {"fixed": ("no", "")}
    assert said(mine) == {}


def test_each_ending_is_asked_about_anew(cast: Rivermark, fixed: ServiceRequest) -> None:
    ana = browser_of(fixed)
    page = f"/r/{fixed.reference}/"
    ana.post(f"{page}survey/", {"fixed": "no", "fixed_reason": "came_back"})
    progress.accept(fixed.pk, actor=cast.tom)
    endings.resolve(fixed.pk, disposition="fixed", text="Filled again.", actor=cast.tom)
    assert "Is it fixed?" in ana.get(page).content.decode()
    assert "checked" not in ana.get(f"{page}survey/").content.decode()
    ana.post(f"{page}survey/", {"fixed": "yes"})
    given = SurveyAnswer.objects.order_by("ending").values_list("ending", "value")
    assert list(given) == [(0, "no"), (1, "yes")]


def test_nobody_answers_by_a_report_that_is_not_theirs_or_too_late(cast: Rivermark, fixed: ServiceRequest) -> None:
    """As when a form is sent at the same time as what makes it void."""
    ben = factories.routed(cast.pothole, "Same hole.", answers=LANE).participations.get().person
    ana = fixed.participations.get().person
    for person, resolved_at in ((ben, fixed.resolved_at), (ana, app_now() - dt.timedelta(days=31))):
        ServiceRequest.objects.filter(pk=fixed.pk).update(resolved_at=resolved_at)
        with pytest.raises(progress.TooLate):
            surveys.answer(fixed.pk, answers={"fixed": ("yes", "")}, actor=person, through=fixed)
    assert said(fixed) == {}


def test_whoever_only_follows_is_not_asked(fixed: ServiceRequest) -> None:
    Participation.objects.filter(service_request=fixed).update(role="follower")
    assert "Is it fixed?" not in browser_of(fixed).get(f"/r/{fixed.reference}/").content.decode()


def test_it_goes_to_nobody_who_supervises_elsewhere_and_only_works_here(cast: Rivermark, fixed: ServiceRequest) -> None:
    factories.staff("Wanda", "supervisor", cast.city, cast.parks)
    factories.staff("Wanda", "crew", cast.city, cast.streets)
    ours = factories.staff("Petra", "supervisor", cast.city, cast.streets)
    # Further roles, and what she has to do still counts once.
    for role in ("crew", "triage", "call_taker"):
        factories.staff("Petra", role, cast.city, cast.streets)
    busier = factories.staff("Quinn", "supervisor", cast.city, cast.streets)
    for person, count in ((ours, 2), (busier, 3)):
        for _ in range(count):
            made = factories.routed(cast.pothole, "A hole.", answers={"where": "lane"})
            ServiceRequest.objects.filter(pk=made.pk).update(assignee=person)
    for _ in range(2):
        reopenings.reopen(fixed.pk, text="Still there.", actor=fixed.participations.get().person)
        fixed.refresh_from_db()
        if fixed.reopened_count < 2:
            progress.accept(fixed.pk, actor=cast.tom)
            endings.resolve(fixed.pk, disposition="fixed", text="Filled again.", actor=cast.tom)
    fixed.refresh_from_db()
    assert fixed.assignee == ours


def test_what_comes_back_twice_goes_to_the_supervisor_who_hears_of_it(cast: Rivermark, fixed: ServiceRequest) -> None:
    def again() -> ServiceRequest:
        reopenings.reopen(fixed.pk, text="Still there.", actor=fixed.participations.get().person)
        fixed.refresh_from_db()
        return fixed

    pia = factories.staff("Petra", "supervisor", cast.city, cast.streets)
    first = again()
    assert first.assignee != pia
    progress.accept(fixed.pk, actor=cast.tom)
    endings.resolve(fixed.pk, disposition="fixed", text="Filled again.", actor=cast.tom)
    second = again()
    assert second.reopened_count == 2
    assert second.assignee == pia
    mail.outbox.clear()
    factories.thirty_seconds_later()
    while drain("database") or drain("outside"):
        pass
    told = [one for one in mail.outbox if one.to == [pia.email]]
    assert len(told) == 1
    assert f"/staff/r/{fixed.reference}/" in told[0].body
    assert "Ana" not in told[0].body


@pytest.mark.parametrize(("role", "is_asked"), [("reporter", True), ("follower", False)])
def test_the_answers_are_in_the_email_of_who_is_asked(fixed: ServiceRequest, role: str, is_asked: bool) -> None:
    Participation.objects.filter(service_request=fixed).update(role=role)
    deliver()
    (sent,) = [one for one in mail.outbox if one.extra_headers.get("X-Lamplighter-Event") == "resolved"]
    assert ("/fixed/yes/" in str(sent.body)) is is_asked
