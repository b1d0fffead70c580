"""The forms of the desk's lines and of the telephone system's counts."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from requests_app.actions.people.reporters import normalized_phone
from requests_app.forms.fields import WordsField
from requests_app.models import Calendar, DeskLine
from staff_app.setup.texts.forms import TextsForm

NAME_MAX, GREETING_MAX, PROMISE_MAX = 60, 300, 200


class DeskLineForm(TextsForm):
    text_fields = {
        "name": {
            "label": gettext_lazy("Name"),
            "max_length": NAME_MAX,
            "error_messages": {"required": gettext_lazy("Enter the name in this language.")},
        },
        "greeting": {
            "label": gettext_lazy("Greeting"),
            "max_length": GREETING_MAX,
            "lines": 3,
            "required": False,
            "help_text": gettext_lazy(
                "What a taker says first. {city}, {line} and {name} are filled in. Leave it empty for the usual words."
            ),
        },
        "promise": {
            "label": gettext_lazy("What callers are promised"),
            "max_length": PROMISE_MAX,
            "lines": 2,
            "required": False,
            "help_text": gettext_lazy("Residents read it next to the number, such as “We answer within two minutes.”"),
        },
    }
    rest = ("number", "calendar", "is_active")

    number = WordsField(
        label=gettext_lazy("Number"),
        help_text=gettext_lazy("As residents call it, like 311 or 617-555-0100."),
        max_length=40,
        error_messages={"required": gettext_lazy("Enter the number.")},
    )
    calendar = forms.ChoiceField(label=gettext_lazy("Hours"), choices=[], required=False)
    is_active = forms.BooleanField(
        label=gettext_lazy("In use"),
        help_text=gettext_lazy("What was counted for it stays."),
        required=False,
        initial=True,
    )

    def __init__(self, *args: Any, line: DeskLine, **kwargs: Any) -> None:
        self.line = line
        initial: dict[str, Any] = {}
        if line.pk:
            for name in self.text_fields:
                initial |= self.initial_of(name, getattr(line, name))
            calendar = str(line.calendar_id or "")
            initial |= {"number": line.number, "calendar": calendar, "is_active": line.is_active}
        super().__init__(*args, initial=initial, **kwargs)
        self.calendars = {str(one.pk): one for one in Calendar.objects.filter(jurisdiction=self.city).order_by("code")}
        choices = [("", _("Day and night")), *((pk, str(one)) for pk, one in self.calendars.items())]
        self.fields["calendar"].choices = choices  # type: ignore[attr-defined]

    def clean_number(self) -> str:
        number: str = self.cleaned_data["number"]
        phone = normalized_phone(number)
        if not phone:
            raise forms.ValidationError(_("Enter the number."))
        others = DeskLine.objects.filter(jurisdiction=self.city, phone=phone).exclude(pk=self.line.pk)
        if others.exists():
            raise forms.ValidationError(_("Another line has this number."))
        return number

    def columns(self) -> dict[str, Any]:
        """As the line stores them."""
        number = self.cleaned_data["number"]
        return {
            **{name: self.texts(name) for name in self.text_fields},
            "number": number,
            "phone": normalized_phone(number),
            "calendar": self.calendars.get(self.cleaned_data["calendar"]),
            "is_active": self.cleaned_data["is_active"],
        }


class CountsForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("CSV file"),
        help_text=gettext_lazy(
            "Columns: line, starts_at, offered, answered, abandoned; and, if you have them, seconds, abandoned_early, "
            "answered_in_time, target_s, wait_s, handle_s."
        ),
        error_messages={"required": gettext_lazy("Choose a file.")},
    )
    BYTES_MAX = 5_000_000

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > self.BYTES_MAX:
            raise forms.ValidationError(_("The file is larger than 5 MB."))
        return file
