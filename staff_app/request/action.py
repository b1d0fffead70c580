"""One page and one POST for each action on a request."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from requests_app import access, photos
from requests_app.access import RELATED, get_request_or_404, with_last_event
from requests_app.actions.work import conversation, endings, holds, staff_actions, staff_texts
from requests_app.actions.work.merges import CannotMerge
from requests_app.messages import wording
from requests_app.models import AnswerTemplate, Event, ServiceRequest
from requests_app.rules.people import permissions
from requests_app.rules.publication import redaction
from requests_app.rules.shared.lifecycle import IllegalTransition
from staff_app import in_place, last_event
from staff_app.decorators import StaffRequest, staff_page
from staff_app.queue import changed_row
from staff_app.queue.list_position import ListPosition, after_action
from staff_app.request import composer, conflict, marked_texts, similar, timeline
from staff_app.request import templates as answer_templates
from staff_app.request.actions import ACTION_BY_VERB, Action
from staff_app.request.forms import ActionForm, CorrectPlaceForm, suggest_addresses
from staff_app.request.marked_texts import Mark
from staff_app.request.undo import undo_tag
from staff_app.unsent import Unsent


@staff_page
def action(request: StaffRequest, reference: str, verb: str) -> HttpResponseBase:
    """Answers 422 for invalid input and for personal data in a public text that its writer has not seen marked, and 409 if the
    status no longer allows the action. All keep what was typed."""
    chosen = ACTION_BY_VERB.get(verb)
    if chosen is None:
        raise Http404
    service_request = get_request_or_404(
        request.user, reference, verb, jurisdiction=request.jurisdiction, statement=chosen.statement
    )
    if request.method != "POST":
        return _begin(request, service_request, chosen)
    if composer.PREVIEW in request.POST:
        return composer.previewed(request, service_request, chosen)
    return _submit(request, service_request, chosen)


def _begin(request: StaffRequest, service_request: ServiceRequest, chosen: Action) -> HttpResponse:
    """The page with its form, filled in from the address, an answer template or what could not be sent."""
    templates = answer_templates.offered(service_request, chosen.verb)
    form = _form(request, service_request, chosen, None, templates=templates)
    if not chosen.is_possible(service_request):
        return _too_late(request, service_request, chosen, form)
    return _page(request, service_request, chosen, form, templates=templates)


def _submit(request: StaffRequest, service_request: ServiceRequest, chosen: Action) -> HttpResponseBase:
    """Checks what was typed, asks about personal data in it, and performs the action."""
    data: QueryDict = request.POST
    removed = ""
    if marked_texts.REMOVE in data:
        data, removed = marked_texts.without(data, chosen.form.checked)
    form = _form(request, service_request, chosen, data)
    if not chosen.is_possible(service_request):
        return _too_late(request, service_request, chosen, form)
    if not form.is_valid():
        return _page(request, service_request, chosen, form, status=422)
    marks = form.marks()
    if removed or (marks and data.get(marked_texts.SEEN) != form.checked_version()):
        shown = marked_texts.marks_to_show(marks, form.checked_version(), lost_files=bool(request.FILES))
        return _page(request, service_request, chosen, form, marks=shown, removed=removed, status=422)
    try:
        event = _perform(request, service_request, chosen, form, marks)
    except staff_actions.Changed as error:
        return _changed(request, service_request, chosen, form, error.changes)
    except IllegalTransition:
        return _too_late(request, service_request, chosen, form)
    except (photos.PhotoRefused, CannotMerge, holds.WaitsInRing) as error:
        form.add_error(None, str(error))
        return _page(request, service_request, chosen, form, status=422)
    form.remember_language()
    if warning := form.warning():
        messages.warning(request, warning)
    return _done(request, service_request, chosen, event)


def _form(
    request: StaffRequest,
    service_request: ServiceRequest,
    chosen: Action,
    data: QueryDict | None,
    *,
    templates: Sequence[AnswerTemplate] = (),
) -> ActionForm:
    """data: what was sent; None for a page that begins."""
    form = chosen.form(
        data,
        request.FILES if data is not None else None,
        service_request=service_request,
        user=request.user,
        initial=_initial(request, service_request, chosen, templates),
    )
    if isinstance(form, CorrectPlaceForm):
        suggest_addresses(form, reverse("place_search"))
    if request.unsent:
        messages.info(request, unsent_words(request.unsent))
    return form


def _initial(
    request: StaffRequest, service_request: ServiceRequest, chosen: Action, templates: Sequence[AnswerTemplate]
) -> dict[str, Any]:
    if request.unsent:
        return request.unsent.initial()
    initial: dict[str, Any] = request.GET.dict()
    if "template" in initial:
        initial |= answer_templates.initial(
            initial.pop("template"), templates, chosen.form, service_request, request.user
        )
    elif chosen.verb == "resolve" and request.method != "POST" and initial.get("disposition"):
        initial.setdefault(
            "words", answer_templates.for_outcome(service_request, initial["disposition"], "", request.user)
        )
    return initial


def _perform(
    request: StaffRequest, service_request: ServiceRequest, chosen: Action, form: ActionForm, marks: Sequence[Mark]
) -> Event | None:
    """marks: personal data that its writer has seen marked and posts anyway. Raises what staff_actions.perform() does."""
    perform: Callable[[], object] = partial(chosen.perform, service_request, form, request.user)
    if marks:
        kinds = {mark.finding.kind for mark in marks}
        perform = partial(
            staff_texts.post_marked, service_request.pk, perform, act=chosen.verb, kinds=kinds, actor=request.user
        )
    with endings.work_photos(service_request.pk, chosen.uploads(form)) as taken:
        return staff_actions.perform(
            service_request.pk,
            perform,
            form=chosen.verb,
            actor=request.user,
            last_event_id=last_event.posted(request),
            with_requests=chosen.with_requests(service_request, form),
            photos=taken,
        )


def _done(
    request: StaffRequest, service_request: ServiceRequest, chosen: Action, event: Event | None
) -> HttpResponseBase:
    message = str(chosen.success_message)
    if in_place.is_asked(request):
        messages.success(request, f"{service_request.display_reference}: {message}", extra_tags=undo_tag(event))
        changed = (event and event.service_request) or service_request
        return changed_row.answer(request, changed, now=event.at if event else None)
    if ListPosition.of(request) is not None:
        # The next page may be about another request.
        message = f"{service_request.display_reference}: {message}"
    messages.success(request, message, extra_tags=undo_tag(event))
    # The event holds the row that the action changed and saved.
    current = (event and event.service_request) or ServiceRequest.objects.get(pk=service_request.pk)
    return after_action(request, current, _back(request, current))


def _page(
    request: StaffRequest,
    service_request: ServiceRequest,
    chosen: Action,
    form: ActionForm,
    *,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    kept = form.initial.get(last_event.FIELD) if request.unsent else None
    context = {
        "service_request": service_request,
        "action": chosen,
        "form": form,
        "last_event": last_event.shown(request, service_request, kept=kept),
        "has_preview": chosen.verb in composer.EMAILS,
        "email": composer.email_of(service_request, chosen, form),
        "candidates": similar.nearby(service_request, request.user) if chosen.verb == "merge" else [],
        **more,
    }
    return render(request, "staff_app/request/action.html", context, status=status)


def _too_late(request: StaffRequest, service_request: ServiceRequest, chosen: Action, form: ActionForm) -> HttpResponse:
    current = _current(service_request)
    redaction.redact_for(request.user, [current])
    context = {
        "service_request": current,
        "action": chosen,
        "form": form,
        "last_event": current.last_event_id,
        "changes": conflict.changes_since(request, current, chosen.verb),
        "too_late": _("You can’t do this anymore. The request’s status is now: %(status)s.")
        % {"status": wording.status_words(current, to_reporter=False)},
    }
    return render(request, "staff_app/request/action.html", context, status=409)


def _changed(
    request: StaffRequest, service_request: ServiceRequest, chosen: Action, form: ActionForm, changes: list[Event]
) -> HttpResponse:
    """409 with what happened since the page was loaded, and the form, which can be sent again."""
    current = _current(service_request)
    redaction.redact_for(request.user, [current])
    if not chosen.is_possible(current):
        return _too_late(request, service_request, chosen, form)
    context = {
        "service_request": current,
        "action": chosen,
        "form": form,
        "last_event": current.last_event_id,
        "changes": timeline.change_lines(current, changes),
    }
    return render(request, "staff_app/request/action.html", context, status=409)


def _current(service_request: ServiceRequest) -> ServiceRequest:
    current = with_last_event(ServiceRequest.objects.select_related(*RELATED)).get(pk=service_request.pk)
    access.fill([current], service_request.jurisdiction)
    return current


def unsent_words(unsent: Unsent) -> str:
    if unsent.has_photos:
        return _("You were signed out, so this wasn’t sent. Here’s what you typed. Choose the photos again.")
    return _("You were signed out, so this wasn’t sent. Here’s what you typed.")


def _back(request: StaffRequest, current: ServiceRequest) -> HttpResponse:
    """Redirects to the request, or to the queue if the user may no longer see it."""
    if permissions.can(request.user, "view", current):
        return redirect("staff_app:detail", current.reference)
    return redirect("staff_app:queue")


@staff_page
@require_POST
def mark_read(request: StaffRequest, reference: str) -> HttpResponse:
    """Clears the "New reply" flag, unless another reply has arrived since the page was loaded."""
    service_request = get_request_or_404(request.user, reference, "accept", jurisdiction=request.jurisdiction)
    try:
        staff_actions.perform(
            service_request.pk,
            lambda: conversation.mark_read(service_request.pk, actor=request.user),
            form="read",
            actor=request.user,
            last_event_id=last_event.posted(request),
        )
    except staff_actions.Changed as error:
        return conflict.page(request, service_request, error.changes)
    return redirect("staff_app:detail", service_request.reference)
