"""The first pages of a report: describe the problem and choose a service. Also "Forget me on this device"."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language_info, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from requests_app.actions.answers import article_counts
from requests_app.actions.report import drafts as actions_drafts
from requests_app.actions.report.referrals import is_waiting
from requests_app.city_request import CityRequest
from requests_app.core import limits
from requests_app.forms import place_input
from requests_app.forms.report_forms import ProblemForm, ServiceForm
from requests_app.messages.rate_limits import too_many_requests
from requests_app.models import Article, Draft, Jurisdiction, ServiceVersion
from requests_app.rules.alarms.hotlines import help_for
from requests_app.rules.answers import most_reported, suggestions
from requests_app.rules.report import other_language, referrals, two_problems
from requests_app.rules.report.path import Path
from requests_app.rules.setup.offered_services import offered_versions
from requests_app.visitor import COOKIE, all_drafts, get_visitor, open_drafts, set_visitor_cookie
from requests_app.web import resident
from requests_app.web.language_switch import requested_language, same_page_in
from requests_app.web.link_cookie import delete_link_cookie
from requests_app.web.permissions_policy import with_microphone
from requests_app.web.report import answer_address, first_photos, prefill, spam_signals
from requests_app.web.report.draft_page import (
    draft_page,
    in_other_language,
    page_url,
    settle_danger,
    show,
    to_next_page,
)
from requests_app.web.search_counts import count_unmatched

# Only against bots: a library, or every phone on one network, must get through. What is too much for people goes to review
# when it is sent (web/report/spam_signals.py).
DRAFTS_AN_HOUR = 600
UNKNOWN = "unknown"
# Of the best services and answers, which are listed together.
LISTED_TOGETHER = 3

# --- Step 1: what is the problem? -------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@with_microphone
def report(request: CityRequest) -> HttpResponse:
    """The first page. Query parameters can prefill the service and the place (see prefill.py)."""
    link = prefill.read(request.jurisdiction, request.POST if request.method == "POST" else request.GET)
    version = link.version
    context: dict[str, Any] = {"version": version, "link": link}
    if request.method != "POST":
        form = ProblemForm(version=version, initial={"text": prefill.text_of(request.GET)})
        return show(request, "start", step=1, form=form, drafts=open_drafts(request), **context)
    has_photos = bool(request.FILES.getlist("photos"))
    form = ProblemForm(request.POST, version=version, has_photos=has_photos)
    language = requested_language(request)
    if language and not form.data.get("text", "").strip() and not has_photos:
        # Nothing was typed, so there is nothing to keep.
        with override(language):
            target = "requests_app:home" if request.POST.get("from") == "home" else "requests_app:report"
            return redirect(reverse(target) + link.query)
    if not form.is_valid():
        return show(request, "start", step=1, form=form, status=422, **context)
    if not limits.allow(request, "draft", DRAFTS_AN_HOUR):
        form.add_error(None, too_many_requests(request.jurisdiction))
        return show(request, "start", step=1, form=form, status=429, **context)
    visitor = get_visitor(request)
    typed = link.typed
    if link.place:
        typed["place"] = place_input.marked_on_water(request.jurisdiction, link.place)
    draft = actions_drafts.create(
        request.jurisdiction,
        visitor=visitor,
        language=request.LANGUAGE_CODE,
        text=form.cleaned_data["text"],
        text_language=request.LANGUAGE_CODE,
        **typed,
        **spam_signals.noticed(request.POST),
    )
    refused = first_photos.take(request, draft) if has_photos else []
    if not draft.typed["text"] and version is None and not draft.photos.exists():
        # Nothing came of it: no draft to go on with.
        actions_drafts.delete([draft])
        for problem in refused:
            form.add_error("photos", problem)
        return show(request, "start", step=1, form=form, status=422, **context)
    for problem in refused:
        messages.warning(request, problem)
    if version is None:
        count_if_unmatched(request, draft)
    if language:
        return set_visitor_cookie(same_page_in(language, reverse("requests_app:problem", args=[draft.pk])), visitor)
    response = to_next_page(draft)
    settle_danger(draft, response, page_url(draft, "emergency"))
    return set_visitor_cookie(response, visitor)


def count_if_unmatched(request: CityRequest, draft: Draft) -> None:
    path = Path(draft)
    if article_counts.is_unmatched(path, request.LANGUAGE_CODE):
        count_unmatched(request, path.text)


@draft_page
@with_microphone
def problem(request: CityRequest, draft: Draft) -> HttpResponse:
    """The first page again, to edit the description."""
    path = Path(draft)
    form = ProblemForm(
        request.POST if request.method == "POST" else None,
        version=path.version,
        has_photos=path.begins_with_photos,
        initial={"text": path.text},
    )
    if request.method == "POST":
        valid = form.is_valid()
        if valid and form.cleaned_data["text"] != path.text:
            actions_drafts.save(
                draft,
                text=form.cleaned_data["text"],
                text_language=request.LANGUAGE_CODE,
                about="",
                is_one_problem=False,
            )
        if spam_signals.is_trapped(request.POST):
            actions_drafts.save(draft, by_robot=True)
        if language := requested_language(request):
            return in_other_language(request, draft, language)
        if valid:
            return to_next_page(draft)
    return show(
        request,
        "start",
        step=1,
        form=form,
        status=422 if form.errors else 200,
        draft=draft,
        version=path.version,
    )


@draft_page
def service(request: CityRequest, draft: Draft) -> HttpResponse:
    """Offers the services and articles that best match the description; for two problems, those of the first.

    Where the words may tell of danger or distress, nothing is offered as the closest: who can help comes first.
    """
    if request.method == "POST" and "one_problem" in request.POST:
        actions_drafts.report_as_one(draft)
        return redirect("requests_app:service", draft.pk)
    path = Path(draft)
    helps_first = path.screening.helps_first
    danger = path.screening.kind or path.screening.distress
    two = two_problems.of_draft(path, request.LANGUAGE_CODE)
    versions = offered_versions(request.jurisdiction)
    form = ServiceForm(
        _with_pick(request.POST) if request.method == "POST" else None,
        offered=versions,
        initial={"service": path.typed.get("service")},
    )
    if answer_address.is_asked(request):
        if (response := answer_address.keep(request, draft)) is not None:
            return response
        form = ServiceForm(None, offered=versions, initial={"service": path.typed.get("service")})
    elif request.method == "POST":
        valid = form.is_valid()
        if valid:
            # What was to be sent to somebody else becomes a report.
            not_referred: dict[str, Any] = {"referral": {}} if path.referral else {}
            actions_drafts.save(draft, service=form.cleaned_data["service"], **not_referred)
            # Only if the page said so.
            if two is not None and "two_problems" in request.POST:
                actions_drafts.report_in_turn(draft, two)
        if language := requested_language(request):
            return in_other_language(request, draft, language)
        if valid:
            return to_next_page(draft)
    about = two.first.text if two is not None else path.asked_about
    help_first: dict[str, Any] = {}
    suggested = suggestions.Suggestions()
    if helps_first:
        help_first = {"danger_help": help_for(request.jurisdiction, danger), "shows_danger_block": True}
    else:
        suggested = suggestions.suggest(request.jurisdiction, about, request.LANGUAGE_CODE)
    # Two problems are reports: the page is about them.
    answers = suggested.articles if two is None else []
    if answers:
        actions_drafts.mark_answer_seen(draft)
    at_address = answer_address.answers_by_address(request, answers)
    suggested_ids = {version.service_id for version in suggested.services}
    return show(
        request,
        "service",
        step=1,
        form=form,
        status=422 if form.errors else max((at.status for at in at_address.values()), default=200),
        draft=draft,
        path=path,
        chosen=form["service"].value(),
        excerpt=path.excerpt(path.asked_about, next(iter(suggested.services), None)),
        two=two,
        two_words=[path.excerpt(one.text, one.version) for one in (two.first, two.second)] if two else [],
        best_read=best_read(request.jurisdiction, path.text),
        suggested=suggested.services,
        offers=suggested.services if two is not None else offers(suggested),
        answer=suggested.answer if answers else None,
        answer_at=at_address.get(suggested.answer.code) if suggested.answer else None,
        first_photos=list(draft.photos.order_by("id")) if path.begins_with_photos else [],
        popular=most_reported.most_reported(request.jurisdiction, versions) if path.begins_with_photos else [],
        referable=[article.code for article in suggested.articles if referrals.can_refer(path, article)],
        articles=[(article, at_address.get(article.code)) for article in answers if article != suggested.answer],
        unknown=next((version for version in versions if version.service.service_code == UNKNOWN), None),
        others=by_category(
            [
                version
                for version in versions
                if version.service_id not in suggested_ids and version.service.service_code != UNKNOWN
            ]
        ),
        helps_first=helps_first,
        **help_first,
    )


def _with_pick(posted: QueryDict) -> QueryDict:
    """With the service of the selected button as the chosen one."""
    if "pick" not in posted:
        return posted
    picked = posted.copy()
    picked["service"] = str(posted["pick"])
    return picked


def offers(suggested: suggestions.Suggestions) -> list[ServiceVersion | Article]:
    """What the page lists after its answer: every service, and an article if it's among the first three of all."""
    return [
        one
        for place, one in enumerate(suggested.ranked)
        if one != suggested.answer and (isinstance(one, ServiceVersion) or place < LISTED_TOGETHER)
    ]


def best_read(jurisdiction: Jurisdiction, text: str) -> str:
    """The names of the city's languages, like "English and Spanish", for a text that is in another one; otherwise empty."""
    if not other_language.is_other(text, jurisdiction.languages):
        return ""
    names = [str(get_language_info(language)["name_translated"]) for language in jurisdiction.languages]
    last = names.pop()
    return _("%(first)s and %(last)s") % {"first": ", ".join(names), "last": last} if names else last


def by_category(versions: list[ServiceVersion]) -> list[tuple[Any, list[ServiceVersion]]]:
    groups: dict[int, tuple[Any, list[ServiceVersion]]] = {}
    for version in versions:
        groups.setdefault(version.category_id, (version.category, []))[1].append(version)
    return list(groups.values())


@draft_page
def answered(request: CityRequest, draft: Draft) -> HttpResponse:
    """[That answers my question]: no report is needed, so the draft is deleted, and only the answer is counted."""
    if request.method != "POST":
        return to_next_page(draft)
    code = request.POST.get("article", "").replace("\x00", "")
    article = Article.objects.public().filter(jurisdiction=request.jurisdiction, code=code).first()
    if article is None:
        messages.info(request, _("We’ve taken that answer down since you opened this page. Here’s what else we found."))
        return redirect("requests_app:service", draft.pk)
    path = Path(draft)
    suggested = suggestions.suggest(request.jurisdiction, path.asked_about, request.LANGUAGE_CODE).services
    second = actions_drafts.begin_next(draft) if path.second_problem else None
    article_counts.answered(draft, article, path.version or next(iter(suggested), None))
    if second is not None:
        messages.success(request, _("Glad that helped. Now, your other problem."))
        return to_next_page(second)
    messages.success(request, _("Glad that helped. We didn’t send or keep anything you typed."))
    response = redirect("requests_app:article", article.code)
    answer_address.forget(response, draft)
    return response


# --- Forget me --------------------------------------------------------------------------------------------------------


@require_POST
def forget(request: CityRequest) -> HttpResponse:
    """ "Forget me on this device": deletes the drafts, private links and sign-in that this browser holds."""
    drafts = all_drafts(request)
    # An email on its way still goes out. Nobody can open its draft without the cookie.
    actions_drafts.delete([draft for draft in drafts if not is_waiting(draft)])
    logout(request)
    # No redirect with a message, since messages need a cookie.
    response = render(request, "requests_app/report/forgotten.html")
    response.delete_cookie(COOKIE)
    resident.sign_out(request, response)
    for draft in drafts:
        if draft.service_request is not None:
            delete_link_cookie(response, draft.service_request.reference)
    # Also clears cookies whose path is another request's page: they are not sent to this one.
    response["Clear-Site-Data"] = '"cookies", "storage"'
    return response
