"""Hide texts and photos of a request from the public, and restore them."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from requests_app.access import get_request_or_404, with_last_event
from requests_app.actions.publication import moderation
from requests_app.actions.publication.moderation import Replacement, TextChanged
from requests_app.actions.work import staff_actions
from requests_app.models import Photo, ServiceRequest, TextRevision
from requests_app.rules.people import permissions
from requests_app.rules.publication import public_texts
from requests_app.rules.shared.text_diff import text_diff
from staff_app import last_event
from staff_app.decorators import StaffRequest, staff_page
from staff_app.moderation import public_view
from staff_app.moderation.forms import HidePhotoForm, ModerateForm, RestoreForm
from staff_app.request import conflict


@staff_page
def moderate(request: StaffRequest, reference: str) -> HttpResponse:
    """422 if nothing was changed or no reason given; 409, showing both versions, if someone else changed the text."""
    service_request = get_request_or_404(request.user, reference, "hide", jurisdiction=request.jurisdiction)
    posted = request.method == "POST"
    initial = request.unsent.initial() if request.unsent else {}
    form = ModerateForm(
        request.POST if posted else None, service_request=service_request, user=request.user, initial=initial
    )
    if not posted:
        return _page(request, form)
    if not form.is_valid():
        return _page(request, form, status=422)
    try:
        staff_actions.perform(
            service_request.pk,
            lambda: moderation.hide_text(
                service_request.pk, form.new, reason=form.cleaned_data["reason"], actor=request.user
            ),
            form="moderate",
            actor=request.user,
            last_event_id=last_event.posted(request),
        )
    except staff_actions.Changed:
        return _page(request, _with_conflicts(form, form.changed_keys()), status=409)
    except TextChanged as error:
        return _page(request, _with_conflicts(form, error.keys), status=409)
    messages.success(request, _("Hidden from the public. You can restore it below, under “Public view.”"))
    return redirect("staff_app:detail", service_request.reference)


def _with_conflicts(form: ModerateForm, keys: set[str]) -> ModerateForm:
    form.service_request.refresh_from_db(fields=["description"])
    rebased = form.rebased(keys)
    rebased.meanwhile = {
        text.key: public_view.meanwhile(form.service_request, text, form.seen_version(text.key))
        for text in rebased.texts
        if text.key in keys
    }
    return rebased


def _page(request: StaffRequest, form: ModerateForm, *, status: int = 200) -> HttpResponse:
    context: dict[str, Any] = {"service_request": form.service_request, "form": form}
    kept = form.initial.get(last_event.FIELD) if request.unsent else None
    context["last_event"] = last_event.shown(request, form.service_request, kept=kept)
    if status == 409:
        current = with_last_event(ServiceRequest.objects.all()).get(pk=form.service_request.pk)
        context["last_event"] = current.last_event_id
        context["changes"] = conflict.changes_since(request, form.service_request, "moderate")
    return render(request, "staff_app/moderation/moderate.html", context, status=status)


@staff_page
@require_POST
def restore(request: StaffRequest, reference: str, revision_id: int) -> HttpResponse:
    """Restores the text if it is unchanged since it was hidden; otherwise answers 409 and asks what to show."""
    service_request = _may_show(request, reference)
    revision = get_object_or_404(
        service_request.text_revisions.filter(reason__in=public_texts.REASONS).select_related(
            "answer", "comment", "photo"
        ),
        pk=revision_id,
    )
    form = RestoreForm(request.POST if "seen" in request.POST else None)
    if form.is_bound and not form.is_valid():
        return _ask(request, service_request, revision, form, status=422)
    try:
        instead = Replacement(form.cleaned_data["text"], form.cleaned_data["seen"]) if form.is_bound else None
        staff_actions.perform(
            service_request.pk,
            lambda: moderation.restore_text(revision.pk, actor=request.user, instead=instead),
            form="restore",
            actor=request.user,
            last_event_id=last_event.posted(request),
        )
    except staff_actions.Changed as error:
        return conflict.page(request, service_request, error.changes)
    except TextChanged:
        return _ask(request, service_request, revision, form, status=409)
    messages.success(request, _("Restored. Everyone can read it again."))
    return redirect("staff_app:detail", service_request.reference)


def _ask(
    request: StaffRequest, service_request: ServiceRequest, revision: TextRevision, form: RestoreForm, *, status: int
) -> HttpResponse:
    """Keeps the typed text, and bases it on the current version."""
    revision.service_request = service_request
    now = public_texts.current_text(revision)
    if status == 409:
        typed = form.cleaned_data["text"] if form.is_bound else now
        form = RestoreForm(initial={"text": typed, "seen": public_texts.version_of(now)})
    context = {
        "service_request": service_request,
        "revision": revision,
        "label": public_view.revision_label(revision),
        "diff": text_diff(revision.before, now),
        "form": form,
        "last_event": with_last_event(ServiceRequest.objects.all()).get(pk=service_request.pk).last_event_id,
    }
    return render(request, "staff_app/moderation/restore.html", context, status=status)


@staff_page
def hide_photo(request: StaffRequest, reference: str, photo_id: int) -> HttpResponse:
    service_request = get_request_or_404(request.user, reference, "hide", jurisdiction=request.jurisdiction)
    photo = _photo(service_request, photo_id)
    posted = request.method == "POST"
    form = HidePhotoForm(
        request.POST if posted else None,
        service_request=service_request,
        user=request.user,
        initial=request.unsent.initial() if request.unsent else {},
    )
    if posted and form.is_valid():
        try:
            staff_actions.perform(
                service_request.pk,
                lambda: moderation.hide_photo(photo.pk, reason=form.cleaned_data["reason"], actor=request.user),
                form="hide_photo",
                actor=request.user,
                last_event_id=last_event.posted(request),
            )
        except staff_actions.Changed as error:
            return conflict.page(request, service_request, error.changes)
        messages.success(request, _("Photo hidden."))
        return redirect("staff_app:detail", service_request.reference)
    kept = form.initial.get(last_event.FIELD)
    context = {
        "service_request": service_request,
        "photo": photo,
        "form": form,
        "last_event": last_event.shown(request, service_request, kept=kept),
    }
    return render(request, "staff_app/moderation/hide_photo.html", context, status=422 if posted else 200)


@staff_page
@require_POST
def show_photo(request: StaffRequest, reference: str, photo_id: int) -> HttpResponse:
    service_request = _may_show(request, reference)
    photo = _photo(service_request, photo_id)
    try:
        staff_actions.perform(
            service_request.pk,
            lambda: moderation.restore_photo(photo.pk, actor=request.user),
            form="show_photo",
            actor=request.user,
            last_event_id=last_event.posted(request),
        )
    except staff_actions.Changed as error:
        return conflict.page(request, service_request, error.changes)
    messages.success(request, _("Photo shown again."))
    return redirect("staff_app:detail", service_request.reference)


def _may_show(request: StaffRequest, reference: str) -> ServiceRequest:
    """The request, for a user who may both publish and hide: only someone who can read hidden content may show it."""
    service_request = get_request_or_404(request.user, reference, "publish", jurisdiction=request.jurisdiction)
    if not permissions.can(request.user, "hide", service_request):
        raise permissions.Denied("hide")
    return service_request


def _photo(service_request: ServiceRequest, photo_id: int) -> Photo:
    photo = service_request.photos.filter(pk=photo_id).first()
    if photo is None:
        raise Http404
    return photo
