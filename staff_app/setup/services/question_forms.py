"""The form of a question with its answers: what it asks, when it is asked, and what each answer does. All by menus."""

import re
import unicodedata
from collections.abc import Collection, Mapping
from typing import Any

from django import forms
from django.forms import BaseFormSet, formset_factory
from django.forms.utils import ErrorDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic_core import ErrorDetails

from requests_app.core.languages import language_name
from requests_app.core.localized import localized
from requests_app.forms.fields import DescribedChoice
from requests_app.messages.setup_choices import ANSWERS_SEEN_BY
from requests_app.models import QuestionVersion
from requests_app.rules.shared import question_kinds
from staff_app.setup.services import answer_effects
from staff_app.setup.services.answer_rows import ANSWERS_MAX, OPTION_MAX, PREFIX
from staff_app.setup.services.editing import Definition, Editing, reason
from staff_app.setup.services.forms import TEXT_MAX, UNITS, Choices, Row, SectionForm
from staff_app.setup.services.sentence import Group, Menu, SentenceField

KINDS: Choices = [
    (code, DescribedChoice(kind.name, kind.hint) if kind.hint else kind.name)
    for code, kind in question_kinds.KINDS.items()
]
CODE_MAX, EMPTY_OPTIONS = 40, 2
# More than a form can send (DATA_UPLOAD_MAX_NUMBER_FIELDS).
ROWS_MAX = 400


class CheckedForm(forms.Form):
    """is_checked: whether it says what is wrong. While its rows are moved, it doesn't."""

    is_checked = True

    @property
    def errors(self) -> ErrorDict:
        return super().errors if self.is_checked else ErrorDict()


class OptionForm(CheckedForm):
    """An answer to choose, and what it does. value: its code, which stays when its words change."""

    value = forms.CharField(required=False, widget=forms.HiddenInput)
    then = SentenceField(label=gettext_lazy("What it does"), first=gettext_lazy("then"), next_words=gettext_lazy("and"))
    target_value = forms.IntegerField(label=gettext_lazy("Fixed within"), required=False)
    target_unit = forms.ChoiceField(label=gettext_lazy("Unit"), choices=UNITS, required=False)

    def __init__(self, *args: Any, languages: list[str], menu: Menu, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.languages = languages
        labels = {
            f"label_{language}": forms.CharField(
                label=language_name(language),
                max_length=OPTION_MAX,
                required=False,
                widget=forms.TextInput({"lang": language}),
            )
            for language in languages
        }
        self.fields = {**labels, **self.fields}
        self.fields["then"].use(menu)  # type: ignore[attr-defined]

    def labels(self) -> list[Any]:
        return [self[f"label_{language}"] for language in self.languages]

    @property
    def label(self) -> str:
        return next((str(text) for field in self.labels() if (text := field.value())), "")

    @property
    def number(self) -> str:
        """In the names of its fields."""
        return str(self.prefix).rpartition("-")[2]

    @property
    def code(self) -> str:
        """Only where it isn't what anybody would guess from the words."""
        value = str(self["value"].value() or "")
        return "" if not value or value == code_for(self.label, (), "answer") else value

    @property
    def has_target(self) -> bool:
        """Whether the length of its target is asked."""
        return "target" in (self["then"].value() or [])

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        then = cleaned.get("then") or []
        if answer_effects.has_two(then):
            self.add_error("then", _("Choose one priority, one service and one article at most."))
        if "target" in then and cleaned.get("target_value") is None and "target_value" not in self.errors:
            self.add_error("target_value", _("Enter how long."))
        return cleaned

    @property
    def is_used(self) -> bool:
        """Whether there is anything in it. A row whose words were all cleared is removed."""
        return any(self.cleaned_data.get(f"label_{language}") for language in self.languages)

    def option(self, taken: Collection[str], calendars: Mapping[str, str | None]) -> Definition:
        """calendars: of the targets as they are, by the answer's code, as no page changes them; None: it names none."""
        typed = self.cleaned_data
        label = {language: typed[f"label_{language}"] for language in self.languages if typed[f"label_{language}"]}
        calendar = calendars.get(typed["value"], "department")
        target = {
            "value": typed["target_value"],
            "unit": typed["target_unit"] or "business_days",
            **({"calendar": calendar} if calendar else {}),
        }
        effects = answer_effects.effects_of(typed["then"], target)
        value = typed["value"] or code_for(next(iter(label.values()), ""), taken, "answer")
        return {"value": value, "label": label, **({"effects": effects} if effects else {})}

    @property
    def asks(self) -> list[str]:
        """The codes of the questions that this answer asks."""
        return [part.partition(":")[2] for part in self.cleaned_data["then"] if part.startswith("ask:")]


class QuestionForm(CheckedForm, SectionForm):
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
            ("public", ANSWERS_SEEN_BY["public"]),
            ("staff", ANSWERS_SEEN_BY["staff"]),
            (
                "department",
                DescribedChoice(
                    ANSWERS_SEEN_BY["department"],
                    gettext_lazy("For gate codes and other people’s phone numbers."),
                ),
            ),
        ],
        widget=forms.RadioSelect,
    )  # fmt: skip
    show_if = SentenceField(
        label=gettext_lazy("When it’s asked"),
        help_text=gettext_lazy("It can depend on the answer to one question above it."),
        first=gettext_lazy("Ask it"),
        next_words=gettext_lazy("or"),
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
        # The questions that are asked always from now on, as no answer asks them any more.
        self.always: list[str] = []
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
        self.add_texts(
            "script",
            _("Said at the desk"),
            _("How call takers ask it aloud. Only staff see it. Empty: the question as it is."),
            self.question.get("script"),
        )
        conditions = self._conditions(initial["show_if"])
        if conditions:
            self.fields["show_if"].use(Menu([("", [("", _("always"))]), *conditions], no_more=_("no other answer")))  # type: ignore[attr-defined]
        else:
            del self.fields["show_if"]
        if not (editing.definition.get("asset_kinds") or initial["asks_asset"]):
            del self.fields["asks_asset"]
        # A catalog file may have more answers than a page can send. They stay as they are.
        self.has_too_many = len(self.question.get("options") or []) > ANSWERS_MAX
        self.options = self._options()
        self.formsets = {"options": (_("Answers"), self.options)}

    def _conditions(self, chosen: list[str]) -> list[Group]:
        """The answers to earlier questions, by question."""
        groups: list[Group] = []
        for one in self.questions[: self.index]:
            text = localized(one.get("text"))
            parts = [
                (
                    f"{one['code']}:{option['value']}",
                    _("only if “%(question)s” is “%(answer)s”")
                    % {"question": text, "answer": localized(option["label"])},
                )
                for option in one.get("options") or []
            ]
            groups.append((text, parts))
        groups = [group for group in groups if group[1]]
        # A condition that a move has made impossible stays in sight, so that it can be changed.
        known = {value for _text, parts in groups for value, _label in parts}
        lost = [(value, _("only if it’s “%(code)s”") % {"code": value}) for value in chosen if value not in known]
        return [*groups, *((_("No longer asked before it"), [part]) for part in lost)]

    def _options(self) -> "BaseFormSet[OptionForm]":
        linked = answer_effects.linkable(self.editing.city, self.questions, without=self.editing.code)
        self.linked = linked
        options = [] if self.has_too_many else self.question.get("options") or []
        asks = answer_effects.asks_of(self.questions, self.code) if self.code else {}
        make = formset_factory(
            OptionForm, extra=0 if options else EMPTY_OPTIONS, can_delete=False, max_num=ROWS_MAX, absolute_max=ROWS_MAX
        )  # fmt: skip
        return make(
            self.data if self.is_bound else None,
            prefix=PREFIX,
            initial=[_option_initial(option, asks.get(str(option["value"]), [])) for option in options],
            form_kwargs={"languages": self.languages, "menu": linked.menu(one["code"] for one in self._askable())},
        )

    def _askable(self) -> list[Definition]:
        """The later questions that an answer may ask: those that depend on no other question."""
        return [
            one
            for one in self.questions[self.index + 1 :]
            if (one.get("show_if") or {}).get("question", self.code) == self.code
        ]

    def rows(self) -> list[Row]:
        return [self.text_row("text"), self.text_row("help"), Row([self["kind"]])]

    def rest(self) -> list[Row]:
        names = ("required", "visibility", "show_if", "asks_asset")
        return [self.text_row("script"), *(Row([self[name]]) for name in names if name in self.fields)]

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
        if words := self.text("script"):
            question["script"] = words
        if chosen := typed.get("show_if"):
            question["show_if"] = {
                "question": chosen[0].partition(":")[0],
                "values": [value.partition(":")[2] for value in chosen],
            }
        if typed.get("asks_asset"):
            question["asks_asset"] = True
        self.used = self._used() if typed["kind"] in question_kinds.CHOICES else []
        targets = {
            option["value"]: (option.get("effects") or {}).get("resolve_target")
            for option in self.question.get("options") or []
        }
        calendars = {value: target.get("calendar") for value, target in targets.items() if target}
        options: list[Definition] = []
        asks: dict[str, list[str]] = {}
        for form in self.used:
            taken = [form["value"].value() for form in self.used] + [one["value"] for one in options]
            options.append(form.option([value for value in taken if value], calendars))
            for asked in form.asks:
                asks.setdefault(asked, []).append(options[-1]["value"])
        if self.has_too_many and typed["kind"] in question_kinds.CHOICES:
            options = self.question["options"]
        if options:
            question["options"] = options
        self.new_code = code
        later = self.questions[self.index + 1 :]
        if not self.has_too_many:
            later = self._with_conditions(later, asks, {one["value"] for one in options})
        return {"questions": [*self.questions[: self.index], question, *later]}

    def _with_conditions(
        self, questions: list[Definition], asks: dict[str, list[str]], values: Collection[str]
    ) -> list[Definition]:
        """The questions below, each asked after the answers that say so. asks: the answers' values by question."""
        askable = {one["code"] for one in self._askable()}
        changed = []
        for question in questions:
            before, after = question.get("show_if") or {}, asks.get(question["code"], [])
            if question["code"] not in askable or set(before.get("values", [])) == set(after):
                changed.append(question)
                continue
            # An answer that was removed is still named, so that its removal is refused, unless another one asks the question now.
            after = after or [value for value in before["values"] if value not in values]
            if not after:
                self.always.append(localized(question.get("text")))
            rest = {name: part for name, part in question.items() if name != "show_if"}
            changed.append(rest | ({"show_if": {"question": self.code, "values": after}} if after else {}))
        return changed

    def typed_definition(self) -> Definition:
        self.options.is_valid()
        for form in self.options.forms:
            # Without what can't be read: a target of "soon" days.
            form.cleaned_data = dict.fromkeys(form.fields) | {"then": []} | getattr(form, "cleaned_data", {})
        return super().typed_definition()

    def _used(self) -> list[OptionForm]:
        return [form for form in self.options.forms if form.cleaned_data and form.is_used]

    @property
    def paste_hint(self) -> str:
        if len(self.languages) == 1:
            return _("You can paste a column of a spreadsheet.")
        names = "; ".join(str(language_name(language)) for language in self.languages)
        return _("In this order: %(languages)s. You can also paste these columns from a spreadsheet.") % {
            "languages": names
        }

    def leave_unchecked(self) -> None:
        """Shows what was typed without saying what is wrong with it."""
        for form in (self, *self.options.forms):
            form.is_checked = False

    @property
    def wrong_rows(self) -> list[dict[str, Any]]:
        """The answers that have errors, by their place on the page, for the summary of errors."""
        rows = enumerate(self.options.forms, start=1) if self.is_bound else ()
        return [
            {"name": _("Answer %(number)s") % {"number": place}, "form": form} for place, form in rows if form.errors
        ]

    def is_good(self) -> bool:
        if not self.is_valid() or not self.options.is_valid():
            return False
        self.always = []
        definition = self.definition()
        if len(self.used) > ANSWERS_MAX:
            self.add_error(None, _("A question has at most %(most)d answers.") % {"most": ANSWERS_MAX})
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
            name = f"label_{languages[0]}" if languages else "target_value" if "resolve_target" in rest else "then"
            option.add_error(name, message)
        elif problem["type"] == "missing_text":
            legend = self.texts[str(rest[0])][0]
            self.add_error(f"{rest[0]}_{problem['ctx']['languages'][0]}", f"{legend}: {message}")
        else:
            self.add_error("kind", message)


def _option_initial(option: Definition, asks: list[str]) -> dict[str, Any]:
    effects = option.get("effects") or {}
    target = effects.get("resolve_target") or {}
    return {
        "value": option["value"],
        **{f"label_{language}": text for language, text in option["label"].items()},
        "then": answer_effects.parts_of(effects, asks),
        "target_value": target.get("value"),
        "target_unit": target.get("unit"),
    }


def code_for(text: str, taken: Collection[str], instead: str = "question") -> str:
    """A code made of the first words: “How deep is it?” is how-deep-is-it, or how-deep-is-it-2 if that is taken.

    instead: if the words have no letters that a code can have.
    """
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().casefold()
    code = "-".join(re.findall(r"[a-z0-9]+", plain))[:CODE_MAX].strip("-") or instead
    number = 2
    free = code
    while free in taken:
        free, number = f"{code}-{number}", number + 1
    return free
