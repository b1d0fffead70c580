"""Reporting, first half: what is the problem, which service is it, and is somebody in danger?"""

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib import messages
from django.contrib.auth import logout
from django.forms import Form
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from requests_app import limits
from requests_app.actions import danger, drafting
from requests_app.forms.report import ProblemForm, ServiceForm
from requests_app.models import Article, Draft, Jurisdiction, Service, ServiceVersion
from requests_app.rules import suggestions
from requests_app.rules.report_path import Path
from requests_app.views import doubts, given_back, given_link, resident
from requests_app.views.door import CityRequest, same_page_in, switched_to, too_much
from requests_app.views.private_link import take_link
from requests_app.views.visitor import COOKIE, drafts_of, every_draft_of, has_expired, own_draft, remember, visitor_of
from requests_app.words import say

# Against machines alone: a library, or all phones of one network, must get through. What is too much for people is held back
# when it is sent (views/doubts.py).
DRAFTS_AN_HOUR = 600
UNKNOWN = "unknown"

P = ParamSpec("P")
DraftView = Callable[Concatenate[CityRequest, Draft, P], HttpResponse]


def draft_page(view: DraftView[P]) -> Callable[Concatenate[CityRequest, uuid.UUID, P], HttpResponse]:
    """Finds the draft by its address and this browser's cookie. A draft that was sent leads to what it became."""

    @never_cache
    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def guarded(request: CityRequest, draft_id: uuid.UUID, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        draft = own_draft(request, draft_id)
        if draft is None or has_expired(draft):
            return gone(request, draft)
        if draft.service_request is not None:
            # Back, or a second tab. What was typed there after sending is in no report.
            words = given_back.words_beyond(request, draft.service_request)
            if not words:
                return redirect("requests_app:sent", draft.pk)
            return render(request, "requests_app/draft_gone.html", {"draft": draft, "words": words}, status=409)
        draft.language = request.LANGUAGE_CODE
        question = page_url(draft, "emergency")
        response = view(request, draft, *args, **kwargs)
        if request.method == "POST":
            _ask_of_danger(draft, response, question)
        return response

    return guarded


def _ask_of_danger(draft: Draft, response: HttpResponse, question: str) -> None:
    """Notes at the POST that the question page comes next, or is not due any more: reading a page writes nothing."""
    if response.get("Location") == question:
        danger.ask(draft)
    elif draft.warning == "shown":
        danger.settle(draft)


def gone(request: CityRequest, draft: Draft | None) -> HttpResponse:
    """No draft of this browser, or not any more: with what was typed on its page, which may be all that is left of it."""
    context = {"expired": draft, "words": given_back.words_of(request), "text": request.POST.get("text", "")}
    return render(request, "requests_app/draft_gone.html", context, status=410 if draft else 404)


def show(
    request: CityRequest, template: str, *, step: int, form: Form | None = None, status: int = 200, **context: Any
) -> HttpResponse:
    """A page of the path: with where one is in it, and the header's language switch sending the form along."""
    labels = [_("Problem"), _("Place"), _("Details"), _("Contact"), _("Check")]
    steps = [
        {"label": label, "state": "done" if number < step else "current" if number == step else ""}
        for number, label in enumerate(labels, 1)
    ]
    context |= {"steps": steps, "step": step, "form": form}
    if form is not None:
        context["switch_form"] = "report-form"
    return render(request, f"requests_app/{template}.html", context, status=status)


def page_url(draft: Draft, page: str) -> str:
    """The address of a page as rules.report_path names it."""
    name, _colon, number = page.partition(":")
    return reverse(f"requests_app:{name}", args=[draft.pk, int(number)] if number else [draft.pk])


def go_on(draft: Draft) -> HttpResponseRedirect:
    return HttpResponseRedirect(page_url(draft, Path(draft).next_page()))


def in_other_language(request: CityRequest, draft: Draft, language: str) -> HttpResponse:
    """The same page in the language that was asked for; the form was kept before. Or the page for going on later."""
    draft.language = language
    drafting.keep(draft)
    if "later" in request.POST:
        return redirect("requests_app:later", draft.pk)
    return same_page_in(language, request.path)


# --- Step 1: what is the problem? -------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def report(request: CityRequest) -> HttpResponse:
    """The first page. Its address may say the first things: what about, and where (see given_link)."""
    link = given_link.read(request.jurisdiction, request.POST if request.method == "POST" else request.GET)
    version = link.version
    context: dict[str, Any] = {"version": version, "link": link}
    if request.method != "POST":
        return show(request, "report", step=1, form=ProblemForm(version=version), drafts=drafts_of(request), **context)
    form = ProblemForm(request.POST, version=version)
    language = switched_to(request)
    if language and not form.data.get("text", "").strip():
        # Nothing was typed: nothing needs keeping.
        with override(language):
            target = "requests_app:home" if request.POST.get("from") == "home" else "requests_app:report"
            return redirect(reverse(target) + link.query)
    if not form.is_valid():
        return show(request, "report", step=1, form=form, status=422, **context)
    if not limits.allow(request, "draft", DRAFTS_AN_HOUR):
        form.add_error(None, too_much(request.jurisdiction))
        return show(request, "report", step=1, form=form, status=429, **context)
    visitor = visitor_of(request)
    draft = drafting.begin(
        request.jurisdiction,
        visitor=visitor,
        language=request.LANGUAGE_CODE,
        text=form.cleaned_data["text"],
        text_language=request.LANGUAGE_CODE,
        **link.typed,
        **doubts.noticed(request.POST),
    )
    if language:
        return remember(same_page_in(language, reverse("requests_app:problem", args=[draft.pk])), visitor)
    response = go_on(draft)
    _ask_of_danger(draft, response, page_url(draft, "emergency"))
    return remember(response, visitor)


@draft_page
def problem(request: CityRequest, draft: Draft) -> HttpResponse:
    """The first page again, to change what was said."""
    path = Path(draft)
    form = ProblemForm(
        request.POST if request.method == "POST" else None, version=path.version, initial={"text": path.text}
    )
    if request.method == "POST":
        valid = form.is_valid()
        if valid and form.cleaned_data["text"] != path.text:
            drafting.keep(draft, text=form.cleaned_data["text"], text_language=request.LANGUAGE_CODE)
        if doubts.is_trapped(request.POST):
            drafting.keep(draft, by_robot=True)
        if language := switched_to(request):
            return in_other_language(request, draft, language)
        if valid:
            return go_on(draft)
    return show(
        request,
        "report",
        step=1,
        form=form,
        status=422 if form.errors else 200,
        draft=draft,
        version=path.version,
    )


@draft_page
def service(request: CityRequest, draft: Draft) -> HttpResponse:
    """Which of these is closest? And what may answer it already."""
    path = Path(draft)
    versions = offered_versions(request.jurisdiction)
    form = ServiceForm(
        request.POST if request.method == "POST" else None,
        offered=versions,
        initial={"service": path.typed.get("service")},
    )
    if request.method == "POST":
        valid = form.is_valid()
        if valid:
            drafting.keep(draft, service=form.cleaned_data["service"])
        if language := switched_to(request):
            return in_other_language(request, draft, language)
        if valid:
            return go_on(draft)
    found = suggestions.suggest(request.jurisdiction, path.text, request.LANGUAGE_CODE)
    suggested = {version.service_id for version in found.services}
    return show(
        request,
        "service",
        step=1,
        form=form,
        status=422 if form.errors else 200,
        draft=draft,
        path=path,
        chosen=form["service"].value(),
        suggested=found.services,
        articles=found.articles,
        unknown=next((one for one in versions if one.service.service_code == UNKNOWN), None),
        others=by_category(
            [one for one in versions if one.service_id not in suggested and one.service.service_code != UNKNOWN]
        ),
    )


def offered_versions(jurisdiction: Jurisdiction) -> list[ServiceVersion]:
    """The services that residents may use, by category and name."""
    services = (
        Service.objects.filter(jurisdiction=jurisdiction, active=True, current__isnull=False)
        .exclude(current__visibility=ServiceVersion.Visibility.STAFF)
        .select_related("current__category", "current__service")
    )
    versions = [one.current for one in services if one.current is not None]
    return sorted(versions, key=lambda one: (one.category.order, one.category.code, say(one.name).casefold()))


def by_category(versions: list[ServiceVersion]) -> list[tuple[Any, list[ServiceVersion]]]:
    groups: dict[int, tuple[Any, list[ServiceVersion]]] = {}
    for version in versions:
        groups.setdefault(version.category_id, (version.category, []))[1].append(version)
    return list(groups.values())


@draft_page
def answered(request: CityRequest, draft: Draft) -> HttpResponse:
    """[That answers it]: no report is needed, so what was typed goes."""
    if request.method != "POST":
        return go_on(draft)
    article = Article.objects.filter(
        jurisdiction=request.jurisdiction, published=True, code=request.POST.get("article", "").replace("\x00", "")
    ).first()
    drafting.forget([draft])
    messages.success(request, _("Good. We sent nothing and kept nothing of what you typed."))
    return redirect("requests_app:article", article.code) if article else redirect("requests_app:home")


# --- Forget me --------------------------------------------------------------------------------------------------------


@require_POST
def forget(request: CityRequest) -> HttpResponse:
    """ "Forget me on this device": drafts, private links and the sign-in, all that this browser keeps for us."""
    drafts = every_draft_of(request)
    drafting.forget(drafts)
    logout(request)
    # No redirect with a message: that would need a cookie.
    response = render(request, "requests_app/forgotten.html")
    response.delete_cookie(COOKIE)
    resident.sign_out(request, response)
    for draft in drafts:
        if draft.service_request is not None:
            take_link(response, draft.service_request.reference)
    # Also those that are bound to the pages of other requests, which no other page can see.
    response["Clear-Site-Data"] = '"cookies", "storage"'
    return response
