"""The places that I am to look at. Until I have said what I see, the page doesn't say how the request ended."""

from contextlib import ExitStack

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from requests_app import photos
from requests_app.actions.truth import ending_checks as actions
from requests_app.models import Disposition, EndingCheck, Photo
from requests_app.rules.truth.rate import LOOK_WITHIN
from staff_app import due
from staff_app.checks.forms import CheckForm
from staff_app.decorators import StaffRequest, need_in_city, staff_page

SHOWN = 100


@staff_page
def checks(request: StaffRequest) -> HttpResponse:
    """Mine that are still to do, the oldest first, and how many I did."""
    need_in_city(request, actions.PERMISSION)
    own = EndingCheck.objects.filter(checker=request.user, sample__jurisdiction=request.jurisdiction, seen_at=None)
    rows = own.select_related("sample", "service_request__service_version").order_by("id")[:SHOWN]
    shown = [{"check": one, "request": one.service_request, "until": one.sample.drawn_at + LOOK_WITHIN} for one in rows]
    return render(request, "staff_app/checks/checks.html", {"rows": shown})


@staff_page
def check(request: StaffRequest, check_id: int) -> HttpResponse:
    """404 for a check that is another person's, so that nobody learns whose work is drawn."""
    need_in_city(request, actions.PERMISSION)
    check = get_object_or_404(
        EndingCheck.objects.select_related("service_request__service_version", "sample"),
        pk=check_id,
        checker=request.user,
        sample__jurisdiction=request.jurisdiction,
    )
    is_open = check.seen_at is None or actions.can_say_again(check)
    knows = {
        "claims_action": check.seen_at is not None and check.disposition == Disposition.ACTION_TAKEN,
        "has_photo": check.photo_id is not None,
    }
    form = CheckForm(request.POST, request.FILES, **knows) if request.method == "POST" else CheckForm(**knows)
    status = 200
    if request.method == "POST" and is_open and form.is_valid():
        try:
            _record(request, check, form)
        except (photos.PhotoRefused, actions.AlreadySeen) as error:
            form.add_error("photos", str(error) or _("You’ve answered this already."))
            status = 422
        else:
            messages.success(request, _("Thank you. It’s recorded."))
            return redirect("staff_app:check", check.pk)
    elif form.errors:
        status = 422
    service_request = check.service_request
    context = {
        "check": check,
        "form": form if is_open else None,
        "service_request": service_request,
        "photos": service_request.photos.filter(kind=Photo.Kind.REPORT, is_private=False, hidden_at=None).order_by(
            "id"
        ),
        # What was said to be done is for those who have looked.
        "outcome": due.disposition_words(check.disposition) if check.seen_at else "",
    }
    return render(request, "staff_app/checks/check.html", context, status=status)


def _record(request: StaffRequest, check: EndingCheck, form: CheckForm) -> None:
    """Stores the photo first, outside the transaction, and deletes it if what was seen can't be recorded."""
    with ExitStack() as undo:
        photo = None
        for upload in form.cleaned_data["photos"] or []:
            photo = photos.store_upload(
                upload,
                size=upload.size or 0,
                jurisdiction=request.jurisdiction,
                service_request=check.service_request,
                kind=Photo.Kind.CHECK,
                alt=_("The place as another team saw it"),
                is_private=True,
            )
            undo.callback(photos.delete, photo)
        actions.record(check.pk, seen=form.cleaned_data["seen"], photo=photo, actor=request.user)
        undo.pop_all()
