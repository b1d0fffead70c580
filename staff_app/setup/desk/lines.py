"""The desk's lines: the list, adding and changing one, and its greeting as it would be said."""

from functools import partial

import structlog
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from requests_app.actions.setup.desk_lines import LINE
from requests_app.actions.shared.setup_rows import ChangedMeanwhile, NameTaken
from requests_app.core.languages import language_name
from requests_app.messages import desk_script
from requests_app.models import Contact, DeskLine, TelephoneLink
from staff_app.decorators import StaffRequest, get_city_row_or_404, need_in_city, staff_page
from staff_app.setup.conflict import edit_page
from staff_app.setup.desk.forms import DeskLineForm
from staff_app.setup.edit import edit_row
from staff_app.setup.listing import Column, listing

log = structlog.get_logger(__name__)

PAGE = "staff_app/setup/desk/line.html"


@staff_page
def desk_setup(request: StaffRequest) -> HttpResponse:
    need_in_city(request, "administer")
    listed = listing(
        request,
        DeskLine.objects.filter(jurisdiction=request.jurisdiction).select_related("calendar"),
        caption=gettext_lazy("Lines"),
        columns={
            "number": Column(gettext_lazy("Number"), ("number", "id")),
            "name": Column(gettext_lazy("Name")),
            "hours": Column(gettext_lazy("Hours")),
        },
        row_template="staff_app/setup/desk/_line_row.html",
        empty=gettext_lazy("No lines yet. Add the number that residents call."),
    )
    link = TelephoneLink.objects.filter(jurisdiction=request.jurisdiction).first()
    return render(request, "staff_app/setup/desk/desk.html", {"list": listed, "link": link})


@staff_page
def new_desk_line(request: StaffRequest) -> HttpResponse:
    need_in_city(request, "administer")
    return _edit(request, DeskLine(jurisdiction=request.jurisdiction))


@staff_page
def desk_line(request: StaffRequest, line_id: int) -> HttpResponse:
    return _edit(request, get_city_row_or_404(request, "administer", DeskLine, line_id))


def _edit(request: StaffRequest, row: DeskLine) -> HttpResponse:
    edit = edit_row(request, partial(DeskLineForm, city=request.jurisdiction, line=row), LINE, row)
    form = edit.form
    context = {"line": row, "greetings": _greetings(request, row)}
    if edit.is_valid():
        columns = form.columns()
        if "read" in request.POST:
            typed = DeskLine(jurisdiction=request.jurisdiction, **columns)
            return edit_page(request, PAGE, context | {"greetings": _greetings(request, typed)}, form, edit=edit)
        try:
            saved = LINE.save(row, actor=request.user, seen=edit.seen, **columns)
        except ChangedMeanwhile as changed:
            return edit_page(request, PAGE, context, form, edit=edit, changed=changed)
        except NameTaken:
            # Somebody else added it after the form had checked the number.
            form.add_error("number", _("Another line has this number."))
        else:
            log.info("desk_line_saved", line_id=saved.pk, user_id=request.user.pk)
            messages.success(request, edit.saved(_("%(name)s was saved.") % {"name": saved}))
            return redirect("staff_app:desk_setup")
    return edit_page(request, PAGE, context, form, edit=edit)


def _greetings(request: StaffRequest, line: DeskLine) -> list[dict[str, str]]:
    """In each language of the city, as the reader would say it."""
    taker = str(request.user).partition(" ")[0]
    greetings = []
    for code in request.jurisdiction.languages:
        contact = Contact(jurisdiction=request.jurisdiction, language=code)
        text = desk_script.greeting(contact, taker, line)
        greetings.append({"code": code, "language": language_name(code), "text": text})
    return greetings
