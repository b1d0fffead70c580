"""Helpers for the `uswds` form templates: classes of controls, and link targets of errors."""

from typing import Any

from django import forms, template
from django.forms.boundfield import BoundField
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

CONTROL_CLASSES: tuple[tuple[type[forms.Widget], str], ...] = (
    (forms.CheckboxInput, "usa-checkbox__input"),
    (forms.FileInput, "file-input"),
    (forms.Textarea, "usa-textarea"),
    (forms.SelectDateWidget, "usa-select"),
    (forms.Select, "usa-select"),
)


@register.simple_tag
def uswds_control(field: BoundField, classes: str = "", described_by: str = "") -> SafeString:
    """The field's control with its USWDS classes; ids and aria-* are Django's."""
    widget = field.field.widget
    kind = next((name for widget_class, name in CONTROL_CLASSES if isinstance(widget, widget_class)), "usa-input")
    names = [kind, f"{kind}--error" if field.errors else "", classes, widget.attrs.get("class", "")]
    attrs: dict[str, Any] = {"class": " ".join(name for name in names if name)}
    if limit := character_limit(field):
        # Browsers silently cut pasted text at maxlength, so count characters and let the form report what is too long.
        attrs |= {"maxlength": False, "data-max-characters": limit}
        described_by = f"{described_by} {field.auto_id}_count".strip()
    if described_by:
        attrs["aria-describedby"] = f"{field.aria_describedby or ''} {described_by}".strip()
    return field.as_widget(attrs=attrs)


@register.filter
def character_limit(field: BoundField) -> int | None:
    """Character limit of a text area, if it has one."""
    if not isinstance(field.field.widget, forms.Textarea):
        return None
    return getattr(field.field, "max_length", None)


@register.filter
def first_control_id(field: BoundField) -> str:
    """Id of the field's first control, where its link in the error summary leads."""
    if field.id_for_label:
        return field.id_for_label
    # A group of controls has no id_for_label, so find its first control, however deeply nested.
    data: dict[str, Any] = field.subwidgets[0].data if field.subwidgets else {"attrs": {"id": f"div_{field.auto_id}"}}
    while data.get("subwidgets"):
        data = data["subwidgets"][0]
    return str(data["attrs"]["id"])


@register.filter
def summary_words(error: str, field: BoundField) -> str:
    """An error for the summary. "This field is required." gets the label in front, to say which field."""
    if error == str(forms.Field.default_error_messages["required"]):
        label = str(field.label)
        return f"{label} {error}" if label.endswith(("?", ".", "!", ":")) else f"{label}: {error}"
    return error


@register.filter
def button_classes(bootstrap_classes: str) -> str:
    """Replaces Bootstrap's class names of crispy buttons: `Submit` is the primary button, `Button` an outline button."""
    names = bootstrap_classes.split()
    own = [name for name in names if name not in ("btn", "btn-primary", "btn-inverse")]
    usual = ["usa-button"] if "btn-primary" in names else ["usa-button", "usa-button--outline"]
    return " ".join(usual + own)


@register.filter
def button_attributes(flat_attrs: str) -> SafeString:
    """Attributes of a StrictButton come as HTML, with `btn` as the first class."""
    return mark_safe(str(flat_attrs).replace('class="btn', 'class="usa-button', 1))  # noqa: S308  (crispy escaped them)
