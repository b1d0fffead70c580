"""API keys: list, create, edit, replace, revoke, and how each is used. A new key is shown once, in the answer to the form."""

from functools import partial
from typing import Any

import structlog
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy
from django.views.decorators.http import require_POST

from requests_app import api_errors, api_usage
from requests_app import api_keys as keys
from requests_app.actions.programs import api_keys as actions
from requests_app.actions.shared.setup_rows import ChangedMeanwhile
from requests_app.drawing import charts
from requests_app.models import ApiKey, ApiKeyRequest, ServiceRequest
from requests_app.models.api_key import Scope
from staff_app.decorators import StaffRequest, get_city_row_or_404, need_in_city, staff_page
from staff_app.setup.api_keys import sensors
from staff_app.setup.api_keys.forms import ReplaceForm, TermsForm, initial_terms
from staff_app.setup.conflict import edit_page
from staff_app.setup.edit import edit_row
from staff_app.setup.listing import Column, listing

log = structlog.get_logger(__name__)

COLUMNS = {
    "name": Column(gettext_lazy("Name"), ("name", "id")),
    "scopes": Column(pgettext_lazy("API key", "May")),
    "created": Column(gettext_lazy("Created"), ("created_at", "id")),
    "used": Column(gettext_lazy("Last used"), ("last_used_at", "id")),
    # From the end, those that still work come first.
    "state": Column(gettext_lazy("State"), ("revoked_at", "id")),
}
CALLS_SHOWN = 50
REQUESTS_SHOWN = 10
WAITING_SHOWN = 20


def taken_words() -> str:
    return _("A key with this name already exists. Revoke it or choose another name.")


@staff_page
def api_keys(request: StaffRequest) -> HttpResponse:
    """`tests=1`: also the test keys that developers got by themselves, which a search finds in any case."""
    need_in_city(request, "manage_api_keys")
    keys, with_tests = ApiKey.objects.filter(jurisdiction=request.jurisdiction), request.GET.get("tests") == "1"
    if not with_tests and not request.GET.get("q"):
        keys = keys.exclude(is_test=True, created_by=None)
    listed = listing(
        request,
        keys.select_related("created_by"),
        caption=_("Keys"),
        columns=COLUMNS,
        row_template="staff_app/setup/api_keys/_row.html",
        empty=_("No keys yet."),
        search=["name", "prefix", "contact"],
        order="-state",
        kept={"tests": "1"} if with_tests else {},
        describe=_described,
    )
    waiting = ApiKeyRequest.objects.filter(jurisdiction=request.jurisdiction, state=ApiKeyRequest.State.WAITING)
    context = {"list": listed, "with_tests": with_tests, "waiting": waiting.order_by("proved_at", "id")[:WAITING_SHOWN]}
    return render(request, "staff_app/setup/api_keys/api_keys.html", context)


def _described(rows: list[ApiKey]) -> list[dict[str, Any]]:
    now = timezone.now()
    return [{"key": key, "scopes": scope_words(key.scopes), "is_expired": actions.is_expired(key, now)} for key in rows]


def scope_words(scopes: list[str]) -> list[str]:
    return [str(Scope(scope).label) for scope in Scope.values if scope in scopes]


@staff_page
def new_api_key(request: StaffRequest) -> HttpResponse:
    need_in_city(request, "manage_api_keys")
    city, data = request.jurisdiction, request.POST if request.method == "POST" else None
    form = TermsForm(data, city=city, user=request.user, initial={"scopes": keys.USUAL_SCOPES})
    if form.is_valid():
        try:
            key, plain = actions.create(city, actor=request.user, **form.terms())
        except keys.NameTaken:
            form.add_error("name", taken_words())
        else:
            log.info("api_key_made", api_key_id=key.pk, user_id=request.user.pk)
            return _key_page(request, key, plain=plain)
    return render(
        request, "staff_app/setup/api_keys/new_api_key.html", {"form": form}, status=422 if form.errors else 200
    )


@staff_page
def api_key(request: StaffRequest, key_id: int) -> HttpResponse:
    return _key_page(request, get_city_row_or_404(request, "manage_api_keys", ApiKey, key_id))


def _key_page(
    request: StaffRequest, key: ApiKey, *, plain: str = "", form: ReplaceForm | None = None, status: int = 200
) -> HttpResponse:
    now = timezone.now()
    context = {
        "key": key,
        "plain": plain,
        "form": form or ReplaceForm(),
        "scopes": scope_words(key.scopes),
        "is_expired": actions.is_expired(key, now),
        "earlier_until": key.previous_until if key.previous_until and key.previous_until > now else None,
        "chart": _chart(key),
        "error": next(iter(api_errors.last(key, 1)), None),
        "webhooks": key.webhooks.order_by("id"),
        "takes_readings": key.allows(Scope.READINGS),
        "sensors": sensors.rows_of(key, request.user),
        "calls": api_usage.last_calls(key, CALLS_SHOWN),
        "sent": ServiceRequest.objects.visible_to(request.user).filter(api_key=key).order_by("-id")[:REQUESTS_SHOWN],
    }
    return render(request, "staff_app/setup/api_keys/api_key.html", context, status=status)


def _chart(key: ApiKey) -> charts.Chart:
    today = timezone.now().astimezone(key.jurisdiction.zone).date()
    days = api_usage.by_day(key, today)
    calls, errors = sum(calls for _day, calls, _errors in days), sum(errors for _day, _calls, errors in days)
    return charts.stacked(
        "calls",
        _("Calls in the last 30 days"),
        [formats.date_format(day, pgettext("short day format", "M j")) for day, _calls, _errors in days],
        [
            charts.Series(_("Answered"), [calls - errors for _day, calls, errors in days]),
            charts.Series(_("Errors"), [errors for _day, _calls, errors in days]),
        ],
        first_column=_("Day"),
        sentence=ngettext(
            "%(calls)s call, of which %(errors)s failed.",
            "%(calls)s calls, of which %(errors)s failed.",
            calls,
        )
        % {"calls": charts.formatted(calls), "errors": charts.formatted(errors)},
    )


@staff_page
def edit_api_key(request: StaffRequest, key_id: int) -> HttpResponse:
    key = get_city_row_or_404(request, "manage_api_keys", ApiKey, key_id)
    if key.revoked_at is not None:
        messages.warning(request, _("This key was revoked. It can’t be changed anymore."))
        return redirect("staff_app:api_key", key.pk)
    make = partial(TermsForm, city=request.jurisdiction, user=request.user, key=key, initial=initial_terms(key))
    edit = edit_row(request, make, actions.KEY, key)
    form = edit.form
    page = "staff_app/setup/api_keys/edit_api_key.html"
    if edit.is_valid():
        try:
            actions.change(key.pk, form.terms(), actor=request.user, seen=edit.seen)
        except ChangedMeanwhile as changed:
            return edit_page(request, page, {"key": key}, form, edit=edit, changed=changed)
        except keys.NameTaken:
            form.add_error("name", taken_words())
        except actions.AlreadyRevoked:
            messages.warning(request, _("This key was revoked. It can’t be changed anymore."))
            return redirect("staff_app:api_key", key.pk)
        else:
            messages.success(request, edit.saved(_("Saved.")))
            return redirect("staff_app:api_key", key.pk)
    return edit_page(request, page, {"key": key}, form, edit=edit)


@staff_page
@require_POST
def replace_api_key(request: StaffRequest, key_id: int) -> HttpResponse:
    """Answers with the page instead of a redirect, since the new key is not stored and cannot be shown later."""
    key = get_city_row_or_404(request, "manage_api_keys", ApiKey, key_id)
    form = ReplaceForm(request.POST)
    if not form.is_valid():
        return _key_page(request, key, form=form, status=422)
    try:
        key, plain = actions.replace(key.pk, overlap=form.overlap(), actor=request.user)
    except actions.AlreadyRevoked:
        messages.warning(request, _("This key was revoked. Create a new one."))
        return redirect("staff_app:api_key", key.pk)
    log.info("api_key_replaced", api_key_id=key.pk, user_id=request.user.pk)
    return _key_page(request, key, plain=plain)


@staff_page
@require_POST
def revoke_api_key(request: StaffRequest, key_id: int) -> HttpResponse:
    key = get_city_row_or_404(request, "manage_api_keys", ApiKey, key_id)
    actions.revoke(key, actor=request.user)
    log.info("api_key_revoked", api_key_id=key.pk, user_id=request.user.pk)
    messages.success(request, _("Key %(name)s was revoked and no longer works.") % {"name": key.name})
    return redirect("staff_app:api_keys")
