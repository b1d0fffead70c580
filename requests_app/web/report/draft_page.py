"""What the pages of the report path share: finding the draft, rendering a page, and going to the next one."""

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.forms import Form
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from requests_app.actions.report import drafts, emergency_question
from requests_app.city_request import CityRequest
from requests_app.forms import unsent_text
from requests_app.models import Draft
from requests_app.rules.alarms.hotlines import help_for
from requests_app.rules.report.path import Path
from requests_app.visitor import has_expired, own_draft
from requests_app.web.language_switch import same_page_in

P = ParamSpec("P")
DraftView = Callable[Concatenate[CityRequest, Draft, P], HttpResponse]


def draft_page(view: DraftView[P]) -> Callable[Concatenate[CityRequest, uuid.UUID, P], HttpResponse]:
    """Passes the view its draft, found by its id and this browser's cookie. A draft that was sent redirects to its report."""

    @never_cache
    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def guarded(request: CityRequest, draft_id: uuid.UUID, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        draft = own_draft(request, draft_id)
        if draft is None or has_expired(draft):
            return gone(request, draft)
        if draft.service_request is not None:
            # The Back button or a second tab: text typed there after sending is in no report.
            unsent_texts = unsent_text.texts_not_in(request, draft.service_request)
            if not unsent_texts:
                return redirect("requests_app:sent", draft.pk)
            return render(
                request,
                "requests_app/report/draft_gone.html",
                {"draft": draft, "unsent_texts": unsent_texts},
                status=409,
            )
        if "referred" in draft.typed:
            unsent_texts = unsent_text.typed_texts(request, without=unsent_text.CONTACT)
            if not unsent_texts:
                return redirect("requests_app:referred", draft.pk)
            return render(
                request,
                "requests_app/report/draft_gone.html",
                {"draft": draft, "unsent_texts": unsent_texts},
                status=409,
            )
        draft.language = request.LANGUAGE_CODE
        question = page_url(draft, "emergency")
        response = view(request, draft, *args, **kwargs)
        if request.method == "POST":
            settle_danger(draft, response, question)
        return response

    return guarded


def settle_danger(draft: Draft, response: HttpResponse, question: str) -> None:
    """Records, on POST, whether the emergency question or block comes next or is settled, so that a GET writes nothing."""
    if draft.service_request_id is not None:
        # It was just sent.
        return
    location = response.get("Location", "")
    if location == question:
        emergency_question.question_shown(draft)
        return
    if draft.warning == "shown":
        emergency_question.clear_warning(draft)
    if f"/{draft.pk}/" in location:
        emergency_question.block_shown(draft, _without_language(location))


def _without_language(path: str) -> str:
    """The part of a page's address that is the same in every language."""
    return path[path.find("/report/") :].partition("#")[0].partition("?")[0]


def gone(request: CityRequest, draft: Draft | None, *, template: str = "draft_gone") -> HttpResponse:
    """The page for a draft that is missing, expired or another browser's. It shows the text just sent, so that it isn't lost."""
    context = {"expired": draft, "unsent_texts": unsent_text.typed_texts(request), "text": request.POST.get("text", "")}
    return render(request, f"requests_app/report/{template}.html", context, status=410 if draft else 404)


def show(
    request: CityRequest, template: str, *, step: int, form: Form | None = None, status: int = 200, **context: Any
) -> HttpResponse:
    """Renders a page of the path with its step indicator; the header's language switch submits the form, too."""
    labels = [_("Problem"), _("Place"), _("Details"), _("Contact"), _("Check")]
    steps = [
        {"label": label, "state": "done" if number < step else "current" if number == step else ""}
        for number, label in enumerate(labels, 1)
    ]
    context |= {"steps": steps, "step": step, "form": form}
    draft = context.get("draft")
    block = draft.typed.get("hint_on") if draft else None
    if block and block["page"] == _without_language(request.path):
        context |= {"danger_help": help_for(request.jurisdiction, str(block["kind"])), "shows_danger_block": True}
    if form is not None:
        context["switch_form"] = "report-form"
    return render(request, f"requests_app/report/{template}.html", context, status=status)


def page_url(draft: Draft, page: str) -> str:
    """The URL of a page as rules.report_path names it."""
    name, _colon, number = page.partition(":")
    return reverse(f"requests_app:{name}", args=[draft.pk, int(number)] if number else [draft.pk])


def to_next_page(draft: Draft) -> HttpResponseRedirect:
    return HttpResponseRedirect(page_url(draft, Path(draft).next_page()))


def next_of(request: CityRequest, draft: Draft) -> Draft | None:
    """The draft of what follows this sent report (actions/report/drafts.py), as long as it isn't sent."""
    pk = draft.typed.get("next_draft")
    following = own_draft(request, uuid.UUID(pk)) if pk else None
    return following if following and following.service_request_id is None and not has_expired(following) else None


def in_other_language(request: CityRequest, draft: Draft, language: str) -> HttpResponse:
    """Redirects to the same page in that language, or to the page for finishing later. The form is already saved."""
    draft.language = language
    drafts.save(draft)
    if "later" in request.POST:
        return redirect("requests_app:later", draft.pk)
    return same_page_in(language, request.path)
