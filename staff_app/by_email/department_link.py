"""The page behind a link in the email to a department that works by email: what it does, and one button. Nobody signs in."""

from collections.abc import Callable
from functools import partial
from typing import Any

import structlog
from crispy_forms.helper import FormHelper
from django import forms
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods

from requests_app import access, links, photos
from requests_app.actions.work import department_links
from requests_app.actions.work.department_links import LinkEnded
from requests_app.city_request import CityRequest
from requests_app.core import limits
from requests_app.links import DepartmentLink
from requests_app.messages import wording
from requests_app.models import CONFIDENTIAL, ServiceRequest, User
from requests_app.rules.people import permissions
from requests_app.rules.publication import redaction
from staff_app.request import marked_texts
from staff_app.request.forms import ResolveForm, words_field

USES_AN_HOUR = 120

log = structlog.get_logger(__name__)


class ReasonForm(forms.Form):
    reason = words_field(gettext_lazy("Why isn’t it yours, and whose could it be?"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.fields["reason"].error_messages["required"] = gettext_lazy(
            "Say why, so that 311 can find the right department."
        )
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.tiles = False


@cache_control(private=True, no_store=True)
@require_http_methods(["GET", "HEAD", "POST"])
def department_link(request: CityRequest, token: str) -> HttpResponse:
    """GET changes nothing, since email scanners open links. Answers 410 once the link has ended, 422 for invalid input."""
    link = links.find_department_link(token, request.jurisdiction)
    service_request = _request_of(link)
    if link is None or service_request is None:
        return _page(request, None, None, state="unknown", status=404)
    posted = request.method == "POST"
    if posted and not limits.allow(request, "department_link", USES_AN_HOUR):
        return _page(request, link, service_request, state="busy", status=429)
    if reason := department_links.why_ended(link, service_request):
        return _page(request, link, service_request, state=reason, status=410)
    act = {"accept": _accept, "not_ours": _not_ours, "done": _done}[link.act]
    try:
        return act(request, link, service_request)
    except LinkEnded as ended:
        # It moved on between the page and its button.
        return _page(request, link, service_request, state=ended.reason, status=410)


def _request_of(link: DepartmentLink | None) -> ServiceRequest | None:
    if link is None:
        return None
    rows = ServiceRequest.objects.select_related(*access.RELATED, "jurisdiction")
    found = rows.filter(pk=link.event.service_request_id or 0).first()
    if found is None or found.public_state in permissions.INVISIBLE:
        return None
    access.fill([found], found.jurisdiction)
    return found


def _accept(request: CityRequest, link: DepartmentLink, service_request: ServiceRequest) -> HttpResponse:
    if request.method != "POST":
        return _page(request, link, service_request)
    return _finished(request, link, service_request, partial(department_links.accept, link))


def _not_ours(request: CityRequest, link: DepartmentLink, service_request: ServiceRequest) -> HttpResponse:
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _page(request, link, service_request, form=form, status=422 if form.is_bound else 200)
    act = partial(department_links.send_back, link, reason=form.cleaned_data["reason"])
    return _finished(request, link, service_request, act)


def _done(request: CityRequest, link: DepartmentLink, service_request: ServiceRequest) -> HttpResponse:
    """With the same checks as when staff resolve a request."""
    posted, removed = request.method == "POST", ""
    data: QueryDict = request.POST
    if marked_texts.REMOVE in data:
        data, removed = _without(data)
    form = ResolveForm(
        data if posted else None,
        request.FILES if posted else None,
        service_request=service_request,
        user=_nobody(link),
    )
    if not form.is_valid():
        return _page(request, link, service_request, form=form, status=422 if posted else 200)
    marks = form.marks()
    if removed or (marks and data.get(marked_texts.SEEN) != form.checked_version()):
        shown = marked_texts.marks_to_show(marks, form.checked_version(), lost_files=bool(request.FILES))
        return _page(request, link, service_request, form=form, marks=shown, removed=removed, status=422)
    cleaned = form.cleaned_data
    act = partial(
        department_links.resolve,
        link,
        uploads=cleaned["photos"],
        left_in={mark.finding.kind for mark in marks},
        text=cleaned["words"],
        **{name: cleaned[name] for name in ("disposition", "reason", "visited", "no_evidence")},
    )
    try:
        return _finished(request, link, service_request, act)
    except photos.PhotoRefused as error:
        form.add_error(None, str(error))
        return _page(request, link, service_request, form=form, status=422)


def _nobody(link: DepartmentLink) -> User:
    """Somebody without an account, who writes in the city's first language and may do nothing else."""
    user = User(language=link.department.jurisdiction.languages[0])
    permissions.set_memberships(user, [])
    return user


def _without(data: QueryDict) -> tuple[QueryDict, str]:
    return marked_texts.without(data, ResolveForm.checked)


def _finished(
    request: CityRequest, link: DepartmentLink, service_request: ServiceRequest, act: Callable[[], None]
) -> HttpResponse:
    act()
    log.info("department_link_used", act=link.act, department_id=link.department.pk, request_id=service_request.pk)
    return _page(request, link, service_request, state="finished")


def _page(
    request: CityRequest,
    link: DepartmentLink | None,
    service_request: ServiceRequest | None,
    *,
    state: str = "",
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    """Of the request only what its email said: neither the description nor anything confidential."""
    context: dict[str, Any] = {"link": link, "state": state, **more}
    if link is not None and service_request is not None:
        still_theirs = state not in ("moved", "expired")
        context |= {
            "service_request": service_request,
            "status": wording.status_words(service_request, to_reporter=False),
            "place": redaction.redacted(
                service_request.address, "address", people=redaction.of_request(service_request.pk)
            )
            if still_theirs and service_request.public_state not in CONFIDENTIAL
            else "",
            "submit_label": {
                "accept": gettext_lazy("Accept"),
                "not_ours": gettext_lazy("Send back to 311"),
                "done": gettext_lazy("Mark as done"),
            }[link.act],
        }
    return render(request, "staff_app/by_email/department_link.html", context, status=status)
