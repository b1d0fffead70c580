"""The scan of a letter that is being typed in, and its pages for who may read how to reach its writer."""

from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from requests_app import photos
from requests_app.actions.contacts import letter_pages
from requests_app.models import Contact, LetterPage
from requests_app.rules.contacts import letter_pages as rules
from staff_app.decorators import StaffRequest, staff_page
from staff_app.desk.contact import back_to_contact, on_open_contact, show_contact
from staff_app.desk.forms import ScanForm


@require_POST
@staff_page
@on_open_contact
def letter_scan(request: StaffRequest, contact: Contact) -> HttpResponse:
    """Adds pages to the scan; `remove` takes the whole scan off, since it was another letter's."""
    if "remove" in request.POST:
        letter_pages.remove(contact)
        messages.success(request, _("Scan removed."))
        return back_to_contact(contact)
    form = ScanForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            count = letter_pages.add(contact, form.cleaned_data["scan"], actor=request.user)
        except photos.PhotoRefused as refused:
            form.add_error("scan", str(refused))
        else:
            sentence = ngettext("The scan has %(count)s page.", "The scan has %(count)s pages.", count)
            messages.success(request, sentence % {"count": count})
            return back_to_contact(contact)
    return show_contact(request, contact, scan_form=form, status=422)


@staff_page
@require_safe
def letter_page(request: StaffRequest, name: str, size: str = "") -> HttpResponseBase:
    """One page as a picture."""
    pages = LetterPage.objects.select_related("contact")
    page = get_object_or_404(pages, name=name, contact__jurisdiction=request.jurisdiction)
    page.contact.jurisdiction = request.jurisdiction
    if not rules.may_open(request.user, page):
        raise Http404
    try:
        file = default_storage.open(page.small_path if size else page.path)
    except FileNotFoundError:
        raise Http404 from None
    return FileResponse(file, content_type="image/jpeg", headers={"Content-Disposition": "inline"})
