"""What is sent to add a task or to change one: types are read here, values are checked by the forms of the task's page."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import ErrorDetail, ValidationError

from requests_app.api.framework.fields import ChoiceField, TextField, unknown_value
from requests_app.api.framework.serializers import BodySerializer
from requests_app.models import Department, Task
from staff_app.api import form_errors
from staff_app.api.action_serializers import FormDay
from staff_app.tasks.forms import EndTaskForm, OrderForm, TaskForm, TeamForm

ENDED = (Task.State.DONE, Task.State.DROPPED)


class WorkOrderEditSerializer(BodySerializer):
    """A work order in another system. Left out, its texts are empty."""

    number = TextField(max_length=60, help_text="Its number in the other system.", example="WO-4711")
    url = TextField(
        required=False, max_length=300, help_text="Its address there.", example="https://orders.example.org/4711"
    )
    status = TextField(
        required=False, max_length=60, help_text="Its status in that system’s own words.", example="In progress"
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        form = OrderForm(attrs)
        mistakes = form_errors.details(form, f"{self.path}.")
        if mistakes := {name: wrong for name, wrong in mistakes.items() if name in attrs}:
            raise ValidationError(mistakes)
        return form.cleaned_data


class NewTaskSerializer(BodySerializer):
    """A part of the work for a department."""

    department = TextField(max_length=60, help_text="The code of a department.", example="PW")
    team = TextField(
        required=False,
        max_length=18,
        help_text="The id of one of its teams. Without it, the whole department.",
    )
    what = TextField(
        lines=True,
        max_length=500,
        help_text="What they do. They don’t see who reported it.",
        example="Fill the hole.",
    )
    due_on = FormDay(required=False, help_text="By which day.")
    after = TextField(
        required=False,
        max_length=18,
        help_text="The id of an open task of the request that has to end first.",
    )
    work_order = WorkOrderEditSerializer(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Returns what actions.tasks.add() takes, and the work order."""
        service_request = self.context["service_request"]
        departments = Department.objects.filter(
            code=attrs.get("department", ""), jurisdiction=service_request.jurisdiction
        )
        found = departments.values_list("pk", flat=True).first()
        form = TaskForm({**attrs, "department": str(found or 0)}, service_request=service_request)
        mistakes = form_errors.details(form)
        for name in ("team", "after"):
            # The form has no field where there is nothing to choose.
            if attrs.get(name) and name not in form.fields:
                mistakes[name] = unknown_value(name)
        if mistakes := {name: wrong for name, wrong in mistakes.items() if name in attrs}:
            raise ValidationError(mistakes)
        return {**form.cleaned_data, "work_order": attrs.get("work_order")}


class TaskEditSerializer(BodySerializer):
    """What changes."""

    work_order = WorkOrderEditSerializer(required=False)
    team = TextField(
        required=False,
        max_length=18,
        help_text="The id of a team of its department; null: the whole department. Needs `assign` there.",
    )
    state = ChoiceField(Task.State.values, required=False, help_text="Ends the task or reopens it.")
    note = TextField(
        required=False,
        lines=True,
        max_length=4000,
        help_text="When the task ends: a note for the department that has the request.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Returns `team` only if it was sent."""
        note, mistakes = attrs.get("note"), {}
        if note and attrs.get("state") not in ENDED:
            mistakes["note"] = [ErrorDetail(_("Send a note only when you end a task."), "not-taken")]
        mistakes = form_errors.details(EndTaskForm({"note": note})) | mistakes
        if "team" in self.initial_data:
            form = TeamForm({"team": attrs.get("team", "")}, task=self.context["task"])
            mistakes |= form_errors.details(form)
            attrs["team"] = form.cleaned_data.get("team") if form.is_valid() else None
        else:
            del attrs["team"]
        if mistakes:
            raise ValidationError(mistakes)
        return attrs
