"""The questions of a service as cards: adding, changing, moving and removing them in the draft."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from requests_app.actions.setup import service_drafts
from requests_app.core.localized import localized
from requests_app.models import RoutingRule
from requests_app.rules.shared.priorities import PRIORITIES
from staff_app.decorators import StaffRequest, staff_page
from staff_app.setup.services.editing import (
    Definition,
    Editing,
    conflict,
    framing,
    load,
    reason,
    save,
    saved_and_back,
    show,
)
from staff_app.setup.services.forms import UNITS
from staff_app.setup.services.question_forms import KINDS, QuestionForm


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
    editing = load(request, code)
    if question not in {one["code"] for one in editing.definition.get("questions") or []}:
        # A service without its draft, or a question that somebody removed meanwhile.
        if request.method == "POST":
            return _cards(request, editing, status=409, conflict=conflict(request, editing))
        raise Http404
    return _question(request, editing, question)


def _question(request: StaffRequest, editing: Editing, code: str) -> HttpResponse:
    context: dict[str, Any] = {"section": "service_questions", "code": code}
    if request.method != "POST":
        return show(request, "question", editing, form=QuestionForm(editing=editing, code=code), **context)
    form = QuestionForm(request.POST, editing=editing, code=code)
    if not form.is_good():
        return show(request, "question", editing, form=form, status=422, **context)
    try:
        save(request, editing, form.definition())
    except service_drafts.Conflict:
        editing = load(request, editing.code)
        form = QuestionForm(request.POST, editing=editing, code=code)
        found = conflict(request, editing, keeps_typed=True)
        return show(request, "question", editing, form=form, conflict=found, status=409, **context)
    if "more" in request.POST:
        url = reverse("staff_app:service_question", args=[editing.code, form.new_code])
        return saved_and_back(request, f"{url}#options")
    return saved_and_back(request, reverse("staff_app:service_questions", args=[editing.code]))


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
    cards = _described(editing.definition.get("questions") or [], editing)
    return show(request, "questions", editing, section="service_questions", cards=cards, status=status, **context)


def _described(questions: list[Definition], editing: Editing) -> list[dict[str, Any]]:
    """The cards: each question with its condition and its answers' effects in words."""
    kinds = {code: str(words) for code, words in KINDS}
    by_code = {question["code"]: question for question in questions}
    return [
        {
            "code": question["code"],
            "text": localized(question.get("text")),
            "kind": kinds.get(question["kind"], question["kind"]),
            "required": question.get("required", False),
            "visibility": question.get("visibility", "staff"),
            "condition": _condition(question.get("show_if") or {}, by_code),
            "options": [
                {"label": localized(option["label"]), "effects": effects(option.get("effects") or {})}
                for option in question.get("options") or []
            ],
            "is_first": number == 0,
            "is_last": number == len(questions) - 1,
        }
        for number, question in enumerate(questions)
    ]


def _condition(show_if: Definition, by_code: dict[str, Definition]) -> str:
    if not show_if:
        return ""
    parent = by_code.get(show_if["question"], {})
    labels = {str(option["value"]): localized(option["label"]) for option in parent.get("options") or []}
    answers = _(" or ").join(f"“{labels.get(str(value), value)}”" for value in show_if.get("values", []))
    names = {"question": localized(parent.get("text")) or show_if["question"], "answers": answers}
    return _("Asked only if “%(question)s” is %(answers)s") % names


def effects(values: Definition) -> list[str]:
    """What an answer does, in words."""
    units = dict(UNITS)
    sentences = []
    if values.get("stop"):
        sentences.append(_("stops with the emergency number"))
    if values.get("priority"):
        sentences.append(_("priority %(priority)s") % {"priority": PRIORITIES[values["priority"]]})
    if target := values.get("resolve_target"):
        sentences.append(
            _("fixed within %(value)s %(unit)s") % {"value": target["value"], "unit": units[target["unit"]]}
        )
    if values.get("private_photos"):
        sentences.append(_("photos stay private"))
    if values.get("service"):
        sentences.append(_("suggests the service “%(code)s”") % {"code": values["service"]})
    if values.get("article"):
        sentences.append(_("shows the article “%(code)s”") % {"code": values["article"]})
    return sentences
