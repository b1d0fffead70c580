"""Inviting many people at once by a pasted list: what would be sent is shown first, with what is wrong by its line."""

from collections.abc import Sequence
from typing import Any

import structlog
from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from requests_app.actions.people import invitations as actions
from requests_app.forms.fields import WordsField
from requests_app.models import Department, Role
from requests_app.rules.people import invitation_lists
from requests_app.rules.people.invitation_lists import InvitationList, Line
from staff_app.decorators import StaffRequest, need_in_city, staff_page
from staff_app.setup.people.forms import SetupForm, role_name
from staff_app.setup.people.people import membership_name

log = structlog.get_logger(__name__)

PAGE = "staff_app/setup/people/invite_list.html"
# Of 200 long lines.
TEXT_MAX = 100_000


class InviteListForm(SetupForm):
    people = WordsField(
        label=gettext_lazy("People to invite"),
        help_text=gettext_lazy(
            "One person a line: name, email, role, and a department or team. Paste it from a spreadsheet, or separate with commas. "
            "Without a department, the role counts in the whole city."
        ),
        max_length=TEXT_MAX,
        widget=forms.Textarea(attrs={"rows": 10, "spellcheck": "false"}),
        error_messages={"required": gettext_lazy("Paste at least one line.")},
    )


@staff_page
def invite_list(request: StaffRequest) -> HttpResponse:
    """The first POST shows what would be sent; the second, with what was seen, sends it. Lines with a problem stay in the form."""
    need_in_city(request, "administer")
    form = InviteListForm(request.POST if request.method == "POST" else None)
    lines: Sequence[Line] = ()
    status = 200 if request.method != "POST" else 422
    if form.is_valid():
        text, city = form.cleaned_data["people"], request.jurisdiction
        try:
            if "send" not in request.POST:
                lines, status = invitation_lists.read(text, city).lines, 200
            else:
                pasted = actions.invite_list(city, text, seen=request.POST.get("seen", ""), actor=request.user)
                return _sent(request, pasted)
        except invitation_lists.TooManyLines as many:
            words = _("That’s %(count)d lines. Send at most %(most)d at a time.")
            form.add_error("people", words % {"count": many.count, "most": invitation_lists.LINES_MAX})
        except actions.TooMany:
            words = _("A city can send %(most)d invitations a day. Today you can still send %(left)d.")
            form.add_error("people", words % {"most": actions.A_DAY_MAX, "left": actions.left_today(city)})
        except actions.ListChanged as changed:
            lines, status = changed.lines, 409
            form.add_error(None, _("The list isn’t what you looked at. Look at it again, then send it."))
    return render(request, PAGE, {"form": form, **_preview(request, lines)}, status=status)


def _sent(request: StaffRequest, pasted: InvitationList) -> HttpResponse:
    left = [line for line in pasted.lines if line.problem]
    count = len(pasted.lines) - len(left)
    log.info("people_invited", user_id=request.user.pk, count=count)
    if count:
        words = ngettext("We sent %(count)d invitation.", "We sent %(count)d invitations.", count)
        messages.success(request, words % {"count": count})
    if not left:
        return redirect("staff_app:people")
    # In the form, so that nothing that was pasted has to be found again.
    header = [pasted.header] if pasted.header else []
    form = InviteListForm(initial={"people": "\n".join([*header, *(line.text for line in left)])})
    lines = [Line(number, one.text, problem=one.problem) for number, one in enumerate(left, start=1 + len(header))]
    return render(request, PAGE, {"form": form, **_preview(request, lines)})


def _preview(request: StaffRequest, lines: Sequence[Line]) -> dict[str, Any]:
    city = request.jurisdiction
    good = [line for line in lines if not line.problem and line.role]
    return {
        "good": [{"line": line, "role": _role_of(line)} for line in good],
        "bad": [line for line in lines if line.problem],
        "seen": actions.fingerprint_of(lines) if good else "",
        "roles": [role_name(one) for one in Role.objects.filter(jurisdiction=city).order_by("code")],
        "departments": [str(one) for one in Department.objects.filter(jurisdiction=city, active=True).order_by("code")],
    }


def _role_of(line: Line) -> str:
    if line.role is None:
        return ""
    name = membership_name(line.role, line.department)
    return f"{name} ({line.team})" if line.team else name
