"""The city's own pages: basics, numbers, look, texts, email, priority 1. One part a page, so that two people rarely meet on one."""

from typing import Any

import structlog
from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from requests_app.actions.setup import city as city_setup
from requests_app.actions.shared.setup_rows import ChangedMeanwhile
from requests_app.models import Jurisdiction
from requests_app.rules.shared.jurisdictions import forget_jurisdictions
from staff_app.decorators import StaffRequest, need_in_city, staff_page
from staff_app.setup.city.forms import (
    DEFAULT_COLORS,
    BasicsForm,
    CityForm,
    EmailForm,
    LookForm,
    NumbersForm,
    TextsForm,
    UrgentForm,
)
from staff_app.setup.conflict import edit_page
from staff_app.setup.edit import Edit, edit_logged

log = structlog.get_logger(__name__)

PAGE = "staff_app/setup/city/city.html"

PARTS: dict[str, tuple[Any, type[CityForm]]] = {
    "basics": (gettext_lazy("Name and languages"), BasicsForm),
    "numbers": (gettext_lazy("Phone numbers"), NumbersForm),
    "look": (gettext_lazy("Seal and colors"), LookForm),
    "texts": (gettext_lazy("Texts"), TextsForm),
    "email": (gettext_lazy("Email"), EmailForm),
    "urgent": (gettext_lazy("Targets for priority 1"), UrgentForm),
}


@staff_page
def city(request: StaffRequest) -> HttpResponse:
    return _part(request, "basics")


@staff_page
def city_part(request: StaffRequest, part: str) -> HttpResponse:
    return _part(request, part)


def _part(request: StaffRequest, part: str) -> HttpResponse:
    need_in_city(request, "administer")
    if part not in PARTS:
        raise Http404
    # Not the cached row: it may be 10 seconds old.
    row = Jurisdiction.objects.defer("boundary").get(pk=request.jurisdiction.pk)
    name, form_class = PARTS[part]
    initial = _initial(row, part)

    def make(data: QueryDict | None) -> CityForm:
        return form_class(data, request.FILES if data is not None else None, city=row, initial=initial)

    edit = edit_logged(request, make, city=row, kind="city", key=part, state=city_setup.PARTS[part](row))
    context = {
        "part": part,
        "name": name,
        "parts": [{"code": code, "name": words, "url": _url(code)} for code, (words, _form) in PARTS.items()],
    }
    if edit.is_valid():
        try:
            if answer := _save(request, row, part, edit):
                return answer
        except ChangedMeanwhile as changed:
            return edit_page(request, PAGE, context, edit.form, edit=edit, changed=changed)
    return edit_page(request, PAGE, context, edit.form, edit=edit)


def _save(request: StaffRequest, row: Jurisdiction, part: str, edit: Edit[CityForm]) -> HttpResponse | None:
    """Redirects once it is saved; else there is an error in the form. Raises ChangedMeanwhile."""
    form = edit.form
    try:
        city_setup.change_city(row.pk, part, form.values(), actor=request.user, seen=edit.seen)
    except city_setup.HostsTaken as taken:
        names = ", ".join(taken.problem.cities)
        words = _("Enter an address. This server also serves %(cities)s, so the address must say which city is meant.")
        if taken.problem.taken:
            words = _("%(host)s already leads to %(cities)s.")
        form.add_error("hosts", words % {"cities": names, "host": taken.problem.taken})
        return None
    forget_jurisdictions([request.get_host()])
    log.info("city_changed", part=part, user_id=request.user.pk)
    messages.success(request, edit.saved(_("Saved. Residents see it within 10 seconds.")))
    return redirect(_url(part))


def _url(part: str) -> str:
    return reverse("staff_app:city") if part == "basics" else reverse("staff_app:city_part", args=[part])


def _initial(row: Jurisdiction, part: str) -> dict[str, Any]:
    if part == "texts":
        texts = city_setup.written_texts(row)
        return {f"{name}_{code}": words for name, by_language in texts.items() for code, words in by_language.items()}
    if part == "look":
        alt = {f"seal_alt_{code}": words for code, words in (row.branding.get("seal_alt") or {}).items()}
        return {**DEFAULT_COLORS, **row.colors, **alt}
    initial = city_setup.PARTS[part](row)
    return initial | {"hosts": "\n".join(row.hosts)} if part == "basics" else initial
