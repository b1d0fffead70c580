"""What the `uswds` templates cannot say by themselves: a control's classes, and where the link of an error leads."""

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
    """The field's own control with its USWDS classes; ids and aria-* are Django's, and the pack follows them."""
    widget = field.field.widget
    kind = next((name for widget_class, name in CONTROL_CLASSES if isinstance(widget, widget_class)), "usa-input")
    names = [kind, f"{kind}--error" if field.errors else "", classes, widget.attrs.get("class", "")]
    attrs: dict[str, Any] = {"class": " ".join(name for name in names if name)}
    if limit := character_limit(field):
        # A browser cuts pasted text at maxlength without a word: we count aloud and let the form say what is too long.
        attrs |= {"maxlength": False, "data-max-characters": limit}
        described_by = f"{described_by} {field.auto_id}_count".strip()
    if described_by:
        attrs["aria-describedby"] = f"{field.aria_describedby or ''} {described_by}".strip()
    return field.as_widget(attrs=attrs)


@register.filter
def character_limit(field: BoundField) -> int | None:
    """The most characters a text area takes, if it has a limit: it then says so and counts."""
    if not isinstance(field.field.widget, forms.Textarea):
        return None
    return getattr(field.field, "max_length", None)


@register.filter
def first_control_id(field: BoundField) -> str:
    """The id of the first thing one can type into or choose: where a link from the error summary leads."""
    if field.id_for_label:
        return field.id_for_label
    # A group of controls has no id to be labelled by: its first one, however deep it sits.
    data: dict[str, Any] = field.subwidgets[0].data if field.subwidgets else {"attrs": {"id": f"div_{field.auto_id}"}}
    while data.get("subwidgets"):
        data = data["subwidgets"][0]
    return str(data["attrs"]["id"])


@register.filter
def summary_words(error: str, field: BoundField) -> str:
    """An error as the summary says it: "This field is required." does not say which one, so the label goes first."""
    if error == str(forms.Field.default_error_messages["required"]):
        label = str(field.label)
        return f"{label} {error}" if label.endswith(("?", ".", "!", ":")) else f"{label}: {error}"
    return error


@register.filter
def button_classes(bootstrap_classes: str) -> str:
    """Crispy's buttons carry Bootstrap's names; here a `Submit` is the main button and a `Button` looks secondary."""
    names = bootstrap_classes.split()
    own = [name for name in names if name not in ("btn", "btn-primary", "btn-inverse")]
    usual = ["usa-button"] if "btn-primary" in names else ["usa-button", "usa-button--outline"]
    return " ".join(usual + own)


@register.filter
def button_attributes(flat_attrs: str) -> SafeString:
    """A StrictButton's attributes come as finished HTML, with `btn` as the first class."""
    return mark_safe(str(flat_attrs).replace('class="btn', 'class="usa-button', 1))  # noqa: S308  (crispy escaped them)
