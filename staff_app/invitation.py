"""The page behind the link of an invitation: set up the account, or join with the one that this address has."""

from typing import Any

import structlog
from allauth.account.adapter import get_adapter
from crispy_forms.helper import FormHelper
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from requests_app import links
from requests_app.actions.people import invitations
from requests_app.forms.fields import WordsField
from requests_app.models import Invitation, Jurisdiction, User
from staff_app.sign_in import start_session


class AccountForm(forms.Form):
    name = WordsField(
        label=gettext_lazy("Your name, as colleagues see it"),
        max_length=200,
        error_messages={"required": gettext_lazy("Enter your name.")},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    language = forms.ChoiceField(label=gettext_lazy("The language you write in"), choices=settings.LANGUAGES)
    password = forms.CharField(
        label=gettext_lazy("Choose a password"),
        help_text=gettext_lazy("At least 12 characters. A few unrelated words are easy to remember."),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": gettext_lazy("Choose a password.")},
    )

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.email = email
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.error_summary = False
        self.helper.tiles = False

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if "password" in cleaned:
            user = User(email=self.email, name=cleaned.get("name", ""))
            try:
                get_adapter().clean_password(cleaned["password"], user=user)
            except ValidationError as error:
                self.add_error("password", error)
        return cleaned


def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """A GET changes nothing, since mail scanners open links."""
    city: Jurisdiction = request.jurisdiction  # type: ignore[attr-defined]
    found = links.find_invitation(token, city)
    if found is None:
        raise Http404
    invited, is_newest = found
    if (reason := _reason_not_open(invited, is_newest=is_newest)) is not None:
        return _closed(request, invited, reason)
    user = request.user
    if user.is_authenticated:
        if user.email.lower() != invited.email:
            return render(request, "staff_app/invitation.html", {"invitation": invited, "state": "other"}, status=403)
        return _join(request, invited, user)
    if invitations.invited_user(invited) is not None:
        # The account of this address, from another city, has a password and maybe a second step: ask for those.
        messages.info(request, _("You have an account already. Sign in to accept the invitation."))
        return redirect_to_login(request.get_full_path(), resolve_url(settings.LOGIN_URL))
    return _set_up(request, invited)


def _reason_not_open(invited: Invitation, *, is_newest: bool) -> str | None:
    if invited.accepted_at is not None:
        return "used"
    if invited.cancelled_at is not None:
        return "canceled"
    if not is_newest:
        return "replaced"
    return "expired" if invitations.is_expired(invited) else None


def _closed(request: HttpRequest, invited: Invitation, state: str) -> HttpResponse:
    return render(request, "staff_app/invitation.html", {"invitation": invited, "state": state}, status=410)


def _join(request: HttpRequest, invited: Invitation, user: User) -> HttpResponse:
    if request.method != "POST":
        return render(request, "staff_app/invitation.html", {"invitation": invited, "state": "join"})
    try:
        invitations.accept_as(invited, user)
    except invitations.NotOpen:
        return _closed(request, invited, "used")
    messages.success(request, _("Welcome to %(city)s.") % {"city": invited.jurisdiction.name})
    return redirect("staff_app:queue")


def _set_up(request: HttpRequest, invited: Invitation) -> HttpResponse:
    initial = {"name": invited.name, "language": get_language() or "en"}
    form = AccountForm(request.POST if request.method == "POST" else None, email=invited.email, initial=initial)
    if form.is_valid():
        cleaned = form.cleaned_data
        try:
            user = invitations.accept(
                invited, name=cleaned["name"], language=cleaned["language"], password=cleaned["password"]
            )
        except invitations.NotOpen:
            return _closed(request, invited, "used")
        structlog.get_logger(__name__).info("invitation_accepted", invitation_id=invited.pk, user_id=user.pk)
        start_session(request, user, method="password")
        messages.success(request, _("Welcome to %(city)s.") % {"city": invited.jurisdiction.name})
        return redirect("staff_app:queue")
    context = {"form": form, "invitation": invited, "state": "new"}
    return render(request, "staff_app/invitation.html", context, status=422 if request.method == "POST" else 200)
