"""A service's form as residents will see it: the draft's own questions, walked like the real one. Nothing is stored."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from csp.decorators import csp_replace
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import render
from django.urls import translate_url
from django.utils.translation import get_language

from requests_app.core.localized import localized
from requests_app.forms.details_form import DetailsForm, in_order, name_of
from requests_app.models import Category, Department, Draft, QuestionVersion, Service, ServiceVersion
from requests_app.rules.report.path import Path
from requests_app.rules.setup.catalog_rows import question_columns, version_columns
from staff_app.decorators import StaffRequest, staff_page
from staff_app.setup.services.editing import Definition, Editing, load
from staff_app.setup.services.forms import UNITS


def framed(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Our own pages may show it in a frame."""

    @wraps(view)
    def shown(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        response["X-Frame-Options"] = "SAMEORIGIN"
        return response

    within: Callable[..., HttpResponseBase] = csp_replace({"frame-ancestors": ["'self'"]})(shown)
    return within


class PreviewPath(Path):
    """The path of a report that is never stored, through a version that is not published.

    definition: the service as it is previewed, the saved draft if not given.
    """

    def __init__(self, editing: Editing, typed: dict[str, Any], *, definition: Definition | None = None) -> None:
        super().__init__(Draft(jurisdiction=editing.city, language=get_language() or "en", typed=typed))
        definition = editing.definition if definition is None else definition
        self.previewed = version = _version(editing, definition)
        self.__dict__["version"] = version
        self.__dict__["questions"] = [
            QuestionVersion(service_version=version, order=order, **question_columns(question))
            for order, question in enumerate(definition.get("questions") or [], start=1)
        ]
        self.__dict__["photos"] = []


@framed
@staff_page
def service_preview(request: StaffRequest, code: str) -> HttpResponse:
    """GET: the first page. POST: checks the page like the real form and shows the next one, a stop, or the end."""
    return walk(request, load(request, code))


def walk(request: HttpRequest, editing: Editing, *, is_shared: bool = False) -> HttpResponse:
    """The page that is asked for. is_shared: for people of whom we know only that they have the link to this draft."""
    typed = _typed(request.POST)
    path = PreviewPath(editing, typed)
    number = _page(request.POST.get("page", ""), path)
    context: dict[str, Any] = {"path": path, "number": number, "is_shared": is_shared}
    if is_shared:
        context["languages"] = [(code, translate_url(request.path, code)) for code in editing.languages]
    if request.method != "POST" or "back" in request.POST:
        return _page_of(request, path, number, context)
    form = DetailsForm(request.POST, path=path, version=path.previewed, number=number)
    if not form.is_valid():
        return _page_of(request, path, number, context, form=form)
    typed["answers"] |= form.typed_answers
    typed["text"] = form.cleaned_data.get("text", typed["text"])
    typed["shown"] = sorted({*typed["shown"], *form.codes, "words"})
    path = PreviewPath(editing, typed)
    context["path"] = path
    stopped = path.answers.stopped_by
    if stopped is not None and "stopped" not in typed["shown"]:
        typed["shown"].append("stopped")
        return _rendered(request, path, {**context, "stopped": localized(stopped.text)})
    following = next((page for page in range(1, len(path.pages) + 1) if not path.is_page_done(page)), 0)
    if following:
        return _page_of(request, path, following, {**context, "number": following})
    end = {"answers": _answers(path)} if is_shared else _end(editing, path)
    return _rendered(request, path, {**context, "end": end})


def _typed(data: QueryDict) -> dict[str, Any]:
    """All answers so far, from the form itself, which carries those of its earlier pages."""
    answers = {name.removeprefix("q_"): values for name, values in data.lists() if name.startswith("q_")}
    return {"answers": answers, "text": data.get("text", "")[:4000], "shown": data.getlist("shown")[:100]}


def form_shown(form: DetailsForm) -> DetailsForm:
    """Without the upload of photos, which would need a report to belong to."""
    if "photos" in form.fields:
        form.fields["photos"].disabled = True
    return form


def _page(typed: str, path: Path) -> int:
    number = int(typed) if typed.isdecimal() and len(typed) < 4 else 1
    return number if 1 <= number <= len(path.pages) else 1


def _page_of(
    request: HttpRequest, path: PreviewPath, number: int, context: dict[str, Any], form: DetailsForm | None = None
) -> HttpResponse:
    status = 422 if form is not None else 200
    form = form_shown(form or DetailsForm(path=path, version=path.previewed, number=number))
    context |= {"form": form, "fields": in_order(form), "number": number}
    return _rendered(
        request, path, context, status=status, here={name_of(one) for one in form.shown_questions} | {"text"}
    )


def _rendered(
    request: HttpRequest, path: Path, context: dict[str, Any], *, status: int = 200, here: set[str] | None = None
) -> HttpResponse:
    """here: the fields of this page; all others are carried along."""
    carried = [
        (f"q_{code}", value)
        for code, values in path.raw_answers.items()
        for value in (values if isinstance(values, list) else [values])
        if f"q_{code}" not in (here or set())
    ]
    carried += [("shown", value) for value in path.typed["shown"]]
    if context["number"] != 1 or here is None:
        carried.append(("text", path.text))
    context["carried"] = carried
    return render(request, "staff_app/setup/services/preview.html", context, status=status)


def _end(editing: Editing, path: PreviewPath) -> dict[str, Any]:
    """What the report would say, and what would happen to it."""
    answers, version = path.answers, path.previewed
    target = answers.resolve_target or (editing.definition.get("targets") or {}).get("resolve")
    return {
        "answers": _answers(path),
        "priority": answers.priority or version.priority,
        "department": localized(version.department.name),
        "target": f"{target['value']} {dict(UNITS)[target['unit']]}" if target else "",
        "service": answers.leads_to_service,
        "article": answers.leads_to_article,
    }


def _answers(path: PreviewPath) -> list[tuple[str, str]]:
    return [(localized(question.text), label) for question, _value, label in path.answers.answered]


def _version(editing: Editing, definition: Definition) -> ServiceVersion:
    columns = version_columns(definition)
    category, department = columns.pop("category"), columns.pop("department")
    return ServiceVersion(
        service=editing.service or Service(jurisdiction=editing.city, service_code=editing.code),
        number=editing.base + 1,
        category=Category.objects.filter(jurisdiction=editing.city, code=category).first() or Category(name={}),
        department=Department.objects.filter(jurisdiction=editing.city, code=department).first() or Department(name={}),
        **columns,
    )
