"""The public numbers: what residents answered, counted as they answer, and never so small that it points to one of them."""

import csv
import datetime as dt
import re

import pytest
from django.core.cache import cache
from django.test import Client

from requests_app.actions.people.reporters import Reporter
from requests_app.actions.publication import moderation
from requests_app.actions.shared import counters
from requests_app.actions.truth import surveys
from requests_app.actions.work import reopenings
from requests_app.actions.work.assignment import change_service
from requests_app.clock import app_now
from requests_app.models import (
    CounterDelta,
    Participation,
    Person,
    Service,
    ServiceRequest,
    ServiceVersion,
    SurveyAnswer,
)
from tests import factories
from tests.factories import Rivermark

pytestmark = pytest.mark.django_db

ANSWERS = {"where": "lane"}


def answered(
    cast: Rivermark, version: ServiceVersion, fixed: str, treated: str = "", count: int = 1
) -> list[tuple[ServiceRequest, Person]]:
    """So many residents whose reports were fixed say so."""
    made = []
    # Without the department's whole way to that end, which takes most of the time.
    ended = {"status": "resolved", "disposition": "fixed", "resolved_at": app_now(), "department": cast.streets}
    for number in range(count):
        request = factories.report(
            version,
            "Words.",
            answers=ANSWERS if version == cast.pothole else {},
            reporter=Reporter(name=f"Resident {number}"),
        )
        ServiceRequest.objects.filter(pk=request.pk).update(**ended)
        request.clocks.update(met_at=app_now())
        request.refresh_from_db()
        made.append((request, Participation.objects.get(service_request=request, role="reporter").person))
    counters.recount()
    for request, person in made:
        say(request, person, fixed, treated)
    return made


def say(request: ServiceRequest, person: Person, fixed: str, treated: str = "") -> None:
    said = {"fixed": (fixed, "")} | ({"treated_well": (treated, "")} if treated else {})
    surveys.answer(request.pk, answers=said, actor=person, through=request)


def page(path: str = "/numbers/") -> str:
    cache.clear()
    answer = Client().get(path)
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", answer.content.decode())


def rows() -> list[dict[str, str]]:
    """The rows of the CSV file."""
    answer = Client().get("/numbers/survey.csv")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(answer.content.decode().splitlines()))


def fixed(row: dict[str, str]) -> list[str]:
    return [row[f"fixed_{name}"] for name in ("yes", "partly", "no", "answered")]


def test_it_counts_answers_by_service_and_month(cast: Rivermark) -> None:
    answered(cast, cast.pothole, "yes", "yes", 7)
    answered(cast, cast.pothole, "partly", "no", 5)
    answered(cast, cast.pothole, "no", "no", 6)
    month = f"{app_now().astimezone(cast.city.zone):%Y-%m}"
    assert rows() == [
        {
            "month": month,
            "service_code": "pothole",
            "service": "Pothole",
            "fixed_yes": "7",
            "fixed_partly": "5",
            "fixed_no": "6",
            "fixed_answered": "18",
            "treated_well_yes": "7",
            "treated_well_partly": "<5",
            "treated_well_no": "11",
            "treated_well_answered": "18+",
        }
    ]
    html = page()
    cells = re.findall(r"<t[dh][^>]*>\s*(.*?)\s*</t[dh]>", html[html.index('id="by-service"') :])
    assert re.sub("<[^>]+>", "", " ".join(cells)).endswith("Pothole 7 5 6 18 7 &lt;5 11 18+")
    assert "(so far)" in html


def test_fewer_than_five_are_not_shown_nor_given_away_by_a_total(cast: Rivermark) -> None:
    """Neither by the sum of a row, nor by that of a month, nor by the services that are left."""
    answered(cast, cast.pothole, "yes", count=6)
    answered(cast, cast.pothole, "no", count=2)
    answered(cast, cast.tree, "no", count=3)
    assert [(row["service_code"], *fixed(row)) for row in rows()] == [
        ("pothole", "6", "<5", "<5", "6+"),
        ("", "<5", "<5", "<5", ""),
    ]
    html = page()
    totals = html[html.index('id="fixed"') : html.index('id="treated-well"')]
    assert re.findall(r"<td>\s*(.*?)\s*</td>", totals) == ["6", "&lt;5", "&lt;5", "6+"]
    for given_away in (">2<", ">3<", ">8<", ">9<", ">11<", ">5<"):
        assert given_away not in html.replace(" ", "")


def test_all_alike_is_not_shown_as_none_of_the_others(cast: Rivermark) -> None:
    answered(cast, cast.pothole, "no", count=5)
    assert fixed(rows()[0]) == ["<5", "<5", "5", "5+"]


def test_services_with_small_numbers_are_added_up(cast: Rivermark) -> None:
    answered(cast, cast.pothole, "yes", count=4)
    answered(cast, cast.tree, "yes", count=3)
    assert [(row["service"], *fixed(row)) for row in rows()] == [("Other services", "7", "<5", "<5", "7+")]
    assert "Otros servicios" in page("/es/numbers/")


def test_an_answer_that_was_changed_counts_once(cast: Rivermark) -> None:
    made = answered(cast, cast.pothole, "no", "no", 6)
    for request, person in made:
        say(request, person, "yes", "no")
    assert fixed(rows()[0]) == ["6", "<5", "<5", "6+"]
    counters.fold()
    assert counters.recount() == 0


def test_only_public_reports_count(cast: Rivermark) -> None:
    """Not those of private services, nor those that were hidden or moved to a private service since."""
    answered(cast, cast.outreach, "yes", count=6)
    assert rows() == []
    made = answered(cast, cast.pothole, "yes", count=7)
    assert fixed(rows()[0])[0] == "7"
    moderation.hide(made[0][0].pk, reason="abuse", actor=cast.pia)
    assert fixed(rows()[0])[0] == "6"
    for request, _person in made[1:4]:
        reopenings.reopen(request.pk, text="Not yet.", actor=cast.tom)
        change_service(request.pk, version=cast.outreach, actor=cast.tom)
    assert fixed(rows()[0]) == ["<5", "<5", "<5", ""]
    assert counters.recount() == 0
    answered(cast, cast.tree, "yes", count=6)
    assert {row["service_code"] for row in rows()} == {"", "tree"}
    Service.objects.filter(pk=cast.tree.service_id).update(current=cast.outreach)
    assert {row["service_code"] for row in rows()} == {""}, "the service is private today"


def test_a_recount_finds_what_bypassed_the_action(cast: Rivermark) -> None:
    answered(cast, cast.pothole, "yes", count=6)
    CounterDelta.objects.all().delete()
    assert counters.recount() > 0
    assert fixed(rows()[0])[0] == "6"


def test_six_months_a_page_newest_first(cast: Rivermark) -> None:
    answered(cast, cast.pothole, "yes", count=6)
    # In the middle of each month, whatever today is.
    middle = app_now().replace(day=15)
    for number, answer in enumerate(SurveyAnswer.objects.order_by("id")):
        for back in range(1, 10):
            SurveyAnswer.objects.create(
                service_request=answer.service_request,
                person=None,
                question="fixed",
                value="yes",
                ending=back * 10 + number,
                answered_at=middle - dt.timedelta(days=30.4 * back),
            )
    counters.recount()
    counters.fold()
    html = page()
    months = re.findall(r'id="month-(\d{4}-\d\d)"', html)
    assert len(months) == 6
    assert months == sorted(months, reverse=True)
    older = re.search(r'/numbers/\?before=\d{4}-\d\d">Earlier months', html)
    assert older
    html = page(older[0].partition('"')[0])
    further = re.findall(r'id="month-(\d{4}-\d\d)"', html)
    assert further == sorted(further, reverse=True)
    assert 3 <= len(further) <= 5
    assert max(further) < min(months)
    assert "Earlier months" not in html
    assert "Later months" in html
    assert len(rows()) == len(months) + len(further)


@pytest.mark.parametrize("before", ["", "nonsense", "2026-13", "1999-01", "9999-12", "2099-12", "%00", "２０２６-01"])
def test_any_month_can_be_asked_for(cast: Rivermark, before: str) -> None:
    assert "No one has answered yet." in page(f"/numbers/?before={before}")


def test_a_name_that_a_spreadsheet_would_run_is_written_as_text(cast: Rivermark) -> None:
    answered(cast, factories.service(cast.city, "formula", name={"en": "=1+1"}), "yes", count=6)
    assert rows()[0]["service"] == "'=1+1"


def test_the_footer_and_the_sitemap_lead_to_it(cast: Rivermark) -> None:
    assert 'href="/numbers/"' in page("/")
    assert "/es/numbers/</loc>" in Client().get("/sitemap.xml").content.decode()
