"""What a report by somebody who works here still needs, one question at a time: the residents' own steps, as at the desk."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from requests_app.actions.report import drafts, staff_reports
from requests_app.models import Draft
from requests_app.rules.alarms.hotlines import help_for
from requests_app.rules.report.duplicates import joinable
from requests_app.rules.report.path import Path
from staff_app.decorators import StaffRequest, staff_page
from staff_app.desk import steps
from staff_app.report.report import arrived, go_on

# Their templates are of a conversation.
OWN_TEMPLATES = {"emergency", "duplicates", "check", "owner"}


@staff_page
def staff_report_step(request: StaffRequest, draft_id: uuid.UUID) -> HttpResponse:
    """?step= goes back to a step."""
    draft = staff_reports.get(request.jurisdiction, user=request.user, pk=draft_id)
    if draft is None:
        raise Http404
    if draft.service_request is not None:
        return arrived(request, draft.service_request)
    step = request.POST.get("step") or request.GET.get("step") or steps.next_step(None, Path(draft))
    if not steps.is_step(step) or step == "contact":
        raise Http404
    if request.method != "POST":
        return _show(request, draft, steps.show(None, draft, request.LANGUAGE_CODE, step))
    if step == "duplicates" and "follow" in request.POST:
        return _known(request, draft)
    made = steps.handle(None, draft, step, request.POST, request.LANGUAGE_CODE)
    if made.has_errors:
        return _show(request, draft, made, status=422)
    sent = Draft.objects.select_related("service_request").get(pk=draft.pk).service_request
    if sent is not None:
        return arrived(request, sent)
    # Who takes a name out reads the rest once more.
    return redirect("staff_app:staff_report_step", draft.pk) if step == "check" else go_on(request, draft)


def _known(request: StaffRequest, draft: Draft) -> HttpResponse:
    """It's reported already: nobody who works here follows it as a resident, so nothing is sent."""
    version = Path(draft).version
    reference = request.POST["follow"].replace("\x00", "")[:20]
    chosen = joinable(version).filter(reference=reference).first() if version is not None else None
    if chosen is None:
        messages.warning(request, _("That report is closed. Send yours."))
        return redirect("staff_app:staff_report_step", draft.pk)
    drafts.delete([draft])
    words = _("It’s reported already: %(number)s. Yours wasn’t sent.") % {"number": chosen.display_reference}
    messages.success(request, words)
    return redirect("staff_app:staff_report")


def _show(request: StaffRequest, draft: Draft, step: steps.Step, *, status: int = 200) -> HttpResponse:
    path = Path(draft)
    name = step.name.partition(":")[0]
    folder = "report" if name in OWN_TEMPLATES else "desk"
    context = {
        "draft": draft,
        "path": path,
        "step": step,
        "step_template": f"staff_app/{folder}/_{name}.html",
        "summary": steps.summary(path) if name != "check" else [],
        "photo_count": draft.photos.count(),
        "danger_help": help_for(request.jurisdiction, path.screening.kind) if draft.typed.get("hint_on") else None,
        **step.context,
        "form": step.form,
    }
    return render(request, "staff_app/report/step.html", context, status=status)
