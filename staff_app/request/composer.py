"""The composer under a request's words: a public comment, a note or a question, with templates and the email's preview."""

import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy, pgettext_lazy

from requests_app.access import get_request_or_404
from requests_app.messages import email
from requests_app.models import AnswerTemplate, Event, ServiceRequest, Status, User
from requests_app.rules.people import permissions
from staff_app import last_event
from staff_app.decorators import StaffRequest, staff_page
from staff_app.request import templates
from staff_app.request.actions import ACTION_BY_VERB, Action
from staff_app.request.forms import ActionForm

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

# The tabs in order: verb and label.
TABS: "dict[str, _StrPromise]" = {
    "comment": pgettext_lazy("action", "Public comment"),
    "note": pgettext_lazy("tab", "Note"),
    "ask": gettext_lazy("Question"),
}
# Posted to an action's address by what only wants to see its form again: with the email, a template or an outcome's words.
PREVIEW = "preview"
# The email and the event of each action that can be previewed.
EMAILS = {"comment": ("commented", "commented"), "ask": ("asked", "asked"), "resolve": ("resolved", "resolved")}


@dataclass(frozen=True)
class Email:
    subject: str
    body: str


@dataclass(frozen=True)
class Composer:
    """tabs: verb and label. preview: of an email, if this is written to the reporter."""

    action: Action
    tabs: list[tuple[str, str]]
    form: ActionForm
    templates: "list[AnswerTemplate]"

    @property
    def has_preview(self) -> bool:
        return self.action.verb in EMAILS


def verbs(user: User, service_request: ServiceRequest) -> list[str]:
    """The tabs that the request's status and the user's permissions allow."""
    return [
        verb
        for verb in TABS
        if ACTION_BY_VERB[verb].is_possible(service_request) and permissions.can(user, verb, service_request)
    ]


def of(service_request: ServiceRequest, user: User, verb: str = "") -> Composer | None:
    """None if there is nothing they may write."""
    possible = verbs(user, service_request)
    if not possible:
        return None
    chosen = ACTION_BY_VERB[verb if verb in possible else possible[0]]
    return Composer(
        action=chosen,
        tabs=[(one, str(TABS[one])) for one in possible],
        form=_form(chosen, service_request, user, is_composer=True),
        templates=list(templates.offered(service_request, chosen.verb)),
    )


def _form(
    chosen: Action,
    service_request: ServiceRequest,
    user: User,
    initial: dict[str, Any] | None = None,
    *,
    is_composer: bool = False,
) -> ActionForm:
    # Its fields' ids differ from those of the form that opens in the rail.
    ids = "write_%s" if is_composer else "id_%s"
    return chosen.form(service_request=service_request, user=user, auto_id=ids, initial=initial or {})


@staff_page
def compose(request: StaffRequest, reference: str) -> HttpResponse:
    """The composer with one of its tabs open: a piece of the request's page, or a page of its own."""
    service_request = get_request_or_404(request.user, reference, "note", jurisdiction=request.jurisdiction)
    context = {
        "service_request": service_request,
        "composer": of(service_request, request.user, request.GET.get("verb", "")),
        "last_event": last_event.shown(request, service_request),
    }
    return render(request, "staff_app/request/compose.html", context)


def previewed(request: StaffRequest, service_request: ServiceRequest, chosen: Action) -> HttpResponse:
    """The form as it was typed, not checked, with what was asked for: a template's words, an outcome's words, the email."""
    wanted, user, field = request.POST[PREVIEW], request.user, chosen.form.to_reporter
    typed: dict[str, Any] = request.POST.dict()
    text = str(typed.get(field, ""))
    if wanted == "template" and field:
        text = templates.added(str(typed.get("template", "")), service_request, chosen.verb, text, user)
    elif wanted == "outcome" and chosen.verb == "resolve":
        text = templates.for_outcome(service_request, str(typed.get("disposition", "")), text, user)
    if field:
        typed[field] = text
    is_composer = typed.get("from") == "composer"
    form = _form(chosen, service_request, user, typed, is_composer=is_composer)
    context = {
        "service_request": service_request,
        "action": chosen,
        "form": form,
        "last_event": last_event.shown(request, service_request),
        "has_preview": chosen.verb in EMAILS,
        "email": email_of(service_request, chosen, form),
        "preview_id": "write-preview" if is_composer else "",
        "lost_files": bool(request.FILES),
    }
    return render(request, "staff_app/request/action.html", context)


def email_of(service_request: ServiceRequest, chosen: Action, form: ActionForm) -> Email | None:
    """The email to the reporter once what is in the form is posted; None without words, or if the action sends none."""
    verb = chosen.verb
    text = str(form[form.to_reporter].value() or "") if verb in EMAILS else ""
    if not text.strip():
        return None
    kind, event_kind = EMAILS[verb]
    after = copy.copy(service_request)
    if verb == "resolve":
        after.status, after.disposition = Status.RESOLVED, str(form["disposition"].value() or "")
        after.disposition_reason = str(form["reason"].value() or "")
    event = Event(kind=event_kind, data={"until": _day_in(form)})
    return Email(*email.preview(after, kind=kind, event=event, text=text))


def _day_in(form: ActionForm) -> str:
    """As events record it; empty while it isn't a date."""
    if "until" not in form.fields:
        return ""
    try:
        day = form.fields["until"].to_python(form["until"].value())
    except ValidationError:
        return ""
    return day.isoformat() if day else ""
