"""Adding photos to your own report after sending it, all at once or one by one while the page is open."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from requests_app.actions.report import later_photos
from requests_app.city_request import CityRequest
from requests_app.forms.details_form import upload_attributes
from requests_app.forms.fields import PhotosField, PhotosInput
from requests_app.forms.photo_uploads import plain, take_photos
from requests_app.link_access import RequestAccess
from requests_app.messages.moderation_notes import text_notes
from requests_app.models import Person, ServiceRequest, TextRevision
from requests_app.rules.publication.public_texts import key_of
from requests_app.rules.report import corrections
from requests_app.web.language_switch import requested_language
from requests_app.web.request.edit_form import LaterPhotosForm
from requests_app.web.request.reporter_actions import with_link

MOST = corrections.LATER_PHOTOS_MAX


@with_link("add_photos", has_page=True)
def add_photos(request: CityRequest, access: RequestAccess, person: Person) -> HttpResponse:
    service_request = access.service_request
    if request.method != "POST":
        return _page(request, service_request, _form(service_request))
    form = _form(service_request, request.POST)
    refused = _take(request, service_request, person)
    if name := request.POST.get("remove_photo", ""):
        later_photos.remove(service_request.pk, name, actor=person)
        return redirect(request.path + "#photos")
    valid = form.is_valid()
    if valid:
        later_photos.save_descriptions(service_request.pk, form.alt_texts)
    if requested_language(request) or (valid and not refused and "stay" in request.POST):
        return redirect(request.path + "#photos")
    if valid and not refused:
        messages.success(request, _("Thank you. The team working on it will see your photos."))
        return redirect("requests_app:track", service_request.reference)
    # Show the page again with the photos that were accepted; they are kept, whatever else is wrong.
    form = _form(service_request, request.POST)
    form.is_valid()
    for problem in refused:
        form.add_error("photos" if "photos" in form.fields else None, problem)
    return _page(request, service_request, form, status=422)


@with_link("add_photos")
def upload_photo(request: CityRequest, access: RequestAccess, person: Person) -> HttpResponse:
    """Adds or removes a photo while the page is open (js/photo-upload.js). Answers the page fragment, or 422 with errors."""
    service_request = access.service_request
    if name := request.POST.get("remove", ""):
        later_photos.remove(service_request.pk, name, actor=person)
    elif refused := _take(request, service_request, person):
        return plain("\n".join(refused))
    return render(request, "requests_app/report/_kept_photos.html", _kept(service_request, _form(service_request)))


def _form(service_request: ServiceRequest, data: Any = None) -> LaterPhotosForm:
    kept = corrections.later_photos(service_request)
    is_public = service_request.is_public and not service_request.photos_private
    notes = text_notes(service_request)
    of_photos = {photo.name: notes.get(key_of(TextRevision.Field.PHOTO, photo.pk), "") for photo in kept}
    form = LaterPhotosForm(
        data, photos=kept, notes={name: note for name, note in of_photos.items() if note}, is_public=is_public
    )
    room = MOST - len(kept)
    if room > 0:
        url = reverse("requests_app:upload_photo", args=[service_request.reference])
        form.fields["photos"] = PhotosField(
            label=_("Add a photo"),
            help_text=_("Up to %(most)d photos, 12 MB each.") % {"most": MOST},
            # Too many or empty files are named in an error, and the others are kept.
            most=1000,
            allow_empty_file=True,
            widget=PhotosInput(most=room, attrs=upload_attributes(url, MOST)),
            required=False,
        )
    return form


def _take(request: CityRequest, service_request: ServiceRequest, person: Person) -> list[str]:
    def add(upload: Any, key: str) -> None:
        later_photos.add(service_request, upload, size=upload.size or 0, actor=person, key=key)

    return take_photos(request, add, room=MOST - len(corrections.later_photos(service_request)), most=MOST)


def _kept(service_request: ServiceRequest, form: LaterPhotosForm) -> dict[str, Any]:
    return {
        "kept_photos": form.kept,
        "of": service_request,
        "stay_forever": bool(corrections.too_late(service_request)),
    }


def _page(
    request: CityRequest, service_request: ServiceRequest, form: LaterPhotosForm, status: int = 200
) -> HttpResponse:
    context = {
        "service_request": service_request,
        "form": form,
        "switch_form": "report-form",
        "is_public": form.is_public,
        **_kept(service_request, form),
    }
    return render(request, "requests_app/request/add_photos.html", context, status=status)
