"""The form of a question with its answers: what it asks, when it is asked, and what each answer does. All by menus."""

import re
import unicodedata
from collections.abc import Collection
from typing import Any

from django import forms
from django.forms import BaseFormSet, formset_factory
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic_core import ErrorDetails

from requests_app.core.localized import localized
from requests_app.forms.fields import DescribedChoice
from requests_app.models import Article, QuestionVersion, Service
from requests_app.rules.shared import question_kinds
from requests_app.rules.shared.priorities import PRIORITIES
from staff_app.setup.forms import language_name
from staff_app.setup.services.editing import Definition, Editing, reason
from staff_app.setup.services.forms import TEXT_MAX, UNITS, Choices, Row, SectionForm

KINDS: Choices = [
    (code, DescribedChoice(kind.name, kind.hint) if kind.hint else kind.name)
    for code, kind in question_kinds.KINDS.items()
]
OPTION_MAX, CODE_MAX, EMPTY_OPTIONS, OPTIONS_MAX = 120, 40, 2, 30


class OptionForm(forms.Form):
    """An answer to choose, and what it does."""

    value = forms.CharField(required=False, widget=forms.HiddenInput)
    stop = forms.BooleanField(
        label=gettext_lazy("Stop, and ask them to call the emergency number"),
        help_text=gettext_lazy("They can still send the report afterward."),
        required=False,
    )
    priority = forms.ChoiceField(
        label=gettext_lazy("Priority"), choices=[("", gettext_lazy("No change")), *PRIORITIES.items()], required=False
    )
    target_value = forms.IntegerField(label=gettext_lazy("Fixed within"), required=False)
    target_unit = forms.ChoiceField(label=gettext_lazy("Unit"), choices=UNITS, required=False)
    private_photos = forms.BooleanField(label=gettext_lazy("Photos stay private"), required=False)
    service = forms.ChoiceField(label=gettext_lazy("Suggest another service"), required=False)
    article = forms.ChoiceField(label=gettext_lazy("Show an article"), required=False)

    def __init__(self, *args: Any, languages: list[str], services: Choices, articles: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.languages = languages
        labels = {
            f"label_{language}": forms.CharField(label=language_name(language), max_length=OPTION_MAX, required=False)
            for language in languages
        }
        self.fields = {**labels, **self.fields}
        self.fields["service"].choices = [("", _("None")), *services]  # type: ignore[attr-defined]
        self.fields["article"].choices = [("", _("None")), *articles]  # type: ignore[attr-defined]

    def labels(self) -> list[Any]:
        return [self[f"label_{language}"] for language in self.languages]

    @property
    def has_effects(self) -> bool:
        names = ("stop", "priority", "target_value", "private_photos", "service", "article")
        return any(self[name].value() or self[name].errors for name in names)

    @property
    def effects(self) -> list[str]:
        """What it does, for the closed heading."""
        return [str(self[name].label) for name in ("stop", "private_photos") if self[name].value()]

    @property
    def is_used(self) -> bool:
        """Whether there is anything in it. A row whose words were all cleared is removed."""
        return any(self.cleaned_data.get(f"label_{language}") for language in self.languages)

    def option(self, taken: Collection[str]) -> Definition:
        typed = self.cleaned_data
        label = {language: typed[f"label_{language}"] for language in self.languages if typed[f"label_{language}"]}
        effects: Definition = {name: True for name in ("stop", "private_photos") if typed[name]}
        if typed["priority"]:
            effects["priority"] = int(typed["priority"])
        if typed["target_value"] is not None:
            effects["resolve_target"] = {
                "value": typed["target_value"],
                "unit": typed["target_unit"] or "business_days",
                "calendar": "department",
            }
        effects |= {name: typed[name] for name in ("service", "article") if typed[name]}
        value = typed["value"] or code_for(next(iter(label.values()), ""), taken)
        return {"value": value, "label": label, **({"effects": effects} if effects else {})}


class QuestionForm(SectionForm):
    """One question of a service. code: empty for a new one."""

    parts = ("questions",)

    kind = forms.ChoiceField(label=gettext_lazy("Kind of answer"), choices=KINDS, widget=forms.RadioSelect)
    required = forms.BooleanField(
        label=gettext_lazy("Required"),
        help_text=gettext_lazy("People must answer it. Three required questions are plenty."),
        required=False,
    )
    visibility = forms.ChoiceField(
        label=gettext_lazy("Who can see the answers"),
        choices=[
            ("public", gettext_lazy("Everyone")),
            ("staff", gettext_lazy("Staff")),
            (
                "department",
                DescribedChoice(
                    gettext_lazy("Only its department"),
                    gettext_lazy("For gate codes and other people’s phone numbers."),
                ),
            ),
        ],
        widget=forms.RadioSelect,
    )  # fmt: skip
    show_if = forms.MultipleChoiceField(
        label=gettext_lazy("Ask only if"),
        help_text=gettext_lazy("The answer to a question above is one of these. Choose none, and it’s always asked."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    asks_asset = forms.BooleanField(
        label=gettext_lazy("Skip it if we know the asset"),
        help_text=gettext_lazy(
            "For a question like “What’s the number on the pole?” Nobody who chose the pole on the map is asked."
        ),
        required=False,
    )

    def __init__(self, *args: Any, editing: Editing, code: str = "", **kwargs: Any) -> None:
        self.code = code
        self.questions: list[Definition] = list(editing.definition.get("questions") or [])
        self.index = next((n for n, one in enumerate(self.questions) if one["code"] == code), len(self.questions))
        self.question: Definition = self.questions[self.index] if self.index < len(self.questions) else {}
        condition = self.question.get("show_if") or {}
        initial = {
            "kind": self.question.get("kind", QuestionVersion.Kind.SINGLE.value),
            "required": self.question.get("required", False),
            "visibility": self.question.get("visibility", "public"),
            "show_if": [f"{condition['question']}:{value}" for value in condition.get("values", [])]
            if condition
            else [],
            "asks_asset": self.question.get("asks_asset", False),
        }
        super().__init__(*args, editing=editing, initial=initial, **kwargs)
        self.add_texts(
            "text", _("Question"), _("One thing at a time, in plain words: “How deep is it?”"), self.question.get("text"),
            most=TEXT_MAX,
        )  # fmt: skip
        self.add_texts(
            "help", _("Help"), _("One sentence below the question. Usually empty."), self.question.get("help")
        )
        groups: Choices = [
            (
                localized(one.get("text")),
                [(f"{one['code']}:{option['value']}", localized(option["label"])) for option in one["options"]],
            )
            for one in self.questions[: self.index]
            if one.get("options")
        ]
        # A condition that a move has made impossible stays in sight, so that it can be cleared.
        known = {value for _name, options in groups for value, _label in options}
        lost = [(value, value.partition(":")[2]) for value in initial["show_if"] if value not in known]
        self.fields["show_if"].choices = [*groups, *lost]  # type: ignore[attr-defined]
        if not groups and not lost:
            del self.fields["show_if"]
        if not (editing.definition.get("asset_kinds") or initial["asks_asset"]):
            del self.fields["asks_asset"]
        self.options = self._options()

    def _options(self) -> "BaseFormSet[OptionForm]":
        editing = self.editing
        services = [
            (one.service_code, localized(one.current.name))
            for one in Service.objects.filter(jurisdiction=editing.city, active=True, current__isnull=False)
            .exclude(service_code=editing.code)
            .select_related("current")
            if one.current
        ]
        articles = [
            (one.code, localized(one.title))
            for one in Article.objects.filter(jurisdiction=editing.city, published=True)
        ]
        make = formset_factory(
            OptionForm, extra=EMPTY_OPTIONS, can_order=True, can_delete=False, max_num=OPTIONS_MAX, absolute_max=OPTIONS_MAX
        )  # fmt: skip
        return make(
            self.data if self.is_bound else None,
            prefix="options",
            initial=[_option_initial(option) for option in self.question.get("options") or []],
            form_kwargs={
                "languages": self.languages,
                "services": sorted(services, key=lambda pair: pair[1].casefold()),
                "articles": sorted(articles, key=lambda pair: pair[1].casefold()),
            },
        )

    def rows(self) -> list[Row]:
        return [self.text_row("text"), self.text_row("help"), Row([self["kind"]])]

    def rest(self) -> list[Row]:
        names = ("required", "visibility", "show_if", "asks_asset")
        return [Row([self[name]]) for name in names if name in self.fields]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        asked = {value.partition(":")[0] for value in cleaned.get("show_if") or []}
        if len(asked) > 1:
            self.add_error("show_if", _("Choose answers to one question only."))
        return cleaned

    def written_parts(self) -> Definition:
        typed = self.cleaned_data
        code = self.code or code_for(
            next(iter(self.text("text").values()), ""), [one["code"] for one in self.questions]
        )
        question: Definition = {
            "code": code,
            "text": self.text("text"),
            "kind": typed["kind"],
            "required": typed["required"] and question_kinds.KINDS[typed["kind"]].is_answered,
            "visibility": typed["visibility"],
        }
        if words := self.text("help"):
            question["help"] = words
        if chosen := typed.get("show_if"):
            question["show_if"] = {
                "question": chosen[0].partition(":")[0],
                "values": [value.partition(":")[2] for value in chosen],
            }
        if typed.get("asks_asset"):
            question["asks_asset"] = True
        self.used = self._used() if typed["kind"] in question_kinds.CHOICES else []
        options: list[Definition] = []
        for form in self.used:
            taken = [form["value"].value() for form in self.used] + [one["value"] for one in options]
            options.append(form.option([value for value in taken if value]))
        if options:
            question["options"] = options
        self.new_code = code
        return {"questions": [*self.questions[: self.index], question, *self.questions[self.index + 1 :]]}

    def _used(self) -> list[OptionForm]:
        """The answers in the order of their positions; new ones without a position last."""
        forms_in_order = sorted(
            enumerate(self.options.forms), key=lambda pair: (pair[1].cleaned_data.get("ORDER") or OPTIONS_MAX, pair[0])
        )
        return [form for _number, form in forms_in_order if form.cleaned_data and form.is_used]

    def is_good(self) -> bool:
        if not self.is_valid() or not self.options.is_valid():
            return False
        definition = self.definition()
        for problem in self.editing.problems(definition):
            self._add(problem, definition)
        return not self.errors and not any(form.errors for form in self.options.forms)

    def _add(self, problem: ErrorDetails, definition: Definition) -> None:
        loc, message = problem["loc"], reason(problem, definition)
        if not loc and problem["type"] == "condition":
            is_own = dict(problem.get("ctx") or {}).get("code") == self.new_code and "show_if" in self.fields
            self.add_error("show_if" if is_own else None, message)
            return
        if loc[:2] != ("questions", self.index):
            return
        rest = loc[2:]
        if len(rest) > 2 and rest[0] == "options":
            option = self.used[int(rest[1])]
            languages = (problem.get("ctx") or {}).get("languages")
            name = f"label_{languages[0]}" if languages else "target_value" if "resolve_target" in rest else "priority"
            option.add_error(name, message)
        elif problem["type"] == "missing_text":
            legend = self.texts[str(rest[0])][0]
            self.add_error(f"{rest[0]}_{problem['ctx']['languages'][0]}", f"{legend}: {message}")
        else:
            self.add_error("kind", message)


def _option_initial(option: Definition) -> dict[str, Any]:
    effects = option.get("effects") or {}
    target = effects.get("resolve_target") or {}
    return {
        "value": option["value"],
        **{f"label_{language}": text for language, text in option["label"].items()},
        **{name: effects.get(name) for name in ("stop", "priority", "private_photos", "service", "article")},
        "target_value": target.get("value"),
        "target_unit": target.get("unit", "business_days"),
    }


def code_for(text: str, taken: Collection[str]) -> str:
    """A code made of the first words: “How deep is it?” is how-deep-is-it, or how-deep-is-it-2 if that is taken."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().casefold()
    code = "-".join(re.findall(r"[a-z0-9]+", plain))[:CODE_MAX].strip("-") or "question"
    number = 2
    found = code
    while found in taken:
        found, number = f"{code}-{number}", number + 1
    return found
