"""The forms that take a file, which is checked before anything changes."""

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

# 16 times what the demo city's whole catalog takes: no city's own export is refused.
FILE_MAX_MB = 20


class CheckedFileForm(forms.Form):
    """label, hint and accept are those of its field; accept: the types that a browser offers."""

    label: Promise
    hint: Promise
    accept: str

    file = forms.FileField(
        widget=forms.FileInput,
        allow_empty_file=False,
        error_messages={
            "required": gettext_lazy("Choose a file."),
            "empty": gettext_lazy("This file is empty. Choose another one."),
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        field = self.fields["file"]
        field.label, field.help_text = str(self.label), str(self.hint)
        field.widget.attrs["accept"] = self.accept
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.error_summary = False
        self.helper.tiles = False

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > FILE_MAX_MB * 1024 * 1024:
            raise forms.ValidationError(_("This file is larger than 20 MB. Split it, and upload the parts one by one."))
        return file


class CatalogFileForm(CheckedFileForm):
    label = gettext_lazy("Catalog file")
    hint = gettext_lazy("A YAML file of up to 20 MB. You’ll see what would change before anything does.")
    accept = ".yaml,.yml"
