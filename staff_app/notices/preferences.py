"""Which notices the signed-in user gets, and when."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from requests_app.actions.people import staff_notices as actions
from requests_app.messages import staff_words
from requests_app.models import StaffNotice
from requests_app.rules.people import permissions, staff_notices
from requests_app.rules.people.staff_notices import DIGEST, MONDAY, Choice
from staff_app.decorators import StaffRequest, staff_page

Email = StaffNotice.Email


class PreferencesForm(forms.Form):
    """A checkbox and a choice for each kind; a regular email has only two choices, and no checkbox."""

    def __init__(self, *args: Any, choices: dict[str, Choice], regular: dict[str, bool], **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        for kind, choice in choices.items():
            words = {"kind": staff_words.KINDS[StaffNotice.Kind(kind)]}
            self.fields[f"page_{kind}"] = forms.BooleanField(
                label=_("%(kind)s: in the list of notices") % words, required=False, initial=choice.in_page
            )
            self._add_email(kind, words, list(staff_words.EMAILS.items()), choice.email)
        emails = [(code, name) for code, name in staff_words.EMAILS.items() if code != Email.AT_ONCE]
        for kind, is_wanted in regular.items():
            self._add_email(
                kind, {"kind": staff_words.KINDS[kind]}, emails, Email.MORNING if is_wanted else Email.NEVER
            )

    def _add_email(self, kind: str, labels: dict[str, Any], choices: list[Any], initial: str) -> None:
        self.fields[f"email_{kind}"] = forms.ChoiceField(
            label=_("%(kind)s: email") % labels,
            choices=choices,
            initial=initial,
            widget=forms.Select(attrs={"class": "usa-select"}),
        )

    def rows(self) -> list[dict[str, Any]]:
        """What the template shows: a row for each kind."""
        kinds = [name.removeprefix("email_") for name in self.fields if name.startswith("email_")]
        return [
            {
                "kind": staff_words.KINDS[kind],
                "page": self[f"page_{kind}"] if f"page_{kind}" in self.fields else None,
                "email": self[f"email_{kind}"],
            }
            for kind in kinds
        ]

    def chosen(self) -> dict[str, Choice]:
        cleaned = self.cleaned_data
        kinds = [name.removeprefix("email_") for name in self.fields if name.startswith("email_")]
        return {kind: Choice(cleaned.get(f"page_{kind}", False), cleaned[f"email_{kind}"]) for kind in kinds}


@staff_page
def notice_preferences(request: StaffRequest) -> HttpResponse:
    posted = request.method == "POST"
    supervises = any("supervise" in one.role.permissions for one in permissions.memberships_of(request.user))
    regular = (DIGEST, MONDAY) if supervises else (DIGEST,)
    form = PreferencesForm(
        request.POST if posted else None,
        choices=staff_notices.choices_of(request.user),
        regular={kind: staff_notices.wants(request.user, kind) for kind in regular},
    )
    if form.is_valid():
        actions.save_preferences(request.user, form.chosen())
        messages.success(request, _("Saved."))
        return redirect("staff_app:notice_preferences")
    return render(request, "staff_app/notices/notice_preferences.html", {"form": form}, status=422 if posted else 200)
