"""Create, print and remove QR code signs for lamp posts, bins and parks."""

from typing import Any

import structlog
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from requests_app import links
from requests_app.actions.setup import signs as actions
from requests_app.core import paging
from requests_app.core.localized import localized
from requests_app.models import Asset, ShortLink
from requests_app.places import assets
from requests_app.rules.setup.offered_services import offered_versions
from requests_app.rules.shared.jurisdictions import page_languages
from staff_app.decorators import StaffRequest, get_city_row_or_404, need_in_city, staff_page
from staff_app.setup.forms import AT_ONCE, SignForm

log = structlog.get_logger(__name__)

ORDER = [("created_at", "desc"), ("id", "desc")]


@staff_page
def signs(request: StaffRequest) -> HttpResponse:
    need_in_city(request, "administer")
    form = SignForm(
        request.POST if request.method == "POST" else None,
        city=request.jurisdiction,
        offered=offered_versions(request.jurisdiction),
    )
    if request.method == "POST" and form.is_valid():
        made = _make(request, form)
        words = ngettext("%(count)d sign is ready to print.", "%(count)d signs are ready to print.", len(made))
        messages.success(request, words % {"count": len(made)})
        return redirect(f"{reverse('staff_app:signs')}?{urlencode({'new': [one.pk for one in made]}, doseq=True)}")
    active = ShortLink.objects.filter(jurisdiction=request.jurisdiction, ended_at=None).select_related(
        "service__current", "jurisdiction"
    )
    page = paging.page_or_first_page(active, ORDER, request.GET.get("cursor"))
    new = request.GET.getlist("new")
    context = {
        "form": form,
        # New signs are preselected, ready to print.
        "signs": [{**_shown(one), "is_new": str(one.pk) in new} for one in page.rows],
        "pager": page.urls(),
    }
    return render(request, "staff_app/setup/signs.html", context, status=422 if form.errors else 200)


def _make(request: StaffRequest, form: SignForm) -> list[ShortLink]:
    offered = {str(one.service_id): one for one in offered_versions(request.jurisdiction)}
    version = offered.get(form.cleaned_data["service"])
    name = localized(version.name) if version else ""
    label, address = form.cleaned_data["label"], form.cleaned_data["address"]
    sign_assets: list[Asset | None] = list(form.assets) or [None]
    made = [
        actions.create(
            request.jurisdiction,
            label=label or (assets.name_of(request.jurisdiction, asset) if asset else address or name),
            service=version.service if version else None,
            address=address,
            point=form.point,
            asset=asset,
            actor=request.user,
        )
        for asset in sign_assets
    ]
    log.info("signs_made", signs=[one.pk for one in made], user_id=request.user.pk)
    return made


@staff_page
@require_safe
def print_signs(request: StaffRequest) -> HttpResponse:
    """A printable sheet of the signs in ?sign= (repeated), one to a page, or six with ?size=small."""
    need_in_city(request, "administer")
    sign_ids = [int(value) for value in request.GET.getlist("sign") if value.isdecimal() and len(value) < 10][:AT_ONCE]
    chosen = ShortLink.objects.filter(jurisdiction=request.jurisdiction, pk__in=sign_ids, ended_at=None)
    context = {
        "signs": [
            _shown(one)
            for one in chosen.select_related("service__current", "jurisdiction").order_by("-created_at", "-id")
        ],
        "size": "small" if request.GET.get("size") == "small" else "large",
        "languages": page_languages(request.jurisdiction),
        "query": urlencode({"sign": sign_ids}, doseq=True),
    }
    return render(request, "staff_app/setup/print_signs.html", context)


def _shown(sign: ShortLink) -> dict[str, Any]:
    """url: for the QR code; address: without the scheme, for people to type."""
    url = links.base_url(sign.jurisdiction) + reverse("sign", args=[sign.code])
    return {"sign": sign, "url": url, "address": url.partition("://")[2]}


@staff_page
@require_POST
def remove_sign(request: StaffRequest, sign_id: int) -> HttpResponse:
    sign = get_city_row_or_404(request, "administer", ShortLink, sign_id)
    actions.end(sign, actor=request.user)
    log.info("sign_ended", sign_id=sign.pk, user_id=request.user.pk)
    messages.success(request, _("%(label)s is off the list. Remember to take the sign down.") % {"label": sign.label})
    return redirect("staff_app:signs")
