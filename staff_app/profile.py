"""The signed-in user's name and language, their absences, and links to password and two-step sign-in."""

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from requests_app.core.localized import localized
from requests_app.models import AfterAction, User
from requests_app.rules.people import permissions
from staff_app.decorators import StaffRequest, staff_page
from staff_app.desk.keys_form import KeysForm
from staff_app.setup.people.forms import LeaveForm
from staff_app.setup.people.people import leaves_of, remove_leave, save_leave

AFTER_ACTION = {
    AfterAction.NEXT: gettext_lazy("Open the next one"),
    AfterAction.STAY: gettext_lazy("Stay on it"),
    AfterAction.LIST: gettext_lazy("Go back to the list"),
}


class ProfileForm(forms.ModelForm):
    class Meta:
        model = User
        fields = ["name", "language", "uses_keys", "after_action"]
        labels = {
            "name": gettext_lazy("Your name, as colleagues see it"),
            "language": gettext_lazy("The language you write in"),
            "uses_keys": gettext_lazy("Use keyboard shortcuts, such as j and k, in the queue and on requests"),
            "after_action": gettext_lazy("After an action on a request from a list"),
        }
        widgets = {
            "language": forms.Select(choices=settings.LANGUAGES),
            "after_action": forms.RadioSelect,
        }
        help_texts = {"language": gettext_lazy("It helps screen readers read your public comments aloud correctly.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.show_optional = False
        self.helper.tiles = False
        after_action = self.fields["after_action"]
        after_action.required = False
        # The model's own have no labels in the reader's language.
        after_action.choices = list(AFTER_ACTION.items())  # type: ignore[attr-defined]


@staff_page
def profile(request: StaffRequest) -> HttpResponse:
    posted = request.method == "POST"
    city, user = request.jurisdiction, request.user
    away = LeaveForm(city=city, person=user)
    desk_keys = KeysForm(user=user)
    about_keys = "save_keys" in request.POST
    if "reset_keys" in request.POST:
        return _save_keys(request, {})
    if about_keys:
        desk_keys = KeysForm(request.POST, user=user)
        if desk_keys.is_valid():
            return _save_keys(request, desk_keys.chosen)
    about_leave = "add_leave" in request.POST or "remove_leave" in request.POST
    if "remove_leave" in request.POST:
        return remove_leave(request, user, "staff_app:profile")
    if about_leave:
        away = LeaveForm(request.POST, city=city, person=user)
        if (saved := save_leave(request, user, away, "staff_app:profile")) is not None:
            return saved
    data = request.POST if posted and not about_leave and not about_keys else None
    form = ProfileForm(data, instance=User.objects.get(pk=user.pk))
    if form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        return redirect("staff_app:profile")
    roles = [
        (localized(membership.role.name) or membership.role.code, membership.department)
        for membership in permissions.memberships_of(request.user)
        if membership.jurisdiction_id == request.jurisdiction.pk
    ]
    context = {"form": form, "roles": roles, "away_form": away, "leaves": leaves_of(user, city)}
    if city is not None and permissions.can_in_city(user, "submit_for_others", city):
        context["keys_form"] = desk_keys
    return render(request, "staff_app/profile.html", context, status=422 if posted else 200)


def _save_keys(request: StaffRequest, chosen: dict[str, str]) -> HttpResponse:
    """chosen: by command, those that aren't the usual ones."""
    User.objects.filter(pk=request.user.pk).update(desk_keys=chosen)
    messages.success(request, _("Saved."))
    return redirect(reverse("staff_app:profile") + "#desk-keys")
