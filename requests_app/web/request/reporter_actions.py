"""Actions of the holder of a request's private link. A POST acts; a GET shows the form."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from requests_app import link_actions
from requests_app.actions.following import followers
from requests_app.actions.publication import moderation
from requests_app.actions.report import drafts, emergency_question
from requests_app.actions.work import progress
from requests_app.city_request import CityRequest
from requests_app.core import limits
from requests_app.forms import unsent_text
from requests_app.link_access import RequestAccess, access_request, allowed_actions
from requests_app.messages.rate_limits import too_many_requests
from requests_app.models import Person, ServiceRequest
from requests_app.rules.alarms import screening
from requests_app.rules.alarms.hotlines import help_for
from requests_app.rules.shared import intake, rate_limits
from requests_app.rules.shared.lifecycle import IllegalTransition
from requests_app.visitor import get_visitor, set_visitor_cookie
from requests_app.web.account.follow_forms import CadenceForm
from requests_app.web.only_the_city import only_the_city
from requests_app.web.report.draft_page import to_next_page
from requests_app.web.report.start import DRAFTS_AN_HOUR
from requests_app.web.request.forms import words_form
from requests_app.web.request.not_found import request_not_found
from requests_app.web.request.track import track_page

# Actions that take text, in the order in which they are offered text written for an action that is no longer possible.
WITH_WORDS = ("answer", "add", "not_fixed")

P = ParamSpec("P")
Action = Callable[Concatenate[CityRequest, RequestAccess, Person, P], HttpResponse]


def with_link(
    act: str, *, has_page: bool = False, too_late: Callable[[CityRequest, RequestAccess], HttpResponse] | None = None
) -> Callable[[Action[P]], Callable[Concatenate[CityRequest, str, P], HttpResponse]]:
    """A POST by the holder of the private link, if they may do this now. Anyone else gets a 404, as if it didn't exist.

    has_page: the view answers a GET with a page of its own; otherwise it shows the tracking page, which has the form.
    too_late: message for a reporter who comes too late.
    """

    def over(request: CityRequest, access: RequestAccess) -> HttpResponse:
        if too_late is not None and access.own:
            return too_late(request, access)
        return _changed_meanwhile(request, access, act)

    def decorate(view: Action[P]) -> Callable[Concatenate[CityRequest, str, P], HttpResponse]:
        @never_cache
        @require_http_methods(["GET", "HEAD", "POST"])
        @wraps(view)
        def guarded(request: CityRequest, reference: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            access = access_request(request, reference)
            if access is None:
                return request_not_found(request, reference)
            if access.link is None:
                message = _("To do this, open the private link in our email.")
                context = {"message": message, "unsent_texts": unsent_text.typed_texts(request)}
                return render(request, "403.html", context, status=403)
            if act not in allowed_actions(access):
                return over(request, access)
            if request.method != "POST" and not has_page:
                return track_page(request, access)
            try:
                return view(request, access, access.link.person, *args, **kwargs)
            except (IllegalTransition, progress.TooLate):
                # The current state.
                return over(request, access_request(request, reference) or access)

        return guarded

    return decorate


def _changed_meanwhile(request: CityRequest, access: RequestAccess, act: str) -> HttpResponse:
    """The request changed while they were typing. Their text moves to an action that is possible now, or can be copied."""
    text = intake.clean_text(request.POST.get(f"{act}-words", ""))
    if not text:
        messages.info(request, _("You can’t do this anymore. Here’s the current status of your report."))
        return back_to_report(access)
    open_now = allowed_actions(access)
    other = next((one for one in WITH_WORDS if one in open_now), "")
    if other:
        messages.info(
            request, _("The report changed while you were typing. Your message hasn’t been sent yet. Review it below.")
        )
        form = words_form(other, initial={"words": text})
        return track_page(request, access, form=form, form_for=other, status=409)
    messages.info(request, _("You can’t do this anymore. Your message wasn’t sent. You can copy it below."))
    return track_page(request, access, unsent=[text], status=409)


def _text_or_page(request: CityRequest, access: RequestAccess, act: str) -> str | HttpResponse:
    """The submitted text, or the page with its errors."""
    form = words_form(act, request.POST)
    if not form.is_valid():
        return track_page(request, access, form=form, form_for=act, status=422)
    if not limits.allow(request, "words", rate_limits.WORDS_AN_HOUR):
        form.add_error(None, too_many_requests())
        return track_page(request, access, form=form, form_for=act, status=429)
    return str(form.cleaned_data["words"])


def _say_whom_to_call(request: CityRequest, about: ServiceRequest, message: str) -> None:
    """Shows whom to call if the text sounds dangerous, since we may not read it right away, and that nobody else reads it."""
    assessment = screening.find_danger(request.jurisdiction, message)
    if assessment.danger:
        emergency_question.block_shown_for(about, assessment.danger.kind)
    kind = assessment.distress or (assessment.danger.kind if assessment.danger else "")
    about.refresh_from_db(fields=["public_state", "review_reason"])
    if assessment.distress and only_the_city(about):
        # The block on top of their page says the rest.
        messages.warning(request, _("We may not read your message right away."))
    elif kind:
        messages.error(request, help_for(request.jurisdiction, kind).message())
        if assessment.distress:
            messages.info(request, _("Only the city can read this."))


def back_to_report(access: RequestAccess) -> HttpResponse:
    return redirect("requests_app:track", access.service_request.reference)


@with_link("answer")
def answer(request: CityRequest, access: RequestAccess, person: Person) -> HttpResponse:
    text = _text_or_page(request, access, "answer")
    if isinstance(text, HttpResponse):
        return text
    link_actions.answer(access, text)
    messages.success(request, _("Thank you. We got your answer, and the team will read it."))
    _say_whom_to_call(request, access.service_request, text)
    return back_to_report(access)


@with_link("add")
def add(request: CityRequest, access: RequestAccess, person: Person) -> HttpResponse:
    text = _text_or_page(request, access, "add")
    if isinstance(text, HttpResponse):
        return text
    link_actions.add(access, text)
    messages.success(request, _("Thank you. The team working on it will read your message."))
    _say_whom_to_call(request, access.service_request, text)
    return back_to_report(access)


def too_late_to_reopen(request: CityRequest, access: RequestAccess) -> HttpResponse:
    """Says so, with the way to report it again. Words that were typed stay on the page."""
    if "report_again" not in allowed_actions(access):
        return _changed_meanwhile(request, access, "not_fixed")
    text = intake.clean_text(request.POST.get("not_fixed-words", ""))
    if not text:
        messages.info(request, _("You can’t reopen this report anymore. You can report it again below."))
        return back_to_report(access)
    messages.info(
        request, _("You can’t reopen this report anymore. Your message wasn’t sent. You can report it again below.")
    )
    return track_page(request, access, unsent=[text], status=409)


@with_link("not_fixed", too_late=too_late_to_reopen)
def not_fixed(request: CityRequest, access: RequestAccess, person: Person) -> HttpResponse:
    text = _text_or_page(request, access, "not_fixed")
    if isinstance(text, HttpResponse):
        return text
    link_actions.not_fixed(access, text)
    messages.success(request, _("Your report is open again. Its number is the same."))
    _say_whom_to_call(request, access.service_request, text)
    return back_to_report(access)


@with_link("undo_reopening")
def undo_reopening(request: CityRequest, access: RequestAccess, person: Person) -> HttpResponse:
    link_actions.undo_reopening(access)
    messages.success(request, _("Your report is closed again, as before."))
    return back_to_report(access)


@with_link("report_again")
def report_again(request: CityRequest, access: RequestAccess, person: Person) -> HttpResponse:
    """Starts a new report with everything filled in, once the earlier one can't be reopened anymore."""
    if not limits.allow(request, "draft", DRAFTS_AN_HOUR):
        messages.error(request, too_many_requests(request.jurisdiction))
        return back_to_report(access)
    visitor = get_visitor(request)
    draft = drafts.create_again(
        access.service_request,
        person,
        visitor=visitor,
        language=request.LANGUAGE_CODE,
        text=request.POST.get("words", ""),
    )
    messages.info(request, _("We filled in your earlier report. Check it, and change what’s different now."))
    return set_visitor_cookie(to_next_page(draft), visitor)


@with_link("keep_private", has_page=True)
def keep_private(request: CityRequest, access: RequestAccess, person: Person) -> HttpResponse:
    """An “I don’t know” report that staff made public. The link in the email opens the page, and only its button acts."""
    if request.method != "POST":
        context = {"service_request": access.service_request}
        return render(request, "requests_app/request/keep_private.html", context)
    moderation.keep_private(access.service_request.pk, actor=person)
    messages.success(request, _("Your report is private again. Only you and the city can see it."))
    return back_to_report(access)


@with_link("withdraw", has_page=True)
def withdraw(request: CityRequest, access: RequestAccess, person: Person) -> HttpResponse:
    if "sure" not in request.POST:
        return render(request, "requests_app/request/withdraw.html", {"service_request": access.service_request})
    link_actions.withdraw(access)
    messages.success(request, _("You withdrew your report. We’ll stop working on it."))
    return back_to_report(access)


@with_link("unsubscribe_link")
def unsubscribe(request: CityRequest, access: RequestAccess, person: Person) -> HttpResponse:
    link_actions.unsubscribe(access)
    messages.success(request, _("You won’t get any more email about this report."))
    return back_to_report(access)


@with_link("news")
def updates(request: CityRequest, access: RequestAccess, person: Person) -> HttpResponse:
    form = CadenceForm(request.POST)
    if not form.is_valid():
        return track_page(request, access, status=422)
    followers.set_cadence(access.service_request, form.cleaned_data["cadence"], actor=person)
    messages.success(request, _("We saved how often you want updates."))
    return redirect("requests_app:track", access.service_request.reference)
