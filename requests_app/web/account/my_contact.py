"""My requests: changing the phone number and the email address that updates go to."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from requests_app.actions.people import own_contact
from requests_app.actions.report.drafts import visitor_hash
from requests_app.actions.shared import verify_email
from requests_app.city_request import CityRequest
from requests_app.core import limits
from requests_app.messages.rate_limits import too_many_requests
from requests_app.models import ContactPoint, OneTimeLink
from requests_app.rules.people import blocked_addresses, my_requests
from requests_app.visitor import get_visitor, set_visitor_cookie
from requests_app.web.account.forms import AddressForm, NewAddressForm, PhoneForm
from requests_app.web.account.sign_in import asked_here
from requests_app.web.resident import Resident, own_page, resident_of, sign_in

CHANGES_AN_HOUR = 20
TO_ONE_ADDRESS_AN_HOUR = 5


@require_http_methods(["GET", "HEAD", "POST"])
@own_page(fresh=True)
def my_contact(request: CityRequest, resident: Resident) -> HttpResponseBase:
    """A phone number changes at once; an email address once the link sent to the new one is opened."""
    if "phone" in request.POST:
        return _set_phone(request, resident)
    if request.method == "POST":
        return _ask_to_change(request, resident)
    return _contact_page(request, resident)


def _set_phone(request: CityRequest, resident: Resident) -> HttpResponseBase:
    form = PhoneForm(request.POST)
    if not form.is_valid():
        return _contact_page(request, resident, phone_form=form, status=422)
    own_contact.set_phone(resident.contact_point, form.cleaned_data["phone"])
    messages.success(request, _("We changed it for all your reports."))
    return redirect("requests_app:my_contact")


def _ask_to_change(request: CityRequest, resident: Resident) -> HttpResponseBase:
    form = NewAddressForm(request.POST, old=resident.contact_point.normalized)
    if not form.is_valid():
        return _contact_page(request, resident, form=form, status=422)
    email = form.cleaned_data["email"]
    if not limits.allow_email(
        request, "change", email, an_hour=CHANGES_AN_HOUR, to_one=TO_ONE_ADDRESS_AN_HOUR, per_s=limits.HOUR
    ):
        form.add_error(None, too_many_requests(request.jurisdiction))
        return _contact_page(request, resident, form=form, status=429)
    visitor = get_visitor(request)
    try:
        own_contact.request_email_change(
            resident.contact_point, email, language=get_language() or "en", visitor_hash=visitor_hash(visitor)
        )
    except verify_email.AddressBlocked:
        form.add_error("email", blocked_addresses.refusal(request.jurisdiction))
        return _contact_page(request, resident, form=form, status=422)
    return set_visitor_cookie(_contact_page(request, resident, sent_to=email), visitor)


def _contact_page(
    request: CityRequest,
    resident: Resident,
    *,
    form: AddressForm | None = None,
    phone_form: PhoneForm | None = None,
    sent_to: str = "",
    status: int = 200,
) -> HttpResponse:
    people = my_requests.people(resident.contact_point)
    phone = ContactPoint.objects.filter(person__in=people, kind=ContactPoint.Kind.PHONE).order_by("-id").first()
    context = {
        "resident": resident,
        "form": form or NewAddressForm(old=resident.contact_point.normalized),
        "phone_form": phone_form or PhoneForm(initial={"phone": phone.value if phone else ""}),
        # The invalid form, for the page's error summary.
        "wrong": form or phone_form,
        "sent_to": sent_to,
    }
    return render(request, "requests_app/account/my_contact.html", context, status=status)


def change_by_link(request: CityRequest, link: OneTimeLink) -> HttpResponse:
    """Applies the link sent to the new address. Raises verify_email.LinkExpired and AddressBlocked."""
    resident = may_change(request, link)
    if resident is None:
        return render(request, "requests_app/account/verify.html", {"link": link}, status=403)
    contact_point = own_contact.change_email(resident.contact_point, link)
    messages.success(request, _("From now on, we’ll email you at this address."))
    return sign_in(request, redirect("requests_app:my"), contact_point)


def may_change(request: CityRequest, link: OneTimeLink) -> Resident | None:
    """Needs both the link sent to the new address and a sign-in with the old one in the browser that asked."""
    return resident_of(request) if asked_here(request, link) else None
