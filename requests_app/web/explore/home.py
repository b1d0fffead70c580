"""The home page: describe a problem, browse services, or check a report."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from requests_app.models import Category, Disposition, ServiceRequest
from requests_app.web.city_request import CityRequest
from requests_app.web.explore.forms import AddressForm
from requests_app.web.permissions_policy import with_microphone
from requests_app.web.report.forms import ProblemForm
from requests_app.web.request.forms import FindForm
from requests_app.web.visitor import open_drafts

FIXED_LATELY = 3


@require_safe
@with_microphone
def home(request: CityRequest) -> HttpResponse:
    return render(
        request,
        "requests_app/explore/home.html",
        {
            "form": ProblemForm(),
            "find_form": FindForm(auto_id="find_%s"),
            "street_form": AddressForm(),
            "categories": Category.objects.filter(jurisdiction=request.jurisdiction),
            # Resolved, not closed: closed requests are at least two weeks old.
            "fixed": ServiceRequest.objects.public()
            .filter(jurisdiction=request.jurisdiction, status="resolved", disposition=Disposition.FIXED)
            .select_related("service_version")
            .order_by("-resolved_at")[:FIXED_LATELY],
            "drafts": open_drafts(request)[:1],
            "switch_form": "report-form",
        },
    )
