"""Forms of a service: its words, who does it and when, its privacy. Each reads a part of the written service and writes it."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic_core import ErrorDetails

from requests_app.core.languages import language_name
from requests_app.core.localized import localized
from requests_app.forms.fields import DescribedChoice, WordsField
from requests_app.messages.setup_choices import DUPLICATES as DUPLICATE_CHOICES
from requests_app.messages.setup_choices import EVIDENCE, PHOTOS, PLACES, SERVICE_SEEN_BY
from requests_app.models import Category, Department, Jurisdiction
from requests_app.models.states import Disposition
from requests_app.rules.setup.catalog_rows import DUPLICATES
from requests_app.rules.setup.offer_dates import LEAP_YEAR, is_yearly
from requests_app.rules.shared.priorities import MEANINGS, PRIORITIES
from staff_app.setup.forms import ASKED_MAX, lines_of
from staff_app.setup.services.editing import Definition, Editing, reason

Text = str | Promise
Choices = list[tuple[str, Any]]

NAME_MAX, TEXT_MAX, KEYWORDS_MAX, CODE_MAX = 80, 600, 4000, 60
FEET_IN_A_METER = 3.28084
RADIUS_M_MAX = 1000
UNITS: Choices = [
    ("business_days", gettext_lazy("business days")),
    ("days", gettext_lazy("days")),
    ("hours", gettext_lazy("hours")),
    ("minutes", gettext_lazy("minutes")),
]
# The outcomes that a service can have its own words for.
OUTCOMES = {
    Disposition.FIXED.value: gettext_lazy("Outcome wording: when it’s fixed"),
    Disposition.ACTION_TAKEN.value: gettext_lazy("Outcome wording: when we took action"),
    Disposition.ANSWERED.value: gettext_lazy("Outcome wording: when it’s answered"),
    Disposition.NOT_FOUND.value: gettext_lazy("Outcome wording: when we couldn’t find it"),
}


@dataclass(frozen=True)
class Row:
    """Fields that belong together. legend: of several fields, as one text in each language."""

    fields: list[BoundField]
    legend: Text = ""
    help: Text = ""
    is_closed: bool = False

    @property
    def is_open(self) -> bool:
        return not self.is_closed or any(field.errors or field.value() for field in self.fields)


class SectionForm(forms.Form):
    """parts: of the written service, which this form edits. Problems of these parts are shown at their fields."""

    parts: tuple[str, ...] = ()

    def __init__(self, *args: Any, editing: Editing, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.editing = editing
        self.languages = editing.languages
        self.texts: dict[str, tuple[Text, Text]] = {}
        # What fields are called away from their legends.
        self.full_labels: dict[str, str] = {}

    def add_texts(
        self, part: str, legend: Text, help_text: Text, initial: Any, *, most: int = TEXT_MAX, lines: int = 1
    ) -> None:
        """A field for each of the city's languages; the first one stands for the row's errors."""
        self.texts[part] = (legend, help_text)
        initial = initial or {}
        for language in self.languages:
            value = initial.get(language) or ""
            self.fields[f"{part}_{language}"] = WordsField(
                label=language_name(language),
                max_length=most,
                lines=lines,
                required=False,
                initial=", ".join(value) if isinstance(value, list) else value,
            )
            self.fields[f"{part}_{language}"].widget.attrs["lang"] = language
            self.full_labels[f"{part}_{language}"] = f"{legend} ({language_name(language)})"

    def text(self, part: str) -> dict[str, str]:
        """The text by language, without the languages in which there is none."""
        typed = {language: self.cleaned_data.get(f"{part}_{language}", "") for language in self.languages}
        return {language: text for language, text in typed.items() if text}

    def text_row(self, part: str, *, is_closed: bool = False) -> Row:
        legend, help_text = self.texts[part]
        return Row([self[f"{part}_{language}"] for language in self.languages], legend, help_text, is_closed)

    def rows(self) -> Iterable[Row]:
        raise NotImplementedError

    def written_parts(self) -> Definition:
        raise NotImplementedError

    def definition(self) -> Definition:
        """The whole service with this form's parts; empty ones are left out."""
        return _without_empty(self.editing.definition | self.written_parts())

    def typed_definition(self) -> Definition:
        """The service with what is typed, right or wrong; a field that can't be read is as the page showed it."""
        self.is_valid()
        before = {name: self.get_initial_for_field(field, name) for name, field in self.fields.items()}
        self.cleaned_data = before | self.cleaned_data
        return self.definition()

    def field_of(self, problem: ErrorDetails) -> str:
        """The field where a problem is shown; empty: it belongs to another page."""
        loc = problem["loc"]
        if not loc:
            return self.whole.get(problem["type"], "")
        if loc[0] not in self.parts:
            return ""
        if problem["type"] == "missing_text":
            part = "_".join(str(step) for step in loc)
            return f"{part}_{(problem.get('ctx') or {})['languages'][0]}"
        return self.nested.get(".".join(str(step) for step in loc), str(loc[0]))

    # Fields by the type of a problem of the whole service, and by the path of a part.
    whole: dict[str, str] = {}
    nested: dict[str, str] = {}

    def is_good(self) -> bool:
        """Whether this page's part of the service is right; problems on other pages don't stop saving this one."""
        if not self.is_valid():
            return False
        definition = self.definition()
        for problem in self.editing.problems(definition):
            name = self.field_of(problem)
            if name:
                message = reason(problem, definition)
                if problem["type"] == "missing_text":
                    legend = self.texts["_".join(str(step) for step in problem["loc"])][0]
                    message = f"{legend}: {message}"
                self.add_error(name if name in self.fields else None, message)
        return not self.errors


class WordsForm(SectionForm):
    parts = ("name", "description", "keywords", "asked", "emergency_screen", "outcome_words")
    whole = {"stop_without_words": "emergency_screen_en"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        now = self.editing.definition
        self.add_texts("name", _("Name"), _("What residents call it: “Pothole.”"), now.get("name"), most=NAME_MAX)
        self.add_texts(
            "description", _("Description"), _("What the city does about it, in a sentence or two."),
            now.get("description"), lines=3,
        )  # fmt: skip
        self.add_texts(
            "keywords", _("Key words"), _(
                "Other words people use, separated by commas. Search uses them to find the service."
            ),
            now.get("keywords"), most=KEYWORDS_MAX, lines=3,
        )  # fmt: skip
        self.add_texts(
            "asked", _("In people’s own words"),
            _(
                "One on each line: “my tire blew out”, “crater in the road.” Suggestions use them to find the "
                "service."
            ),
            {language: "\n".join(lines) for language, lines in (now.get("asked") or {}).items()}, most=ASKED_MAX, lines=6,
        )  # fmt: skip
        self.add_texts(
            "emergency_screen", _("Emergency question"),
            _("Asked before the form: “Is the person hurt? Call 911.” Leave it empty if nobody can be in danger."),
            now.get("emergency_screen"), lines=2,
        )  # fmt: skip
        for code, legend in OUTCOMES.items():
            self.add_texts(
                f"outcome_words_{code}", legend, _("For example, “Picked up.” Leave it empty for the usual words."),
                (now.get("outcome_words") or {}).get(code), most=NAME_MAX,
            )  # fmt: skip
        self.whole = {"stop_without_words": f"emergency_screen_{self.languages[0]}"}

    def rows(self) -> list[Row]:
        first = [self.text_row(part) for part in ("name", "description", "keywords", "asked", "emergency_screen")]
        return [*first, *(self.text_row(f"outcome_words_{code}", is_closed=True) for code in OUTCOMES)]

    def written_parts(self) -> Definition:
        keywords = {
            language: list(dict.fromkeys(" ".join(word.split()) for word in text.replace("\n", ",").split(",") if word.strip()))
            for language, text in self.text("keywords").items()
        }  # fmt: skip
        kept = {
            code: text
            for code, text in (self.editing.definition.get("outcome_words") or {}).items()
            if code not in OUTCOMES
        }
        own = {code: self.text(f"outcome_words_{code}") for code in OUTCOMES}
        return {
            "name": self.text("name"),
            "description": self.text("description"),
            "keywords": keywords,
            "asked": {
                language: phrases for language, text in self.text("asked").items() if (phrases := lines_of(text))
            },
            "emergency_screen": self.text("emergency_screen") or None,
            "outcome_words": kept | {code: text for code, text in own.items() if text},
        }


class HandlingForm(SectionForm):
    parts = ("category", "department", "priority", "photo", "evidence", "duplicates", "place", "offered")
    nested = {
        "duplicates.radius_m": "radius_ft",
        "duplicates.window_days": "window_days",
        "duplicates.family": "family",
        "duplicates": "duplicates",
        "offered": "offered_from",
        "offered.from": "offered_from",
        "offered.to": "offered_to",
    }

    category = forms.ChoiceField(
        label=gettext_lazy("Category"), help_text=gettext_lazy("Where residents find it in the list of services.")
    )
    department = forms.ChoiceField(
        label=gettext_lazy("Department"),
        help_text=gettext_lazy("Who gets it, unless a routing rule sends it elsewhere."),
    )
    priority = forms.ChoiceField(
        label=gettext_lazy("Priority"),
        help_text=gettext_lazy("An answer to a question can raise it."),
        choices=[(code, DescribedChoice(name, MEANINGS[code])) for code, name in PRIORITIES.items()],
        widget=forms.RadioSelect,
    )
    photo = forms.ChoiceField(
        label=gettext_lazy("Photos from residents"),
        choices=[
            ("optional", DescribedChoice(PHOTOS["optional"], gettext_lazy("The form takes photos."))),
            (
                "asked",
                DescribedChoice(
                    PHOTOS["asked"], gettext_lazy("The form says that a photo helps. Nobody has to add one.")
                ),
            ),
            (
                "none",
                DescribedChoice(PHOTOS["none"], gettext_lazy("For services about people, who shouldn’t be photographed.")),
            ),
        ],
        widget=forms.RadioSelect,
    )  # fmt: skip
    evidence = forms.ChoiceField(
        label=gettext_lazy("Proof of work"),
        help_text=gettext_lazy("What staff must add to resolve it, or say why they can’t."),
        choices=list(EVIDENCE.items()),
        widget=forms.RadioSelect,
    )
    place = forms.ChoiceField(
        label=gettext_lazy("Place"),
        choices=[
            ("required", DescribedChoice(PLACES["required"], gettext_lazy("Work happens at an address or a spot."))),
            ("optional", DescribedChoice(PLACES["optional"], gettext_lazy("For questions, bills and feedback."))),
        ],
        widget=forms.RadioSelect,
    )  # fmt: skip
    duplicates = forms.ChoiceField(
        label=gettext_lazy("When there’s a similar report nearby"),
        choices=[
            ("join", DescribedChoice(DUPLICATE_CHOICES["join"], gettext_lazy("One pothole, one report."))),
            (
                "ask",
                DescribedChoice(
                    DUPLICATE_CHOICES["ask"], gettext_lazy("For missed trash and power outages.")
                ),
            ),
            ("never", DescribedChoice(DUPLICATE_CHOICES["never"], gettext_lazy("Each report stays separate."))),
        ],
        widget=forms.RadioSelect,
    )  # fmt: skip
    radius_ft = forms.IntegerField(
        label=gettext_lazy("Within how many feet"),
        min_value=0,
        max_value=round(RADIUS_M_MAX * FEET_IN_A_METER),
        help_text=gettext_lazy("A report farther away isn’t similar."),
    )
    window_days = forms.IntegerField(
        label=gettext_lazy("Within how many days"), help_text=gettext_lazy("An older report isn’t similar.")
    )
    family = forms.CharField(
        label=gettext_lazy("Family"),
        help_text=gettext_lazy("Services with the same short code here are compared too: street-holes. Usually empty."),
        max_length=40,
        required=False,
    )
    offered = forms.ChoiceField(
        label=gettext_lazy("When residents can ask for it"),
        choices=[
            ("always", gettext_lazy("Always")),
            (
                "yearly",
                DescribedChoice(
                    gettext_lazy("Every year, between two days"), gettext_lazy("Leaf pickup. The years don’t matter.")
                ),
            ),
            ("once", gettext_lazy("Once, between two dates")),
        ],
        widget=forms.RadioSelect,
    )
    offered_from = forms.DateField(
        label=gettext_lazy("First day"), required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    offered_to = forms.DateField(
        label=gettext_lazy("Last day"), required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *args: Any, editing: Editing, **kwargs: Any) -> None:
        super().__init__(*args, editing=editing, initial=_handling(editing.definition), **kwargs)
        city = editing.city
        self._choices("category", category_choices(city))
        self._choices("department", department_choices(city))

    def _choices(self, name: str, choices: Choices) -> None:
        now = self.initial.get(name)
        # What is chosen stays in sight, even if it isn't offered any more: the error then says to choose another.
        gone = [(now, now)] if now and now not in {code for code, _words in choices} else []
        self.fields[name].choices = [*choices, *gone]  # type: ignore[attr-defined]

    def rows(self) -> list[Row]:
        return [
            *(Row([self[name]]) for name in ("category", "department", "priority")),
            *(Row([self[name]]) for name in ("photo", "evidence", "place", "duplicates")),
            Row([self["radius_ft"], self["window_days"]], _("How near, and how recent")),
            Row([self["family"]]),
            Row([self["offered"]]),
            Row([self["offered_from"], self["offered_to"]], _("Dates when it’s offered")),
        ]  # fmt: skip

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("offered") in ("yearly", "once"):
            for name in ("offered_from", "offered_to"):
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, _("Enter the first and the last day."))
        return cleaned

    def written_parts(self) -> Definition:
        typed = self.cleaned_data
        return {
            **{name: typed[name] for name in ("category", "department", "photo", "evidence", "place")},
            "priority": int(typed["priority"]),
            "duplicates": {
                "policy": typed["duplicates"],
                "radius_m": round(typed["radius_ft"] / FEET_IN_A_METER),
                "window_days": typed["window_days"],
                **({"family": typed["family"]} if typed["family"] else {}),
            },
            "offered": self._offered(),
        }

    def _offered(self) -> dict[str, str]:
        chosen = self.cleaned_data["offered"]
        if chosen == "always":
            return {}
        form = "%m-%d" if chosen == "yearly" else "%Y-%m-%d"
        return {
            end: self.cleaned_data[name].strftime(form)
            for end, name in (("from", "offered_from"), ("to", "offered_to"))
        }


def _handling(definition: Definition) -> dict[str, Any]:
    """The form's initial values."""
    duplicates = DUPLICATES | (definition.get("duplicates") or {})
    initial = {
        "category": definition.get("category"),
        "department": definition.get("department"),
        "priority": str(definition.get("priority", 3)),
        "photo": definition.get("photo", "optional"),
        "evidence": definition.get("evidence", "none"),
        "place": definition.get("place", "required"),
        "duplicates": duplicates["policy"],
        "radius_ft": round(int(duplicates["radius_m"]) * FEET_IN_A_METER),
        "window_days": duplicates["window_days"],
        "family": duplicates["family"],
    }
    offered = definition.get("offered") or {}
    yearly = is_yearly(offered)
    initial["offered"] = "always" if not offered else "yearly" if yearly else "once"
    for end, name in (("from", "offered_from"), ("to", "offered_to")):
        if day := offered.get(end):
            initial[name] = dt.date.fromisoformat(f"{LEAP_YEAR}-{day}" if yearly else day)
    return initial


class PrivacyForm(SectionForm):
    parts = ("visibility", "listed_by_place", "identity_words", "must_confirm")
    whole = {"urgent_waits": "must_confirm"}

    visibility = forms.ChoiceField(
        label=gettext_lazy("Who can see these reports"),
        choices=[
            (
                "public",
                DescribedChoice(SERVICE_SEEN_BY["public"], gettext_lazy("On the map and in the list, without the reporter.")),
            ),
            (
                "coarse",
                DescribedChoice(
                    SERVICE_SEEN_BY["coarse"], gettext_lazy("The map shows only the neighborhood.")
                ),
            ),
            (
                "reporter_to_named_staff",
                DescribedChoice(
                    SERVICE_SEEN_BY["reporter_to_named_staff"],
                    gettext_lazy("Only staff who may read confidential reports see who sent it."),
                ),
            ),
            (
                "private",
                DescribedChoice(
                    SERVICE_SEEN_BY["private"], gettext_lazy("For reports about people and homes. Never on the map.")
                ),
            ),
            (
                "staff",
                DescribedChoice(
                    SERVICE_SEEN_BY["staff"],
                    gettext_lazy("An internal service. Residents aren’t offered it."),
                ),
            ),
        ],
        widget=forms.RadioSelect,
    )  # fmt: skip
    listed_by_place = forms.BooleanField(
        label=gettext_lazy("List it on the pages of a block and an address"),
        help_text=gettext_lazy("Clear this for services about someone’s home, like code enforcement."),
        required=False,
    )
    must_confirm = forms.BooleanField(
        label=gettext_lazy("Reporters confirm by email before we get it"),
        help_text=gettext_lazy("Only for services where the law needs it. Never for anything urgent."),
        required=False,
    )

    def __init__(self, *args: Any, editing: Editing, **kwargs: Any) -> None:
        now = editing.definition
        initial = {
            "visibility": now.get("visibility", "public"),
            "listed_by_place": now.get("listed_by_place", True),
            "must_confirm": now.get("must_confirm", False),
        }
        super().__init__(*args, editing=editing, initial=initial, **kwargs)
        self.add_texts(
            "identity_words", _("Why a name is required"),
            _("The law that requires a name and a postal address. Leave it empty, and people can report anonymously."),
            now.get("identity_words"), lines=2,
        )  # fmt: skip

    def rows(self) -> list[Row]:
        return [
            Row([self["visibility"]]),
            Row([self["listed_by_place"]]),
            self.text_row("identity_words"),
            Row([self["must_confirm"]]),
        ]

    def written_parts(self) -> Definition:
        typed = self.cleaned_data
        return {
            "visibility": typed["visibility"],
            # Left out unless it differs from what a catalog file means without it.
            "listed_by_place": None if typed["listed_by_place"] else False,
            "identity_words": self.text("identity_words"),
            "must_confirm": typed["must_confirm"] or None,
        }


class NewServiceForm(forms.Form):
    service_code = forms.RegexField(
        r"^[A-Za-z0-9_.-]+$",
        label=gettext_lazy("Code"),
        help_text=gettext_lazy("Short, for links and other programs: leaf-pickup. It can never change."),
        max_length=CODE_MAX,
        error_messages={"invalid": gettext_lazy("Use only letters, digits, dashes, dots and underscores.")},
    )
    category = forms.ChoiceField(label=gettext_lazy("Category"))
    department = forms.ChoiceField(
        label=gettext_lazy("Department"), help_text=gettext_lazy("Who does the work. You can change it later.")
    )

    def __init__(self, *args: Any, city: Jurisdiction, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.languages = list(city.languages)
        names = {
            f"name_{language}": forms.CharField(
                label=language_name(language),
                max_length=NAME_MAX,
                error_messages={
                    "required": _("Enter the name in %(language)s.") % {"language": language_name(language)}
                },
            )
            for language in self.languages
        }
        self.fields = {**names, **self.fields}
        self.fields["category"].choices = category_choices(city)  # type: ignore[attr-defined]
        self.fields["department"].choices = department_choices(city)  # type: ignore[attr-defined]

    def clean_service_code(self) -> str:
        code = str(self.cleaned_data["service_code"])
        if code in RESERVED:
            raise forms.ValidationError(_("Choose another code. This one is reserved."))
        return code

    def rows(self) -> list[Row]:
        names = [self[f"name_{language}"] for language in self.languages]
        rest = [Row([self[name]]) for name in ("service_code", "category", "department")]
        return [Row(names, _("Name"), _("What residents call it: “Pothole.”")), *rest]

    def definition(self) -> Definition:
        typed = self.cleaned_data
        return {
            "service_code": typed["service_code"],
            "category": typed["category"],
            "department": typed["department"],
            "name": {language: typed[f"name_{language}"] for language in self.languages},
            "priority": 3,
            "visibility": "public",
            "photo": "optional",
            "duplicates": {"policy": "join", "radius_m": 100, "window_days": 30},
            "place": "required",
            "evidence": "none",
            "questions": [],
        }


# Addresses of the list's own pages, where a service's code would stand.
RESERVED = ("new", "move")


def category_choices(city: Jurisdiction) -> Choices:
    return [(one.code, localized(one.name)) for one in Category.objects.filter(jurisdiction=city)]


def department_choices(city: Jurisdiction) -> Choices:
    found = Department.objects.filter(jurisdiction=city, active=True)
    return sorted(((one.code, localized(one.name)) for one in found), key=lambda pair: pair[1].casefold())


def _without_empty(definition: Definition) -> Definition:
    """Without parts that say nothing. False is a value."""
    kept = ("description", "keywords", "emergency_screen", "owner_kinds", "questions")
    return {name: value for name, value in definition.items() if name in kept or value not in (None, {}, [], "")}
