"""What somebody saw at a place, and why there is no update."""

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from requests_app.forms.fields import PhotosField, WordsField
from requests_app.models import EndingCheck
from requests_app.rules.promises import silence

NOTE_MAX = 2000


class _Form(forms.Form):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.error_summary = False


class CheckForm(_Form):
    """A photo is required, except with "I can’t tell".

    claims_action: whether the checker knows that an action was claimed, whose signs then count. has_photo: from the first look.
    """

    seen = forms.ChoiceField(
        label=gettext_lazy("What do you see?"),
        choices=[
            (EndingCheck.Seen.FIXED.value, gettext_lazy("It’s fixed, or nothing is there")),
            (EndingCheck.Seen.NOT_FIXED.value, gettext_lazy("It’s not fixed")),
            (EndingCheck.Seen.CANT_TELL.value, gettext_lazy("I can’t tell")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose what you see.")},
    )
    photos = PhotosField(
        label=gettext_lazy("Photo of the place"),
        required=False,
        most=1,
        help_text=gettext_lazy("Needed, unless you can’t tell."),
    )

    def __init__(self, *args: Any, claims_action: bool = False, has_photo: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.has_photo = has_photo
        if claims_action:
            acted = (
                EndingCheck.Seen.ACTED.value,
                _("It’s not fixed, but something was done: a notice, a tag or a barrier"),
            )
            choices = list(self.fields["seen"].choices)  # type: ignore[attr-defined]
            self.fields["seen"].choices = [choices[0], acted, *choices[1:]]  # type: ignore[attr-defined]
        if has_photo:
            self.fields["photos"].help_text = _("Only if you took another one.")
        # The photo's hint says when it is.
        self.helper.show_optional = False

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        tells = cleaned.get("seen") not in (None, EndingCheck.Seen.CANT_TELL)
        if tells and not self.has_photo and not cleaned.get("photos") and "photos" not in self.errors:
            self.add_error("photos", _("Add a photo of what you see."))
        return cleaned


class SilenceForm(_Form):
    reason = forms.ChoiceField(
        label=gettext_lazy("Reason"),
        choices=list(silence.REASONS.items()),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose a reason.")},
    )
    note = WordsField(
        label=gettext_lazy("Note for colleagues"), max_length=NOTE_MAX, lines=3, required=False,
        help_text=gettext_lazy("It isn’t public."),
    )  # fmt: skip
