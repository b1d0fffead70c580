"""My reports: erasing your data."""

from django.http import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from requests_app.actions.privacy import erasures
from requests_app.city_request import CityRequest
from requests_app.web.account.forms import EraseForm
from requests_app.web.resident import Resident, own_page, sign_out


@require_http_methods(["GET", "HEAD", "POST"])
@own_page(fresh=True)
def my_erase(request: CityRequest, resident: Resident) -> HttpResponseBase:
    """Explains what is erased, asks which of two ways, asks to confirm, then erases and signs out."""
    form = EraseForm(request.POST if request.method == "POST" else None)
    context = {"resident": resident, "form": form}
    if request.method != "POST":
        return render(request, "requests_app/account/my_erase.html", context)
    if not form.is_valid():
        return render(request, "requests_app/account/my_erase.html", context, status=422)
    context["reports_too"] = reports_too = form.cleaned_data["what"] == EraseForm.ALL
    if "sure" not in request.POST:
        return render(request, "requests_app/account/my_erase_confirm.html", context)
    erasures.erase(resident.contact_point, reports_too=reports_too)
    return sign_out(request, render(request, "requests_app/account/my_erased.html", {"reports_too": reports_too}))
