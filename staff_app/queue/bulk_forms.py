"""The forms of what can be done to many requests at once; each gives the step that rules/work/steps.py describes."""

import datetime as dt
from typing import Any

from django import forms
from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from requests_app import references
from requests_app.actions.work.bulk_jobs import MOST
from requests_app.models import Department, Jurisdiction, ListedReason, PublicState, ServiceRequest, User
from requests_app.models.service_request import WAITS_FOR_REQUEST, WAITS_FOR_TASKS
from requests_app.rules.people import leaves, permissions
from requests_app.rules.work.steps import Definition
from staff_app import due
from staff_app.request.forms import (
    STAFF_HINT,
    ActionForm,
    CommentForm,
    NoteForm,
    OutcomeForm,
    SetPriorityForm,
    day_field,
    words_field,
)


class BulkForm(ActionForm):
    """A form without fields, and the base of the others, which get a new request that only knows its city."""

    verb = "accept"

    def __init__(
        self,
        *args: Any,
        city: Jurisdiction,
        user: User,
        selected: QuerySet[ServiceRequest] | None = None,
        **kwargs: Any,
    ) -> None:
        self.city = city
        self.selected = ServiceRequest.objects.none() if selected is None else selected
        super().__init__(*args, service_request=ServiceRequest(jurisdiction=city), user=user, **kwargs)
        self.helper.error_summary = False

    def step(self) -> Definition:
        return {"verb": self.verb, **self.arguments()}

    def arguments(self) -> Definition:
        return {}


class BulkAssignForm(BulkForm):
    verb = "assign"
    assignee = forms.ModelChoiceField(
        User.objects.none(),
        label=gettext_lazy("Assign to"),
        required=False,
        empty_label=gettext_lazy("No one"),
        help_text=gettext_lazy("Only requests of a department they work in."),
    )

    def prepare(self) -> None:
        found = colleagues(self.city, self.user)
        self.away = leaves.away(self.city, found)
        self.fields["assignee"].queryset = found  # type: ignore[attr-defined]
        self.fields["assignee"].label_from_instance = self._label  # type: ignore[attr-defined]
        self.helper.show_optional = False

    def _label(self, user: User) -> str:
        if (away := self.away.get(user.pk)) is None:
            return str(user)
        return _("%(name)s (away until %(day)s)") % {"name": user, "day": date_format(away.until, "MONTH_DAY_FORMAT")}

    def arguments(self) -> Definition:
        assignee = self.cleaned_data["assignee"]
        return {"assignee": assignee.pk if assignee else None}


def colleagues(city: Jurisdiction, user: User | AnonymousUser) -> QuerySet[User]:
    """By name: members of the departments in which this user may assign, and the user."""
    memberships = [one for one in permissions.memberships_of(user) if one.jurisdiction_id == city.pk]
    assigning = [one for one in memberships if "assign" in one.role.permissions]
    people = User.objects.filter(is_active=True, memberships__jurisdiction=city)
    if not any(one.department_id is None for one in assigning):
        own = [one.department_id for one in assigning]
        people = people.filter(memberships__department__in=own) | people.filter(pk=user.pk or 0)
    else:
        people = people.filter(memberships__department__isnull=False) | people.filter(pk=user.pk or 0)
    return people.distinct().order_by("name", "id")


class BulkTransferForm(BulkForm):
    verb = "transfer"
    department = forms.ModelChoiceField(
        Department.objects.none(),
        label=gettext_lazy("Which department?"),
        empty_label=gettext_lazy("Choose a department"),
    )
    reason = words_field(gettext_lazy("Why?"), STAFF_HINT)

    def prepare(self) -> None:
        rows = Department.objects.filter(jurisdiction=self.city, active=True)
        field = self.fields["department"]
        field.queryset = rows  # type: ignore[attr-defined]
        by_name = sorted(rows, key=lambda one: str(one).casefold())
        field.choices = [("", _("Choose a department")), *((one.pk, str(one)) for one in by_name)]  # type: ignore[attr-defined]

    def arguments(self) -> Definition:
        return {"department": self.cleaned_data["department"].code, "reason": self.cleaned_data["reason"]}


# Each of these waits for something of one request alone.
OF_ONE_REQUEST = ("reporter", "your_answer", WAITS_FOR_REQUEST, WAITS_FOR_TASKS)


class BulkHoldForm(BulkForm):
    verb = "hold"
    reason = forms.ChoiceField(label=gettext_lazy("What are we waiting for?"), widget=forms.RadioSelect)
    until = day_field(gettext_lazy("Until when?"), gettext_lazy("It returns to the queue on this day."))

    def prepare(self) -> None:
        self.fields["reason"].choices = hold_reasons(self.city)  # type: ignore[attr-defined]
        self.fields["until"].initial = self.today() + dt.timedelta(days=7)

    def clean_until(self) -> dt.date:
        day: dt.date = self.cleaned_data["until"]
        if day <= self.today():
            raise forms.ValidationError(_("Choose a day after today."))
        return day

    def arguments(self) -> Definition:
        return {"reason": self.cleaned_data["reason"], "until": self.cleaned_data["until"].isoformat()}


def hold_reasons(city: Jurisdiction) -> list[tuple[str, str]]:
    """The city's own reasons if it lists any, without those that are about one request."""
    waits = due.hold_words(city)
    listed = ListedReason.objects.filter(jurisdiction=city, kind=ListedReason.Kind.HOLD, active=True)
    codes = list(listed.order_by("order", "code").values_list("code", flat=True)) or list(waits)
    return [(code, waits[code]) for code in codes if code not in OF_ONE_REQUEST]


class BulkPriorityForm(BulkForm, SetPriorityForm):
    verb = "set_priority"

    def prepare(self) -> None:
        self.fields["priority"].help_text = _("Priority 1 alerts the people on call about each request, right away.")

    def arguments(self) -> Definition:
        return {"priority": self.cleaned_data["priority"]}


class BulkCommentForm(BulkForm, CommentForm):
    verb = "comment"

    def arguments(self) -> Definition:
        return {"text": self.cleaned_data["text"]}


class BulkNoteForm(BulkForm, NoteForm):
    verb = "note"

    def about(self) -> list[ServiceRequest]:
        """One for each department, which decides who reads what isn't confidential; each request is asked again when it is done."""
        departments = ServiceRequest.objects.filter(pk__in=self.selected.order_by().values("pk")[:MOST])
        ids = departments.order_by().values_list("department_id", flat=True).distinct()
        public = PublicState.PUBLIC
        return [ServiceRequest(jurisdiction=self.city, department_id=pk, public_state=public) for pk in ids]

    def writes_for_staff(self) -> bool:
        return True

    def arguments(self) -> Definition:
        return {"text": self.cleaned_data["text"], "audience": self.cleaned_data["audience"]}


class BulkResolveForm(BulkForm, OutcomeForm):
    verb = "resolve"

    def prepare(self) -> None:
        super().prepare()
        self.fields["no_evidence"].help_text = _("Requests whose service asks for proof are left out without it.")

    def arguments(self) -> Definition:
        names = ("disposition", "words", "reason", "visited", "no_evidence")
        return {name: self.cleaned_data[name] for name in names}


class BulkMergeForm(BulkForm):
    verb = "merge"
    reference = forms.CharField(
        label=gettext_lazy("Number of the request that the others are merged into"),
        max_length=40,
        help_text=gettext_lazy("Everyone who reported or follows them will get updates on this one."),
    )
    parent: ServiceRequest

    def clean_reference(self) -> str:
        typed: str = self.cleaned_data["reference"]
        visible = ServiceRequest.objects.in_jurisdiction(self.city).visible_to(self.user)
        parent = visible.filter(reference=references.parse(typed) or "").select_related("duplicate_of").first()
        if parent is None:
            raise forms.ValidationError(_("You don’t have a request with this number. Check it and try again."))
        if parent.duplicate_of is not None:
            raise forms.ValidationError(
                _("That request was merged into %(reference)s. Enter that number instead.")
                % {"reference": parent.duplicate_of.display_reference}
            )
        self.parent = parent
        return typed

    def arguments(self) -> Definition:
        return {"parent": self.parent.pk}


FORMS: dict[str, type[BulkForm]] = {
    form.verb: form
    for form in (
        BulkAssignForm,
        BulkTransferForm,
        BulkHoldForm,
        BulkPriorityForm,
        BulkCommentForm,
        BulkNoteForm,
        BulkResolveForm,
        BulkMergeForm,
        BulkForm,
    )
}
