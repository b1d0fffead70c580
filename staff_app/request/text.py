"""A text that the user published: withdraw it within 30 seconds, or edit it later."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from requests_app.access import get_request_or_404
from requests_app.actions.work import staff_texts
from requests_app.models import Comment, ServiceRequest
from requests_app.rules.publication.public_texts import version_of
from staff_app.decorators import StaffRequest, staff_page
from staff_app.request import marked_texts, timeline
from staff_app.request.forms import EditTextForm


@staff_page
@require_POST
def withdraw_text(request: StaffRequest, reference: str, comment_id: int) -> HttpResponse:
    service_request, comment = _own_text(request, reference, comment_id)
    try:
        staff_texts.withdraw(comment.pk, actor=request.user)
        messages.success(request, _("Withdrawn. Nobody can read it anymore."))
    except staff_texts.TooLateToWithdraw:
        messages.warning(
            request, _("It’s been more than 30 seconds, so it may have been emailed. You can still edit it.")
        )
    return redirect("staff_app:detail", service_request.reference)


@staff_page
def edit_text(request: StaffRequest, reference: str, comment_id: int) -> HttpResponse:
    """Answers 422 for invalid input or personal data that the writer has not seen marked, 409 if the text changed meanwhile."""
    service_request, comment = _own_text(request, reference, comment_id)
    data: QueryDict = request.POST
    removed = ""
    if marked_texts.REMOVE in data:
        data, removed = marked_texts.without(data, EditTextForm.checked)
    form = EditTextForm(
        data if request.method == "POST" else None,
        service_request=service_request,
        user=request.user,
        initial={"text": comment.text, "seen": version_of(comment.text)},
    )
    if request.method != "POST":
        return _page(request, service_request, comment, form)
    if not form.is_valid():
        return _page(request, service_request, comment, form, status=422)
    marks = form.marks()
    if removed or (marks and data.get(marked_texts.SEEN) != form.checked_version()):
        shown = marked_texts.marks_to_show(marks, form.checked_version())
        return _page(request, service_request, comment, form, marks=shown, removed=removed, status=422)

    def save() -> None:
        staff_texts.edit(comment.pk, text=form.cleaned_data["text"], seen=form.cleaned_data["seen"], actor=request.user)

    try:
        if marks:
            kinds = {mark.finding.kind for mark in marks}
            staff_texts.post_marked(service_request.pk, save, act="edit_text", kinds=kinds, actor=request.user)
        else:
            save()
    except staff_texts.TextEdited as error:
        typed = form.cleaned_data["text"]
        form = EditTextForm(
            service_request=service_request,
            user=request.user,
            initial={"text": typed, "seen": version_of(error.current)},
        )
        return _page(request, service_request, comment, form, current=error.current, status=409)
    messages.success(request, _("Saved. The earlier text is in the history."))
    return redirect("staff_app:detail", service_request.reference)


def _own_text(request: StaffRequest, reference: str, comment_id: int) -> tuple[ServiceRequest, Comment]:
    """Raises Http404 unless the user wrote this text for others to read."""
    service_request = get_request_or_404(request.user, reference, "view", jurisdiction=request.jurisdiction)
    comment = service_request.comments.filter(pk=comment_id).first()
    if comment is None or not staff_texts.is_editable(comment, request.user):
        raise Http404
    return service_request, comment


def _page(
    request: StaffRequest,
    service_request: ServiceRequest,
    comment: Comment,
    form: EditTextForm,
    *,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    context = {"service_request": service_request, "form": form, "label": timeline.kind_words(comment), **more}
    return render(request, "staff_app/request/edit_text.html", context, status=status)
