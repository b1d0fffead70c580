"""Forms for tasks and for the statuses of other systems' work orders."""

from collections.abc import Iterable
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from requests_app.core.localized import localized
from requests_app.forms.fields import WordsField
from requests_app.models import Department, ServiceRequest, Task, Team
from requests_app.rules.work import tasks

STATE_WORDS = {
    Task.State.OPEN: gettext_lazy("Still to do"),
    Task.State.DONE: gettext_lazy("Done"),
    Task.State.DROPPED: gettext_lazy("Not needed"),
}


class TaskForm(forms.Form):
    department = forms.ModelChoiceField(
        Department.objects.none(),
        label=gettext_lazy("Which department?"),
        empty_label=gettext_lazy("Choose a department"),
    )
    team = forms.ModelChoiceField(
        Team.objects.none(),
        label=gettext_lazy("Which of its teams?"),
        required=False,
        empty_label=gettext_lazy("The whole department"),
    )
    what = WordsField(
        label=gettext_lazy("What do they do?"),
        help_text=gettext_lazy(
            "They see this and the place, but not who reported it. It may be released under public records law."
        ),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    due_on = forms.DateField(
        label=gettext_lazy("By which day?"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    after = forms.ModelChoiceField(
        Task.objects.none(), label=gettext_lazy("After which task?"), required=False, empty_label=gettext_lazy("None")
    )

    def __init__(self, *args: Any, service_request: ServiceRequest, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        departments = tasks.may_be_given(service_request.jurisdiction)
        self.fields["department"].queryset = departments  # type: ignore[attr-defined]
        by_name = sorted(departments, key=lambda one: localized(one.name).casefold())
        self.fields["department"].choices = [  # type: ignore[attr-defined]
            ("", _("Choose a department")),
            *((one.pk, localized(one.name)) for one in by_name),
        ]
        teams = list(tasks.teams_of(service_request.jurisdiction))
        self.fields["team"].queryset = tasks.teams_of(service_request.jurisdiction)  # type: ignore[attr-defined]
        if teams:
            self.fields["team"].choices = team_choices(teams)  # type: ignore[attr-defined]
        else:
            del self.fields["team"]
        unfinished = service_request.tasks.filter(state=Task.State.OPEN).order_by("id")
        self.fields["after"].queryset = unfinished  # type: ignore[attr-defined]
        if not unfinished:
            del self.fields["after"]
        self.helper = FormHelper()
        self.helper.form_tag = False

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        department, team = cleaned.get("department"), cleaned.get("team")
        if department and team and team.department_id != department.pk:
            words = _("%(team)s isn’t a team of %(department)s. Choose one of its own, or the whole department.")
            self.add_error("team", words % {"team": team, "department": department})
        return cleaned


def team_choices(teams: Iterable[Team]) -> list[tuple[str, Any]]:
    """By department, both by name; nobody in particular first."""
    groups: dict[str, list[tuple[int, str]]] = {}
    for team in sorted(teams, key=lambda one: (str(one.department).casefold(), str(one).casefold())):
        groups.setdefault(str(team.department), []).append((team.pk, str(team)))
    return [("", _("The whole department")), *groups.items()]


class TeamForm(forms.Form):
    """Which team of its department does the task."""

    team = forms.ModelChoiceField(
        Team.objects.none(),
        label=gettext_lazy("Team"),
        required=False,
        empty_label=gettext_lazy("The whole department"),
    )

    def __init__(self, *args: Any, task: Task, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", "initial": {"team": task.team_id}, **kwargs})
        teams = Team.objects.filter(department=task.department_id, active=True)
        self.fields["team"].queryset = teams  # type: ignore[attr-defined]
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.show_optional = False


class EndTaskForm(forms.Form):
    note = WordsField(
        label=gettext_lazy("Note for the department that has the request"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.helper = FormHelper()
        self.helper.form_tag = False


class OrderForm(forms.Form):
    number = forms.CharField(label=gettext_lazy("Work order number"), max_length=60)
    url = forms.URLField(
        label=gettext_lazy("Link to it"), required=False, max_length=300, assume_scheme="https",
        error_messages={"invalid": gettext_lazy("Enter a web address, such as https://orders.example.com/123.")},
    )  # fmt: skip
    status = forms.CharField(
        label=gettext_lazy("Status in that system"),
        help_text=gettext_lazy("In its own words, such as “Closed.”"),
        required=False,
        max_length=60,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.helper = FormHelper()
        self.helper.form_tag = False


class WorkOrdersForm(forms.Form):
    """The rows as text, so that they're still there when somebody is asked what a status means."""

    rows = forms.CharField(
        label=gettext_lazy("Rows, with a heading"),
        help_text=gettext_lazy("task or number, then number, link and status, separated by commas"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
    )
    file = forms.FileField(label=gettext_lazy("Or a CSV file"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.show_optional = False

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if upload := cleaned.get("file"):
            if upload.size > 1 << 20:
                self.add_error("file", _("This file is larger than 1 MB. Split it."))
                return cleaned
            try:
                cleaned["rows"] = upload.read().decode("utf-8-sig")
            except UnicodeDecodeError:
                self.add_error("file", _("This file isn’t plain text. Save it as CSV in UTF-8."))
        elif not cleaned.get("rows"):
            self.add_error("rows", _("Paste the rows or choose a file."))
        return cleaned
