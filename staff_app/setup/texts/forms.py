"""Forms of the city's texts. Each text has a field in each of the city's languages, side by side."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Layout
from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from requests_app.actions.shared.setup_rows import moment
from requests_app.core.languages import language_name
from requests_app.core.localized import localized
from requests_app.forms.fields import WordsField
from requests_app.messages import wording
from requests_app.messages.setup_choices import AUDIENCES, NOTICES, NOTICES_SHOWN
from requests_app.models import (
    AnswerTemplate,
    Area,
    Article,
    ArticleTopic,
    Department,
    Jurisdiction,
    ListedReason,
    Notice,
    Service,
    User,
)
from requests_app.rules.work import answer_templates
from staff_app import due
from staff_app.setup.forms import ASKED_MAX, lines_of

Text = str | Promise
TITLE_MAX, BODY_MAX, NOTICE_MAX, REASON_MAX = 120, 20_000, 300, 200
SCRIPT_MAX, STAFF_NOTE_MAX = 1000, 4000
ANSWER_MAX, OUTCOME_MAX, APPEAL_MAX = 3000, 60, 400
# A notice that nobody remembers to end is worse than one that has to be made again.
NOTICE_DAYS_MAX = 366


class TextsForm(forms.Form):
    """A form with texts by language. text_fields: how each is made, by name; rest: the fields below them, in their order."""

    text_fields: dict[str, dict[str, Any]]
    rest: Sequence[str] = ()

    def __init__(self, *args: Any, city: Jurisdiction, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.city = city
        columns = []
        for language in city.languages:
            names = []
            for name, options in self.text_fields.items():
                made = dict(options)
                label = made.pop("label")
                field = WordsField(label=f"{label} ({language_name(language)})", **made)
                field.widget.attrs["lang"] = language
                self.fields[f"{name}_{language}"] = field
                names.append(f"{name}_{language}")
            columns.append(Div(*names, css_class="side-by-side__column"))
        # Errors are listed in the order of the fields on the page.
        self.order_fields([name for name in self.fields if name not in self.base_fields])
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.error_summary = False
        self.helper.tiles = False
        # What a draft may leave out is needed later, and the rest has an answer already.
        self.helper.show_optional = False
        self.helper.layout = Layout(Div(*columns, css_class="side-by-side"), *self.rest)

    def texts(self, name: str) -> dict[str, str]:
        """What was typed, by language, without the empty ones."""
        return {
            language: value
            for language in self.city.languages
            if (value := self.cleaned_data.get(f"{name}_{language}", ""))
        }

    @staticmethod
    def initial_of(name: str, texts: dict[str, str]) -> dict[str, str]:
        return {f"{name}_{language}": text for language, text in texts.items()}


class ArticleForm(TextsForm):
    """A draft: languages may still be missing. One title is needed to find it again."""

    text_fields = {
        "title": {"label": gettext_lazy("Title"), "max_length": TITLE_MAX, "required": False},
        "body": {
            "label": gettext_lazy("Text"),
            "max_length": BODY_MAX,
            "lines": 14,
            "required": False,
            "help_text": gettext_lazy(
                "The first paragraph answers by itself: it’s shown alone. ## makes a heading, **bold** bold, and - a list."
                " [Words](https://…) makes a link."
            ),
        },
        "asked": {
            "label": gettext_lazy("How people ask"),
            "max_length": ASKED_MAX,
            "lines": 8,
            "required": False,
            "help_text": gettext_lazy(
                "One on each line: questions, halves of sentences, single words. Nobody sees them."
            ),
        },
        "contact_name": {
            "label": gettext_lazy("Who does it, if it isn’t the city, or which office"),
            "max_length": TITLE_MAX,
            "required": False,
        },
        "contact_hours": {"label": gettext_lazy("Its hours"), "max_length": TITLE_MAX, "required": False},
        "script": {
            "label": gettext_lazy("What to say"),
            "max_length": SCRIPT_MAX,
            "lines": 4,
            "required": False,
            "help_text": gettext_lazy("What a call taker says aloud, in a sentence or two. Residents never see it."),
        },
        "note": {
            "label": gettext_lazy("Note for staff"),
            "max_length": STAFF_NOTE_MAX,
            "lines": 4,
            "required": False,
            "help_text": gettext_lazy("What colleagues should know. Residents never see it."),
        },
    }
    rest = (
        "contact_outside",
        "contact_phone",
        "contact_email",
        "contact_takes_reports",
        "contact_url",
        "topic",
        "by_address",
        "services",
        "related",
        "audience",
        "departments",
        "valid_until",
        "owner",
        "review_on",
    )

    contact_outside = forms.BooleanField(label=gettext_lazy("It isn’t an office of the city"), required=False)
    contact_phone = forms.CharField(label=gettext_lazy("Its phone"), max_length=40, required=False)
    contact_email = forms.EmailField(label=gettext_lazy("Its email"), required=False)
    contact_takes_reports = forms.BooleanField(
        label=gettext_lazy("Residents can send them an email from here"),
        help_text=gettext_lazy(
            "“Send it to them for me.” Leave this off if it may be urgent or about somebody’s health, and ask them first."
        ),
        required=False,
    )
    contact_url = forms.URLField(label=gettext_lazy("Its website"), required=False, assume_scheme="https")
    topic = forms.ChoiceField(label=gettext_lazy("Topic"), required=False)
    by_address = forms.ChoiceField(
        label=gettext_lazy("If the answer depends on the address"),
        help_text=gettext_lazy(
            "Residents get a box for their address, and this field of the address card as the answer."
        ),
        required=False,
    )

    services = forms.MultipleChoiceField(
        label=gettext_lazy("Services that it may answer"),
        help_text=gettext_lazy("It’s offered to residents who are about to report one of these."),
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 8}),
    )
    related = forms.MultipleChoiceField(
        label=gettext_lazy("Related articles"),
        help_text=gettext_lazy("What people often ask next."),
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 8}),
    )
    audience = forms.ChoiceField(
        label=gettext_lazy("Who can read it"),
        choices=list(AUDIENCES.items()),
        initial=Article.Audience.EVERYONE.value,
        widget=forms.RadioSelect,
    )
    departments = forms.MultipleChoiceField(
        label=gettext_lazy("Departments that can read it"),
        help_text=gettext_lazy("The people who work in one of these, if it’s only for departments."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    valid_until = forms.DateTimeField(
        label=gettext_lazy("Valid until"),
        help_text=gettext_lazy("From this moment on nobody finds it. Leave it empty if it doesn’t end."),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    owner = forms.ModelChoiceField(
        label=gettext_lazy("Who keeps it up to date"),
        queryset=User.objects.none(),
        required=False,
        empty_label=gettext_lazy("No one yet"),
    )
    review_on = forms.DateField(
        label=gettext_lazy("Review it on"),
        help_text=gettext_lazy("From this day on it’s on the list of those due for review."),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, city: Jurisdiction, code: str = "", **kwargs: Any) -> None:
        """code: of the article that is edited, which isn't related to itself."""
        super().__init__(*args, city=city, **kwargs)
        others = Article.objects.filter(jurisdiction=city).exclude(code=code).only("code", "title", "draft")
        self.fields["related"].choices = sorted(  # type: ignore[attr-defined]
            ((one.code, localized(one.title or (one.draft or {}).get("title"))) for one in others),
            key=lambda choice: choice[1].casefold(),
        )
        in_use = Q(active=True) | Q(articles__code=code)
        departments = Department.objects.filter(in_use, jurisdiction=city).distinct().order_by("code")
        self.fields["departments"].choices = [(one.code, localized(one.name)) for one in departments]  # type: ignore[attr-defined]
        self.fields["services"].choices = service_choices(city)  # type: ignore[attr-defined]
        topics = [(topic.code, localized(topic.name)) for topic in ArticleTopic.objects.filter(jurisdiction=city)]
        self.fields["topic"].choices = [("", _("None")), *topics]  # type: ignore[attr-defined]
        answers = [
            (field["key"], f"{localized(part['name'])}: {localized(field['label'])}")
            for part in city.address_card
            for field in part.get("fields", [])
        ]
        layers = [(part["layer"], localized(part["name"])) for part in city.address_card]
        self.fields["by_address"].choices = [  # type: ignore[attr-defined]
            ("", _("It’s the same everywhere")),
            *layers,
            *answers,
        ]
        self.fields["owner"].queryset = (  # type: ignore[attr-defined]
            User.objects.filter(memberships__jurisdiction=city, is_active=True).distinct().order_by("name", "id")
        )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        first = f"title_{self.city.languages[0]}"
        if not self.errors and not self.texts("title"):
            self.add_error(first, _("Enter a title, so that you can find it again."))
        if (
            cleaned.get("contact_takes_reports")
            and not cleaned.get("contact_email")
            and "contact_email" not in self.errors
        ):
            self.add_error("contact_email", _("Enter the address that these emails go to."))
        is_for_departments = cleaned.get("audience") == Article.Audience.DEPARTMENTS
        if is_for_departments and not cleaned.get("departments") and "departments" not in self.errors:
            self.add_error("departments", _("Choose at least one department."))
        contact = [name for name in ("phone", "email", "url") if cleaned.get(f"contact_{name}")]
        if (contact or self.texts("contact_hours")) and not self.texts("contact_name"):
            self.add_error(f"contact_name_{self.city.languages[0]}", _("Say who this phone, email or website is."))
        return cleaned

    def draft(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        asked = {language: lines_of(words) for language, words in self.texts("asked").items()}
        contact = {
            "name": self.texts("contact_name"),
            "hours": self.texts("contact_hours"),
            **{name: cleaned[f"contact_{name}"] for name in ("outside", "phone", "email", "url", "takes_reports")},
        }
        optional = {
            "topic": cleaned["topic"],
            "asked": {language: lines for language, lines in asked.items() if lines},
            "by_address": cleaned["by_address"],
            "contact": {name: value for name, value in contact.items() if value} if contact["name"] else None,
            "script": self.texts("script"),
            "note": self.texts("note"),
            "audience": cleaned["audience"] if cleaned["audience"] != Article.Audience.EVERYONE else "",
            "departments": sorted(cleaned["departments"])
            if cleaned["audience"] == Article.Audience.DEPARTMENTS
            else [],
            "related": sorted(cleaned["related"]),
            "valid_until": moment(until, self.city) if (until := cleaned["valid_until"]) else "",
        }
        return {
            "title": self.texts("title"),
            "body": self.texts("body"),
            "services": sorted(cleaned["services"]),
            **{name: value for name, value in optional.items() if value},
        }

    @classmethod
    def initial_for(cls, draft: dict[str, Any], article: Article | None = None) -> dict[str, Any]:
        contact = draft.get("contact") or {}
        return {
            **cls.initial_of("title", draft["title"]),
            **cls.initial_of("body", draft["body"]),
            **cls.initial_of(
                "asked", {language: "\n".join(lines) for language, lines in draft.get("asked", {}).items()}
            ),
            **cls.initial_of("contact_name", contact.get("name", {})),
            **cls.initial_of("contact_hours", contact.get("hours", {})),
            **{f"contact_{name}": contact.get(name, "") for name in ("phone", "email", "url")},
            **cls.initial_of("script", draft.get("script", {})),
            **cls.initial_of("note", draft.get("note", {})),
            "audience": draft.get("audience", Article.Audience.EVERYONE.value),
            "departments": draft.get("departments", []),
            "related": draft.get("related", []),
            "valid_until": dt.datetime.fromisoformat(until) if (until := draft.get("valid_until")) else None,
            **{f"contact_{name}": bool(contact.get(name)) for name in ("outside", "takes_reports")},
            "topic": draft.get("topic", ""),
            "by_address": draft.get("by_address", ""),
            "services": draft.get("services", []),
            "owner": article.owner_id if article else None,
            "review_on": article.review_on if article else None,
        }


class ArticleRulesForm(forms.Form):
    second_person_publishes = forms.BooleanField(
        label=gettext_lazy("A second person publishes each change"),
        help_text=gettext_lazy(
            "The person who changed a draft last can’t publish it. You need at least two people who may write articles."
        ),
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.error_summary = False


class ReasonForm(TextsForm):
    rest = ("active",)
    active = forms.BooleanField(
        label=gettext_lazy("Offered to staff"),
        help_text=gettext_lazy("Requests that already have it keep it."),
        required=False,
        initial=True,
    )

    def __init__(self, *args: Any, kind: str, is_new: bool = False, **kwargs: Any) -> None:
        self.text_fields = {
            "words": {
                "label": gettext_lazy("Reason"),
                "max_length": REASON_MAX,
                "error_messages": {"required": gettext_lazy("Enter the reason in this language.")},
            }
        }
        if kind == ListedReason.Kind.CANNOT_DO:
            self.text_fields["appeal"] = {
                "label": gettext_lazy("Where to appeal"),
                "max_length": APPEAL_MAX,
                "lines": 2,
                "required": False,
            }
        super().__init__(*args, **kwargs)
        if is_new:
            del self.fields["active"]
            self.helper.layout.fields = self.helper.layout.fields[:1]


class NoticeForm(TextsForm):
    text_fields = {
        "words": {
            "label": gettext_lazy("Notice"),
            "max_length": NOTICE_MAX,
            "lines": 3,
            "error_messages": {"required": gettext_lazy("Enter the notice in this language.")},
        }
    }
    rest = ("kind", "place", "service", "area", "starts_at", "ends_at")

    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        choices=list(NOTICES.items()),
        initial=Notice.Kind.INFO.value,
        widget=forms.RadioSelect,
    )
    place = forms.ChoiceField(
        label=gettext_lazy("Where to show it"),
        choices=list(NOTICES_SHOWN.items()),
        initial=Notice.Place.EVERY_PAGE.value,
        widget=forms.RadioSelect,
    )
    service = forms.ModelChoiceField(
        label=gettext_lazy("Service, if it’s about one"),
        queryset=Service.objects.none(),
        required=False,
        empty_label=gettext_lazy("None"),
    )
    area = forms.ModelChoiceField(
        label=gettext_lazy("Area, if it’s about one"),
        queryset=Area.objects.none(),
        required=False,
        empty_label=gettext_lazy("None"),
    )
    starts_at = forms.DateTimeField(
        label=gettext_lazy("From"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    ends_at = forms.DateTimeField(
        label=gettext_lazy("Until"),
        help_text=gettext_lazy("Every notice ends by itself, within a year at most."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"required": gettext_lazy("Enter when it ends.")},
    )

    def __init__(self, *args: Any, city: Jurisdiction, **kwargs: Any) -> None:
        super().__init__(*args, city=city, **kwargs)
        service, area = self.fields["service"], self.fields["area"]
        service.queryset = Service.objects.filter(jurisdiction=city, active=True).select_related("current")  # type: ignore[attr-defined]
        service.label_from_instance = service_name  # type: ignore[attr-defined]
        area.queryset = Area.objects.filter(jurisdiction=city).defer("polygon").order_by("layer", "name", "id")  # type: ignore[attr-defined]
        area.label_from_instance = str_of_area  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        place = cleaned.get("place")
        for name, needed in (("service", Notice.Place.SERVICE), ("area", Notice.Place.AREA)):
            if place == needed and not cleaned.get(name) and name not in self.errors:
                self.add_error(name, _("Choose which one."))
            elif place != needed:
                cleaned[name] = None
        starts_at, ends_at = cleaned.get("starts_at"), cleaned.get("ends_at")
        if starts_at and ends_at:
            if ends_at <= starts_at:
                self.add_error("ends_at", _("It must end after it starts."))
            elif ends_at <= timezone.now():
                self.add_error("ends_at", _("This has passed. Enter a later time."))
            elif ends_at - starts_at > dt.timedelta(days=NOTICE_DAYS_MAX):
                self.add_error("ends_at", _("A notice may stay for a year at most."))
        return cleaned

    def columns(self) -> dict[str, Any]:
        names = ("kind", "place", "service", "area", "starts_at", "ends_at")
        return {"words": self.texts("words"), **{name: self.cleaned_data[name] for name in names}}

    @classmethod
    def initial_for(cls, notice: Notice) -> dict[str, Any]:
        return {
            **cls.initial_of("words", notice.words),
            "kind": notice.kind,
            "place": notice.place,
            "service": notice.service_id,
            "area": notice.area_id,
            "starts_at": notice.starts_at,
            "ends_at": notice.ends_at,
        }


def service_choices(city: Jurisdiction) -> list[tuple[str, str]]:
    services = Service.objects.filter(jurisdiction=city, active=True).select_related("current")
    return sorted(((one.service_code, service_name(one)) for one in services), key=lambda choice: choice[1].casefold())


def service_name(service: Service) -> str:
    return localized(service.current.name) if service.current else service.service_code


def str_of_area(area: Area) -> str:
    return f"{area.name} ({area.layer})"


class TemplateForm(TextsForm):
    """Says which placeholders there are; refuses unknown ones."""

    text_fields = {
        "words": {
            "label": gettext_lazy("Text"),
            "max_length": ANSWER_MAX,
            "lines": 8,
            "error_messages": {"required": gettext_lazy("Enter the text in this language.")},
        }
    }
    rest = ("active",)

    name = WordsField(
        label=gettext_lazy("Name for your colleagues"),
        max_length=100,
        error_messages={"required": gettext_lazy("Enter a name, like “Filled, thank you.”")},
    )
    service = forms.ModelChoiceField(
        label=gettext_lazy("Service"),
        queryset=Service.objects.none(),
        required=False,
        empty_label=gettext_lazy("All services"),
    )
    outcome = forms.ChoiceField(
        label=gettext_lazy("Outcome"),
        help_text=gettext_lazy("It’s offered when a request is resolved like this, or in every answer."),
        required=False,
    )
    active = forms.BooleanField(label=gettext_lazy("Offered to staff"), required=False, initial=True)

    def __init__(self, *args: Any, city: Jurisdiction, **kwargs: Any) -> None:
        super().__init__(*args, city=city, **kwargs)
        service = self.fields["service"]
        service.queryset = Service.objects.filter(jurisdiction=city, active=True).select_related("current")  # type: ignore[attr-defined]
        service.label_from_instance = service_name  # type: ignore[attr-defined]
        self.fields["outcome"].choices = [  # type: ignore[attr-defined]
            ("", _("Any answer")),
            *((code.value, due.disposition_words(code)) for code in answer_templates.OUTCOMES),
        ]
        self.helper.layout.fields[:0] = ["name", "service", "outcome"]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        known = ", ".join(f"{{{name}}}" for name in answer_templates.PLACEHOLDERS)
        for language in self.city.languages:
            if wrong := answer_templates.problems(cleaned.get(f"words_{language}", "")):
                words = _("We don’t know %(wrong)s. You can use: %(known)s.")
                self.add_error(f"words_{language}", words % {"wrong": ", ".join(wrong), "known": known})
        return cleaned

    def columns(self) -> dict[str, Any]:
        names = ("name", "service", "outcome", "active")
        return {"words": self.texts("words"), **{name: self.cleaned_data[name] for name in names}}

    @classmethod
    def initial_for(cls, template: AnswerTemplate) -> dict[str, Any]:
        return {
            **cls.initial_of("words", template.words),
            "name": template.name,
            "service": template.service_id,
            "outcome": template.outcome,
            "active": template.active,
        }


class OutcomesForm(TextsForm):
    """A field for each outcome in each language; empty: the usual words."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.text_fields = {
            code.value: {"label": due.disposition_words(code), "max_length": OUTCOME_MAX, "required": False}
            for code in wording.NAMED_BY_CITY
        }
        super().__init__(*args, **kwargs)
        for language in self.city.languages:
            with override(language):
                for code in wording.NAMED_BY_CITY:
                    self.fields[f"{code.value}_{language}"].help_text = wording.usual_outcome(code)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        for code in wording.NAMED_BY_CITY:
            typed = self.texts(code.value)
            for language in self.city.languages:
                if typed and language not in typed:
                    self.add_error(f"{code.value}_{language}", _("Enter it in this language too, or clear the others."))
        return cleaned

    def outcome_names(self) -> dict[str, dict[str, str]]:
        return {code.value: typed for code in wording.NAMED_BY_CITY if (typed := self.texts(code.value))}
