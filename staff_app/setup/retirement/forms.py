"""The form that asks where what belongs to a service goes."""

from collections.abc import Sequence
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from requests_app.core.localized import localized
from requests_app.models import Service


class RetireForm(forms.Form):
    MOVE, STAY = "move", "stay"

    successor = forms.ChoiceField(
        label=gettext_lazy("Which service takes over?"),
        help_text=gettext_lazy("Its pages, links, signs, rules and articles lead there from now on."),
        choices=[],
        required=False,
    )
    open_requests = forms.ChoiceField(
        label=gettext_lazy("What happens to its open requests?"),
        choices=[
            (MOVE, gettext_lazy("They move to the service that takes over")),
            (STAY, gettext_lazy("They stay as they are until they’re closed")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose what happens to its open requests.")},
    )

    def __init__(self, *args: Any, services: Sequence[Service], **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.services = {one.service_code: one for one in services}
        names = [(code, localized(one.current.name)) for code, one in self.services.items() if one.current]
        choices = [("", _("None: nobody can report this anymore")), *sorted(names, key=lambda pair: pair[1])]
        self.fields["successor"].choices = choices  # type: ignore[attr-defined]
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.error_summary = False
        self.helper.tiles = False

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("open_requests") == self.MOVE and not cleaned.get("successor") and not self.errors:
            self.add_error("successor", _("Choose the service that the open requests move to."))
        return cleaned

    @property
    def chosen(self) -> Service | None:
        return self.services.get(self.cleaned_data.get("successor", ""))
