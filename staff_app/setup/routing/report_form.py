"""A report that is typed to see which rule catches it: what rules ask about one of a service. It's never stored."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.contrib.gis.geos import Point
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from requests_app.clock import app_now
from requests_app.core.localized import localized
from requests_app.forms.details_form import CONTROLS, name_of
from requests_app.forms.fields import WordsField, address_attributes
from requests_app.models import Channel, Jurisdiction, ServiceVersion
from requests_app.places import ownership
from requests_app.rules.alarms.screening import plain
from requests_app.rules.routing.routing import Facts, answer_values, opening
from requests_app.rules.routing.words import CHANNELS
from requests_app.rules.shared import intake, question_kinds
from requests_app.rules.shared.names import Names
from requests_app.rules.shared.priorities import PRIORITIES
from staff_app.typed_place import find_place


class ReportForm(forms.Form):
    """After is_valid(): facts(). answers: what was answered, with what the answers do."""

    address = WordsField(
        label=gettext_lazy("Where it is"),
        help_text=gettext_lazy("An address, a corner or a park, to know its areas. Or choose an area below."),
        max_length=200,
        required=False,
    )
    lat = forms.FloatField(widget=forms.HiddenInput, required=False, min_value=-90, max_value=90)
    long = forms.FloatField(widget=forms.HiddenInput, required=False, min_value=-180, max_value=180)
    area = forms.ChoiceField(label=gettext_lazy("Area that a rule names"), required=False)
    text = WordsField(label=gettext_lazy("Description"), max_length=intake.DESCRIPTION_MAX, lines=3, required=False)
    channel = forms.ChoiceField(
        label=gettext_lazy("How it is reported"),
        choices=[(code, words) for code, words in CHANNELS.items() if code != Channel.IMPORT],
    )
    at = forms.DateTimeField(
        label=gettext_lazy("When it is reported"),
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M"],
        error_messages={
            "required": gettext_lazy("Enter the day and the time."),
            "invalid": gettext_lazy("Enter a real day and time."),
        },
    )
    priority = forms.TypedChoiceField(
        label=gettext_lazy("Priority"),
        help_text=gettext_lazy("Words about danger make it priority 1. Choose that here to try it."),
        choices=[("", gettext_lazy("As the service and the answers say")), *PRIORITIES.items()],
        coerce=int,
        empty_value=None,
        required=False,
    )

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        city: Jurisdiction,
        version: ServiceVersion,
        areas: set[tuple[str, str]],
        names: Names,
    ) -> None:
        """areas: those that rules name, by layer and code."""
        super().__init__(data, label_suffix="", initial={"channel": Channel.WEB, "at": app_now().astimezone(city.zone)})
        self.city, self.version = city, version
        self.point: Point | None = None
        self.answers = intake.Answers()
        self.fields["address"].widget.attrs |= address_attributes(
            f"{reverse('place_search')}?language={get_language()}", "id_lat", "id_long"
        )
        named = sorted((names.area(layer, code), f"{layer}:{code}") for layer, code in areas)
        self.fields["area"].choices = [("", _("No area")), *((value, label) for label, value in named)]  # type: ignore[attr-defined]
        if not named:
            del self.fields["area"]
        self.questions = [question for question in version.questions.all() if question_kinds.of(question).is_answered]
        for question in self.questions:
            common = {"label": localized(question.text), "required": False}
            self.fields[name_of(question)] = CONTROLS[question_kinds.of(question).control](question, common)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.error_summary = False
        self.helper.tiles = False
        self.helper.show_optional = False
        asked = [Fieldset(_("Answers"), *map(name_of, self.questions))] if self.questions else []
        place = ["area"] if named else []
        self.helper.layout = Layout(
            *asked,
            Fieldset(_("Where, what and when"), "address", "lat", "long", *place, "text", "channel", "at", "priority"),
        )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("address"):
            self.point = find_place(self, self.city, cleaned, latitude="lat", longitude="long")
        typed = {question.code: _typed(cleaned.get(name_of(question))) for question in self.questions}
        answered = {code for code, value in typed.items() if value}
        self.answers = intake.read_answers(self.questions, typed, only=answered)
        for question in self.questions:
            if problem := self.answers.problems.get(question.code):
                self.add_error(name_of(question), problem)
        return cleaned

    def facts(self) -> Facts:
        """As rules would see it once it's sent."""
        cleaned = self.cleaned_data
        areas = {(one.layer, one.code) for one in ownership.areas_at(self.city, self.point)} if self.point else set()
        if cleaned.get("area"):
            layer, _colon, code = cleaned["area"].partition(":")
            areas.add((layer, code))
        return Facts(
            service_code=self.version.service.service_code,
            areas=areas,
            answers={question.code: answer_values(value) for question, value, _text in self.answers.answered},
            plain_text=plain(intake.clean_text(cleaned["text"])),
            channel=cleaned["channel"],
            priority=cleaned["priority"] or intake.priority_of(self.version, self.answers),
            at=cleaned["at"].astimezone(self.city.zone),
            is_open=opening(self.city, cleaned["at"]),
        )


def _typed(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value
