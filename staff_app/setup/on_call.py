"""Edit the rosters: who is alerted when a report tells of danger, by department and for the desk, and after how long the next."""

from functools import partial
from typing import Any

import structlog
from crispy_forms.helper import FormHelper
from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from requests_app.actions.alarms import rosters
from requests_app.actions.shared.setup_rows import ChangedMeanwhile
from requests_app.clock import app_now
from requests_app.messages.setup_choices import DANGERS
from requests_app.models import Department, Jurisdiction, OnCall, User
from requests_app.rules.alarms import calls
from requests_app.rules.promises.hours_text import clock_in_words
from requests_app.rules.shared.names import Names
from staff_app.decorators import StaffRequest, get_city_row_or_404, need_in_city, staff_page
from staff_app.setup.conflict import described, edit_page
from staff_app.setup.edit import Edit, edit_columns, edit_row
from staff_app.setup.on_call_week import Week, week_of

log = structlog.get_logger(__name__)

DAYS = list(WEEKDAYS.items())


class OnCallForm(forms.Form):
    department = forms.ChoiceField(label=gettext_lazy("Whose roster"), required=False)
    user = forms.ChoiceField(
        label=gettext_lazy("Member of staff"),
        required=False,
        help_text=gettext_lazy("Or leave this empty and enter an outside contact below."),
    )
    name = forms.CharField(label=gettext_lazy("Name of an outside contact"), max_length=200, required=False)
    email = forms.EmailField(
        label=gettext_lazy("Email of the outside contact"),
        required=False,
        error_messages={"invalid": gettext_lazy("Enter an email address like name@site.example.")},
    )
    phone = forms.CharField(
        label=gettext_lazy("Phone for text messages"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("For example: 555-0121."),
    )
    weekdays = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Days"),
        help_text=gettext_lazy("Choose none for every day. A night shift belongs to the day it starts."),
        choices=DAYS,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    starts_at = forms.TimeField(
        label=gettext_lazy("From"),
        required=False,
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        help_text=gettext_lazy("Leave both times empty for all day."),
        error_messages={"invalid": gettext_lazy("Enter a time like 18:00.")},
    )
    ends_at = forms.TimeField(
        label=gettext_lazy("Until"),
        required=False,
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        error_messages={"invalid": gettext_lazy("Enter a time like 07:00.")},
    )
    order = forms.IntegerField(
        label=gettext_lazy("Place in the order"),
        help_text=gettext_lazy("1 is alerted first."),
        min_value=1,
        max_value=99,
        initial=1,
        error_messages={
            "required": gettext_lazy("Enter a number from 1 to 99."),
            "invalid": gettext_lazy("Enter a number from 1 to 99."),
        },
    )

    def __init__(self, *args: Any, city: Jurisdiction, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        departments = Department.objects.filter(jurisdiction=city, active=True).order_by("code")
        staff = User.objects.filter(memberships__jurisdiction=city, is_active=True).order_by("name", "id").distinct()
        self.departments = {str(one.pk): one for one in departments}
        self.staff = {str(one.pk): one for one in staff}
        desk = _("The desk (311 Center)")
        self.fields["department"].choices = [  # type: ignore[attr-defined]
            ("", desk),
            *((pk, str(one)) for pk, one in self.departments.items()),
            (_("Contacts for a kind of danger"), [(kind, DANGERS[kind]) for kind in calls.KINDS_ON_CALL]),
        ]
        self.fields["user"].choices = [("", "–"), *((pk, str(one)) for pk, one in self.staff.items())]  # type: ignore[attr-defined]
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.error_summary = False
        self.helper.tiles = False

    def clean_phone(self) -> str:
        phone: str = self.cleaned_data["phone"].strip()
        if phone and not any(symbol.isdigit() for symbol in phone):
            raise forms.ValidationError(_("Enter a phone number like 555-0121."))
        return phone

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if self.errors:
            return cleaned
        outside = cleaned["name"].strip()
        if bool(cleaned["user"]) == bool(outside):
            self.add_error("name", _("Choose a member of staff or enter the name of an outside contact, not both."))
        elif outside and not (cleaned["email"] or cleaned["phone"]):
            self.add_error("email", _("Enter an email address or a phone number, or we can’t reach them."))
        if (cleaned["starts_at"] is None) != (cleaned["ends_at"] is None):
            self.add_error("ends_at", _("Enter both times, or none for all day."))
        elif cleaned["starts_at"] is not None and cleaned["starts_at"] == cleaned["ends_at"]:
            self.add_error("ends_at", _("Enter two different times, or none for all day."))
        return cleaned

    def columns(self) -> dict[str, Any]:
        """The columns of the row, of a valid form."""
        cleaned = self.cleaned_data
        user = self.staff.get(cleaned["user"])
        return {
            "department": self.departments.get(cleaned["department"]),
            "kind": cleaned["department"] if cleaned["department"] in calls.KINDS_ON_CALL else "",
            "user": user,
            "name": "" if user else cleaned["name"].strip(),
            "email": "" if user else cleaned["email"],
            "phone": cleaned["phone"],
            "weekdays": sorted(cleaned["weekdays"]),
            "starts_at": cleaned["starts_at"],
            "ends_at": cleaned["ends_at"],
            "order": cleaned["order"],
        }


class WaitForm(forms.Form):
    alarm_minutes = forms.IntegerField(
        label=gettext_lazy("Minutes until we alert the next person"),
        min_value=1,
        max_value=240,
        error_messages={
            "required": gettext_lazy("Enter a number from 1 to 240."),
            "invalid": gettext_lazy("Enter a number from 1 to 240."),
        },
    )
    desk_night_number = forms.CharField(
        label=gettext_lazy("The desk’s night number"),
        help_text=gettext_lazy("It gets a text message after everyone else. Residents don’t see it."),
        max_length=40,
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.error_summary = False
        self.helper.tiles = False


@staff_page
def on_call(request: StaffRequest) -> HttpResponse:
    """All rosters, with the forms to add somebody and to set the wait."""
    need_in_city(request, "administer")
    city, status = request.jurisdiction, 200
    add = OnCallForm(city=city)
    edit = edit_columns(request, WaitForm, rosters.WAIT, is_sent="wait" in request.POST)
    wait, changed = edit.form, None
    if "wait" in request.POST:
        status = 409 if edit.conflicts else 422
        if edit.is_valid():
            host, cleaned = request.get_host(), wait.cleaned_data
            try:
                rosters.WAIT.change(city.pk, actor=request.user, host=host, seen=edit.seen, **cleaned)
            except ChangedMeanwhile as found:
                changed, status = described(found, Names(city)), 409
            else:
                log.info("alarm_wait_changed", user_id=request.user.pk)
                messages.success(request, edit.saved(_("Saved.")))
                return redirect("staff_app:on_call")
    elif request.method == "POST":
        add, status = OnCallForm(request.POST, city=city), 422
        if add.is_valid():
            entry = rosters.ON_CALL.add(OnCall(jurisdiction=city), actor=request.user, **add.columns())
            return _saved(request, entry, edit=None)
    all_rosters = _rosters(city)
    context = {
        # Only one form was posted; the title and the error summary are about that one.
        "form": wait if wait.errors else add,
        "add": add,
        "wait": wait,
        # Not of the page as a whole, which most people only read.
        "wait_edit": edit,
        "conflict": changed,
        "rosters": all_rosters,
        "week": _week(request, all_rosters),
        "has_sms": calls.has_sms(),
        "night_number": city.desk_night_number or city.all_night_number,
    }
    return render(request, "staff_app/setup/on_call.html", context, status=status)


@staff_page
def on_call_entry(request: StaffRequest, on_call_id: int) -> HttpResponse:
    """Change or remove one line of a roster."""
    entry = get_city_row_or_404(request, "administer", OnCall, on_call_id)
    initial = {
        "department": entry.department_id or entry.kind,
        "user": entry.user_id or "",
        "name": entry.name,
        "email": entry.email,
        "phone": entry.phone,
        "weekdays": entry.weekdays,
        "starts_at": entry.starts_at,
        "ends_at": entry.ends_at,
        "order": entry.order,
    }
    make = partial(OnCallForm, initial=initial, city=request.jurisdiction)
    edit = edit_row(request, make, rosters.ON_CALL, entry)
    form = edit.form
    page, context = "staff_app/setup/on_call_entry.html", {"entry_id": entry.pk, "name": _name(entry)}
    if edit.is_valid():
        try:
            entry = rosters.ON_CALL.change(entry.pk, actor=request.user, seen=edit.seen, **form.columns())
        except ChangedMeanwhile as changed:
            return edit_page(request, page, context, form, edit=edit, changed=changed)
        return _saved(request, entry, edit)
    return edit_page(request, page, context, form, edit=edit)


@staff_page
@require_POST
def remove_on_call(request: StaffRequest, on_call_id: int) -> HttpResponse:
    entry = get_city_row_or_404(request, "administer", OnCall, on_call_id)
    name = _name(entry)
    rosters.ON_CALL.remove(entry.pk, actor=request.user)
    log.info("on_call_removed", on_call_id=on_call_id, user_id=request.user.pk)
    messages.success(request, _("%(name)s is no longer on the roster.") % {"name": name})
    return redirect("staff_app:on_call")


def _saved(request: StaffRequest, entry: OnCall, edit: Edit[OnCallForm] | None) -> HttpResponseRedirect:
    log.info("on_call_saved", on_call_id=entry.pk, user_id=request.user.pk)
    done = _("%(name)s is on the roster.") % {"name": _name(entry)}
    messages.success(request, edit.saved(done) if edit else done)
    return redirect("staff_app:on_call")


def _rosters(city: Jurisdiction) -> list[dict[str, Any]]:
    """The desk's roster, then each department's, also the empty ones; then those for kinds of danger that somebody is on."""
    rows: dict[int | str, list[dict[str, Any]]] = {}
    local = app_now().astimezone(city.zone)
    for entry in OnCall.objects.filter(jurisdiction=city).select_related("user"):
        rows.setdefault(entry.department_id or entry.kind, []).append(
            {
                "entry": entry,
                "name": _name(entry),
                "email": entry.user.email if entry.user else entry.email,
                "when": _when(entry),
                "is_on_duty": calls.is_on_duty(entry, local),
                "has_left": entry.user is not None and not entry.user.is_active,
            }
        )
    departments = Department.objects.filter(jurisdiction=city, active=True).order_by("code")
    return [
        {"name": roster_name(None), "rows": rows.get("", [])},
        *({"name": str(one), "rows": rows.get(one.pk, [])} for one in departments),
        *(
            {"name": roster_name(rows[kind][0]["entry"]), "rows": rows[kind]}
            for kind in calls.KINDS_ON_CALL
            if kind in rows
        ),
    ]


def _week(request: StaffRequest, all_rosters: list[dict[str, Any]]) -> Week:
    """The week that ?week= names, of the same rosters."""
    city = request.jurisdiction
    lines = [(roster["name"], [row["entry"] for row in roster["rows"]]) for roster in all_rosters]
    reachable = {entry.pk for entry in calls.reachable(city, [entry for _name, entries in lines for entry in entries])}
    return week_of(request.GET.get("week", ""), app_now().astimezone(city.zone).date(), lines, reachable)


def roster_name(entry: OnCall | None) -> str:
    """Of the roster that this line is on. None: the desk's."""
    if entry is not None and entry.department is not None:
        return str(entry.department)
    if entry is not None and entry.kind:
        return _("Danger: %(kind)s") % {"kind": DANGERS[entry.kind]}
    return _("The desk (311 Center)")


def _name(entry: OnCall) -> str:
    return str(entry.user) if entry.user else entry.name


def _when(entry: OnCall) -> str:
    """ "Monday, Friday, 6 p.m.–7 a.m.", or "Always"."""
    names = dict(DAYS)
    parts = [str(names[day]) for day in entry.weekdays if day in names]
    if entry.starts_at is not None and entry.ends_at is not None:
        starts, ends = (clock_in_words(time.hour * 60 + time.minute) for time in (entry.starts_at, entry.ends_at))
        parts.append(f"{starts}–{ends}")
    return ", ".join(parts) or _("Always")
