"""A text field for pasted text: drops what cannot be stored, and says by how much a text is too long."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from requests_app.rules import intake


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
