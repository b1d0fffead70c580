"""Single sign-on: the city's provider, which groups have which roles, and a button that tries it."""

from functools import partial
from typing import Any

import structlog
from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from requests_app import openid
from requests_app.actions.people import sign_ins
from requests_app.actions.shared.setup_rows import ChangedMeanwhile
from requests_app.forms.fields import WordsField
from requests_app.models import SignInGroup, SignInProvider
from staff_app.decorators import StaffRequest, need_in_city, staff_page
from staff_app.setup.conflict import edit_page
from staff_app.setup.edit import Edit
from staff_app.setup.people.forms import PlaceOfRoleForm, SetupForm
from staff_app.setup.people.people import membership_name
from staff_app.single_sign_on import logout_uri, redirect_uri

log = structlog.get_logger(__name__)


class ProviderForm(SetupForm):
    name = WordsField(
        label=gettext_lazy("What staff call it"),
        help_text=gettext_lazy("On the button: “Sign in with Rivermark ID.”"),
        max_length=100,
        error_messages={"required": gettext_lazy("Enter a name.")},
    )
    server_url = forms.CharField(
        label=gettext_lazy("Address of the provider"),
        help_text=gettext_lazy("The issuer, like https://login.city.example. Your IT department knows it."),
        max_length=300,
        error_messages={"required": gettext_lazy("Enter the address of the provider.")},
    )
    client_id = forms.CharField(
        label=gettext_lazy("Client ID"),
        max_length=200,
        error_messages={"required": gettext_lazy("Enter the client ID.")},
    )
    client_secret = forms.CharField(
        label=gettext_lazy("Client secret"),
        help_text=gettext_lazy(
            "It’s stored encrypted and never shown. Leave it empty to keep the one you entered before."
        ),
        max_length=300,
        required=False,
        strip=True,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
    groups_claim = forms.CharField(
        label=gettext_lazy("Where the groups are"),
        help_text=gettext_lazy("The name of the claim that lists a person’s groups, usually groups."),
        max_length=60,
        initial="groups",
        error_messages={"required": gettext_lazy("Enter the name of the claim.")},
    )
    active = forms.BooleanField(label=gettext_lazy("Show the button on the sign-in page"), required=False)

    def __init__(self, *args: Any, secret_version: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.unshown = {"client_secret": secret_version}

    def clean_server_url(self) -> str:
        url: str = self.cleaned_data["server_url"].rstrip("/")
        if not openid.is_allowed_url(url):
            raise forms.ValidationError(_("Enter an address that begins with https://."))
        return url


class GroupForm(PlaceOfRoleForm):
    group = WordsField(
        label=gettext_lazy("Group"),
        help_text=gettext_lazy("The name the provider uses."),
        max_length=200,
        error_messages={"required": gettext_lazy("Enter the name of the group.")},
    )
    field_order = ["group", "role", "department"]


@staff_page
def sign_in_setup(request: StaffRequest) -> HttpResponse:
    need_in_city(request, "administer")
    city = request.jurisdiction
    provider = SignInProvider.objects.select_related("jurisdiction").filter(jurisdiction=city).first()
    other_forms = ("try", "remove_group", "add_group")
    edit = Edit(
        request,
        partial(ProviderForm, initial=_initial(provider), secret_version=sign_ins.secret_version(provider)),
        seen=sign_ins.seen_of(provider),
        is_sent=not any(name in request.POST for name in other_forms),
    )
    form = edit.form
    changed: ChangedMeanwhile | None = None
    group_form = GroupForm(city=city)
    tried: list[str] = []
    if request.method == "POST":
        if provider is not None and "try" in request.POST:
            tried = _try(provider)
        elif provider is not None and "remove_group" in request.POST:
            return _remove_group(request, provider)
        elif provider is not None and "add_group" in request.POST:
            group_form = GroupForm(request.POST, city=city)
            if group_form.is_valid():
                cleaned = group_form.cleaned_data
                sign_ins.add_group(
                    provider,
                    group=cleaned["group"],
                    role=cleaned["role"],
                    department=cleaned["department"],
                    actor=request.user,
                )
                messages.success(request, _("Saved."))
                return redirect("staff_app:sign_in_setup")
        elif edit.is_valid():
            try:
                sign_ins.save_provider(city, actor=request.user, seen=edit.seen, **form.cleaned_data)
            except ChangedMeanwhile as found:
                changed = found
            else:
                log.info("sign_in_provider_saved", user_id=request.user.pk)
                messages.success(request, edit.saved(_("Saved.")))
                return redirect("staff_app:sign_in_setup")
    groups = provider.groups.select_related("role", "department") if provider is not None else []
    context = {
        "provider_form": form,
        "group_form": group_form,
        "provider": provider,
        "groups": [{"row": one, "role": membership_name(one.role, one.department)} for one in groups],
        "tried": tried,
        "redirect_uri": redirect_uri(city),
        "logout_uri": logout_uri(city),
    }
    form_in_error = group_form if group_form.errors else form
    page = "staff_app/setup/people/sign_in_setup.html"
    return edit_page(request, page, context, form_in_error, edit=edit, changed=changed)


def _initial(provider: SignInProvider | None) -> dict[str, object]:
    if provider is None:
        return {}
    names = ("name", "server_url", "client_id", "groups_claim", "active")
    return {name: getattr(provider, name) for name in names}


def _remove_group(request: StaffRequest, provider: SignInProvider) -> HttpResponse:
    number = request.POST["remove_group"]
    pk = int(number) if number.isdecimal() and len(number) < 19 else 0
    row = SignInGroup.objects.select_related("provider__jurisdiction").filter(pk=pk, provider=provider).first()
    if row is not None:
        sign_ins.remove_group(row, actor=request.user)
        messages.success(request, _("Saved. Members of the group lose the role within half an hour."))
    return redirect("staff_app:sign_in_setup")


def _try(provider: SignInProvider) -> list[str]:
    """What happened, step by step."""
    try:
        configuration = openid.discover(provider.server_url, fresh=True)
        keys = openid.key_count(provider)
    except openid.Unreachable as error:
        return [
            _("We couldn’t use %(url)s: %(reason)s.") % {"url": provider.server_url, "reason": _reason(str(error))},
            _("Check the address, and that this server may reach it."),
        ]
    steps = [
        _("%(url)s answers.") % {"url": provider.server_url},
        ngettext(
            "It publishes %(count)d key to check its signatures.",
            "It publishes %(count)d keys to check its signatures.",
            keys,
        )
        % {"count": keys},
    ]
    scopes = configuration.get("scopes_supported") or []
    if scopes and "offline_access" not in scopes:
        steps.append(_("It doesn’t offer offline access, so staff sign in again every hour."))
    if not configuration.get("backchannel_logout_supported"):
        steps.append(_("It doesn’t notify us when people sign out, so we check every half hour."))
    return steps


def _reason(code: str) -> str:
    return {
        "issuer": _("it identifies itself with another address"),
        "json": _("its answer isn’t what a provider sends"),
        "404": _("there’s no provider at this address"),
        "URLError": _("nothing answers there"),
        "TimeoutError": _("it took too long to answer"),
    }.get(code, code)
