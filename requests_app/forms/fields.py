"""Form fields for the `uswds` templates and scripts: choices with hints, dates, addresses and photos."""

import datetime
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dates import MONTHS
from django.utils.translation import gettext_lazy as _

from requests_app.rules.shared import intake

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

NOT_AN_ADDRESS = _("Enter an email address like name@example.com.")


class DescribedChoice:
    """A choice's label with a hint below it: `("pothole", DescribedChoice(_("Pothole"), _("A hole in the road")))`.

    Both may be lazy: they are read in the language of the page, not of the import.
    """

    def __init__(self, label: "_StrOrPromise", hint: "_StrOrPromise" = "") -> None:
        self.label = label
        self.hint = hint

    def __str__(self) -> str:
        return str(self.label)


def email_field(
    help_text: "_StrOrPromise" = "", *, label: "_StrOrPromise" = "", required: bool = True
) -> forms.EmailField:
    """An email address, which browsers fill in. label: "Email" by default."""
    wrong = NOT_AN_ADDRESS if required else _("Enter an email address like name@example.com, or leave this blank.")
    return forms.EmailField(
        label=label or _("Email"),
        help_text=help_text,
        required=required,
        max_length=254,
        error_messages={"required": NOT_AN_ADDRESS, "invalid": wrong},
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


def address_attributes(source: str, lat_id: str, long_id: str) -> dict[str, Any]:
    """Attributes of a text box with suggestions (static/js/combobox.js) from `source`, a JSON list of label, lat, long.

    The form must work with the box alone: without the script, the two hidden fields come back empty.
    """
    return {
        "data-source": source,
        "data-lat": lat_id,
        "data-long": long_id,
        "data-list-label": _("Addresses"),
        "data-none": _("No addresses found."),
        "data-one": _("1 address found. Use the down arrow key to reach it."),
        "data-many": _("{count} addresses found. Use the down arrow key to reach them."),
        "autocomplete": "street-address",
    }


class PhotosInput(forms.FileInput):
    """Several photos, shrunk and previewed by static/js/photo-shrink.js, or sent as they are without it."""

    allow_multiple_selected = True

    def __init__(self, attrs: dict[str, Any] | None = None, most: int = 3) -> None:
        words = {
            "data-photo": _("Photo {number}"),
            "data-remove": _("Remove photo {number}"),
            "data-removed": _("Photo {number} removed."),
            "data-working": _("Getting your photos ready…"),
            "data-too-many": _("You can send up to {count} photos. We kept the first ones and left out: {names}."),
        }
        super().__init__({"accept": "image/*", "data-photos": True, "data-max-photos": most, **words, **(attrs or {})})


class FirstPhotosInput(PhotosInput):
    """The photos that a report begins with: static/js/photo-first.js reads their place, and goes on when nothing was typed."""

    def __init__(self, most: int) -> None:
        words = {
            "data-sending": _("Sending your photo…"),
            "data-lost": _("No connection. Your photo hasn’t been sent yet. We’ll try again, or select “Continue.”"),
        }
        super().__init__({"data-first-photos": True, **words}, most=most)


class PhotosField(forms.FileField):
    """Up to `most` uploaded files; the value is a list. The decoder checks whether they are photos (requests_app.photos)."""

    default_error_messages = {"too_many": _("You can send up to %(most)d photos.")}

    def __init__(self, *, most: int = 3, **kwargs: Any) -> None:
        self.most = most
        kwargs.setdefault("widget", PhotosInput(most=most))
        super().__init__(**kwargs)

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        files = [super(PhotosField, self).clean(file, None) for file in data or []]
        if not files and self.required:
            raise ValidationError(self.error_messages["required"], code="required")
        if len(files) > self.most:
            raise ValidationError(self.error_messages["too_many"], code="too_many", params={"most": self.most})
        return files


class MemorableDateWidget(forms.MultiWidget):
    """Month, day and year, each with a label: no calendar widget, no script."""

    template_name = "uswds/widgets/memorable_date.html"
    use_fieldset = True

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        self.labels = {"month": _("Month"), "day": _("Day"), "year": _("Year")}
        widgets: dict[str, forms.Widget | type[forms.Widget]] = {
            "month": forms.Select(choices=[("", _("- Select -")), *MONTHS.items()]),
            "day": forms.TextInput(attrs={"inputmode": "numeric", "maxlength": 2}),
            "year": forms.TextInput(attrs={"inputmode": "numeric", "maxlength": 4}),
        }
        self.parts = list(widgets)
        super().__init__(widgets, attrs)

    def decompress(self, value: Any) -> list[Any]:
        return [value.month, value.day, value.year] if isinstance(value, datetime.date) else [None, None, None]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)
        for part, subwidget in zip(self.parts, context["widget"]["subwidgets"], strict=True):
            control = "usa-select" if part == "month" else "usa-input"
            wrong = f" {control}--error" if "aria-invalid" in subwidget["attrs"] else ""
            subwidget["attrs"]["class"] = control + wrong
            subwidget["part"] = part
            subwidget["label"] = self.labels[part]
        return context


class MemorableDateField(forms.MultiValueField):
    """A date as USWDS's memorable date; the value is a `datetime.date`."""

    default_error_messages = {
        "invalid": _("Enter a real date, with month, day and year."),
        "incomplete": _("Enter the month, day and year."),
    }

    def __init__(self, **kwargs: Any) -> None:
        fields: list[forms.Field] = [forms.IntegerField(), forms.IntegerField(), forms.IntegerField()]
        for field in fields:
            # One sentence for the whole date: three fields that each complain would say the same thing three times.
            field.error_messages["invalid"] = self.default_error_messages["invalid"]
        kwargs.setdefault("widget", MemorableDateWidget())
        super().__init__(fields=fields, **kwargs)

    def clean(self, value: Any) -> Any:
        if self.required or any(part not in (None, "") for part in value or []):
            missing = [part for part in value or [None] if part in (None, "")]
            if missing and len(missing) < len(self.fields):
                raise ValidationError(self.error_messages["incomplete"], code="incomplete")
        try:
            return super().clean(value)
        except ValidationError as error:
            # One message, even if several parts are wrong.
            raise ValidationError(error.error_list[0]) from None

    def compress(self, data_list: list[Any]) -> datetime.date | None:
        if not data_list:
            return None
        month, day, year = data_list
        try:
            return datetime.date(year, month, day)
        except ValueError:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None


class WordsField(forms.CharField):
    """Free text. Removes NUL, other controls and bidi overrides silently; keeps everything else as typed."""

    default_error_messages = {
        "max_length": _("Use %(limit_value)d characters or fewer. You have %(show_value)d."),
    }

    def __init__(self, *, max_length: int, lines: int = 1, **kwargs: Any) -> None:
        if "widget" not in kwargs:
            kwargs["widget"] = forms.Textarea(attrs={"rows": lines}) if lines > 1 else forms.TextInput
        super().__init__(max_length=max_length, **kwargs)

    def to_python(self, value: Any) -> str:
        return intake.clean_text(str(value)) if value not in self.empty_values else ""

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        # No maxlength: the browser would silently cut off pasted text.
        return {name: value for name, value in super().widget_attrs(widget).items() if name != "maxlength"}
