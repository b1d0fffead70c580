"""What a draft changes, publishing it now or at a date, the versions of a service, and rolling back to one."""

import datetime as dt
from collections import defaultdict
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from requests_app.actions.setup import service_drafts
from requests_app.actions.setup.go_live import new_approval
from requests_app.clock import app_now
from requests_app.messages.setup_differences import differences
from requests_app.models import ServiceApproval, ServiceVersion, SetupChange
from requests_app.rules.routing import consequences
from requests_app.rules.routing.consequences import Consequence
from requests_app.rules.setup import go_live
from requests_app.rules.shared.names import Names
from staff_app.decorators import StaffRequest, staff_page
from staff_app.setup.go_live.forms import ApprovalForm
from staff_app.setup.go_live.go_live import emergency_context
from staff_app.setup.services.editing import Editing, conflict, load, number, sentence, show

# Older versions are in the audit.
VERSIONS_SHOWN = 50
Definition = dict[str, Any]


def _approval_of(
    request: StaffRequest, editing: Editing, definition: Definition, auto_id: str = "id_%s"
) -> tuple[ApprovalForm, ServiceApproval | None]:
    """The form about the 911 center's approval as it was posted, and the approval of what the page showed; None: there is none."""
    emergency = go_live.emergency_words(definition, editing.city)
    form = ApprovalForm(request.POST, today=_today(editing), auto_id=auto_id)
    is_seen = request.POST.get("seen") == go_live.fingerprint(emergency)
    if editing.service is None or not is_seen or not form.is_valid():
        return form, None
    return form, new_approval(editing.service, **form.cleaned_data, approved=emergency, actor=request.user)


def _today(editing: Editing) -> dt.date:
    return app_now().astimezone(editing.city.zone).date()


def _unapproved(editing: Editing, definition: Definition, approval: ServiceApproval | None = None) -> list[str]:
    """Why residents, who use the service, can't be asked about danger as it is written; empty: they can be."""
    service = editing.service
    if service is None or not service.active or service.current is None:
        return []
    return go_live.NotReady(go_live.obstacles(service, definition, approval=approval)).sentences


class ScheduleForm(forms.Form):
    publish_at = forms.DateTimeField(
        label=gettext_lazy("Day and time"),
        help_text=gettext_lazy("Changes made to the draft before then are published too."),
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M"],
        error_messages={
            "required": gettext_lazy("Enter the day and the time."),
            "invalid": gettext_lazy("Enter a real day and time."),
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})

    def clean_publish_at(self) -> Any:
        chosen = self.cleaned_data["publish_at"]
        if chosen <= app_now():
            raise forms.ValidationError(_("Choose a time in the future."))
        return chosen


@staff_page
def service_changes(request: StaffRequest, code: str) -> HttpResponse:
    """The differences in words, with publish, schedule and discard. Where residents use the service and its emergency check
    changes, publishing asks who at the 911 center approved it."""
    editing = load(request, code)
    form = ScheduleForm(initial={"publish_at": editing.draft.publish_at if editing.draft else None})
    if request.method != "POST":
        return _changes(request, editing, form)
    revision, city, code = number(request, "revision"), editing.city, editing.code
    approval_form: ApprovalForm | None = None
    approval: ServiceApproval | None = None
    try:
        if "discard" in request.POST:
            service_drafts.discard(city, code, revision=revision, actor=request.user)
            messages.success(request, _("Draft discarded. Nothing changed for residents."))
            return redirect("staff_app:service", code) if editing.published else redirect("staff_app:services")
        if "unschedule" in request.POST:
            service_drafts.schedule(city, code, revision=revision, publish_at=None, actor=request.user)
            messages.success(request, _("The date is canceled. The draft is still here."))
            return redirect("staff_app:service_changes", code)
        if "schedule" in request.POST:
            form = ScheduleForm(request.POST)
        if "seen" in request.POST and editing.revision == revision:
            approval_form, approval = _approval_of(request, editing, editing.definition)
            if approval is None or ("schedule" in request.POST and not form.is_valid()):
                return _changes(request, editing, form, approval_form=approval_form, status=422)
        if "schedule" in request.POST:
            if not form.is_valid():
                return _changes(request, editing, form, status=422)
            chosen = form.cleaned_data["publish_at"]
            service_drafts.schedule(
                city, code, revision=revision, publish_at=chosen, actor=request.user, approval=approval
            )
            day = date_format(chosen.astimezone(city.zone), "DATETIME_FORMAT")
            messages.success(request, _("It will be published on %(day)s.") % {"day": day})
        else:
            service = service_drafts.publish(city, code, revision=revision, actor=request.user, approval=approval)
            if service.active:
                messages.success(request, _("Published. Residents see it now."))
            else:
                messages.success(request, _("Published. Residents see it once it goes live."))
            is_first = service.current is not None and service.current.number == 1
            return redirect("staff_app:service_go_live" if is_first else "staff_app:service_history", code)
    except service_drafts.Conflict:
        editing = load(request, code)
        return _changes(request, editing, form, status=409, conflict=conflict(request, editing))
    except service_drafts.Incomplete:
        # The page lists what is missing.
        return _changes(request, editing, form, status=422)
    except go_live.NotReady as refused:
        # Today's approval may end before the day on which it is to be published.
        approval_form = approval_form or ApprovalForm(today=_today(editing))
        return _changes(request, editing, form, approval_form=approval_form, refused=refused.sentences, status=422)
    return redirect("staff_app:service_changes", code)


def _changes(
    request: StaffRequest,
    editing: Editing,
    form: ScheduleForm,
    *,
    approval_form: ApprovalForm | None = None,
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    if editing.draft is not None:
        context["affected"] = _affected_rules(editing, editing.definition)
        emergency = go_live.emergency_words(editing.definition, editing.city)
        kept = service_drafts.kept_approval(editing.draft)
        unapproved = _unapproved(editing, editing.definition, kept)
        context["unfinished"] = list(editing.unfinished)
        if unapproved and go_live.unnamed_in(emergency):
            context["unfinished"] += [
                (sentence, reverse("staff_app:service_words", args=[editing.code])) for sentence in unapproved
            ]
        if unapproved or approval_form is not None:
            context["approval_form"] = approval_form or ApprovalForm(today=_today(editing))
        elif editing.published and kept is not None:
            context["approval"] = kept
        context |= emergency_context(emergency)
    # The summary of errors and the title are about the form that stops the publishing.
    stopping = approval_form if approval_form is not None and approval_form.errors else form
    context |= {"form": stopping, "schedule_form": form}
    return show(request, "changes", editing, section="service_changes", status=status, **context)


def _affected_rules(editing: Editing, definition: Definition) -> list[Consequence]:
    """The routing rules that lose a question or an answer, if this is published for a service that residents use."""
    if editing.service is None or not editing.service.active:
        return []
    answers = consequences.answers_of(definition.get("questions") or [])
    return consequences.of_change(editing.city, lambda known: known.with_service(editing.code, answers))


@staff_page
def service_history(request: StaffRequest, code: str) -> HttpResponse:
    return _history(request, load(request, code))


def _history(
    request: StaffRequest,
    editing: Editing,
    *,
    approval_form: ApprovalForm | None = None,
    approving: int = 0,
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    """approval_form: as it was posted to roll back to the version `approving`."""
    versions = list(
        ServiceVersion.objects.filter(service=editing.service)
        .select_related("service", "category", "department")
        .prefetch_related("questions")
        .order_by("-number")[: VERSIONS_SHOWN + 1]
    )
    changes = _changes_of(editing, versions)
    definitions = [service_drafts.written_full(version) for version in versions]
    names = Names(editing.city)
    rows = [
        {
            "version": version,
            "is_current": version.number == editing.base,
            "change": changes.get(version.number),
            "brought_back": _brought_back(changes.get(version.number)),
            "is_first": place + 1 == len(versions),
            "differences": differences("service", definitions[place + 1], definitions[place], names)
            if place + 1 < len(versions)
            else [],
            **_approval_to_roll_back(editing, definitions[place], version.number, approval_form, approving),
        }
        for place, version in enumerate(versions)
    ]
    return show(
        request, "history", editing, section="service_history", rows=rows[:VERSIONS_SHOWN], status=status, **context
    )  # fmt: skip


def _approval_to_roll_back(
    editing: Editing, definition: Definition, version: int, approval_form: ApprovalForm | None, approving: int
) -> dict[str, Any]:
    """For a version whose emergency check is another than the one that residents read now."""
    service = editing.service
    if service is None or not service.active or version == editing.base:
        return {}
    emergency = go_live.emergency_words(definition, editing.city)
    if emergency == go_live.emergency_words(editing.published or {}, editing.city):
        return {}
    form = approval_form if version == approving else None
    form = form or ApprovalForm(today=_today(editing), auto_id=f"id_{version}_%s")
    return {"approval_form": form, **emergency_context(emergency)}


def _changes_of(editing: Editing, versions: list[ServiceVersion]) -> dict[int, SetupChange]:
    """Who published which version. Both rows are of one transaction, and so of one time; files leave no such change."""
    changes: dict[Any, list[SetupChange]] = defaultdict(list)
    rows = SetupChange.objects.filter(
        jurisdiction=editing.city, kind=service_drafts.KIND, key=editing.code, action__in=["published", "rolled_back"]
    )
    for change in rows.select_related("user").defer("before", "after").order_by("-id")[: 4 * VERSIONS_SHOWN]:
        changes[change.at].append(change)
    # From the newest version on, so that of several at one time each gets its own.
    return {one.number: changes[one.published_at].pop(0) for one in versions if changes[one.published_at]}


def _brought_back(change: SetupChange | None) -> str:
    """The number of the version that was rolled back to; empty if it was published from a draft."""
    return change.note if change is not None and change.action == "rolled_back" else ""


@staff_page
@require_POST
def roll_back_service(request: StaffRequest, code: str) -> HttpResponse:
    """POST number: of the version to publish again. Targets stay as they are. If residents would read another emergency check,
    it asks for the 911 center's approval, as publishing does; if routing rules lose an answer, it names them first."""
    editing = load(request, code)
    chosen = number(request, "number")
    approval_form: ApprovalForm | None = None
    approval: ServiceApproval | None = None
    try:
        earlier = ServiceVersion.objects.select_related("service", "category", "department").get(
            service=editing.service, number=chosen
        )
        definition = service_drafts.written_full(earlier)
        if "seen" in request.POST:
            approval_form, approval = _approval_of(request, editing, definition, f"id_{chosen}_%s")
            if approval is None:
                return _history(request, editing, approval_form=approval_form, approving=chosen, status=422)
        affected = _affected_rules(editing, definition)
        key = consequences.key_of(affected)
        if affected and request.POST.get("foreseen") != key and number(request, "base") == editing.base:
            shown = {"affected": affected, "foreseen": key, "asked_about": chosen}
            return _history(request, editing, approval_form=approval_form, approving=chosen, status=422, **shown)
        service_drafts.roll_back(
            editing.city, editing.code, number=chosen, base=number(request, "base"), actor=request.user, approval=approval
        )  # fmt: skip
    except go_live.NotReady as refused:
        message = " ".join(refused.sentences)
        messages.error(request, _("That version can’t be published again. %(problems)s") % {"problems": message})
        return _history(request, editing, approval_form=approval_form, approving=chosen, status=409)
    except service_drafts.Conflict:
        messages.error(request, _("A newer version was published meanwhile. Please review it first."))
        return _history(request, load(request, code), status=409)
    except service_drafts.Incomplete as error:
        message = " ".join(sentence(problem, editing.definition) for problem in error.problems)
        messages.error(request, _("That version can’t be published again. %(problems)s") % {"problems": message})
        return _history(request, editing, status=409)
    except ServiceVersion.DoesNotExist:
        return _history(request, editing, status=404)
    messages.success(
        request, _("Version %(number)s is back as the newest version.") % {"number": request.POST.get("number")}
    )
    return redirect("staff_app:service_history", editing.code)
