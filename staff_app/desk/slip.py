"""The slip that people take home from the counter: the report number, its QR code and who looks at it by when."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import override
from django.views.decorators.http import require_safe

from requests_app import links, references
from requests_app.access import get_request_or_404
from requests_app.core.localized import localized
from requests_app.messages import wording
from requests_app.models import AccessLink, ServiceRequest
from requests_app.rules.contacts import slips
from requests_app.rules.shared import directory
from requests_app.rules.shared.jurisdictions import page_languages
from staff_app.decorators import StaffRequest, staff_page
from staff_app.desk.contact import get_contact_or_404


@staff_page
@require_safe
def slip(request: StaffRequest, reference: str) -> HttpResponse:
    """Of any request that one may read, without its private link."""
    service_request = get_request_or_404(request.user, reference, "view", jurisdiction=request.jurisdiction)
    back = reverse("staff_app:detail", args=[service_request.reference])
    return _show(request, service_request, back=back, language=service_request.language)


@staff_page
def contact_slip(request: StaffRequest, number: str, reference: str) -> HttpResponse:
    """Of a report that was made or joined in this conversation. POST: with the private link, if the person wants it."""
    contact = get_contact_or_404(request, number)
    service_request = get_object_or_404(
        ServiceRequest.objects.select_related("service_version", "owner"),
        jurisdiction=request.jurisdiction,
        reference=references.parse(reference) or "",
    )
    if not slips.has_own(contact, service_request):
        raise Http404
    service_request.jurisdiction = request.jurisdiction
    link = slips.private_link(contact, service_request, user=request.user)
    return _show(
        request,
        service_request,
        back=reverse("staff_app:contact", args=[contact.number]),
        language=contact.language,
        offers_link=link is not None,
        link=link if request.method == "POST" else None,
    )


def _show(
    request: StaffRequest,
    service_request: ServiceRequest,
    *,
    back: str,
    language: str,
    offers_link: bool = False,
    link: AccessLink | None = None,
) -> HttpResponse:
    languages = page_languages(request.jurisdiction)
    asked = request.POST.get("language") or request.GET.get("language") or language
    size = "letter" if "letter" in (request.POST.get("size"), request.GET.get("size")) else "receipt"
    language = asked if asked in languages else languages[0]
    context = {
        "service_request": service_request,
        "back": back,
        "size": size,
        "languages": languages,
        "slip_language": language,
        "offers_link": offers_link,
        "link": link,
        **_words(request, service_request, language, link),
    }
    return render(request, "staff_app/desk/slip.html", context)


def _words(
    request: StaffRequest, service_request: ServiceRequest, language: str, link: AccessLink | None
) -> dict[str, Any]:
    """url: for the QR code; a private report has none without its link, since its page is nobody's without it."""
    directory.of(request.jurisdiction).fill([service_request])
    path = ""
    if link is not None:
        path = reverse("requests_app:private_link", args=[links.token(link)])
    elif service_request.is_public:
        path = reverse("requests_app:track", args=[service_request.reference])
    url = links.base_url(request.jurisdiction) + path if path else ""
    with override(language):
        return {
            "url": url,
            "address": url.partition("://")[2],
            "service": localized(service_request.service_version.name),
            "received": wording.long_date(service_request.submitted_at.astimezone(request.jurisdiction.zone).date()),
            "promises": [step.sentence for step in wording.promised_steps(service_request)],
        }
