"""Taking a question from another service: a list of all services' questions, searched by words, and a copy of one of them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.db.models import F
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from requests_app.actions.setup import service_drafts
from requests_app.core.localized import localized
from requests_app.models import QuestionVersion
from requests_app.rules.setup.catalog_rows import written_question
from requests_app.rules.shared import question_kinds
from staff_app.decorators import StaffRequest, staff_page
from staff_app.setup.services.copies import copy_of_question
from staff_app.setup.services.editing import Editing, framing, load, show

QUESTIONS_MAX, QUERY_MAX = 100, 120


@dataclass(frozen=True)
class OfferedQuestion:
    """key: of the service and the question, for the button."""

    key: str
    text: str
    kind: str
    answers: str


@dataclass
class OfferedService:
    name: str
    questions: list[OfferedQuestion] = field(default_factory=list)


@framing
@staff_page
def take_question(request: StaffRequest, code: str) -> HttpResponse:
    """?q= finds questions by their words, their answers and their service. POST question: the service's code and its own."""
    editing = load(request, code)
    if request.method == "POST":
        return _take(request, editing, request.POST.get("question", ""))
    query = " ".join(request.GET.get("q", "").replace("\x00", " ").split())[:QUERY_MAX]
    matches = [row for row in _questions(editing) if query.casefold() in _searched(row)]
    context: dict[str, Any] = {"query": query, "services": _by_service(matches[:QUESTIONS_MAX]), "count": len(matches)}
    return show(request, "take_question", editing, section="service_questions", shown_max=QUESTIONS_MAX, **context)


def _take(request: StaffRequest, editing: Editing, key: str) -> HttpResponse:
    row = next((row for row in _questions(editing) if _key(row) == key), None)
    if row is None:
        # A question that a newer version of its service no longer has.
        raise Http404
    question, sentences = copy_of_question(written_question(row), editing.definition)
    definition = {**editing.definition, "questions": [*(editing.definition.get("questions") or []), question]}
    try:
        service_drafts.save(
            editing.city, editing.code, definition, revision=editing.revision, base=editing.base, actor=request.user
        )
    except service_drafts.Conflict:
        # Somebody saved in this moment. A question at the end changes nothing that they saved.
        return _take(request, load(request, editing.code), key)
    names = {"question": localized(row.text), "service": localized(row.service_version.name)}
    messages.success(request, _("“%(question)s” was copied from “%(service)s” into the draft.") % names)
    for sentence in sentences:
        messages.info(request, sentence)
    return redirect("staff_app:service_question", editing.code, question["code"])


def _questions(editing: Editing) -> list[QuestionVersion]:
    """Of the other services' current versions, by the name of the service."""
    rows = (
        QuestionVersion.objects.filter(
            service_version__service__jurisdiction=editing.city,
            service_version__service__current=F("service_version"),
        )
        .exclude(service_version__service__service_code=editing.code)
        .select_related("service_version__service")
    )
    return sorted(
        rows, key=lambda row: (localized(row.service_version.name).casefold(), row.service_version_id, row.order)
    )


def _key(row: QuestionVersion) -> str:
    return f"{row.service_version.service.service_code}:{row.code}"


def _searched(row: QuestionVersion) -> str:
    labels = [text for option in row.options for text in option.get("label", {}).values()]
    return "\n".join([*row.service_version.name.values(), *row.text.values(), *labels]).casefold()


def _by_service(rows: Iterable[QuestionVersion]) -> list[OfferedService]:
    services: dict[int, OfferedService] = {}
    for row in rows:
        version = row.service_version
        service = services.setdefault(version.service_id, OfferedService(localized(version.name)))
        service.questions.append(
            OfferedQuestion(
                _key(row),
                localized(row.text),
                str(question_kinds.KINDS[row.kind].name),
                ", ".join(localized(option.get("label")) for option in row.options),
            )
        )
    return list(services.values())
