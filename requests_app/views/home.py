"""The first page: say it in your own words, browse, or look a report up."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from requests_app.forms.report import ProblemForm
from requests_app.forms.tracking import FindForm
from requests_app.models import Category
from requests_app.views.door import CityRequest
from requests_app.views.visitor import drafts_of


@require_safe
def home(request: CityRequest) -> HttpResponse:
    return render(
        request,
        "requests_app/home.html",
        {
            "form": ProblemForm(),
            "find_form": FindForm(auto_id="find_%s"),
            "categories": Category.objects.filter(jurisdiction=request.jurisdiction),
            "drafts": drafts_of(request)[:1],
            "switch_form": "report-form",
        },
    )
