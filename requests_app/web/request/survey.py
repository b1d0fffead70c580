"""Is it fixed? One click on the tracking page or in an email, where "No" reopens it; then the reason and the second question."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from requests_app.actions.truth import surveys as actions
from requests_app.city_request import CityRequest
from requests_app.core import limits
from requests_app.link_access import RequestAccess, allowed_actions
from requests_app.messages.rate_limits import too_many_requests
from requests_app.models import Person, SurveyAnswer
from requests_app.rules.shared import rate_limits
from requests_app.rules.truth import surveys as survey_rules
from requests_app.rules.work import reopenings
from requests_app.web.request.forms import SurveyForm, words_form
from requests_app.web.request.reporter_actions import back_to_report, too_late_to_reopen, with_link


@with_link("survey", has_page=True, too_late=too_late_to_reopen)
def survey(request: CityRequest, access: RequestAccess, person: Person) -> HttpResponse:
    if request.method == "POST":
        return _answered(request, access, person)
    shown = access.shown
    if (chosen := request.GET.get("fixed", "")) in SurveyAnswer.Value:
        return _one_button(request, access, SurveyAnswer.Value(chosen))
    outcome = survey_rules.outcome_asked_about(shown, person, through=access.service_request)
    return _page(request, access, SurveyForm(about=shown, earlier=survey_rules.answers_of(shown, person, outcome or 0)))


def _one_button(request: CityRequest, access: RequestAccess, chosen: SurveyAnswer.Value) -> HttpResponse:
    """From a link in an email. Opening it answers nothing, since mail scanners open links too; its one button does."""
    shown = access.shown
    context = {
        "service_request": access.service_request,
        "question": survey_rules.fixed_question(shown),
        "chosen": chosen.value,
        "answer": dict(SurveyForm.VALUES)[chosen.value],
        "reopens": chosen == SurveyAnswer.Value.NO and reopenings.is_reopened_by_no(shown),
    }
    return render(request, "requests_app/request/survey_answer.html", context)


def _answered(request: CityRequest, access: RequestAccess, person: Person) -> HttpResponse:
    form = SurveyForm(request.POST, about=access.shown)
    if not form.is_valid():
        return _page(request, access, form, status=422)
    if not limits.allow(request, "words", rate_limits.WORDS_AN_HOUR):
        form.add_error(None, too_many_requests())
        return _page(request, access, form, status=429)
    if actions.answer(access.shown.pk, answers=form.answers(), actor=person, through=access.service_request):
        messages.success(request, _("Your report is open again. Its number is the same."))
    if "more" in request.POST:
        messages.success(request, _("Thank you. We count every answer and publish the results."))
        return back_to_report(access)
    return redirect("requests_app:survey", access.service_request.reference)


def _page(request: CityRequest, access: RequestAccess, form: SurveyForm, status: int = 200) -> HttpResponse:
    shown, acts = access.shown, allowed_actions(access)
    no_reopens = reopenings.is_reopened_by_no(shown)
    context = {
        "service_request": access.service_request,
        "shown": shown,
        "form": form,
        "reopen_until": reopenings.last_day(shown),
        "action_form": words_form("not_fixed") if "not_fixed" in acts and not no_reopens else None,
        "acts": acts,
        "no_reopens": no_reopens,
    }
    return render(request, "requests_app/request/survey.html", context, status=status)
