"""The form that takes a translator's file."""

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

# A city of ten thousand texts has a file of 3 MB.
FILE_MAX_MB = 20


class TranslatorFileForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("The translator’s file"),
        help_text=gettext_lazy("A CSV file of up to 20 MB. You’ll see what would change before anything does."),
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
        allow_empty_file=False,
        error_messages={
            "required": gettext_lazy("Choose a file."),
            "empty": gettext_lazy("This file is empty. Choose another one."),
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.error_summary = False
        self.helper.tiles = False

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > FILE_MAX_MB * 1024 * 1024:
            raise forms.ValidationError(_("This file is larger than 20 MB. Split it, and upload the parts one by one."))
        return file
