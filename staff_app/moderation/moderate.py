"""Hiding a part of a request from the public, and the way back."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from requests_app.access import get_request_or_404
from requests_app.actions import moderation
from requests_app.actions.moderation import ChangedMeanwhile, NewWords
from requests_app.models import Photo, ServiceRequest, TextRevision
from requests_app.rules import permissions, public_texts
from requests_app.rules.text_diff import text_diff
from staff_app.decorators import StaffRequest, staff_page
from staff_app.moderation import public_view
from staff_app.moderation.forms import HidePhotoForm, ModerateForm, PutBackForm


@staff_page
def moderate(request: StaffRequest, reference: str) -> HttpResponse:
    """422 where nothing was changed or no reason given; 409 where somebody else changed the same text meanwhile: their change
    stands beside what was typed."""
    service_request = get_request_or_404(request.user, reference, "hide", jurisdiction=request.jurisdiction)
    posted = request.method == "POST"
    form = ModerateForm(request.POST if posted else None, service_request=service_request, user=request.user)
    if not posted:
        return _page(request, form)
    if not form.is_valid():
        return _page(request, form, status=422)
    try:
        moderation.hide_words(service_request.pk, form.new, reason=form.cleaned_data["reason"], actor=request.user)
    except ChangedMeanwhile as error:
        return _page(request, _with_both(form, error.keys), status=409)
    messages.success(request, _("Hidden from the public. It can be put back below, under “Public view”."))
    return redirect("staff_app:detail", service_request.reference)


def _with_both(form: ModerateForm, keys: set[str]) -> ModerateForm:
    form.service_request.refresh_from_db(fields=["description"])
    anew = form.anew(keys)
    anew.meanwhile = {
        one.key: public_view.meanwhile(form.service_request, one, form.seen_before(one.key))
        for one in anew.texts
        if one.key in keys
    }
    return anew


def _page(request: StaffRequest, form: ModerateForm, *, status: int = 200) -> HttpResponse:
    context = {"service_request": form.service_request, "form": form}
    return render(request, "staff_app/moderation/moderate.html", context, status=status)


@staff_page
@require_POST
def restore(request: StaffRequest, reference: str, revision_id: int) -> HttpResponse:
    """At once if the text is still what hiding made of it. Otherwise a page (409) shows both and asks."""
    service_request = _may_show(request, reference)
    revision = get_object_or_404(
        service_request.text_revisions.filter(reason__in=public_texts.REASONS).select_related(
            "answer", "comment", "photo"
        ),
        pk=revision_id,
    )
    form = PutBackForm(request.POST if "seen" in request.POST else None)
    if form.is_bound and not form.is_valid():
        return _ask(request, service_request, revision, form, status=422)
    given = form.cleaned_data if form.is_bound else None
    try:
        instead = NewWords(given["words"], given["seen"]) if given else None
        moderation.restore(revision.pk, actor=request.user, instead=instead)
    except ChangedMeanwhile:
        return _ask(request, service_request, revision, form, status=409)
    messages.success(request, _("Put back. Everybody reads it again."))
    return redirect("staff_app:detail", service_request.reference)


def _ask(
    request: StaffRequest, service_request: ServiceRequest, revision: TextRevision, form: PutBackForm, *, status: int
) -> HttpResponse:
    """What was typed is kept; what it is about is the text as it is now."""
    revision.service_request = service_request
    now = public_texts.current_text(revision)
    if status == 409:
        typed = form.cleaned_data["words"] if form.is_bound else now
        form = PutBackForm(initial={"words": typed, "seen": public_texts.version_of(now)})
    context = {
        "service_request": service_request,
        "revision": revision,
        "label": public_view.revision_label(revision),
        "diff": text_diff(revision.before, now),
        "form": form,
    }
    return render(request, "staff_app/moderation/restore.html", context, status=status)


@staff_page
def hide_photo(request: StaffRequest, reference: str, photo_id: int) -> HttpResponse:
    service_request = get_request_or_404(request.user, reference, "hide", jurisdiction=request.jurisdiction)
    photo = _photo(service_request, photo_id)
    posted = request.method == "POST"
    form = HidePhotoForm(request.POST if posted else None, service_request=service_request, user=request.user)
    if posted and form.is_valid():
        moderation.hide_photo(photo.pk, reason=form.cleaned_data["reason"], actor=request.user)
        messages.success(request, _("The photo is hidden."))
        return redirect("staff_app:detail", service_request.reference)
    context = {"service_request": service_request, "photo": photo, "form": form}
    return render(request, "staff_app/moderation/hide_photo.html", context, status=422 if posted else 200)


@staff_page
@require_POST
def show_photo(request: StaffRequest, reference: str, photo_id: int) -> HttpResponse:
    service_request = _may_show(request, reference)
    moderation.show_photo(_photo(service_request, photo_id).pk, actor=request.user)
    messages.success(request, _("The photo is shown again."))
    return redirect("staff_app:detail", service_request.reference)


def _may_show(request: StaffRequest, reference: str) -> ServiceRequest:
    """What was hidden is read by those who may hide, so only they can judge what may be shown again."""
    service_request = get_request_or_404(request.user, reference, "publish", jurisdiction=request.jurisdiction)
    if not permissions.can(request.user, "hide", service_request):
        raise permissions.Denied("hide")
    return service_request


def _photo(service_request: ServiceRequest, photo_id: int) -> Photo:
    photo = service_request.photos.filter(pk=photo_id).first()
    if photo is None:
        raise Http404
    return photo
