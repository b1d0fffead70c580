"""Notices on the city's pages: those that are shown, will be, and were."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_POST

from requests_app.actions.answers import notices as actions
from requests_app.actions.shared.setup_rows import ChangedMeanwhile
from requests_app.models import Notice
from staff_app.decorators import StaffRequest, get_city_row_or_404, need_in_city, staff_page
from staff_app.setup.conflict import edit_page
from staff_app.setup.edit import edit_row
from staff_app.setup.listing import Column, listing
from staff_app.setup.texts.forms import NoticeForm, service_name, str_of_area

PAGE = "staff_app/setup/texts/edit_notice.html"
COLUMNS = {
    "words": Column(gettext_lazy("Notice")),
    "place": Column(gettext_lazy("Where")),
    "ends": Column(gettext_lazy("Until"), ("ends_at", "id")),
    "state": Column(gettext_lazy("State")),
}


@staff_page
def notices(request: StaffRequest) -> HttpResponse:
    need_in_city(request, "administer")
    rows = Notice.objects.filter(jurisdiction=request.jurisdiction).select_related("service__current", "area")
    listed = listing(
        request,
        rows.defer("area__polygon"),
        caption=_("Notices"),
        columns=COLUMNS,
        row_template="staff_app/setup/texts/_notice_row.html",
        empty=_("No notices yet."),
        search=[f"words__{language}" for language in request.jurisdiction.languages],
        order="-ends",
        describe=lambda rows: [_described(notice) for notice in rows],
    )
    return render(request, "staff_app/setup/texts/notices.html", {"list": listed})


def _described(notice: Notice) -> dict[str, Any]:
    now = timezone.now()
    if notice.ends_at <= now:
        state = pgettext("notice", "Ended")
    else:
        state = pgettext("notice", "Shown now") if notice.starts_at <= now else pgettext("notice", "Later")
    return {
        "notice": notice,
        "place": _place(notice),
        "state": state,
        "is_live": notice.starts_at <= now < notice.ends_at,
    }


def _place(notice: Notice) -> str:
    if notice.service is not None:
        return service_name(notice.service)
    if notice.area is not None:
        return str_of_area(notice.area)
    return {
        Notice.Place.EVERY_PAGE: _("Every page"),
        Notice.Place.HOME: _("Home page"),
        Notice.Place.REPORT: _("Reporting"),
    }[Notice.Place(notice.place)]


@staff_page
def new_notice(request: StaffRequest) -> HttpResponse:
    need_in_city(request, "administer")
    data = request.POST if request.method == "POST" else None
    form = NoticeForm(data, city=request.jurisdiction, initial={"starts_at": timezone.now().replace(second=0)})
    if form.is_valid():
        actions.NOTICE.add(Notice(jurisdiction=request.jurisdiction), **form.columns(), actor=request.user)
        messages.success(request, _("The notice is saved."))
        return redirect("staff_app:notices")
    return edit_page(request, PAGE, {}, form)


@staff_page
def edit_notice(request: StaffRequest, notice_id: int) -> HttpResponse:
    notice = get_city_row_or_404(request, "administer", Notice, notice_id)
    make = partial(NoticeForm, city=request.jurisdiction, initial=NoticeForm.initial_for(notice))
    edit = edit_row(request, make, actions.NOTICE, notice)
    form = edit.form
    context = {"notice": notice, "is_over": notice.ends_at <= timezone.now()}
    if edit.is_valid():
        try:
            actions.NOTICE.change(notice.pk, seen=edit.seen, **form.columns(), actor=request.user)
        except ChangedMeanwhile as changed:
            return edit_page(request, PAGE, context, form, edit=edit, changed=changed)
        else:
            messages.success(request, edit.saved(_("The notice is saved.")))
            return redirect("staff_app:notices")
    return edit_page(request, PAGE, context, form, edit=edit)


@staff_page
@require_POST
def end_notice(request: StaffRequest, notice_id: int) -> HttpResponse:
    notice = get_city_row_or_404(request, "administer", Notice, notice_id)
    actions.end(notice.pk, actor=request.user)
    messages.success(request, _("The notice was taken down."))
    return redirect("staff_app:notices")
