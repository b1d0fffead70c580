"""Forms of routing: a rule, whose conditions are picked from menus, and the note of a new version."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Field, Fieldset, Layout
from django import forms
from django.db.models import F
from django.http import QueryDict
from django.utils.dates import WEEKDAYS as DAY_NAMES
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from requests_app.core.localized import localized
from requests_app.forms.fields import WordsField
from requests_app.models import Area, Channel, Department, Jurisdiction, Membership, QuestionVersion, Service, Team
from requests_app.rules.alarms.screening import has_words
from requests_app.rules.promises.service_levels import WEEKDAYS
from requests_app.rules.routing.routing import Definition, tidy
from requests_app.rules.routing.words import CHANNELS, calendars_of, hours_in_words
from requests_app.rules.shared import question_kinds
from requests_app.rules.shared.priorities import PRIORITIES

NAME_MAX, NOTE_MAX, PHRASE_MAX, PHRASES_MAX = 200, 500, 120, 50
# Of one layer there may be thousands (parcels); these aren't offered.
AREAS_MAX = 300
Choices = list[tuple[Any, Any]]


class Details(Fieldset):
    """Fields that stay folded while they say nothing."""

    template = "staff_app/setup/routing/_details.html"

    def __init__(self, legend: str | Promise, *fields: Any, is_open: bool = False, button: str | Promise = "") -> None:
        """button: its words, if the form has to be sent before the fields are of use."""
        super().__init__(legend, *fields)
        self.is_open, self.button = is_open, button


class RuleForm(forms.Form):
    """A rule as a catalog file writes it. After is_valid(): written()."""

    name = WordsField(
        label=gettext_lazy("Name of the rule"),
        help_text=gettext_lazy("What it does, in a few words, like “Graffiti in a park: Parks.”"),
        max_length=NAME_MAX,
        error_messages={"required": gettext_lazy("Enter a name for the rule.")},
    )
    position = forms.IntegerField(
        label=gettext_lazy("Position"),
        help_text=gettext_lazy("The first rule that matches applies."),
        min_value=1,
        error_messages={"required": gettext_lazy("Enter its position, like 1.")},
    )
    services = forms.MultipleChoiceField(
        label=gettext_lazy("Any of these services"), required=False, widget=forms.CheckboxSelectMultiple
    )
    areas = forms.MultipleChoiceField(
        label=gettext_lazy("In any of these areas"),
        help_text=gettext_lazy("All of one kind: wards or parks, but not both."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    answers = forms.MultipleChoiceField(
        label=gettext_lazy("With these answers"),
        help_text=gettext_lazy(
            "Choose services first. For each question, a report must have one of the answers you choose."
        ),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    words = WordsField(
        label=gettext_lazy("The description has any of these words"),
        help_text=gettext_lazy("One phrase per line, in each language. Capital letters and accents don’t matter."),
        max_length=PHRASE_MAX * PHRASES_MAX,
        lines=3,
        required=False,
    )
    channels = forms.MultipleChoiceField(
        label=gettext_lazy("Reported in any of these ways"),
        choices=[(code, words) for code, words in CHANNELS.items() if code != Channel.IMPORT],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    days = forms.MultipleChoiceField(
        label=gettext_lazy("On any of these days"),
        choices=[(day, DAY_NAMES[number]) for number, day in enumerate(WEEKDAYS)],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    begins = forms.TimeField(
        label=gettext_lazy("From"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    ends = forms.TimeField(
        label=gettext_lazy("Until"),
        help_text=gettext_lazy("Can end the next day, like 6 p.m. until 7 a.m."),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    working_hours = forms.ChoiceField(label=gettext_lazy("Working hours"), required=False)
    priorities = forms.TypedMultipleChoiceField(
        label=gettext_lazy("With any of these priorities"),
        choices=list(PRIORITIES.items()),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    department = forms.ChoiceField(label=gettext_lazy("Department"), required=False)
    team = forms.ChoiceField(label=gettext_lazy("Team"), required=False)
    assignee = forms.ChoiceField(label=gettext_lazy("Person"), required=False)
    priority = forms.TypedChoiceField(
        label=gettext_lazy("Priority"),
        help_text=gettext_lazy("Danger always stays priority 1."),
        choices=[("", gettext_lazy("Leave as it is")), *PRIORITIES.items()],
        coerce=int,
        empty_value=None,
        required=False,
    )
    inform = forms.MultipleChoiceField(
        label=gettext_lazy("Also inform"),
        help_text=gettext_lazy("These departments get an email but don’t have to do anything."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(
        self, data: QueryDict | None = None, *, city: Jurisdiction, rule: Definition | None, position: int, last: int
    ) -> None:
        """last: the highest position."""
        super().__init__(data, initial=_initial(rule) | {"position": position}, label_suffix="")
        self.before = rule
        when = rule["when"] if rule else {}
        self.fields["position"].max_value = last  # type: ignore[attr-defined]
        self.fields["position"].widget.attrs |= {"max": last, "class": "usa-input--2xs"}
        services = Service.objects.filter(jurisdiction=city, current__isnull=False).select_related("current__category")
        kept = set(when.get("services") or ())
        shown = [one for one in services if one.current and (one.active or one.service_code in kept)]
        shown.sort(key=lambda one: (one.current.category.order, localized(one.current.name)))  # type: ignore[union-attr]
        self._choose(
            "services",
            _grouped((str(one.current.category), one.service_code, localized(one.current.name)) for one in shown),  # type: ignore[union-attr]
        )
        self.chosen = set(data.getlist("services") if data is not None else when.get("services") or ())
        self._choose("areas", _area_choices(city))
        self._choose("answers", _answer_choices([one for one in shown if one.service_code in self.chosen]))
        self._choose(
            "working_hours",
            [
                ("", _("At any time")),
                *(
                    (f"{code}:{state}", hours_in_words(code, is_open=state == "open"))
                    for code in calendars_of(city)
                    for state in ("open", "closed")
                ),
            ],
        )
        departments = list(Department.objects.filter(jurisdiction=city, active=True).order_by("code"))
        departments.sort(key=str)
        named = [(one.code, str(one)) for one in departments]
        self._choose("department", [("", _("Triage queue")), *named])
        self._choose("inform", named)
        teams = Team.objects.filter(department__in=departments, active=True).select_related("department")
        self._choose(
            "team",
            [
                ("", _("The whole department")),
                *_grouped((str(one.department), f"{one.department.code}/{one.code}", str(one)) for one in teams),
            ],
        )
        members = (
            Membership.objects.filter(jurisdiction=city, user__is_active=True)
            .select_related("user", "department")
            .order_by(F("department").asc(nulls_first=True), "user__name")
        )
        self.departments_of: dict[str, set[str | None]] = {}
        for membership in members:
            code = membership.department.code if membership.department else None
            self.departments_of.setdefault(membership.user.email, set()).add(code)
        self._choose(
            "assignee",
            [
                ("", _("Nobody yet")),
                *_grouped(
                    # A person with two roles in a department is listed once.
                    dict.fromkeys(
                        (
                            str(membership.department) if membership.department else _("Whole city"),
                            membership.user.email,
                            membership.user.name,
                        )
                        for membership in members
                    )
                ),
            ],
        )
        self.helper = _helper()
        # Nearly all of it is.
        self.helper.show_optional = False
        self.helper.layout = self._layout(data)

    def _choose(self, name: str, choices: Choices) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def _layout(self, data: QueryDict | None) -> Layout:
        def says(*names: str) -> bool:
            if data is not None:
                return any(data.getlist(name) not in ([], [""]) for name in names)
            return any(self.initial.get(name) for name in names)

        def details(legend: str | Promise, *names: str) -> Details:
            return Details(legend, *names, is_open=says(*names))

        return Layout(
            "name",
            Field("position"),
            Fieldset(
                _("If all of this is true"),
                Details(gettext_lazy("Service"), "services", is_open=True),
                details(gettext_lazy("Area"), "areas"),
                Details(
                    gettext_lazy("Answers"),
                    "answers",
                    is_open=says("answers") or (data is not None and "show" in data),
                    button=gettext_lazy("Show the questions of the services you chose"),
                ),
                details(gettext_lazy("Words"), "words"),
                details(gettext_lazy("How it was reported"), "channels"),
                details(gettext_lazy("When it was reported"), "days", "begins", "ends", "working_hours"),
                details(gettext_lazy("Priority"), "priorities"),
            ),
            Fieldset(_("Then it goes to"), "department", "team", "assignee", "priority", "inform"),
        )

    def clean_words(self) -> list[str]:
        lines = [" ".join(line.split()) for line in self.cleaned_data["words"].splitlines()]
        phrases = list(dict.fromkeys(line for line in lines if line))
        if len(phrases) > PHRASES_MAX:
            raise forms.ValidationError(_("Use at most %(most)d lines.") % {"most": PHRASES_MAX})
        for one in phrases:
            if len(one) > PHRASE_MAX:
                words = _("“%(words)s…” is too long. Use at most %(most)d characters per line.")
                raise forms.ValidationError(words % {"words": one[:40], "most": PHRASE_MAX})
            if not has_words(one):
                raise forms.ValidationError(_("Enter words, not just punctuation."))
        return phrases

    def clean_areas(self) -> list[str]:
        chosen: list[str] = self.cleaned_data["areas"]
        if len({one.partition(":")[0] for one in chosen}) > 1:
            raise forms.ValidationError(_("Choose areas of one kind only. Make a second rule for the others."))
        return chosen

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        begins, ends = cleaned.get("begins"), cleaned.get("ends")
        if bool(begins) != bool(ends) and not {"begins", "ends"} & self.errors.keys():
            self.add_error("ends" if begins else "begins", _("Enter both times, or neither."))
        elif begins and begins == ends:
            self.add_error("ends", _("Enter two different times."))
        department = cleaned.get("department") or None
        if cleaned.get("team") and cleaned["team"].partition("/")[0] != department:
            self.add_error("team", _("This team is in another department. Choose the department it belongs to."))
        if cleaned.get("assignee"):
            works_in = self.departments_of.get(cleaned["assignee"], set())
            if department is None:
                self.add_error("assignee", _("Choose a department first: the triage queue has no assignee."))
            elif not {department, None} & works_in:
                self.add_error("assignee", _("This person works in another department."))
        if not self.errors and not self.rule()["when"]:
            self.add_error("services", _("Choose at least one condition: a service, an area, words or another one."))
        return cleaned

    def rule(self) -> Definition:
        cleaned = self.cleaned_data
        answers: dict[str, list[str]] = {}
        for one in cleaned["answers"]:
            question, _equals, value = one.partition("=")
            answers.setdefault(question, []).append(value)
        calendar, _colon, state = cleaned["working_hours"].rpartition(":")
        areas = [one.partition(":") for one in cleaned["areas"]]
        return tidy(
            {
                "name": cleaned["name"],
                "when": {
                    "services": cleaned["services"],
                    "areas": {"layer": areas[0][0], "codes": [code for _layer, _colon, code in areas]}
                    if areas
                    else None,
                    "answers": answers,
                    "words": cleaned["words"],
                    "channels": cleaned["channels"],
                    "priorities": cleaned["priorities"],
                    "days": cleaned["days"],
                    "hours": f"{cleaned['begins']:%H:%M}-{cleaned['ends']:%H:%M}" if cleaned["begins"] else None,
                    "working_hours": {"calendar": calendar, "open": state == "open"} if calendar else None,
                },
                "department": cleaned["department"],
                "team": cleaned["team"].rpartition("/")[2],
                "assignee": cleaned["assignee"],
                "priority": cleaned["priority"],
                "inform": cleaned["inform"],
            }
        )


class NoteForm(forms.Form):
    note = WordsField(
        label=gettext_lazy("Why are you changing the rules?"),
        help_text=gettext_lazy("It’s kept in the history."),
        max_length=NOTE_MAX,
        lines=2,
        error_messages={"required": gettext_lazy("Enter a short note, like “Parks takes over graffiti in parks.”")},
    )

    def __init__(self, data: QueryDict | None = None) -> None:
        super().__init__(data, label_suffix="")
        self.helper = _helper()


def _helper() -> FormHelper:
    helper = FormHelper()
    helper.form_tag = False
    helper.error_summary = False
    helper.tiles = False
    return helper


def _initial(rule: Definition | None) -> dict[str, Any]:
    if rule is None:
        return {}
    when = rule["when"]
    place, calendar, hours = when.get("areas"), when.get("working_hours"), when.get("hours") or ""
    return {
        "name": rule["name"],
        "services": when.get("services"),
        "areas": [f"{place['layer']}:{code}" for code in place["codes"]] if place else [],
        "answers": [
            f"{question}={value}" for question, values in (when.get("answers") or {}).items() for value in values
        ],
        "words": "\n".join(map(str, when.get("words") or ())),
        "channels": when.get("channels"),
        "priorities": when.get("priorities"),
        "days": when.get("days"),
        "begins": dt.time.fromisoformat(hours[:5]) if hours else None,
        "ends": dt.time.fromisoformat(hours[6:]) if hours else None,
        "working_hours": f"{calendar['calendar']}:{'open' if calendar.get('open', True) else 'closed'}"
        if calendar
        else "",
        "department": rule.get("department") or "",
        "team": f"{rule['department']}/{rule['team']}" if rule.get("team") else "",
        "assignee": rule.get("assignee") or "",
        "priority": rule.get("priority") or "",
        "inform": rule.get("inform"),
    }


def _grouped(rows: Iterable[tuple[str, str, str]]) -> Choices:
    """Rows of group, value and label as choices in groups."""
    groups: dict[str, Choices] = {}
    for group, value, label in rows:
        groups.setdefault(group, []).append((value, label))
    return list(groups.items())


def _area_choices(city: Jurisdiction) -> Choices:
    areas = Area.objects.filter(jurisdiction=city, is_ours=True).only("layer", "code", "name").order_by("layer", "id")
    layers: dict[str, Choices] = {}
    for one in areas:
        layers.setdefault(one.layer, []).append((f"{one.layer}:{one.code}", one.label))
    return [
        (layer.replace("_", " ").capitalize(), sorted(choices, key=lambda one: _natural(one[1])))
        for layer, choices in layers.items()
        if len(choices) <= AREAS_MAX
    ]


def _natural(name: str) -> tuple[str, int]:
    """Ward 10 after Ward 9."""
    words, _space, number = name.rpartition(" ")
    return (words, int(number)) if number.isdecimal() else (name, 0)


def _answer_choices(services: list[Service]) -> Choices:
    questions = QuestionVersion.objects.filter(
        service_version__in=[one.current_id for one in services],
        kind__in=question_kinds.CHOICES,
    ).order_by("service_version", "order")
    rows: dict[str, tuple[str, str, str]] = {}
    for question in questions:
        for option in question.options:
            value = f"{question.code}={option['value']}"
            rows.setdefault(value, (localized(question.text), value, localized(option["label"])))
    return _grouped(rows.values())
