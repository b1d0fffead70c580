"""A text box that takes what people paste: what cannot be stored is left out, and too much is told with the number."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from requests_app.rules import intake


class WordsField(forms.CharField):
    """Free words. NUL, other controls and bidi overrides go silently; everything else stays as it was typed."""

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
        # No maxlength: a browser would cut what is pasted without a word.
        return {name: one for name, one in super().widget_attrs(widget).items() if name != "maxlength"}
