"""The last changes of a list of words, each with a button that undoes it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from requests_app.actions.setup import listed_words
from requests_app.models import SetupChange
from staff_app.decorators import StaffRequest
from staff_app.setup.audit.wording import change_line


def change_lines(request: StaffRequest, kind: str) -> list[dict[str, Any]]:
    return [
        {"line": change_line(change), "may_undo": listed_words.is_undoable(change)}
        for change in listed_words.latest(request.jurisdiction, kind)
    ]


def undo_change(request: StaffRequest, kind: str, undo: Callable[..., None]) -> HttpResponse | None:
    """Undoes the change that was posted, and says so. The caller redirects."""
    sent = request.POST.get("undo", "")
    change = get_object_or_404(
        SetupChange.objects.select_related("jurisdiction"),
        pk=int(sent) if sent.isdecimal() and len(sent) < 19 else 0,
        jurisdiction=request.jurisdiction,
        kind=kind,
    )
    try:
        undo(change, actor=request.user)
    except listed_words.CannotUndo:
        messages.error(request, _("It can’t be undone because it was changed again since then."))
    else:
        messages.success(request, _("Undone."))
    return None
