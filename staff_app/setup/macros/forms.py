"""The form of a macro: each kind of step has its fields, and what is filled in becomes a step, in order of doing."""

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from requests_app.core.localized import localized
from requests_app.forms.fields import WordsField
from requests_app.models import (
    AnswerTemplate,
    Comment,
    Department,
    Disposition,
    Jurisdiction,
    ListedReason,
    Macro,
    Service,
    User,
)
from requests_app.rules.shared.priorities import PRIORITIES
from requests_app.rules.work.steps import WITHOUT_EVIDENCE, Definition
from staff_app import due
from staff_app.queue.bulk_forms import hold_reasons

EVERYONE, MINE = "everyone", "mine"
ME, NOBODY = "me", "nobody"


class MacroForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=60,
        help_text=gettext_lazy("What it does, in a few words, like “Not ours: send to Parks.”"),
    )
    audience = forms.ChoiceField(label=gettext_lazy("Who can use it?"))
    key = forms.TypedChoiceField(
        label=gettext_lazy("Key"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", gettext_lazy("No key")), *((n, str(n)) for n in range(1, 10))],
        help_text=gettext_lazy("Your own macro takes priority over a department’s or the city’s with the same key."),
    )
    service = forms.ChoiceField(label=gettext_lazy("Change the service to"), required=False)
    accept = forms.BooleanField(label=gettext_lazy("Accept it"), required=False)
    assignee = forms.ChoiceField(label=gettext_lazy("Assign to"), required=False)
    priority = forms.TypedChoiceField(
        label=gettext_lazy("Set the priority to"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", gettext_lazy("Leave it as it is")), *PRIORITIES.items()],
    )
    note = WordsField(label=gettext_lazy("Internal note"), required=False, max_length=4000, lines=2)
    template = forms.ChoiceField(
        label=gettext_lazy("Public comment from a template"),
        required=False,
        help_text=gettext_lazy("Filled in for each request, in its reporter’s language."),
    )
    hold_reason = forms.ChoiceField(label=gettext_lazy("Put it on hold for"), required=False)
    hold_days = forms.IntegerField(
        label=gettext_lazy("Days on hold"), required=False, min_value=1, max_value=365, initial=7
    )
    department = forms.ChoiceField(label=gettext_lazy("Transfer it to"), required=False)
    reason = WordsField(label=gettext_lazy("Why is it transferred?"), required=False, max_length=4000, lines=2)

    outcome = forms.ChoiceField(
        label=gettext_lazy("Resolve it as"),
        required=False,
        help_text=gettext_lazy("Only outcomes that need neither a photo nor a visit."),
    )
    outcome_reason = forms.ChoiceField(label=gettext_lazy("Why can’t we do it?"), required=False)
    outcome_template = forms.ChoiceField(
        label=gettext_lazy("Public message, from a template"),
        required=False,
        help_text=gettext_lazy("Needed if it resolves. Filled in for each request, in its reporter’s language."),
    )

    def __init__(self, *args: Any, city: Jurisdiction, audiences: list[tuple[str, str]], user: User, **kwargs: Any):
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.city, self.user = city, user
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.tiles = False
        self.helper.error_summary = False
        self.helper.show_optional = False
        unchanged = ("", _("Leave it as it is"))
        departments = sorted(
            Department.objects.filter(jurisdiction=city, active=True), key=lambda one: str(one).casefold()
        )
        people = User.objects.filter(memberships__jurisdiction=city, is_active=True).distinct().order_by("name", "id")
        services = Service.objects.filter(jurisdiction=city, active=True, current__isnull=False).select_related(
            "current"
        )
        named = sorted(((one.service_code, _service_name(one)) for one in services), key=lambda one: one[1].casefold())
        by_name = AnswerTemplate.objects.filter(jurisdiction=city, active=True).order_by("name")
        self.templates = {str(one.pk): one for one in by_name.filter(outcome__in=["", *WITHOUT_EVIDENCE])}
        templates = [one for one in self.templates.values() if not one.outcome]
        reasons = ListedReason.objects.filter(jurisdiction=city, kind=ListedReason.Kind.CANNOT_DO, active=True)
        choices: dict[str, list[tuple[str, str]]] = {
            "audience": audiences,
            "service": [unchanged, *named],
            "assignee": [
                unchanged,
                (ME, _("The person who runs it")),
                (NOBODY, _("No one")),
                *((str(one.pk), str(one)) for one in people),
            ],
            "template": [("", _("No comment")), *((str(one.pk), one.name) for one in templates)],
            "hold_reason": [("", _("No hold")), *hold_reasons(city)],
            "outcome": [
                ("", _("It stays open")),
                *((one.value, due.disposition_words(one)) for one in WITHOUT_EVIDENCE),
            ],
            "outcome_reason": [
                ("", _("Choose a reason")),
                *((one.code, localized(one.words)) for one in reasons.order_by("order", "code")),
            ],
            "outcome_template": [("", _("Choose a template")), *((pk, one.name) for pk, one in self.templates.items())],
            "department": [("", _("No transfer")), *((one.code, str(one)) for one in departments)],
        }
        for name, found in choices.items():
            self.fields[name].choices = found  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("department") and not cleaned.get("reason"):
            self.add_error("reason", _("Say why. The other department will see it."))
        if cleaned.get("department") and (cleaned.get("assignee") or cleaned.get("hold_reason")):
            self.add_error("department", _("After a transfer, the other department assigns it and puts it on hold."))
        if cleaned.get("outcome"):
            self._check_outcome(cleaned, cleaned["outcome"])
        if not self.errors and not self.steps():
            self.add_error(None, _("Choose at least one step."))
        return cleaned

    def _check_outcome(self, cleaned: dict[str, Any], outcome: str) -> None:
        if cleaned.get("department") or cleaned.get("hold_reason"):
            self.add_error("outcome", _("A resolved request can’t be put on hold or transferred."))
        if outcome == Disposition.CANNOT_DO and not cleaned.get("outcome_reason"):
            self.add_error("outcome_reason", _("Choose a reason from the list. People can appeal it."))
        template = self.templates.get(cleaned.get("outcome_template") or "")
        if template is None:
            self.add_error("outcome_template", _("Choose the public message."))
        elif template.outcome not in ("", outcome):
            self.add_error("outcome_template", _("This template is for another outcome."))

    def steps(self) -> list[Definition]:
        """Of a valid form, in the order in which they are done: a transfer or an outcome last, since nothing can follow."""
        cleaned = self.cleaned_data
        steps: list[Definition] = []
        if cleaned.get("service"):
            steps.append({"verb": "change_service", "service": cleaned["service"]})
        if cleaned.get("accept"):
            steps.append({"verb": "accept"})
        if assignee := cleaned.get("assignee"):
            steps.append({"verb": "assign", "assignee": _stored_assignee(assignee)})
        if cleaned.get("priority"):
            steps.append({"verb": "set_priority", "priority": cleaned["priority"]})
        if cleaned.get("note"):
            steps.append({"verb": "note", "text": cleaned["note"], "audience": str(Comment.Audience.DEPARTMENT)})
        if cleaned.get("template"):
            steps.append({"verb": "comment", "template": int(cleaned["template"])})
        if cleaned.get("hold_reason"):
            steps.append({"verb": "hold", "reason": cleaned["hold_reason"], "days": cleaned.get("hold_days") or 7})
        if cleaned.get("department"):
            steps.append({"verb": "transfer", "department": cleaned["department"], "reason": cleaned["reason"]})
        if outcome := cleaned.get("outcome"):
            reason = cleaned["outcome_reason"] if outcome == Disposition.CANNOT_DO else ""
            template = int(cleaned["outcome_template"])
            steps.append({"verb": "resolve", "disposition": outcome, "reason": reason, "template": template})
        return steps

    def columns(self) -> dict[str, Any]:
        audience = self.cleaned_data["audience"]
        return {
            "name": self.cleaned_data["name"],
            "key": self.cleaned_data["key"],
            "steps": self.steps(),
            "owner": self.user if audience == MINE else None,
            "department": None
            if audience in (MINE, EVERYONE)
            else Department.objects.get(jurisdiction=self.city, code=audience),
        }


def _service_name(service: Service) -> str:
    return localized(service.current.name) if service.current else service.service_code


def _stored_assignee(typed: str) -> int | str | None:
    return None if typed == NOBODY else ME if typed == ME else int(typed)


def initial_for(macro: Macro) -> dict[str, Any]:
    initial: dict[str, Any] = {
        "name": macro.name,
        "key": macro.key,
        "audience": MINE if macro.owner_id else macro.department.code if macro.department else EVERYONE,
    }
    for step in macro.steps:
        match step["verb"]:
            case "change_service":
                initial["service"] = step["service"]
            case "accept":
                initial["accept"] = True
            case "assign":
                initial["assignee"] = NOBODY if step["assignee"] is None else step["assignee"]
            case "set_priority":
                initial["priority"] = step["priority"]
            case "note":
                initial["note"] = step["text"]
            case "comment":
                initial["template"] = step.get("template", "")
            case "hold":
                initial |= {"hold_reason": step["reason"], "hold_days": step.get("days", 7)}
            case "transfer":
                initial |= {"department": step["department"], "reason": step.get("reason", "")}
            case "resolve":
                initial |= {"outcome": step["disposition"], "outcome_reason": step.get("reason", "")}
                initial["outcome_template"] = step.get("template", "")
    return initial
