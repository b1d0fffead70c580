"""The resident's form as it would be with what an editor has typed and not saved yet: a picture of it in each language.

Next to the editors of words and of a question. It is not for use: no form, no link and no script is in it, and nothing is stored.
"""

from copy import deepcopy
from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from requests_app.core.languages import language_name
from requests_app.forms.details_form import DetailsForm, in_order
from staff_app.decorators import StaffRequest, staff_page
from staff_app.setup.services.answer_rows import AnswerRows
from staff_app.setup.services.editing import Definition, Editing, load
from staff_app.setup.services.forms import SectionForm, WordsForm
from staff_app.setup.services.preview import PreviewPath, form_shown
from staff_app.setup.services.question_forms import QuestionForm


@staff_page
@require_POST
def typed_preview(request: StaffRequest, code: str) -> HttpResponse:
    """POST: an editor's form as it is. ?question=: the code of the question that it edits, empty for a new one."""
    editing = load(request, code)
    question: str | None = request.GET.get("question")
    form: SectionForm = (
        WordsForm(request.POST, editing=editing)
        if question is None
        else QuestionForm(_rows(request, editing), editing=editing, code=question)
    )
    definition = form.typed_definition()
    if isinstance(form, QuestionForm):
        question = form.new_code
    pages = [
        {"language": language, "name": language_name(language), "html": _page(request, editing, definition, language, question)}
        for language in editing.languages
    ]  # fmt: skip
    context = {"pages": pages, "field": None if question is None else f"q_{question}"}
    return render(request, "staff_app/setup/services/_typed_pages.html", context)


def _rows(request: StaffRequest, editing: Editing) -> QueryDict:
    """What was sent, with its answers in the order of the page and with those that are pasted."""
    rows = AnswerRows(request.POST, editing.languages)
    rows.paste(request.POST.get("pasted", ""))
    return rows.data


def _page(request: StaffRequest, editing: Editing, definition: Definition, language: str, question: str | None) -> str:
    """A whole document: the page of the form with the question, or the first one."""
    with translation.override(language):
        definition = _with_placeholders(definition, language)
        path = PreviewPath(editing, {"answers": _leading_to(question, definition), "shown": []}, definition=definition)
        number = next(
            (place for place, page in enumerate(path.pages, start=1) if question in {one.code for one in page}), 1
        )
        form = form_shown(DetailsForm(path=path, version=path.previewed, number=number))
        context = {
            "path": path,
            "form": form,
            "fields": in_order(form),
            "number": number,
            "is_about_words": question is None,
        }
        return render_to_string("staff_app/setup/services/typed_page.html", context, request)


def _with_placeholders(definition: Definition, language: str) -> Definition:
    """With a sentence in place of each text that this language lacks; a resident would read it in another one."""
    filled = deepcopy(definition)
    name = {"language": language_name(language)}

    def fill(owner: dict[str, Any], part: str, placeholder: str) -> None:
        texts = dict(owner.get(part) or {})
        texts[language] = texts.get(language) or placeholder % name
        owner[part] = texts

    fill(filled, "name", _("[No name in %(language)s yet]"))
    for question in filled.get("questions") or []:
        fill(question, "text", _("[No question in %(language)s yet]"))
        for option in question.get("options") or []:
            fill(option, "label", _("[No answer in %(language)s yet]"))
    return filled


def _leading_to(question: str | None, definition: Definition) -> dict[str, list[str]]:
    """The answers after which a question is asked, its own condition's and those of the questions before it."""
    by_code = {one["code"]: one for one in definition.get("questions") or []}
    answers: dict[str, list[str]] = {}
    while question in by_code and (condition := by_code[question].get("show_if")):
        if condition["question"] in answers:
            break
        question = str(condition["question"])
        answers[question] = [str(value) for value in condition.get("values", [])[:1]]
    return answers
