"""Receiving the result of a task from a phone, and its photos one by one, as for a request (result.py)."""

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from requests_app.actions.work import crew_results
from requests_app.models import CrewResult, Photo, Task
from requests_app.rules.shared.intake import clean_text
from requests_app.rules.work import tasks as rules
from requests_app.rules.work.crew_results import NO_ACCESS
from staff_app.crew import result, result_form
from staff_app.crew.choices import Choice, task_choices
from staff_app.crew.result_form import Result
from staff_app.decorators import StaffRequest, staff_page

NOTE_MAX = 4000


def _task_or_404(request: StaffRequest, task_id: int) -> Task:
    visible = rules.visible_to(request.user, request.jurisdiction)
    found = visible.select_related("department", "service_request__jurisdiction").filter(pk=task_id).first()
    if found is None:
        raise Http404
    return found


@staff_page
@require_POST
def crew_task_photo(request: StaffRequest, task_id: int) -> HttpResponse:
    return result.take_photo(request, _task_or_404(request, task_id).service_request)


@staff_page
def crew_task_result(request: StaffRequest, task_id: int) -> HttpResponseBase:
    """Answers 422 if something is missing, and 409 if the task or its request has ended: then only photos are kept."""
    task = _task_or_404(request, task_id)
    if request.method != "POST":
        return redirect("staff_app:task", task.pk)
    sent = Result.of(request.POST, seen=None)
    if sent.key is None:
        return _answer(request, task, sent, {"outcome": _("Open the stop again.")})
    known = crew_results.find(task.service_request, key=sent.key, actor=request.user)
    if known is not None:
        return _arrived(request, task, known)
    problems = result.take_files(request, task.service_request, sent)
    choice = next((one for one in task_choices() if one.code == sent.code), None)
    note = clean_text(sent.text)
    if choice is None:
        problems["outcome"] = _("Choose what happened.")
    if len(note) > NOTE_MAX:
        problems["words"] = _("Use %(most)s characters or fewer. You have %(now)s.") % {
            "most": NOTE_MAX,
            "now": len(note),
        }
    if problems or choice is None:
        return _answer(request, task, sent, problems)
    if not choice.is_done:
        sent.photos = dict.fromkeys(sent.photos, Photo.Stage.BEFORE.value)
    to_do = crew_results.Sent(key=sent.key, actor=request.user, seen=0, outcome=choice.code, photos=sent.photos)
    try:
        crew_result = crew_results.receive_for_task(task, to_do, note=_note(choice, note))
    except crew_results.PhotosMissing:
        if result.wants_json(request):
            return result.photos_missing()
        return _answer(request, task, sent, {"photo": _("Your photo is missing. Choose it again.")})
    return _arrived(request, task, crew_result)


def _note(choice: Choice, typed: str) -> str:
    if choice.code != NO_ACCESS:
        return typed
    return f"{result_form.note_words(choice)} {typed}".strip()


def _answer(request: StaffRequest, task: Task, sent: Result, problems: dict[str, str]) -> HttpResponse:
    """422 with what is missing."""
    if result.wants_json(request):
        return result.refused(" ".join(problems.values()), problems=problems)
    context = {**result_form.task_context(task, request.user, result=sent), "problems": problems}
    return render(request, "staff_app/crew/crew_result.html", context, status=422)


def _arrived(request: StaffRequest, task: Task, crew_result: CrewResult) -> HttpResponseBase:
    """The answer to a result that has arrived, now or before."""
    if crew_result.state == CrewResult.State.LATE:
        words = _("Someone else already updated this: the task or its request has ended.")
        return result.say_late(request, f"{words} {result.kept_words(crew_result)}", result_form.task_heading(task))
    return result.say_sent(request, _message(crew_result), f"{task.what}: {_message(crew_result)}")


def _message(crew_result: CrewResult) -> str:
    if crew_result.event is not None and crew_result.event.kind == "note_added":
        return _("Note saved. The task stays on your list.")
    return _("Task ended. The department that has the request can see it.")
