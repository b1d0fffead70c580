"""Is anyone in danger right now? The question page, and the count of calls from it."""

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from requests_app.actions.report import emergency_question
from requests_app.city_request import CityRequest
from requests_app.core import limits
from requests_app.messages import wording
from requests_app.models import Draft
from requests_app.rules.alarms.hotlines import help_for
from requests_app.rules.report.path import Path
from requests_app.web.report.draft_page import draft_page, page_url, show, to_next_page

CALLS_AN_HOUR = 60


@draft_page
def emergency(request: CityRequest, draft: Draft) -> HttpResponse:
    """The question page. A report sent after it is flagged and goes to the top of the queue."""
    path = Path(draft)
    if not path.warnings:
        return to_next_page(draft)
    if request.method == "POST" and "go_on" in request.POST:
        emergency_question.answer_no(draft, path.warnings)
        return to_next_page(draft)
    stopped_by = path.stopping_question
    return show(
        request,
        "emergency",
        step=1,
        draft=draft,
        version=path.version,
        danger_help=help_for(request.jurisdiction, path.screening.kind),
        stopped_by=stopped_by,
        stopping_answer=next(
            (words for question, _value, words in path.answers.answered if question == stopped_by), ""
        ),
        change_url=_page_of(draft, path, stopped_by.code) if stopped_by else "",
        kept=wording.one_stop(
            _("We’ll keep it until %(day)s.") % {"day": wording.long_time(draft.expires_at, path.jurisdiction.zone)}
        ),
    )


@require_POST
@draft_page
def called(request: CityRequest, draft: Draft) -> HttpResponse:
    """Counts a call from the question page (js/called.js), so that the city knows how many people it sent to 911."""
    if not limits.allow(request, "called", CALLS_AN_HOUR):
        return HttpResponse(status=429)
    emergency_question.called(draft)
    return HttpResponse(status=204)


def _page_of(draft: Draft, path: Path, code: str) -> str:
    """The URL of the page that asks a question."""
    number = next((n for n, page in enumerate(path.pages, 1) if code in [question.code for question in page]), 1)
    return page_url(draft, f"details:{number}")
