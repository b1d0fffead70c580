"""Acting on many requests at once: what it will do and to how many, before it is done; then the job, its results and undo."""

import datetime as dt
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from requests_app import events
from requests_app.actions.people import staff_notices
from requests_app.actions.work import bulk_jobs, staff_actions
from requests_app.clock import app_now
from requests_app.core.paging import page_or_first_page
from requests_app.models import (
    BulkJob,
    BulkRow,
    Cadence,
    Event,
    Macro,
    Participation,
    RequestArea,
    ServiceRequest,
    Subscription,
)
from requests_app.rules.people import permissions
from requests_app.rules.publication import redaction
from requests_app.rules.work import steps
from staff_app.decorators import StaffRequest, staff_page
from staff_app.queue import bulk_forms, bulk_words, listing, macro_choices
from staff_app.request import marked_texts, timeline
from staff_app.request.forms import ActionForm

ROWS_SHOWN = 50
JOBS_SHOWN = 30
JOBS_LISTED_FOR = dt.timedelta(days=7)
# Only what the queue's address may have; the rest of a link is not kept.
NOT_FILTERS = {"verb", "request", "all", "cursor", "csrfmiddlewaretoken", "seen"}


@dataclass(frozen=True)
class Reckoning:
    """Before it is done. total: those chosen; possible: those it will be done to; emails: to people on those;
    followers: at most so many others follow their area, service or place."""

    total: int
    illegal: int
    denied: int
    possible: int
    emails: int
    followers: int


@staff_page
def bulk(request: StaffRequest) -> HttpResponse:
    """?verb= an action, or macro:<id>; &request= ids, or &all=1 with the filters of the queue. POST starts the job.

    Answers 422 for invalid input, nothing selected, or more requests than a job takes.
    """
    chosen = request.GET.get("verb", "")
    macro = _macro(request, chosen)
    if macro is None and chosen not in bulk_forms.FORMS:
        raise Http404
    posted = request.method == "POST"
    data: QueryDict = request.POST
    removed = ""
    form_class = bulk_forms.BulkForm if macro else bulk_forms.FORMS[chosen]
    if posted and marked_texts.REMOVE in data:
        data, removed = marked_texts.without(data, form_class.checked)
    selected = _selected(request)
    initial: dict[str, Any] = request.unsent.initial() if request.unsent else {}
    form = form_class(
        data if posted else None, city=request.jurisdiction, user=request.user, selected=selected, initial=initial
    )
    chosen_steps = macro.steps if macro else [{"verb": chosen}]
    problem = ""
    try:
        if macro:
            steps.loaded(macro.steps, request.jurisdiction, request.user)
    except steps.Refused as error:
        problem = bulk_words.refusal_words(error.reason)
    if posted and not problem and form.is_valid():
        marks = form.marks()
        if removed or (marks and data.get(marked_texts.SEEN) != form.checked_version()):
            shown = marked_texts.marks_to_show(marks, form.checked_version())
            return _confirm(request, chosen, macro, form, selected, chosen_steps, marks=shown, removed=removed)
        if not macro:
            chosen_steps = [form.step()]
        try:
            job = bulk_jobs.start(
                request.jurisdiction,
                selected,
                chosen_steps,
                actor=request.user,
                last_event_id=_last_event(data),
                name=macro.name if macro else "",
                query=_filters(request),
            )
        except bulk_jobs.NothingSelected:
            problem = _("Nothing is selected, or you no longer have access to what was selected.")
        except bulk_jobs.TooMany:
            problem = _("That’s more than 10,000 requests. Narrow the filters.")
        except steps.Refused as error:
            problem = bulk_words.refusal_words(error.reason)
        else:
            if warning := form.warning():
                messages.warning(request, warning)
            return redirect("staff_app:bulk_job", job.pk)
    return _confirm(request, chosen, macro, form, selected, chosen_steps, problem=problem)


def _last_event(data: QueryDict) -> int | None:
    typed = data.get("last_event", "")
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) <= 18 else None


def _macro(request: StaffRequest, chosen: str) -> Macro | None:
    if not chosen.startswith("macro:"):
        return None
    macro = macro_choices.find(request.user, request.jurisdiction, chosen.removeprefix("macro:"))
    if macro is None:
        raise Http404
    return macro


def _selected(request: StaffRequest) -> QuerySet[ServiceRequest]:
    """The ticked requests that this user may see, or all that the queue's filters find."""
    if request.GET.get("all"):
        return listing.matching(request.GET, request.user, request.jurisdiction)
    typed = [one for value in request.GET.getlist("request") for one in value.split(",")]
    ids = [int(one) for one in typed if one.isascii() and one.isdecimal() and len(one) < 19]
    visible = ServiceRequest.objects.in_jurisdiction(request.jurisdiction).visible_to(request.user)
    return visible.filter(pk__in=ids)


def _filters(request: StaffRequest) -> str:
    return urlencode(
        [(name, value) for name, values in request.GET.lists() if name not in NOT_FILTERS for value in values]
    )


def _confirm(
    request: StaffRequest,
    chosen: str,
    macro: Macro | None,
    form: ActionForm,
    selected: QuerySet[ServiceRequest],
    chosen_steps: list[steps.Definition],
    *,
    problem: str = "",
    **more: Any,
) -> HttpResponse:
    reckoning = reckon(request, selected, [one["verb"] for one in chosen_steps])
    if not reckoning.total and not problem:
        problem = _("Nothing is selected. Select requests in the queue first.")
    elif reckoning.total > bulk_jobs.MOST:
        problem = _("That’s more than 10,000 requests. Narrow the filters.")
    filters = _filters(request)
    context = {
        "form": form,
        "macro": macro,
        "title": macro.name if macro else bulk_words.VERBS[chosen],
        "steps": bulk_words.sentences(macro.steps, request.jurisdiction) if macro else [],
        "reckoning": reckoning,
        "problem": problem,
        "last_event": _last_event(request.POST) or bulk_jobs.newest_event(),
        "back_url": f"{reverse('staff_app:queue')}{'?' if filters else ''}{filters}",
        **more,
    }
    status = 200 if request.method == "GET" and not problem else 422
    return render(request, "staff_app/queue/bulk.html", context, status=status)


def reckon(request: StaffRequest, selected: QuerySet[ServiceRequest], verbs: list[str]) -> Reckoning:
    """Three queries: the requests, the addresses of people on those that it will be done to, and of those who follow more."""
    legal = Q(status__in=steps.statuses(verbs))
    permitted = Q()
    for verb in verbs:
        permitted &= permissions.visible_filter(request.user, verb)
    ids = selected.order_by().values("id")[: bulk_jobs.MOST + 1]
    chosen = ServiceRequest.objects.filter(pk__in=ids)
    counted = chosen.aggregate(
        total=Count("pk"), illegal=Count("pk", filter=~legal), possible=Count("pk", filter=legal & permitted)
    )
    emails = followers = 0
    reactions = {reaction for verb in verbs for reaction in events.REACTIONS.get(steps.EVENTS[verb], [])}
    if "match_subscriptions" in reactions:
        followers = _followers(request, chosen.filter(legal & permitted))
    if "notify" in reactions:
        people = Participation.objects.filter(
            service_request__in=chosen.filter(legal & permitted).values("pk"),
            unsubscribed_at=None,
            cadence=Cadence.AT_ONCE,
            contact_point__kind="email",
            contact_point__bounced_at=None,
        )
        emails = people.values("service_request", "contact_point__normalized").distinct().count()
    denied = counted["total"] - counted["illegal"] - counted["possible"]
    return Reckoning(counted["total"], counted["illegal"], denied, counted["possible"], emails, followers)


def _followers(request: StaffRequest, service_requests: QuerySet[ServiceRequest]) -> int:
    """How many addresses follow the area or service of one of these, or a place anywhere: rules.subscriptions.matching() for each
    request would say who of them really gets email."""
    public = service_requests.public()  # type: ignore[attr-defined]
    own = Subscription.objects.filter(
        Q(area=None) | Q(area__in=RequestArea.objects.filter(service_request__in=public).values("area")),
        Q(service=None) | Q(service__in=public.values("service")),
        jurisdiction=request.jurisdiction,
        unsubscribed_at=None,
        contact_point__bounced_at=None,
    )
    return own.exclude(confirmed_at=None).values("contact_point__normalized").distinct().count()


# --- The job ----------------------------------------------------------------------------------------------------------


@staff_page
def bulk_job(request: StaffRequest, job_id: int) -> HttpResponse:
    """Its owner's alone. htmx asks for the progress again while it runs; without scripts the page is loaded again."""
    job = _own_job_or_404(request, job_id)
    state = request.GET.get("state", "")
    rows = BulkRow.objects.filter(job=job)
    if state in BulkRow.State.values:
        rows = rows.filter(state=state)
    page = page_or_first_page(rows, [("service_request", "asc")], request.GET.get("cursor"), ROWS_SHOWN)
    kept = {"state": state} if state else {}
    context = {
        "job": job,
        "title": bulk_words.job_title(job),
        "is_running": job.is_running,
        "handled": job.done + job.refused,
        "may_undo": bulk_jobs.may_undo(job),
        "rows": _described(request, page.rows),
        "state": state,
        "pager": page.urls(lambda cursor: f"?{urlencode({**kept, 'cursor': cursor})}"),
        "back_url": f"{reverse('staff_app:queue')}{'?' if job.query else ''}{job.query}",
    }
    is_piece = bool(request.headers.get("HX-Request"))
    if job.finished_at is not None and not is_piece:
        # Not while the page follows it by itself: nobody may be looking.
        staff_notices.mark_job_read(request.user, job)
    part = "_bulk_progress.html" if is_piece else "bulk_job.html"
    return render(request, f"staff_app/queue/{part}", context)


@staff_page
def my_jobs(request: StaffRequest) -> HttpResponse:
    """Those that the user started within JOBS_LISTED_FOR, newest first."""
    since = app_now() - JOBS_LISTED_FOR
    jobs = BulkJob.objects.filter(user=request.user, jurisdiction=request.jurisdiction, started_at__gt=since)
    page = page_or_first_page(jobs, [("id", "desc")], request.GET.get("cursor"), JOBS_SHOWN)
    rows = [{"job": job, "title": bulk_words.job_title(job), "handled": job.done + job.refused} for job in page.rows]
    return render(request, "staff_app/queue/my_jobs.html", {"rows": rows, "pager": page.urls()})


def _described(request: StaffRequest, rows: list[BulkRow]) -> list[dict[str, Any]]:
    """What each row shows: its request if they may still see it, and why it was refused, with what had changed."""
    visible = (
        ServiceRequest.objects.visible_to(request.user)
        .filter(pk__in=[row.service_request_id for row in rows])
        .select_related("service_version", "jurisdiction")
        .in_bulk()
    )
    redaction.redact_for(request.user, visible.values())
    references = dict(
        ServiceRequest.objects.filter(pk__in=[row.service_request_id for row in rows]).values_list("pk", "reference")
    )
    changed = Event.objects.filter(pk__in=[pk for row in rows for pk in row.changes])
    changes = {event.pk: event for event in changed.select_related("user", "person")}
    described = []
    for row in rows:
        service_request = visible.get(row.service_request_id)
        own = [changes[pk] for pk in row.changes if pk in changes]
        described.append(
            {
                "row": row,
                "service_request": service_request,
                "reference": ServiceRequest(reference=references[row.service_request_id]).display_reference,
                "reason": bulk_words.refusal_words(row.reason) if row.reason else "",
                "changes": timeline.change_lines(service_request, own) if service_request and own else [],
            }
        )
    return described


def _own_job_or_404(request: StaffRequest, job_id: int) -> BulkJob:
    return get_object_or_404(BulkJob, pk=job_id, user=request.user, jurisdiction=request.jurisdiction)


@staff_page
@require_POST
def stop_bulk_job(request: StaffRequest, job_id: int) -> HttpResponse:
    job = _own_job_or_404(request, job_id)
    bulk_jobs.stop(job.pk)
    messages.info(request, _("Stopped. Requests that were finished stay changed. The rest weren’t touched."))
    return redirect("staff_app:bulk_job", job.pk)


@staff_page
@require_POST
def undo_bulk_job(request: StaffRequest, job_id: int) -> HttpResponse:
    job = _own_job_or_404(request, job_id)
    try:
        bulk_jobs.undo(job.pk)
    except staff_actions.TooLateToUndo:
        messages.warning(request, _("It’s too late to undo this. The emails were already sent."))
    else:
        words = ngettext("Undoing %(n)s request.", "Undoing %(n)s requests.", job.done) % {"n": job.done}
        messages.info(request, words)
    return redirect("staff_app:bulk_job", job.pk)
