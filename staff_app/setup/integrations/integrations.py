"""Email, text messages and API keys in one place: how each is set up, and a button that tries it."""

from typing import Any

import structlog
from crispy_forms.helper import FormHelper
from django import forms
from django.conf import settings
from django.core.validators import RegexValidator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from requests_app import api_errors, links
from requests_app.core import limits
from requests_app.models import ApiKey
from staff_app.decorators import StaffRequest, need_in_city, staff_page
from staff_app.setup.integrations import tests_of

log = structlog.get_logger(__name__)

TESTS_PER_HOUR = 10
KEYS_SHOWN = 50


class SmallForm(forms.Form):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.error_summary = False


class TextForm(SmallForm):
    number = forms.CharField(
        label=gettext_lazy("Your cell phone number"),
        max_length=20,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
        validators=[
            RegexValidator(r"^\+?[0-9 ().-]{7,20}$", gettext_lazy("Enter a phone number, like +1 555 010 0199."))
        ],
    )

    def clean_number(self) -> str:
        return "".join(symbol for symbol in self.cleaned_data["number"] if symbol.isdigit() or symbol == "+")


class KeyForm(SmallForm):
    key = forms.CharField(
        label=gettext_lazy("API key"),
        help_text=gettext_lazy("We only check whether it would be accepted. We don’t store it."),
        max_length=100,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )


@staff_page
def integrations(request: StaffRequest) -> HttpResponse:
    """POST tries one of them: `email`, `text` or `try_key`. The outcome is shown above its button."""
    need_in_city(request, "administer")
    city = request.jurisdiction
    text_form = TextForm(request.POST if "text" in request.POST else None)
    key_form = KeyForm(request.POST if "try_key" in request.POST else None)
    tried, outcome = "", None
    if request.method == "POST":
        tried = next((name for name in ("email", "text", "try_key") if name in request.POST), "")
        bound = {"text": text_form, "try_key": key_form}.get(tried)
        if bound is None or bound.is_valid():
            outcome = _try(request, tried, text_form, key_form)
    keys = list(ApiKey.objects.filter(jurisdiction=city, revoked_at=None).order_by("name")[:KEYS_SHOWN])
    errors = api_errors.last_of(keys)
    context = {
        "form": next((form for form in (text_form, key_form) if form.errors), None),
        "text_form": text_form,
        "key_form": key_form,
        "tried": tried,
        "outcome": outcome,
        "email": _email(),
        "sender": tests_of.sender(city),
        "text": _text(),
        "can_text": bool(settings.SMS_BACKEND),
        "keys": [{"key": key, "error": errors.get(key.pk)} for key in keys],
        "address": links.base_url(city),
    }
    invalid = context["form"] is not None
    return render(request, "staff_app/setup/integrations/integrations.html", context, status=422 if invalid else 200)


def _try(request: StaffRequest, tried: str, text_form: forms.Form, key_form: forms.Form) -> tests_of.Outcome | None:
    if not tried:
        return None
    # Nobody tests more often; a stolen session must not become a sender of email or a guesser of keys.
    if not limits.allow_key(f"integration-test:{request.user.pk}", most=TESTS_PER_HOUR, per_s=limits.HOUR):
        return tests_of.Outcome(False, _("That was a lot of tests. Try again in an hour."))
    if tried == "email":
        outcome = tests_of.try_email(request.jurisdiction, request.user)
    elif tried == "text":
        outcome = tests_of.try_text(request.jurisdiction, text_form.cleaned_data["number"])
    else:
        outcome = tests_of.try_key(request.jurisdiction, key_form.cleaned_data["key"])
    log.info("integration_tested", kind=tried, worked=outcome.worked, user_id=request.user.pk)
    return outcome


def _email() -> str:
    """How email is sent, without passwords."""
    backend = settings.EMAIL_BACKEND
    if backend.startswith("anymail."):
        return _("By the email service %(name)s") % {"name": backend.split(".")[2].capitalize()}
    if backend.endswith("smtp.EmailBackend"):
        secured = settings.EMAIL_USE_TLS or settings.EMAIL_USE_SSL
        words = (
            _("By the mail server %(host)s:%(port)s, encrypted")
            if secured
            else _("By the mail server %(host)s:%(port)s, not encrypted")
        )
        return words % {"host": settings.EMAIL_HOST, "port": settings.EMAIL_PORT}
    return _("Into files: no mail server is set up (EMAIL_URL)")


def _text() -> str:
    if settings.SMS_BACKEND.endswith("send_by_http"):
        host = settings.SMS_URL.split("://")[-1].split("/")[0].rpartition("@")[2]
        return _("By the gateway at %(host)s, from %(number)s") % {"host": host, "number": settings.SMS_FROM}
    if settings.SMS_BACKEND:
        return _("Into files: no gateway is set up (SMS_URL)")
    return _("Not sent: no gateway is set up (SMS_URL)")
