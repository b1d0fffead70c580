"""The last changes of a list of rows, each with a button that undoes it."""

from typing import Any

from django.contrib import messages
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from requests_app.actions.shared.setup_rows import CannotUndo, SetupRow
from requests_app.models import SetupChange
from requests_app.rules.shared.names import Names
from staff_app.decorators import StaffRequest
from staff_app.setup.audit.wording import change_line

SHOWN = 5


def change_lines(request: StaffRequest, kind: SetupRow[Any]) -> list[dict[str, Any]]:
    changes = SetupChange.objects.filter(jurisdiction=request.jurisdiction, kind=kind.kind).select_related("user")
    names = Names(request.jurisdiction)
    return [
        {"line": change_line(change, names), "may_undo": kind.may_undo(change)}
        for change in changes.order_by("-id")[:SHOWN]
    ]


def undo_change(request: StaffRequest, kind: SetupRow[Any]) -> None:
    """Undoes the change that was posted, and says so. The caller redirects."""
    sent = request.POST.get("undo", "")
    change = get_object_or_404(
        SetupChange.objects.select_related("jurisdiction"),
        pk=int(sent) if sent.isdecimal() and len(sent) < 19 else 0,
        jurisdiction=request.jurisdiction,
        kind=kind.kind,
    )
    try:
        kind.undo(change, actor=request.user)
    except CannotUndo:
        messages.error(request, _("It can’t be undone because it was changed again since then."))
    else:
        messages.success(request, _("Undone."))
