"""What a draft changes, publishing it now or at a date, the versions of a service, and rolling back to one."""

from collections import defaultdict
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from requests_app.actions import service_drafts
from requests_app.clock import app_now
from requests_app.models import ServiceVersion, SetupChange
from requests_app.rules.setup_diff import differences
from staff_app.decorators import StaffRequest, staff_page
from staff_app.setup.services.editing import Editing, conflict, load, number, sentence, show

# Older versions are in the audit.
VERSIONS_SHOWN = 50


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
    """The differences in words, with publish, schedule and discard."""
    editing = load(request, code)
    form = ScheduleForm(initial={"publish_at": editing.draft.publish_at if editing.draft else None})
    if request.method != "POST":
        return _changes(request, editing, form)
    revision, city, code = number(request, "revision"), editing.city, editing.code
    try:
        if "discard" in request.POST:
            service_drafts.discard(city, code, revision=revision, actor=request.user)
            messages.success(request, _("Draft discarded. Nothing changed for residents."))
            return redirect("staff_app:service_words", code) if editing.published else redirect("staff_app:services")
        if "unschedule" in request.POST:
            service_drafts.schedule(city, code, revision=revision, publish_at=None, actor=request.user)
            messages.success(request, _("The date is canceled. The draft is still here."))
        elif "schedule" in request.POST:
            form = ScheduleForm(request.POST)
            if not form.is_valid():
                return _changes(request, editing, form, status=422)
            chosen = form.cleaned_data["publish_at"]
            service_drafts.schedule(city, code, revision=revision, publish_at=chosen, actor=request.user)
            day = date_format(chosen.astimezone(city.zone), "DATETIME_FORMAT")
            messages.success(request, _("It will be published on %(day)s.") % {"day": day})
        else:
            service = service_drafts.publish(city, code, revision=revision, actor=request.user)
            if service.active:
                messages.success(request, _("Published. Residents see it now."))
            else:
                messages.success(request, _("Published. Residents see it once it goes live."))
            is_first = service.current is not None and service.current.number == 1
            return redirect("staff_app:service_golive" if is_first else "staff_app:service_history", code)
    except service_drafts.Conflict:
        editing = load(request, code)
        return _changes(request, editing, form, status=409, conflict=conflict(request, editing))
    except service_drafts.Incomplete:
        # The page lists what is missing.
        return _changes(request, editing, form, status=422)
    return redirect("staff_app:service_changes", code)


def _changes(
    request: StaffRequest, editing: Editing, form: ScheduleForm, *, status: int = 200, **context: Any
) -> HttpResponse:
    unfinished = editing.unfinished if editing.draft else []
    return show(
        request, "changes", editing, section="service_changes", form=form, unfinished=unfinished, status=status, **context
    )  # fmt: skip


@staff_page
def service_history(request: StaffRequest, code: str) -> HttpResponse:
    return _history(request, load(request, code))


def _history(request: StaffRequest, editing: Editing, *, status: int = 200, **context: Any) -> HttpResponse:
    versions = list(
        ServiceVersion.objects.filter(service=editing.service)
        .select_related("service", "category", "department")
        .prefetch_related("questions")
        .order_by("-number")[: VERSIONS_SHOWN + 1]
    )
    changes = _changes_of(editing, versions)
    written = [service_drafts.written_full(version) for version in versions]
    rows = [
        {
            "version": version,
            "is_current": version.number == editing.base,
            "change": changes.get(version.number),
            "brought_back": _brought_back(changes.get(version.number)),
            "is_first": place + 1 == len(versions),
            "differences": differences(written[place + 1], written[place]) if place + 1 < len(versions) else [],
        }
        for place, version in enumerate(versions)
    ]
    return show(
        request, "history", editing, section="service_history", rows=rows[:VERSIONS_SHOWN], status=status, **context
    )  # fmt: skip


def _changes_of(editing: Editing, versions: list[ServiceVersion]) -> dict[int, SetupChange]:
    """Who published which version. Both rows are of one transaction, and so of one time; files leave no such change."""
    found: dict[Any, list[SetupChange]] = defaultdict(list)
    rows = SetupChange.objects.filter(
        jurisdiction=editing.city, kind=service_drafts.KIND, key=editing.code, action__in=["published", "rolled_back"]
    )
    for change in rows.select_related("user").defer("before", "after").order_by("-id")[: 4 * VERSIONS_SHOWN]:
        found[change.at].append(change)
    # From the newest version on, so that of several at one time each gets its own.
    return {one.number: found[one.published_at].pop(0) for one in versions if found[one.published_at]}


def _brought_back(change: SetupChange | None) -> str:
    """The number of the version that was rolled back to; empty if it was published from a draft."""
    return change.note if change is not None and change.action == "rolled_back" else ""


@staff_page
@require_POST
def roll_back_service(request: StaffRequest, code: str) -> HttpResponse:
    """POST number: of the version to publish again. Targets stay as they are."""
    editing = load(request, code)
    try:
        service_drafts.roll_back(
            editing.city, editing.code, number=number(request, "number"), base=number(request, "base"), actor=request.user
        )  # fmt: skip
    except service_drafts.Conflict:
        messages.error(request, _("A newer version was published meanwhile. Please review it first."))
        return _history(request, load(request, code), status=409)
    except service_drafts.Incomplete as error:
        said = " ".join(sentence(problem, editing.written) for problem in error.problems)
        messages.error(request, _("That version can’t be published again. %(problems)s") % {"problems": said})
        return _history(request, editing, status=409)
    except ServiceVersion.DoesNotExist:
        return _history(request, editing, status=404)
    messages.success(
        request, _("Version %(number)s is back as the newest version.") % {"number": request.POST.get("number")}
    )
    return redirect("staff_app:service_history", editing.code)
