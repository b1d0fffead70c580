"""The questions of a service as cards: adding, changing, moving and removing them in the draft."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from requests_app.actions.setup import service_drafts
from requests_app.core.localized import localized
from requests_app.models import RoutingRule
from staff_app.decorators import StaffRequest, staff_page
from staff_app.setup.services.answer_rows import AnswerRows, Pasted
from staff_app.setup.services.editing import (
    Definition,
    Editing,
    conflict,
    edit_draft,
    framing,
    load,
    reason,
    save,
    save_merged,
    show,
)
from staff_app.setup.services.question_forms import QuestionForm
from staff_app.setup.services.question_routes import picture_of, question_rows


@framing
@staff_page
def service_questions(request: StaffRequest, code: str) -> HttpResponse:
    return _cards(request, load(request, code))


@framing
@staff_page
def new_question(request: StaffRequest, code: str) -> HttpResponse:
    return _question(request, load(request, code), "")


@framing
@staff_page
def service_question(request: StaffRequest, code: str, question: str) -> HttpResponse:
    return _question(request, load(request, code), question)


def _question(request: StaffRequest, editing: Editing, code: str) -> HttpResponse:
    """code: empty for a new one."""
    if code and code not in {question["code"] for question in editing.definition.get("questions") or []}:
        # A service without its draft, or a question that somebody removed meanwhile.
        if request.method == "POST":
            return _cards(request, editing, status=409, conflict=conflict(request, editing))
        raise Http404
    make = partial(QuestionForm, editing=editing, code=code)
    context: dict[str, Any] = {"section": "service_questions", "code": code}
    rows = AnswerRows(request.POST, editing.languages)
    if act := request.POST.get("act"):
        return _rearranged(request, editing, make, rows, act, context)
    pasted = rows.paste(request.POST.get("pasted", ""))
    edit = edit_draft(request, editing, make, sent=rows.data)
    form = edit.form
    context |= {"form": form, "edit": edit, "seen": edit.fingerprint, "pasted": pasted}
    if request.method != "POST":
        return show(request, "question", editing, **context)
    is_good = form.is_good() and not pasted.problems
    if edit.conflicts or not is_good:
        return show(request, "question", editing, status=409 if edit.conflicts else 422, **context)
    try:
        save_merged(request, editing, form.definition())
    except service_drafts.Conflict:
        # Somebody saved in the last moment: it's merged with that.
        return _question(request, load(request, editing.code), code)
    messages.success(request, edit.saved(_("Saved in the draft. Residents see it once you publish it.")))
    for text in form.always:
        messages.info(request, _("“%(question)s” is now always asked.") % {"question": text})
    return redirect("staff_app:service_questions", editing.code)


def _rearranged(
    request: StaffRequest,
    editing: Editing,
    make: Callable[[QueryDict], QuestionForm],
    rows: AnswerRows,
    act: str,
    context: dict[str, Any],
) -> HttpResponse:
    """The form with its answers moved, added or removed. Nothing is checked or saved yet."""
    if act == "paste":
        before = len(rows.rows)
        pasted = rows.paste(request.POST.get("pasted", ""))
        place = min(before, len(rows.rows) - 1)
    else:
        pasted = Pasted(request.POST.get("pasted", ""), [])
        place = rows.act(act)
    form = make(rows.data)
    form.leave_unchecked()
    verb = act.partition(":")[0]
    if verb in ("add", "paste") and form.options.forms and not pasted.problems:
        first = f"label_{editing.languages[0]}"
        form.options.forms[place].fields[first].widget.attrs["autofocus"] = True
    context |= {
        "form": form,
        "pasted": pasted,
        "act": verb,
        "place": place,
        # What the form showed first, with which it is merged when it's saved.
        "seen": request.POST.get("seen", ""),
        "edit": {"shown": request.POST.get("shown", "")},
    }
    return show(request, "question", editing, **context)


@framing
@staff_page
@require_POST
def move_question(request: StaffRequest, code: str) -> HttpResponse:
    """POST up or down: the code of the question."""
    editing = load(request, code)
    questions = list(editing.definition.get("questions") or [])
    direction = 1 if "down" in request.POST else -1
    moved = request.POST.get("down") or request.POST.get("up")
    place = next((number for number, one in enumerate(questions) if one["code"] == moved), -1)
    other = place + direction
    if place >= 0 and 0 <= other < len(questions):
        questions[place], questions[other] = questions[other], questions[place]
        return _save(request, editing, questions, anchor=f"q-{moved}")
    return redirect("staff_app:service_questions", editing.code)


@framing
@staff_page
@require_POST
def remove_question(request: StaffRequest, code: str, question: str) -> HttpResponse:
    """A question that others depend on stays, and the page says which."""
    editing = load(request, code)
    questions = list(editing.definition.get("questions") or [])
    gone = next((one for one in questions if one["code"] == question), None)
    if gone is None:
        return redirect("staff_app:service_questions", editing.code)
    if needed := dependents(editing, question):
        words = _("“%(question)s” stays, because these depend on its answers: %(names)s. Change them first.")
        messages.error(request, words % {"question": localized(gone["text"]), "names": ", ".join(needed)})
        return _cards(request, editing, status=409)
    return _save(request, editing, [one for one in questions if one is not gone])


def dependents(editing: Editing, question: str) -> list[str]:
    """The questions that are asked only after an answer to this one, and the routing rules that look at its answers."""
    questions = [
        f"“{localized(one['text'])}”"
        for one in editing.definition.get("questions") or []
        if (one.get("show_if") or {}).get("question") == question
    ]
    rules = RoutingRule.objects.filter(jurisdiction=editing.city, active=True, when__answers__has_key=question)
    return questions + [
        _("the routing rule “%(name)s”") % {"name": rule.name}
        for rule in rules
        if editing.code in (rule.when.get("services") or [editing.code])
    ]


def _save(request: StaffRequest, editing: Editing, questions: list[Definition], anchor: str = "") -> HttpResponse:
    definition = {**editing.definition, "questions": questions}
    for problem in editing.problems(definition):
        if problem["type"] == "condition":
            messages.error(request, reason(problem, definition))
            return _cards(request, editing, status=409)
    try:
        save(request, editing, definition)
    except service_drafts.Conflict:
        editing = load(request, editing.code)
        return _cards(request, editing, status=409, conflict=conflict(request, editing))
    url = reverse("staff_app:service_questions", args=[editing.code])
    return redirect(f"{url}#{anchor}" if anchor else url)


def _cards(request: StaffRequest, editing: Editing, *, status: int = 200, **context: Any) -> HttpResponse:
    cards = question_rows(editing)
    context |= {"cards": cards, "picture": picture_of(cards)}
    return show(request, "questions", editing, section="service_questions", status=status, **context)
